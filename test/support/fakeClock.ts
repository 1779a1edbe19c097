import type { Clock } from '../../server/rooms/ports.ts';

interface Timer {
  at: number;
  order: number;
  work: () => void;
}

/** A clock that a test drives; timers run in order of their time, then of their making. */
export interface FakeClock extends Clock {
  /** Moves on, running every timer that falls due, those made on the way included; lets promises settle between. */
  advance(milliseconds: number): Promise<void>;
  /** Moves the wall clock without running anything, as a step of the system's time does. */
  step(milliseconds: number): void;
}

/** Lets everything that is only waiting for settled promises go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Starts at `start` milliseconds since 1970. */
export function createFakeClock(start = Date.UTC(2026, 2, 14, 3, 0, 0)): FakeClock {
  let elapsed = 0;
  let offset = start;
  let made = 0;
  const timers = new Set<Timer>();

  function next(until: number): Timer | undefined {
    const due = [...timers].filter((timer) => timer.at <= until);
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }

  return {
    now: () => offset + elapsed,
    elapsed: () => elapsed,
    after(milliseconds, work) {
      const timer = { at: elapsed + milliseconds, order: (made += 1), work };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(milliseconds) {
      const until = elapsed + milliseconds;
      await settle();
      for (let timer = next(until); timer; timer = next(until)) {
        timers.delete(timer);
        elapsed = Math.max(elapsed, timer.at);
        timer.work();
        await settle();
      }
      elapsed = until;
    },
    step(milliseconds) {
      offset += milliseconds;
    },
  };
}
