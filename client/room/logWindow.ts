import type { Entry } from '#shared/contract/entries.ts';
import { asKnown, entryTypes, isEntryType } from '#shared/contract/entries.ts';

/** A correction of a message, newest last in its list. */
export interface Correction {
  seq: number;
  text: string;
  at: string;
  actor: string;
  happenedAt?: string;
}

/**
 * The part of the log that this page holds: always without a gap, always up to the newest entry that arrived.
 * Corrections and redactions are kept beside it, so that the log itself stays what it was.
 */
export interface LogWindow {
  /** Oldest first. Grows in place; `version` says that it did. */
  readonly entries: readonly Entry[];
  /** `seq` of the oldest entry held, or 1 past the newest while empty. */
  readonly first: number;
  /** `seq` of the newest entry held; 0 while nothing is known. */
  readonly last: number;
  /** First entries of loaded pages: grouping never crosses them, so that loading more moves nothing. */
  readonly pageStarts: ReadonlySet<number>;
  readonly corrections: ReadonlyMap<number, readonly Correction[]>;
  /** Entry → the entry that hid it. */
  readonly redactions: ReadonlyMap<number, number>;
  readonly version: number;
}

export const emptyLog: LogWindow = {
  entries: [],
  first: 1,
  last: 0,
  pageStarts: new Set(),
  corrections: new Map(),
  redactions: new Map(),
  version: 0,
};

/** The entry with this `seq`, if it is held. */
export function entryAt(log: LogWindow, seq: number): Entry | undefined {
  return seq < log.first ? undefined : log.entries[seq - log.first];
}

/** A window of one page, which may be empty. */
export function windowOf(page: readonly Entry[]): LogWindow {
  const first = page[0]?.seq;
  if (first === undefined) return emptyLog;
  return noted(
    { ...emptyLog, entries: [], first, last: first - 1, pageStarts: new Set([first]) },
    page,
    'end',
  );
}

/**
 * The window with the entries that continue it. Entries already held are skipped; the rest is taken up to the first
 * gap, and what lies behind a gap comes back as `ahead`.
 */
export function appended(log: LogWindow, entries: readonly Entry[]): { log: LogWindow; ahead: Entry[] } {
  const next: Entry[] = [];
  const ahead: Entry[] = [];
  let last = log.last;
  for (const entry of entries.toSorted((a, b) => a.seq - b.seq)) {
    if (entry.seq <= last) continue;
    if (entry.seq === last + 1) {
      next.push(entry);
      last = entry.seq;
    } else ahead.push(entry);
  }
  if (next.length === 0) return { log, ahead };
  return { log: noted(log, next, 'end'), ahead };
}

/** The window with an older page in front. A page that does not end right before the window is not taken. */
export function prepended(log: LogWindow, page: readonly Entry[]): LogWindow {
  const older = page.filter((entry) => entry.seq < log.first);
  if (older.length === 0 || older.at(-1)?.seq !== log.first - 1) return log;
  return noted(log, older, 'front');
}

function noted(log: LogWindow, entries: readonly Entry[], where: 'front' | 'end'): LogWindow {
  const corrections = new Map(log.corrections);
  const redactions = new Map(log.redactions);
  for (const entry of entries) {
    const known = asKnown(entry);
    if (known?.type === 'entry.redacted') redactions.set(known.body.seq, known.seq);
    if (known?.type !== 'chat.corrected') continue;
    const { seq, text, happenedAt } = known.body;
    const correction: Correction = { seq: known.seq, text, at: known.at, actor: known.actor };
    if (happenedAt !== undefined) correction.happenedAt = happenedAt;
    const all = [...(corrections.get(seq) ?? []), correction];
    corrections.set(
      seq,
      all.toSorted((a, b) => a.seq - b.seq),
    );
  }
  // The array grows in place at its end: a copy of 100,000 entries for each message would be felt. Only the newest
  // window may do so; one that was grown from already gets its own array.
  const length = log.last - log.first + 1;
  const held = (
    length > 0 && log.entries.length === length ? log.entries : log.entries.slice(0, length)
  ) as Entry[];
  let merged: Entry[];
  if (where === 'end') {
    held.push(...entries);
    merged = held;
  } else merged = [...entries, ...held];
  const first = merged[0]?.seq ?? log.first;
  erase(merged, first, redactions);
  return {
    entries: merged,
    first,
    last: merged.at(-1)?.seq ?? log.last,
    pageStarts: where === 'front' ? new Set([...log.pageStarts, first]) : log.pageStarts,
    corrections:
      corrections.size === log.corrections.size && !hasNew(entries, 'chat.corrected')
        ? log.corrections
        : corrections,
    redactions: redactions.size === log.redactions.size ? log.redactions : redactions,
    version: log.version + 1,
  };
}

function hasNew(entries: readonly Entry[], type: string): boolean {
  return entries.some((entry) => entry.type === type);
}

/** What was hidden on the server must not stay in the memory of this page either. */
function erase(entries: Entry[], first: number, redactions: ReadonlyMap<number, number>): void {
  for (const seq of redactions.keys()) {
    const entry = entries[seq - first];
    if (!entry || entry.redacted) continue;
    const fields = isEntryType(entry.type) ? entryTypes[entry.type].redactable : Object.keys(entry.body);
    const body = Object.fromEntries(Object.entries(entry.body).filter(([name]) => !fields.includes(name)));
    entries[seq - first] = { ...entry, body, salt: null, redacted: true };
  }
}
