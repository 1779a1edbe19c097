/** How much one person may still do now. */
interface Bucket {
  tokens: number;
  filledAt: number;
}

/** A rate per person with a burst of one second, and a reserve for commands of the commander. */
export interface Budget {
  /** Takes one; answers 0, or the seconds after which it is worth trying again. */
  take(person: string, mayUseReserve: boolean): number;
}

/** Above this many remembered people the idle ones are forgotten. */
const REMEMBERED = 10_000;

/** A token bucket per person: `perSecond` for everybody, half as much again for what may use the reserve. */
export function createBudget(perSecond: number, now: () => number): Budget {
  const buckets = new Map<string, Bucket>();
  const reserve = Math.max(1, Math.ceil(perSecond / 2));

  function forgetIdle(time: number): void {
    for (const [person, bucket] of buckets) {
      if (time - bucket.filledAt > 10_000) buckets.delete(person);
    }
  }

  return {
    take(person, mayUseReserve) {
      const time = now();
      const bucket = buckets.get(person) ?? { tokens: perSecond, filledAt: time };
      const earned = ((time - bucket.filledAt) / 1000) * perSecond;
      bucket.tokens = Math.min(perSecond, bucket.tokens + Math.max(0, earned));
      bucket.filledAt = time;
      if (buckets.size > REMEMBERED) forgetIdle(time);
      buckets.set(person, bucket);
      const floor = mayUseReserve ? 1 - reserve : 1;
      if (bucket.tokens < floor) return Math.max(1, Math.ceil((floor - bucket.tokens) / perSecond));
      bucket.tokens -= 1;
      return 0;
    },
  };
}
