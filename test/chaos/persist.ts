import { delay } from '../support/serverProcess.ts';

/** Tries again while a request gets no answer, as whoever asks during a fault has to. Throws the last error. */
export async function persist<T>(work: () => Promise<T>, within = 60_000): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** Waits until something holds; answers after how many milliseconds, or null when it does not in time. */
export async function after(holds: () => boolean, within: number): Promise<number | null> {
  const from = performance.now();
  while (performance.now() - from < within) {
    if (holds()) return performance.now() - from;
    await delay(20);
  }
  return null;
}
