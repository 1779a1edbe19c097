import { parentPort, workerData } from 'node:worker_threads';
import type { OutsideRecord } from '#shared/contract/review.ts';
import { parseImport } from './parse.ts';
import type { FileSource } from './parse.ts';
import { summaryOf } from './summary.ts';
import type { ImportSummary } from './summary.ts';
import { readZone, UTC } from './zone.ts';

/** What the thread is started with. */
export interface ImportFile {
  source: FileSource;
  bytes: Uint8Array;
  zone: string;
}

/** Asked: records from a place on. Answered first, unasked: the summary, or null when the file is too long. */
export interface ImportQuestion {
  from: number;
  count: number;
}
export type ImportAnswer =
  { kind: 'summary'; summary: ImportSummary | null } | { kind: 'records'; records: OutsideRecord[] };

/** A thread that reads one file, so that nobody in a room waits for that; it ends when it is told to. */
if (!parentPort) throw new Error('importWorker.ts runs as a worker thread.');
const port = parentPort;
const { source, bytes, zone } = workerData as ImportFile;
const parsed = parseImport(source, bytes, readZone(zone) ?? UTC);
port.on('message', ({ from, count }: ImportQuestion) => {
  const records = parsed?.records.slice(from, from + count) ?? [];
  port.postMessage({ kind: 'records', records } satisfies ImportAnswer);
});
port.postMessage({ kind: 'summary', summary: parsed && summaryOf(parsed) } satisfies ImportAnswer);
