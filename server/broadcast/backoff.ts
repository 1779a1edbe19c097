/** How long is waited after each attempt that came to nothing. Milliseconds; greylisting lets through after minutes. */
const WAITS = [5, 20, 60, 300, 600, 1_200, 2_400, 3_600, 7_200, 14_400].map((seconds) => seconds * 1_000);

/** The longest that a receiver may ask for. Milliseconds. */
const LONGEST_ASKED = 4 * 3_600_000;

/** Attempts after which it is given up. */
export const MOST_ATTEMPTS = WAITS.length + 1;

/**
 * How long to wait after this many attempts (from 1), or null to give up. Spread by up to a half more, so that what failed
 * together does not come back together. `random` is from [0, 1); `after` what the receiver asked for. Milliseconds.
 */
export function waitAfter(attempts: number, random: number, after = 0): number | null {
  const wait = WAITS[attempts - 1];
  if (wait === undefined) return null;
  return Math.max(wait + (wait / 2) * random, Math.min(after, LONGEST_ASKED));
}
