import { closeCodes } from '#shared/contract/wire.ts';

/** What a closed document socket asks of the client. */
export type CloseMeaning =
  | { kind: 'again'; slowly: boolean }
  | { kind: 'session_ended' }
  | { kind: 'forbidden' }
  | { kind: 'gone' }
  | { kind: 'refused' }
  | { kind: 'too_large' };

/** Reads a close code. Unknown codes from 4400 to 4499 are final, as the wire promises; all others mean "come back". */
export function meaningOfClose(code: number): CloseMeaning {
  switch (code) {
    case closeCodes.sessionEnded:
      return { kind: 'session_ended' };
    case closeCodes.forbidden:
      return { kind: 'forbidden' };
    case closeCodes.gone:
      return { kind: 'gone' };
    case closeCodes.tooLarge:
      return { kind: 'too_large' };
    case closeCodes.overloaded:
    case closeCodes.storeAway:
    case closeCodes.notSaved:
      return { kind: 'again', slowly: true };
    default:
      // A code we do not know from the final range says that this document instance has no future.
      return code >= 4400 && code < 4500 ? { kind: 'refused' } : { kind: 'again', slowly: false };
  }
}

const FIRST_MILLISECONDS = 300;
const SLOW_FIRST_MILLISECONDS = 1_500;
const LONGEST_MILLISECONDS = 5_000;
/** Slower than doubling: a server that restarts is back within a few seconds, and its door takes a crowd in order. */
const GROWTH = 1.6;

/**
 * Milliseconds until try number `attempt` (0 is the first after a close): growing, at most five seconds, with half of
 * it left to chance, so that a room of people does not come back in the same instant after a restart.
 */
export function backoff(attempt: number, slowly: boolean, chance: number): number {
  const first = slowly ? SLOW_FIRST_MILLISECONDS : FIRST_MILLISECONDS;
  const whole = Math.min(LONGEST_MILLISECONDS, first * GROWTH ** Math.min(attempt, 10));
  return Math.round(whole / 2 + (whole / 2) * chance);
}
