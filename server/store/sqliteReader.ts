import { parentPort, workerData } from 'node:worker_threads';
import type { Reading } from './queries/reading.ts';
import { storeReads } from './reads.ts';
import { build, databasePath, openForReading, Queries } from './sqliteDatabase.ts';
import { sqliteSlowReads } from './sqliteSlowReads.ts';
import { packError } from './threads.ts';
import type { FromReader, Outcome, ReaderOptions, ToReader } from './threads.ts';

/** A reader thread. It cannot change anything, and each answer is of one moment. */
if (!parentPort) throw new Error('sqliteReader.ts runs as a worker thread.');
const port = parentPort;
const options = workerData as ReaderOptions;
/** Opened by the first question. */
let queries: Queries | null = null;
const reads = new Map<string, (...args: never[]) => Reading<unknown>>([
  ...Object.entries(storeReads(build)),
  ...Object.entries(sqliteSlowReads()),
]);

port.on('message', (message: ToReader | 'close') => {
  if (message === 'close') {
    queries?.close();
    port.close();
    return;
  }
  const answer: FromReader = { id: message.id, outcome: read(message) };
  port.postMessage(answer);
});

function read({ name, args }: ToReader): Outcome {
  try {
    const run = reads.get(name) as ((...args: unknown[]) => Reading<unknown>) | undefined;
    if (!run) throw new Error(`There is no read named ${name}.`);
    const opened = (queries ??= new Queries(openForReading(databasePath(options.folder))));
    return { ok: true, value: opened.snapshot(() => opened.answer(run(...args))) };
  } catch (error) {
    return { ok: false, error: packError(error instanceof Error ? error : new Error(String(error)), false) };
  }
}
