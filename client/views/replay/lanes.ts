import type { Severity, Status } from '#shared/contract/identifiers.ts';
import type { OutsideEvent } from './outside.ts';
import { kindOf } from './jumps.ts';
import type { TimeScale } from './timeScale.ts';
import type { Mark, Stretch, Timeline } from './timeline.ts';

/** A stretch of the picture: from 0, its left edge, to 1. */
export interface Span<T> {
  value: T;
  key: string;
  from: number;
  until: number;
}

/** How long an offer of command waited, and for whom. */
export interface WaitSpan extends Span<string> {
  milliseconds: number;
  ended: string | null;
}

/** An update that was promised: due where, kept where, and how late. */
export interface DueSpot {
  key: string;
  due: number;
  kept: number | null;
  /** Milliseconds after the promised time; 0 for one in time. */
  late: number;
}

/** A key moment: an entry, or what a machine said. */
export type Spot =
  | { key: string; at: number; time: number; what: 'entry'; mark: Mark; place: number }
  | { key: string; at: number; time: number; what: 'outside'; event: OutsideEvent };

/** The whole picture of an incident, ready to be drawn at any width. */
export interface Lanes {
  severities: Span<Severity>[];
  statuses: Span<Status>[];
  commanders: Span<string>[];
  waits: WaitSpan[];
  /** How busy each column was, 0 to 1. */
  chat: number[];
  document: number[];
  promises: DueSpot[];
  updates: { key: string; at: number }[];
  /** Which version of each service was live from when to when; the newest last. */
  deploys: Span<OutsideEvent>[];
  alerts: Span<OutsideEvent>[];
  spots: Spot[];
  breaks: TimeScale['breaks'];
}

/** How busy the document was, in stretches of the same length. */
export interface DocumentActivity {
  from: number;
  bucketMilliseconds: number;
  document: readonly number[];
}

export const COLUMNS = 200;

/** The picture of what is loaded, on this scale; `now` ends what goes on (milliseconds since 1970). */
export function lanesOf(
  timeline: Timeline,
  scale: TimeScale,
  outside: readonly OutsideEvent[],
  activity: DocumentActivity | null,
): Lanes {
  const order = timeline.order();
  const x = (seq: number): number => (seq > timeline.last ? 1 : scale.at(Math.max(1, order.placeOf(seq))));
  const timeOf = (seq: number): number => order.times[order.placeOf(Math.min(seq, timeline.last)) - 1] ?? 0;
  const spans = <T>(stretches: readonly Stretch<T>[]): Span<T>[] =>
    stretches.map(({ value, from, until }) => ({ value, key: `${from}`, from: x(from), until: x(until) }));
  const marks = timeline.marks;
  return {
    severities: spans(timeline.severities()),
    statuses: spans(timeline.statuses()),
    commanders: spans(timeline.commanders()),
    waits: timeline.offers().map(({ value, from, until, ended }) => ({
      value,
      key: `${from}`,
      from: x(from),
      until: x(until),
      milliseconds: timeOf(until) - timeOf(from),
      ended,
    })),
    chat: busyness(timeline, scale),
    document: activity ? documentColumns(activity, scale) : [],
    promises: timeline.promises().map(({ seq, dueAt, keptBy }) => ({
      key: `${seq}`,
      due: scale.of(dueAt),
      kept: keptBy === null ? null : x(keptBy),
      late: keptBy === null ? 0 : Math.max(0, timeOf(keptBy) - dueAt),
    })),
    updates: marks.filter(({ kind }) => kind === 'update').map(({ seq }) => ({ key: `${seq}`, at: x(seq) })),
    deploys: deploySpans(outside, scale),
    alerts: outside
      .filter(({ kind }) => kind === 'alert')
      .map((event) => ({
        value: event,
        key: event.id,
        from: scale.of(event.at),
        until: event.endedAt === null ? 1 : scale.of(event.endedAt),
      })),
    spots: spotsOf(timeline, scale, outside),
    breaks: scale.breaks,
  };
}

/** Entries and what machines said during the incident, by time. */
function spotsOf(timeline: Timeline, scale: TimeScale, outside: readonly OutsideEvent[]): Spot[] {
  const order = timeline.order();
  const began = order.times[0] ?? 0;
  const entries = timeline.marks.map((mark): Spot => {
    const place = order.placeOf(mark.seq);
    const time = order.times[place - 1] ?? 0;
    return { key: `${mark.seq}`, at: scale.at(place), time, what: 'entry', mark, place };
  });
  const machines = outside
    .filter(({ at }) => at >= began)
    .map((event): Spot => ({
      key: `${event.kind} ${event.id}`,
      at: scale.of(event.at),
      time: event.at,
      what: 'outside',
      event,
    }));
  return [...entries, ...machines].toSorted((a, b) => a.at - b.at);
}

/** Each version is live until the next one of the same service. */
function deploySpans(outside: readonly OutsideEvent[], scale: TimeScale): Span<OutsideEvent>[] {
  const deploys = outside.filter(({ kind }) => kind === 'deploy').toSorted((a, b) => a.at - b.at);
  return deploys.map((event, index) => {
    const next = deploys.slice(index + 1).find(({ service }) => service === event.service);
    return { value: event, key: event.id, from: scale.of(event.at), until: next ? scale.of(next.at) : 1 };
  });
}

/** Which version of each service was live at a time, and which alerts were firing. */
export function liveAt(
  outside: readonly OutsideEvent[],
  time: number,
): { deploys: OutsideEvent[]; alerts: OutsideEvent[] } {
  const newest = new Map<string, OutsideEvent>();
  for (const event of outside.filter(({ kind, at }) => kind === 'deploy' && at <= time)) {
    const known = newest.get(event.service);
    if (!known || known.at <= event.at) newest.set(event.service, event);
  }
  return {
    deploys: [...newest.values()].toSorted((a, b) => (a.service < b.service ? -1 : 1)),
    alerts: outside.filter(
      ({ kind, at, endedAt }) => kind === 'alert' && at <= time && (endedAt === null || endedAt > time),
    ),
  };
}

function busyness(timeline: Timeline, scale: TimeScale): number[] {
  const counts = Array.from({ length: COLUMNS }, () => 0);
  const order = timeline.order();
  for (let place = 1; place <= order.length; place += 1) {
    const kind = kindOf(timeline.entry(order.seqAt(place))?.type ?? '');
    if (kind === 'chat' || kind === 'record') count(counts, scale.at(place), 1);
  }
  return shares(counts);
}

function documentColumns(activity: DocumentActivity, scale: TimeScale): number[] {
  const counts = Array.from({ length: COLUMNS }, () => 0);
  for (const [index, edits] of activity.document.entries()) {
    const middle = activity.from + (index + 0.5) * activity.bucketMilliseconds;
    if (edits > 0) count(counts, scale.of(middle), edits);
  }
  return shares(counts);
}

function count(counts: number[], position: number, amount: number): void {
  const column = Math.min(COLUMNS - 1, Math.floor(position * COLUMNS));
  counts[column] = (counts[column] ?? 0) + amount;
}

function shares(counts: readonly number[]): number[] {
  const most = Math.max(1, ...counts);
  return counts.map((each) => each / most);
}
