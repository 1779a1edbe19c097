import { asKnown, entryTypes } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';

/** Entries kept in memory for joins and for commands that point at one. */
export const RECENT_ENTRIES = 1_000;

/** The newest entries of an incident, without a gap up to the head. */
export interface RecentEntries {
  /** Adds the next entry; a redaction takes the text out of memory as it did out of the store. */
  add(entry: Entry): void;
  at(seq: number): Entry | undefined;
  /** Entries redacted while these were in memory. */
  readonly redacted: ReadonlySet<number>;
  newest(): Entry | undefined;
  /** The newest `limit`, and whether there are older ones. */
  last(limit: number): { entries: Entry[]; more: boolean };
  /** Everything after `seq`, or null when memory does not reach back so far. */
  after(seq: number): Entry[] | null;
}

/** Starts with entries read from the store, ascending and up to the head. */
export function createRecentEntries(read: readonly Entry[]): RecentEntries {
  let entries = [...read];
  const redacted = new Set<number>();
  const first = () => entries[0]?.seq ?? 1;

  return {
    add(entry) {
      entries.push(entry);
      // Cut in larger steps: a copy for each entry would cost more than the memory it saves.
      if (entries.length > RECENT_ENTRIES * 1.2) entries = entries.slice(-RECENT_ENTRIES);
      const known = asKnown(entry);
      if (known?.type !== 'entry.redacted') return;
      redacted.add(known.body.seq);
      const index = known.body.seq - first();
      const target = entries[index];
      if (target) entries[index] = redactedCopy(target);
    },
    redacted,
    at: (seq) => entries[seq - first()],
    newest: () => entries.at(-1),
    last: (limit) => ({ entries: entries.slice(-limit), more: first() > 1 || entries.length > limit }),
    after: (seq) => (seq + 1 >= first() ? entries.slice(seq + 1 - first()) : null),
  };
}

/** The entry as the store now keeps it: free text and salt gone, everything else as it was. */
function redactedCopy(entry: Entry): Entry {
  const known = asKnown(entry);
  const fields: readonly string[] = known ? entryTypes[known.type].redactable : [];
  const body = Object.fromEntries(Object.entries(entry.body).filter(([name]) => !fields.includes(name)));
  return { ...entry, body, salt: null, redacted: true };
}
