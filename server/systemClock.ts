import type { Clock } from './rooms/ports.ts';

/** The machine's wall clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(milliseconds, work) {
    if (milliseconds <= 0) {
      const immediate = setImmediate(work);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
};
