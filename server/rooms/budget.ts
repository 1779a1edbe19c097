import { commanderOnly } from '#shared/contract/fencing.ts';
import { createRateLimit } from './rateLimit.ts';

/** A rate per person with a burst of one second, and a reserve for commands of the commander. */
export interface Budget {
  /** Takes one; answers 0, or the seconds after which it is worth trying again. */
  take(person: string, mayUseReserve: boolean): number;
}

/** `perSecond` for everybody, half as much again for what may use the reserve. */
export function createBudget(perSecond: number, now: () => number): Budget {
  const rate = (burst: number) => createRateLimit({ burst, perMillisecond: burst / 1_000 }, now);
  const everyday = rate(perSecond);
  const reserve = rate(Math.max(1, Math.ceil(perSecond / 2)));
  return {
    take(person, mayUseReserve) {
      const wait = everyday.take(person);
      return wait > 0 && mayUseReserve ? reserve.take(person) : wait;
    },
  };
}

/** The reserve is for commanding: a burst of talk does not use it up. */
export function mayUseReserve(command: { type: string }, isCommander: boolean): boolean {
  return isCommander && (commanderOnly as ReadonlySet<string>).has(command.type);
}
