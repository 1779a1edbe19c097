/** Where each entry stands in the picture: by time, with long silences cut to the same short width. */
export interface TimeScale {
  /** Position of an entry, from 0 for the first on; 1 is the end of the picture. `seq` counts from 1. */
  at(seq: number): number;
  /** The entry nearest to a position. */
  nearest(position: number): number;
  /** Silences that were cut: where they stand, and how long they were in milliseconds. */
  readonly breaks: readonly { after: number; position: number; milliseconds: number }[];
}

/** A silence longer than this is cut in the picture. Milliseconds. */
export const LONG_SILENCE = 15 * 60_000;
/** Room of an entry that shares its moment with the one before, so that a burst still has a width. Milliseconds. */
const LEAST = 200;

/** Share of the picture behind the last entry, so that what began with it can be seen. */
const TAIL = 0.02;

/**
 * The scale over entries recorded at these times (milliseconds since 1970, ascending). One position more than there are
 * entries is the end of the picture.
 */
export function timeScale(times: readonly number[]): TimeScale {
  const places = new Float64Array(times.length);
  const cut: { after: number; milliseconds: number }[] = [];
  for (let index = 1; index < times.length; index += 1) {
    const gap = (times[index] ?? 0) - (times[index - 1] ?? 0);
    if (gap > LONG_SILENCE) cut.push({ after: index, milliseconds: gap });
    places[index] = (places[index - 1] ?? 0) + Math.min(Math.max(gap, LEAST), LONG_SILENCE);
  }
  const whole = (places[places.length - 1] || 1) * (1 + TAIL);
  const at = (seq: number): number => (seq > times.length ? 1 : (places[Math.max(seq, 1) - 1] ?? 0) / whole);
  return {
    at,
    nearest(position) {
      const wanted = position * whole;
      let [low, high] = [0, times.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((places[middle] ?? 0) < wanted) low = middle + 1;
        else high = middle;
      }
      const before = Math.max(0, low - 1);
      const isBefore = Math.abs((places[before] ?? 0) - wanted) <= Math.abs((places[low] ?? 0) - wanted);
      return (isBefore ? before : low) + 1;
    },
    breaks: cut.map(({ after, milliseconds }) => ({
      after,
      milliseconds,
      position: (at(after) + at(after + 1)) / 2,
    })),
  };
}
