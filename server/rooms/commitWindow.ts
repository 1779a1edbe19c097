/** A room that has not committed for this long starts its next batch at once. Milliseconds. */
const QUIET_MILLISECONDS = 50;
const LONGEST_WINDOW_MILLISECONDS = 20;

/**
 * How long a room collects before its next commit, in milliseconds since the last one: 0 in a quiet room, so that a
 * first edit goes at once; grows with the sockets that each frame costs.
 */
export function commitWindow(sinceCommit: number, sockets: number): number {
  if (sinceCommit > QUIET_MILLISECONDS) return 0;
  return Math.min(LONGEST_WINDOW_MILLISECONDS, sockets / 5);
}
