/** How many times faster than life, by the keys 1 to 5. */
export const speeds = [1, 5, 20, 60, 300] as const;
export type Speed = (typeof speeds)[number];

/** No wait between two entries is longer than this, whatever the silence was. Milliseconds. */
const LONGEST_WAIT = 1_500;
const SHORTEST_WAIT = 40;

export interface Wait {
  milliseconds: number;
  /** A silence that is passed over, in milliseconds of the incident; 0 when none is. */
  skipped: number;
}

/** How long playing waits between two entries recorded at these times (milliseconds since 1970). */
export function waitBetween(before: number, after: number, speed: Speed): Wait {
  const silence = Math.max(0, after - before);
  const real = silence / speed;
  return {
    milliseconds: Math.max(SHORTEST_WAIT, Math.min(real, LONGEST_WAIT)),
    skipped: real > LONGEST_WAIT ? silence : 0,
  };
}
