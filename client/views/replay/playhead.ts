/** How many times faster than life, by the keys 1 to 5. */
export const speeds = [1, 5, 20, 60, 120] as const;
export type Speed = (typeof speeds)[number];

/** Nothing happens for at most this long while it plays, whatever the silence was. Milliseconds. */
export const LONGEST_WAIT = 1_500;

export interface Playhead {
  /** The moment of the incident that is shown, in milliseconds since 1970. */
  clock: number;
  /** A silence that is being passed over, in milliseconds of the incident; 0 when none is. */
  skipped: number;
}

/**
 * The playhead after `elapsed` milliseconds of watching. `next` is when something happens next; a silence before it that
 * would take longer than 1.5 s is cut to that.
 */
export function advance(head: Playhead, elapsed: number, speed: Speed, next: number): Playhead {
  const longest = LONGEST_WAIT * speed;
  const silence = next - head.clock;
  const isCut = silence > longest;
  const from = isCut ? next - longest : head.clock;
  const clock = from + elapsed * speed;
  const skipped = isCut ? silence : head.skipped;
  return { clock, skipped: clock >= next ? 0 : skipped };
}
