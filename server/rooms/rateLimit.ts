/** How many may pass: `burst` at once, refilled over time. */
export interface Rate {
  burst: number;
  perMillisecond: number;
}

/** Token buckets by key. */
export interface RateLimit {
  /** Takes one; answers 0, or the whole seconds after which it is worth trying again. */
  take(key: string): number;
  /** The same answer without taking one. */
  wait(key: string): number;
}

/** Keys remembered at most; those that are full again are forgotten first, then the oldest. */
const REMEMBERED = 20_000;

/** Buckets that start full. `now` in milliseconds. */
export function createRateLimit(rate: Rate, now: () => number): RateLimit {
  const buckets = new Map<string, { tokens: number; filledAt: number }>();

  function tokensOf(key: string, time: number): number {
    const bucket = buckets.get(key);
    if (!bucket) return rate.burst;
    return Math.min(rate.burst, bucket.tokens + Math.max(0, time - bucket.filledAt) * rate.perMillisecond);
  }

  function waitFor(tokens: number): number {
    return tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - tokens) / rate.perMillisecond / 1000));
  }

  function forget(time: number): void {
    for (const key of buckets.keys()) if (tokensOf(key, time) >= rate.burst) buckets.delete(key);
    for (const key of buckets.keys()) {
      if (buckets.size <= REMEMBERED / 2) return;
      buckets.delete(key);
    }
  }

  return {
    take(key) {
      const time = now();
      const tokens = tokensOf(key, time);
      const wait = waitFor(tokens);
      if (wait > 0) return wait;
      buckets.set(key, { tokens: tokens - 1, filledAt: time });
      if (buckets.size > REMEMBERED) forget(time);
      return 0;
    },
    wait: (key) => waitFor(tokensOf(key, now())),
  };
}
