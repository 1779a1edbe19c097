import { parentPort, workerData } from 'node:worker_threads';
import { breakServer, mutations } from './mutations.ts';
import type { Run } from './simulation.ts';

/** What a thread is asked, and answers, about one seed. */
export interface SeedAnswer {
  seed: number;
  /** Null when a promise was broken. */
  run: Run | null;
  problems: readonly string[];
}

export interface WorkerTask {
  mutation: string | null;
  steps: number;
}

/** Runs one seed after another, each asked for by a message, in a thread of its own. */
async function serve({ mutation, steps }: WorkerTask): Promise<void> {
  const variant = mutations.find(({ name }) => name === mutation);
  const problemOf = variant ? breakServer(variant) : () => null;
  const { simulate, BrokenPromise } = await import('./simulation.ts');
  const problem = problemOf();
  if (problem !== null) throw new Error(problem);
  const ask = async (seed: number): Promise<SeedAnswer> => {
    try {
      return { seed, run: await simulate(seed, steps), problems: [] };
    } catch (error) {
      const problems = error instanceof BrokenPromise ? error.problems : [String((error as Error).stack)];
      return { seed, run: null, problems };
    }
  };
  parentPort?.on('message', (seed: number) => {
    void ask(seed).then((answer) => parentPort?.postMessage(answer));
  });
}

await serve(workerData as WorkerTask);
