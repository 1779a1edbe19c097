import { parentPort, workerData } from 'node:worker_threads';
import { databasePath, openForReading, Queries } from './sqliteDatabase.ts';
import { sqliteReads } from './sqliteReads.ts';
import { sqliteSlowReads } from './sqliteSlowReads.ts';
import { packError } from './threads.ts';
import type { FromReader, Outcome, ReaderOptions, ToReader } from './threads.ts';

/** A reader thread. It cannot change anything, and each answer is of one moment. */
if (!parentPort) throw new Error('sqliteReader.ts runs as a worker thread.');
const port = parentPort;
const options = workerData as ReaderOptions;
const queries = new Queries(openForReading(databasePath(options.folder)));
const reads = new Map<string, (...args: never[]) => unknown>([
  ...Object.entries(sqliteReads(queries)),
  ...Object.entries(sqliteSlowReads(queries)),
]);

port.on('message', (message: ToReader | 'close') => {
  if (message === 'close') {
    queries.close();
    port.close();
    return;
  }
  const answer: FromReader = { id: message.id, outcome: read(message) };
  port.postMessage(answer);
});

function read({ name, args }: ToReader): Outcome {
  const run = reads.get(name) as ((...args: unknown[]) => unknown) | undefined;
  if (!run) return { ok: false, error: packError(new Error(`There is no read named ${name}.`), false) };
  try {
    const value = name === 'backup' ? run(...args) : queries.snapshot(() => run(...args));
    return { ok: true, value };
  } catch (error) {
    return { ok: false, error: packError(error instanceof Error ? error : new Error(String(error)), false) };
  }
}
