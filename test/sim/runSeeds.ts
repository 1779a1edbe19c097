import { Worker } from 'node:worker_threads';
import type { SeedAnswer, WorkerTask } from './worker.ts';

/** How many things happen in a run before the faults end. */
export const STEPS = 150;

export interface SeedsToRun {
  seeds: Iterable<number>;
  /** How many threads share them. */
  threads: number;
  /** A purpose-broken variant of the server, by name. */
  mutation?: string;
  /** Hears each seed that is done; false ends it early. */
  done(answer: SeedAnswer): boolean;
}

/** Runs seeds in threads, one at a time in each, in order. Rejects when a thread dies. */
export async function runSeeds({ seeds, threads, mutation, done }: SeedsToRun): Promise<void> {
  const iterator = seeds[Symbol.iterator]();
  let isOver = false;
  const next = (): number | null => {
    const { done: end, value } = isOver ? { done: true, value: 0 } : iterator.next();
    return end ? null : value;
  };
  const hear = (answer: SeedAnswer): void => {
    if (!done(answer)) isOver = true;
  };
  const task: WorkerTask = { mutation: mutation ?? null, steps: STEPS };
  await Promise.all(Array.from({ length: threads }, () => runThread(task, next, hear)));
}

function runThread(
  workerData: WorkerTask,
  next: () => number | null,
  hear: (answer: SeedAnswer) => void,
): Promise<void> {
  const thread = new Worker(new URL('./worker.ts', import.meta.url), { workerData, execArgv: [] });
  return new Promise((resolve, reject) => {
    let seed: number | null = null;
    const askNext = () => {
      seed = next();
      if (seed !== null) return thread.postMessage(seed);
      thread.removeAllListeners();
      void thread.terminate().then(() => resolve());
    };
    thread.on('error', (error) => reject(new Error(`the thread died at seed ${seed}`, { cause: error })));
    thread.on('exit', () => reject(new Error(`the thread ended at seed ${seed}`)));
    thread.on('message', (answer: SeedAnswer) => {
      hear(answer);
      askNext();
    });
    askNext();
  });
}

/** Whole numbers from `from` on. */
export function* seedsFrom(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed += 1) yield seed;
}
