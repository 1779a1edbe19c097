import type { Entry } from '#shared/contract/entries.ts';
import type { Severity, Status } from '#shared/contract/identifiers.ts';
import { evolve, fold } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { authorBadges } from '../../room/authorBadges.ts';
import type { HeldRoles } from '../../room/authorBadges.ts';
import { isFromOutside, orderOf } from './order.ts';
import type { Order } from './order.ts';

/** A stretch of the log in which one thing held, by positions: from `from` up to, without, `until`. */
export interface Stretch<T> {
  value: T;
  from: number;
  until: number;
}

/** An offer of command while it waited, and the type of the entry that ended it; null while it is open. */
export interface WaitingOffer extends Stretch<string> {
  ended: string | null;
}

/** The next update as it was promised, and the update that came after it; null while none has. */
export interface UpdatePromise {
  /** The entry that promised it. */
  seq: number;
  /** Milliseconds since 1970. */
  dueAt: number;
  keptBy: number | null;
}

/** What the picture marks as a key moment. */
export type MarkKind =
  'command' | 'offer' | 'severity' | 'status' | 'update' | 'late' | 'pin' | 'record' | 'fact';

export interface Mark {
  seq: number;
  kind: MarkKind;
}

/** The log as the replay holds it, growing page by page. Positions are `seq`: 1 is the first entry. */
export interface Timeline {
  /** Last position that is loaded; 0 before the first page. */
  readonly last: number;
  /** Key moments, in the order in which they are shown. */
  readonly marks: readonly Mark[];
  /** The entries in the order in which they are shown. */
  order(): Order;
  /** Adds the entries that follow `last`; earlier ones are passed over. Throws on a gap. */
  append(entries: readonly Entry[]): void;
  entry(seq: number): Entry | undefined;
  /** The fold of the log up to and with `seq`; null before the first entry. */
  stateAt(seq: number): IncidentState | null;
  /** What was said later about an entry, oldest first; erased ones are left out. */
  commentsOn(seq: number): { seq: number; actor: string; at: string; text: string }[];
  /** What the author of the entry held when writing it. */
  badgeAt(seq: number): HeldRoles | undefined;
  severities(): Stretch<Severity>[];
  statuses(): Stretch<Status>[];
  commanders(): Stretch<string>[];
  /** Offers of command from the offer to its end, or past `last` while pending. */
  offers(): WaitingOffer[];
  /** Updates that were promised, oldest first; one that was promised anew or needed no more is left out. */
  promises(): UpdatePromise[];
}

/** Entries between two kept states: what a seek folds at most. */
const CHECKPOINT_EVERY = 256;

/** An empty timeline. */
export function createTimeline(): Timeline {
  const entries: Entry[] = [];
  const checkpoints: IncidentState[] = [];
  const marks: Mark[] = [];
  const comments = new Map<number, Entry[]>();
  let order = orderOf([]);
  let ordered = 0;
  const badges = authorBadges(evolve);
  const severities: { value: Severity; from: number }[] = [];
  const statuses: { value: Status; from: number }[] = [];
  const commanders: { value: string; from: number }[] = [];
  const offers: WaitingOffer[] = [];
  const promises: UpdatePromise[] = [];
  let state: IncidentState | null = null;

  function note(entry: Entry, before: IncidentState | null, after: IncidentState): void {
    const { seq } = entry;
    if (before?.severity !== after.severity) severities.push({ value: after.severity, from: seq });
    if (before?.status !== after.status) statuses.push({ value: after.status, from: seq });
    if (before?.epoch !== after.epoch) commanders.push({ value: after.commander, from: seq });
    const [was, is] = [before?.offer ?? null, after.offer];
    if (was && was.offer !== is?.offer) {
      const open = offers.at(-1);
      if (open) Object.assign(open, { until: seq, ended: entry.type });
    }
    if (is && is.offer !== was?.offer)
      offers.push({ value: is.to, from: seq, until: Number.MAX_SAFE_INTEGER, ended: null });
    notePromise(entry, before, after);
    const kind = before === null ? null : markOf(before, after, entry);
    if (kind) marks.push({ seq, kind });
  }

  function notePromise({ seq, type }: Entry, before: IncidentState | null, after: IncidentState): void {
    const open = promises.at(-1);
    if (open?.keptBy === null) {
      if (type === 'update.sent') open.keptBy = seq;
      else if (before?.nextUpdateAt !== after.nextUpdateAt) promises.pop();
    }
    if (
      after.nextUpdateAt !== null &&
      (type === 'update.sent' || before?.nextUpdateAt !== after.nextUpdateAt)
    ) {
      promises.push({ seq, dueAt: Date.parse(after.nextUpdateAt), keptBy: null });
    }
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
    const about = entry.body['seq'];
    if (entry.type === 'comment.added' && typeof about === 'number' && !entry.redacted) {
      comments.set(about, [...(comments.get(about) ?? []), entry]);
    }
    state = after;
    if (entries.length % CHECKPOINT_EVERY === 0) checkpoints.push(after);
  }

  function orderNow(): Order {
    if (ordered !== entries.length) order = orderOf(entries);
    ordered = entries.length;
    return order;
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
    get marks() {
      return shownMarks(marks, state?.pinned ?? [], orderNow());
    },
    order: orderNow,
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
    commentsOn: (seq) =>
      (comments.get(seq) ?? []).map((entry) => ({
        seq: entry.seq,
        actor: entry.actor,
        at: entry.at,
        text: String(entry.body['text']),
      })),
    badgeAt: (seq) => badges.at(seq),
    severities: () => closed(severities),
    statuses: () => closed(statuses),
    commanders: () => closed(commanders),
    offers: () => offers.map((offer) => ({ ...offer, until: Math.min(offer.until, entries.length + 1) })),
    promises: () => promises.map((promise) => ({ ...promise })),
  };
}

function markOf(before: IncidentState, after: IncidentState, entry: Entry): MarkKind | null {
  if (before.epoch !== after.epoch) return 'command';
  if (after.offer && before.offer?.offer !== after.offer.offer) return 'offer';
  if (before.severity !== after.severity) return 'severity';
  if (before.status !== after.status) return 'status';
  if (isFromOutside(entry)) {
    if (entry.type === 'fact.recorded') return 'fact';
    const { kind } = entry.body;
    return kind === undefined || kind === 'message' ? null : 'record';
  }
  if (entry.type === 'update.overdue') return 'late';
  return entry.type === 'update.sent' ? 'update' : null;
}

/** The marks with what is pinned now, in their order, without what was withdrawn. */
function shownMarks(marks: readonly Mark[], pinned: readonly number[], order: Order): Mark[] {
  const marked = new Set(marks.map(({ seq }) => seq));
  const pins = pinned.filter((seq) => !marked.has(seq)).map((seq): Mark => ({ seq, kind: 'pin' }));
  return [...marks, ...pins]
    .map((mark) => ({ mark, place: order.placeOf(mark.seq) }))
    .filter(({ mark, place }) => place > 0 && order.seqAt(place) === mark.seq)
    .toSorted((a, b) => a.place - b.place)
    .map(({ mark }) => mark);
}
