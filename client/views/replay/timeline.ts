import type { Entry } from '#shared/contract/entries.ts';
import type { Severity, Status } from '#shared/contract/identifiers.ts';
import { evolve, fold } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { authorBadges } from '../../room/authorBadges.ts';
import type { HeldRoles } from '../../room/authorBadges.ts';

/** A stretch of the log in which one thing held, by positions: from `from` up to, without, `until`. */
export interface Stretch<T> {
  value: T;
  from: number;
  until: number;
}

/** What the picture marks as a key moment. */
export type MarkKind = 'command' | 'offer' | 'severity' | 'status' | 'update';

export interface Mark {
  seq: number;
  kind: MarkKind;
}

/** The log as the replay holds it, growing page by page. Positions are `seq`: 1 is the first entry. */
export interface Timeline {
  /** Last position that is loaded; 0 before the first page. */
  readonly last: number;
  /** When each entry was recorded, in milliseconds since 1970. */
  readonly times: readonly number[];
  readonly marks: readonly Mark[];
  /** Adds the entries that follow `last`; earlier ones are passed over. Throws on a gap. */
  append(entries: readonly Entry[]): void;
  entry(seq: number): Entry | undefined;
  /** The fold of the log up to and with `seq`; null before the first entry. */
  stateAt(seq: number): IncidentState | null;
  /** What the author of the entry held when writing it. */
  badgeAt(seq: number): HeldRoles | undefined;
  severities(): Stretch<Severity>[];
  statuses(): Stretch<Status>[];
  commanders(): Stretch<string>[];
  /** Offers of command from the offer to its end, or past `last` while pending. */
  offers(): Stretch<string>[];
  /** The nearest position of the same kind of entry after (`step` 1) or before `seq`; null when there is none. */
  nextOfKind(seq: number, step: 1 | -1): number | null;
}

/** Entries between two kept states: what a seek folds at most. */
const CHECKPOINT_EVERY = 256;

/** An empty timeline. */
export function createTimeline(): Timeline {
  const entries: Entry[] = [];
  const checkpoints: IncidentState[] = [];
  const times: number[] = [];
  const marks: Mark[] = [];
  const badges = authorBadges(evolve);
  const severities: { value: Severity; from: number }[] = [];
  const statuses: { value: Status; from: number }[] = [];
  const commanders: { value: string; from: number }[] = [];
  const offers: Stretch<string>[] = [];
  let state: IncidentState | null = null;

  function note(entry: Entry, before: IncidentState | null, after: IncidentState): void {
    const { seq } = entry;
    if (before?.severity !== after.severity) severities.push({ value: after.severity, from: seq });
    if (before?.status !== after.status) statuses.push({ value: after.status, from: seq });
    if (before?.epoch !== after.epoch) commanders.push({ value: after.commander, from: seq });
    const [was, is] = [before?.offer ?? null, after.offer];
    if (was && was.offer !== is?.offer) {
      const open = offers.at(-1);
      if (open) open.until = seq;
    }
    if (is && is.offer !== was?.offer)
      offers.push({ value: is.to, from: seq, until: Number.MAX_SAFE_INTEGER });
    const kind = before === null ? null : markOf(before, after, entry);
    if (kind) marks.push({ seq, kind });
  }

  function appendOne(entry: Entry): void {
    if (entry.seq <= entries.length) return;
    if (entry.seq !== entries.length + 1) {
      throw new Error(`Entry ${entry.seq} follows entry ${entries.length}; the log has a gap.`);
    }
    const before = state;
    badges.fold(before, [entry]);
    const after = evolve(before, entry);
    note(entry, before, after);
    entries.push(entry);
    times.push(Date.parse(entry.at));
    state = after;
    if (entries.length % CHECKPOINT_EVERY === 0) checkpoints.push(after);
  }

  function closed<T>(changes: readonly { value: T; from: number }[]): Stretch<T>[] {
    return changes.map((change, index) => ({
      ...change,
      until: changes[index + 1]?.from ?? entries.length + 1,
    }));
  }

  return {
    get last() {
      return entries.length;
    },
    times,
    marks,
    append(more) {
      for (const entry of more) appendOne(entry);
    },
    entry: (seq) => entries[seq - 1],
    stateAt(seq) {
      const at = Math.min(seq, entries.length);
      if (at < 1) return null;
      const kept = Math.floor(at / CHECKPOINT_EVERY);
      const start = kept === 0 ? null : (checkpoints[kept - 1] ?? null);
      return fold(start, entries.slice(kept * CHECKPOINT_EVERY, at));
    },
    badgeAt: (seq) => badges.at(seq),
    severities: () => closed(severities),
    statuses: () => closed(statuses),
    commanders: () => closed(commanders),
    offers: () => offers.map((offer) => ({ ...offer, until: Math.min(offer.until, entries.length + 1) })),
    nextOfKind(seq, step) {
      const kind = kindOf(entries[seq - 1]?.type ?? '');
      for (let at = seq + step; at >= 1 && at <= entries.length; at += step) {
        if (kindOf(entries[at - 1]?.type ?? '') === kind) return at;
      }
      return null;
    },
  };
}

/** What jumping takes for the same: all talk is one kind, all of a handoff is one, and so on. */
function kindOf(type: string): string {
  return type.split('.')[0] ?? type;
}

function markOf(before: IncidentState, after: IncidentState, entry: Entry): MarkKind | null {
  if (before.epoch !== after.epoch) return 'command';
  if (after.offer && before.offer?.offer !== after.offer.offer) return 'offer';
  if (before.severity !== after.severity) return 'severity';
  if (before.status !== after.status) return 'status';
  return entry.type === 'update.sent' ? 'update' : null;
}
