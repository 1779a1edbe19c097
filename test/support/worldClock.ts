import type { Clock } from '../../server/rooms/ports.ts';

/** The one time of a simulated world, which moves only when the simulation says so. */
export interface WorldClock extends Clock {
  /**
   * Moves on, running every timer that falls due; everything that waits for settled promises goes on in between.
   * Rejects when timers follow each other without end.
   */
  advance(milliseconds: number): Promise<void>;
  /** A clock of one process: with its own idea of the time, and gone when the process dies. */
  process(skew: number): ProcessClock;
}

export interface ProcessClock extends Clock {
  /** The system's time is set forward or back; timers do not mind. */
  step(milliseconds: number): void;
  /** The process is dead: none of its timers ever runs. */
  stop(): void;
}

interface Timer {
  at: number;
  order: number;
  /** Null: cancelled. */
  work: (() => void) | null;
}

/** Timers that may run within a second: everything a world does takes a few hundred. */
const MOST_PER_SECOND = 2_000;

// Taken early: what a test does to timers must not stop the world.
const immediate = setImmediate;

/** Lets everything go on that waits for nothing but settled promises. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    immediate(resolve);
  });
}

/** Starts at `start` milliseconds since 1970. Timers run in order of their time, then of their making. */
export function createWorldClock(start = Date.UTC(2026, 2, 14, 3, 0, 0)): WorldClock {
  const timers = createQueue();
  let elapsed = 0;
  let made = 0;

  function after(milliseconds: number, work: () => void): () => void {
    const timer: Timer = { at: elapsed + Math.max(0, milliseconds), order: (made += 1), work };
    timers.add(timer);
    return () => {
      timer.work = null;
    };
  }

  return {
    now: () => start + elapsed,
    elapsed: () => elapsed,
    after,
    async advance(milliseconds) {
      const until = elapsed + milliseconds;
      let since = elapsed;
      let run = 0;
      await settled();
      for (let timer = timers.takeUntil(until); timer; timer = timers.takeUntil(until)) {
        if (!timer.work) continue;
        elapsed = Math.max(elapsed, timer.at);
        if (elapsed - since >= 1_000) [since, run] = [elapsed, 0];
        if ((run += 1) > MOST_PER_SECOND) throw new Error('something asks for its turn again and again');
        timer.work();
        await settled();
      }
      elapsed = until;
    },
    process(skew) {
      let alive = true;
      let offset = skew;
      return {
        // Whole milliseconds, as a system clock has them.
        now: () => Math.floor(start + elapsed + offset),
        elapsed: () => elapsed,
        after: (milliseconds, work) =>
          after(milliseconds, () => {
            if (alive) work();
          }),
        step(milliseconds) {
          offset += milliseconds;
        },
        stop() {
          alive = false;
        },
      };
    },
  };
}

/** Timers by time, then order: a binary heap. */
function createQueue(): { add(timer: Timer): void; takeUntil(until: number): Timer | null } {
  const heap: Timer[] = [];
  const isBefore = (one: Timer, other: Timer) =>
    one.at < other.at || (one.at === other.at && one.order < other.order);
  const at = (index: number) => heap[index] as Timer;

  function sink(): void {
    for (let index = 0; ;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < heap.length && isBefore(at(child), at(least))) least = child;
      }
      if (least === index) return;
      [heap[index], heap[least]] = [at(least), at(index)];
      index = least;
    }
  }

  return {
    add(timer) {
      let index = heap.push(timer) - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (!isBefore(at(index), at(parent))) return;
        [heap[index], heap[parent]] = [at(parent), at(index)];
        index = parent;
      }
    },
    takeUntil(until) {
      const first = heap[0];
      if (!first || first.at > until) return null;
      const last = heap.pop() as Timer;
      if (heap.length > 0) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
}
