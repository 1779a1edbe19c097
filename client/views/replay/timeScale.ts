import { countUpTo } from './order.ts';

/** Where each moment stands in the picture: by time, with long silences cut to the same short width. */
export interface TimeScale {
  /** Position of a place of the log, from 0 for the first on; 1 is the end of the picture. Places count from 1. */
  at(place: number): number;
  /** The place nearest to a position. */
  nearest(position: number): number;
  /** Position of a time in milliseconds; 0 before the beginning, 1 after the end. */
  of(time: number): number;
  /** The time at a position. */
  timeAt(position: number): number;
  /** Silences that were cut: where they stand, and how long they were in milliseconds. */
  readonly breaks: readonly { after: number; position: number; milliseconds: number }[];
}

/** A silence longer than this is cut in the picture. Milliseconds. */
export const LONG_SILENCE = 15 * 60_000;
/** Room of an entry that shares its moment with the one before, so that a burst still has a width. Milliseconds. */
const LEAST = 200;

/** Share of the picture behind the last entry, so that what began with it can be seen. */
const TAIL = 0.02;

/** Moments in order, and the place of the log that each is; 0 for one that is none. */
interface Anchors {
  times: readonly number[];
  places: readonly number[];
}

/**
 * The scale over entries that happened at these times (milliseconds since 1970, ascending). `busy` are further times at
 * which something happened, so that no silence is seen there. One place more than there are is the end of the picture.
 */
export function timeScale(times: readonly number[], busy: readonly number[] = []): TimeScale {
  const anchors = anchorsOf(times, busy);
  const moments = anchors.times;
  const spots = new Float64Array(moments.length);
  const anchorOf = new Float64Array(times.length + 1);
  const cut: { after: number; milliseconds: number }[] = [];
  for (let index = 0; index < moments.length; index += 1) {
    anchorOf[anchors.places[index] ?? 0] = index;
    if (index === 0) continue;
    const gap = (moments[index] ?? 0) - (moments[index - 1] ?? 0);
    if (gap > LONG_SILENCE) cut.push({ after: index, milliseconds: gap });
    spots[index] = (spots[index - 1] ?? 0) + Math.min(Math.max(gap, LEAST), LONG_SILENCE);
  }
  const whole = (spots[spots.length - 1] || 1) * (1 + TAIL);
  const share = (index: number): number => (spots[index] ?? 0) / whole;
  const at = (place: number): number => (place > times.length ? 1 : share(anchorOf[Math.max(place, 1)] ?? 0));
  return {
    at,
    nearest(position) {
      let [low, high] = [1, Math.max(1, times.length)];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (at(middle) < position) low = middle + 1;
        else high = middle;
      }
      const before = Math.max(1, low - 1);
      return Math.abs(at(before) - position) <= Math.abs(at(low) - position) ? before : low;
    },
    of(time) {
      const after = countUpTo(moments, time);
      if (after === 0) return 0;
      if (after === moments.length) return time > (moments.at(-1) ?? 0) ? 1 : share(after - 1);
      const [from, until] = [moments[after - 1] ?? 0, moments[after] ?? 0];
      return share(after - 1) + ((time - from) / (until - from)) * (share(after) - share(after - 1));
    },
    timeAt(position) {
      const after = Math.max(1, countUpTo(spots, position * whole));
      const [from, until] = [moments[after - 1] ?? 0, moments[after]];
      if (until === undefined) return from;
      const wide = share(after) - share(after - 1);
      return wide === 0 ? from : from + ((position - share(after - 1)) / wide) * (until - from);
    },
    breaks: cut.map(({ after, milliseconds }) => ({
      after,
      milliseconds,
      position: (share(after - 1) + share(after)) / 2,
    })),
  };
}

function anchorsOf(times: readonly number[], busy: readonly number[]): Anchors {
  if (busy.length === 0) return { times, places: times.map((_, index) => index + 1) };
  const [moments, places]: [number[], number[]] = [[], []];
  let next = 0;
  const take = (until: number): void => {
    while (next < busy.length && (busy[next] ?? 0) < until) {
      moments.push(busy[next] ?? 0);
      places.push(0);
      next += 1;
    }
  };
  for (const [index, time] of times.entries()) {
    take(time);
    moments.push(time);
    places.push(index + 1);
  }
  take(Infinity);
  return { times: moments, places };
}
