import { parentPort, workerData } from 'node:worker_threads';
import { judgeBundle } from './bundleJudge.ts';
import type { BundleLimits } from './bundleJudge.ts';

/** A thread that judges one bundle: nothing in it keeps anybody else waiting, and what it may cost ends with the thread. */
if (!parentPort) throw new Error('bundleWorker.ts runs as a worker thread.');
const { archive, limits } = workerData as { archive: Uint8Array; limits: BundleLimits };
parentPort.postMessage(judgeBundle(archive, limits));
