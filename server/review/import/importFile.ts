import { Worker } from 'node:worker_threads';
import type { OutsideRecord } from '#shared/contract/review.ts';
import type { Clock } from '../../rooms/ports.ts';
import type { ImportAnswer, ImportFile, ImportQuestion } from './importWorker.ts';
import { parseImport } from './parse.ts';
import { summaryOf } from './summary.ts';
import type { ImportSummary } from './summary.ts';
import { readZone, UTC } from './zone.ts';

/** Reading a file may take this long and so much memory; what takes more is too large. */
const PATIENCE_MILLISECONDS = 25_000;
const MOST_MEGABYTES = 1_024;
/** Files up to this length are read in some milliseconds, sooner than a thread starts. */
const SMALL_BYTES = 256 * 1024;

/** A file that was read; `close` frees it. */
export interface OpenImport {
  summary: ImportSummary;
  /** Records from a place on. Rejects when the thread died. */
  records(from: number, count: number): Promise<OutsideRecord[]>;
  close(): Promise<void>;
}

/** Reads a file, a long one in a thread of its own; null when it is too long for that too. Its bytes are handed over for good. */
export async function openImport(file: ImportFile, clock: Clock): Promise<OpenImport | null> {
  return file.bytes.length <= SMALL_BYTES ? readSmall(file) : readInThread(file, clock);
}

function readSmall({ source, bytes, zone }: ImportFile): OpenImport | null {
  const parsed = parseImport(source, bytes, readZone(zone) ?? UTC);
  return (
    parsed && {
      summary: summaryOf(parsed),
      records: (from, count) => Promise.resolve(parsed.records.slice(from, from + count)),
      close: () => Promise.resolve(),
    }
  );
}

async function readInThread(file: ImportFile, clock: Clock): Promise<OpenImport | null> {
  const worker = new Worker(new URL('./importWorker.ts', import.meta.url), {
    workerData: file,
    transferList: [file.bytes.buffer as ArrayBuffer],
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
  });
  const giveUp = clock.after(PATIENCE_MILLISECONDS, () => void worker.terminate());
  const first = await nextAnswer(worker).catch(() => null);
  giveUp();
  if (first?.kind !== 'summary' || !first.summary) {
    await worker.terminate();
    return null;
  }
  return {
    summary: first.summary,
    async records(from, count) {
      const answered = nextAnswer(worker);
      worker.postMessage({ from, count } satisfies ImportQuestion);
      const answer = await answered;
      return answer.kind === 'records' ? answer.records : [];
    },
    close: async () => void (await worker.terminate()),
  };
}

/** What the thread says next; rejects when it ends instead. */
function nextAnswer(worker: Worker): Promise<ImportAnswer> {
  return new Promise((resolve, reject) => {
    const hear = (answer: ImportAnswer): void => settle(() => resolve(answer));
    const fail = (error: Error): void => settle(() => reject(error));
    const end = (): void => settle(() => reject(new Error('The thread that reads a file ended.')));
    function settle(done: () => void): void {
      worker.off('message', hear).off('error', fail).off('exit', end);
      done();
    }
    worker.on('message', hear).on('error', fail).on('exit', end);
  });
}
