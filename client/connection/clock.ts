/** Wall clock in milliseconds since 1970, and timers. Tests drive it; the page passes `browserClock`. */
export interface Clock {
  now(): number;
  /** Runs `work` once after `milliseconds`; the answer cancels it. */
  after(milliseconds: number, work: () => void): () => void;
}

/** The browser's own clock. */
export const browserClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
};
