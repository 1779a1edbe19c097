import type { Entry } from '#shared/contract/entries.ts';

/**
 * The entries in the order in which a replay shows them: those of the room as they were recorded, and what came in from
 * outside at the time at which it happened. Places count from 1; records that were withdrawn have none.
 */
export interface Order {
  readonly length: number;
  /** When what stands at each place happened, in milliseconds since 1970; ascending. */
  readonly times: readonly number[];
  /** The entry at a place. */
  seqAt(place: number): number;
  /** Where an entry stands; for one that has no place, the last place before it; 0 when there is none. */
  placeOf(seq: number): number;
  /** The newest entry of the room itself up to a place: what the state then is the fold of. 0 before the first. */
  nativeAt(place: number): number;
  /** The entry of the room itself that comes next after a place; null after the last. */
  nextNative(place: number): number | null;
  /** The newest place at or before a time; 0 when there is none. */
  placeBy(time: number): number;
}

/** Types of entries that say when their matter happened, and that nobody in the room saw happen. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set(['record.imported', 'fact.recorded']);

/** True for an entry about something that happened outside the room, at a time of its own. */
export function isFromOutside(entry: Pick<Entry, 'type' | 'body'>): boolean {
  return FROM_OUTSIDE.has(entry.type) && Number.isFinite(Date.parse(String(entry.body['happenedAt'])));
}

/** The order of the first entries of a log, given one after the other from `seq` 1 on. */
export function orderOf(entries: readonly Entry[]): Order {
  const withdrawn = new Set(
    entries.filter(({ type }) => type === 'records.withdrawn').map(({ body }) => body['importId']),
  );
  const natives: number[] = [];
  const outside: { seq: number; at: number }[] = [];
  for (const entry of entries) {
    if (!isFromOutside(entry)) natives.push(entry.seq);
    else if (!withdrawn.has(entry.body['importId'])) {
      outside.push({ seq: entry.seq, at: Date.parse(String(entry.body['happenedAt'])) });
    }
  }
  outside.sort((a, b) => a.at - b.at || a.seq - b.seq);
  return merged(entries, natives, outside);
}

function merged(
  entries: readonly Entry[],
  natives: readonly number[],
  outside: readonly { seq: number; at: number }[],
): Order {
  const length = natives.length + outside.length;
  const times: number[] = [];
  const seqs = new Float64Array(length);
  const nativeAt = new Float64Array(length);
  const places = new Float64Array(entries.length + 1);
  let [nextNative, nextOutside, newest] = [0, 0, 0];
  for (let index = 0; index < length; index += 1) {
    const native = natives[nextNative];
    const record = outside[nextOutside];
    const nativeTime = native === undefined ? Infinity : Date.parse(entries[native - 1]?.at ?? '');
    if (native !== undefined && (record === undefined || nativeTime <= record.at)) {
      newest = native;
      nextNative += 1;
      seqs[index] = native;
      times.push(nativeTime);
    } else {
      nextOutside += 1;
      seqs[index] = record?.seq ?? 0;
      times.push(record?.at ?? 0);
    }
    nativeAt[index] = newest;
    places[seqs[index] ?? 0] = index + 1;
  }
  return {
    length,
    times,
    seqAt: (place) => seqs[place - 1] ?? 0,
    placeOf(seq) {
      let known = Math.min(seq, entries.length);
      while (known > 0 && places[known] === 0) known -= 1;
      return known > 0 ? (places[known] ?? 0) : 0;
    },
    nativeAt: (place) => nativeAt[Math.min(place, length) - 1] ?? 0,
    nextNative: (place) => natives[countUpTo(natives, nativeAt[Math.min(place, length) - 1] ?? 0)] ?? null,
    placeBy: (time) => countUpTo(times, time),
  };
}

/** How many of ascending numbers are at most `limit`. */
export function countUpTo(ascending: ArrayLike<number>, limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
