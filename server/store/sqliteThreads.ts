import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../rooms/ports.ts';
import type { Answer } from './queries/reading.ts';
import type { Writes } from './sqliteWrites.ts';
import type {
  FromReader,
  FromWriter,
  PackedError,
  ReaderOptions,
  ToReader,
  ToWriter,
  WriteCall,
  WriterOptions,
} from './threads.ts';

/** Calls that one transaction takes at most, so that none waits behind too many. */
const MOST_CALLS = 256;

interface Waiting {
  call: WriteCall;
  transfer: ArrayBuffer[];
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The writer thread as the main thread sees it. */
export interface Writer {
  readonly storageEpoch: string;
  /** Asks for a write; answers once it is durable. `transfer` names buffers handed over for good. */
  call<Name extends keyof Writes>(
    name: Name,
    args: Parameters<Writes[Name]>,
    transfer?: ArrayBuffer[],
  ): Promise<ReturnType<Writes[Name]>>;
  onFatal(report: (error: Error) => void): () => void;
  /** True once nothing more is acknowledged. */
  failed(): boolean;
  /** Takes nothing more, and waits for what was asked. */
  drain(): Promise<void>;
  /** Drains, then closes the database and frees the folder. */
  close(): Promise<void>;
}

/**
 * Starts the writer. While one transaction runs, calls are collected; then all of them go as one message and become
 * one transaction. Rejects with the sentence of a store that cannot be opened.
 */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  const worker = new Worker(new URL('./sqliteWriter.ts', import.meta.url), { workerData: options });
  const storageEpoch = await new Promise<string>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: FromWriter) => {
      if (message.kind === 'ready') resolve(message.storageEpoch);
      else reject(new Error(message.kind === 'refused' ? message.message : 'The store did not open.'));
    });
  });
  worker.removeAllListeners('error');
  return new GroupingWriter(worker, storageEpoch);
}

class GroupingWriter implements Writer {
  readonly storageEpoch: string;
  readonly #worker: Worker;
  readonly #reports = new Set<(error: Error) => void>();
  readonly #closed: Promise<void>;
  readonly #drained: (() => void)[] = [];
  #queue: Waiting[] = [];
  #running: Waiting[] = [];
  #phase: 'open' | 'closing' | 'failed' = 'open';
  #scheduled = false;
  #failure: Error | null = null;

  constructor(worker: Worker, storageEpoch: string) {
    this.#worker = worker;
    this.storageEpoch = storageEpoch;
    this.#closed = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (message: FromWriter) => this.#hear(message));
    worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => {
      if (this.#phase === 'open' || this.#running.length > 0)
        this.#fail(new Error('The writer thread ended.'));
    });
  }

  call<Name extends keyof Writes>(
    name: Name,
    args: Parameters<Writes[Name]>,
    transfer: ArrayBuffer[] = [],
  ): Promise<ReturnType<Writes[Name]>> {
    if (this.#phase !== 'open') return Promise.reject(this.#unavailable());
    return new Promise((resolve, reject) => {
      this.#queue.push({
        call: { name, args } as WriteCall,
        transfer,
        resolve: (value) => resolve(value as ReturnType<Writes[Name]>),
        reject,
      });
      this.#schedule();
    });
  }

  onFatal(report: (error: Error) => void): () => void {
    if (this.#failure) report(this.#failure);
    else this.#reports.add(report);
    return () => this.#reports.delete(report);
  }

  failed(): boolean {
    return this.#phase === 'failed';
  }

  drain(): Promise<void> {
    if (this.#phase === 'open') this.#phase = 'closing';
    if (this.#running.length === 0 && this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  async close(): Promise<void> {
    await this.drain();
    if (this.#phase === 'closing') this.#worker.postMessage({ kind: 'close' } satisfies ToWriter);
    await this.#closed;
  }

  /** Rooms that commit in the same turn of the loop share a transaction; nobody waits for a timer. */
  #schedule(): void {
    if (this.#scheduled || this.#running.length > 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#phase === 'failed' || this.#running.length > 0 || this.#queue.length === 0) return;
    this.#running = this.#queue.splice(0, MOST_CALLS);
    try {
      this.#worker.postMessage(
        { kind: 'group', calls: this.#running.map((waiting) => waiting.call) },
        this.#running.flatMap((waiting) => waiting.transfer),
      );
    } catch (error) {
      // A value that cannot cross threads is a bug of one caller; nobody may wait for ever because of it.
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const waiting of this.#running.splice(0)) waiting.reject(failure);
      this.#next();
    }
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case 'done': {
        const answered = this.#running;
        this.#running = [];
        answered.forEach((waiting, index) => {
          const outcome = message.outcomes[index];
          if (outcome?.ok) waiting.resolve(outcome.value);
          else waiting.reject(unpackError(outcome?.error ?? { message: 'No answer.', passing: false }));
        });
        this.#next();
        return;
      }
      case 'fatal':
        this.#fail(new Error(message.message));
        return;
      case 'ready':
      case 'refused':
      case 'closed':
        return;
      default:
        message satisfies never;
    }
  }

  #next(): void {
    if (this.#queue.length > 0) this.#send();
    else for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Nothing that was not answered is known to be durable, and nothing is tried again. */
  #fail(error: Error): void {
    if (this.#phase === 'failed') return;
    this.#phase = 'failed';
    this.#failure = error;
    for (const waiting of [...this.#running.splice(0), ...this.#queue.splice(0)]) {
      waiting.reject(this.#unavailable());
    }
    for (const resolve of this.#drained.splice(0)) resolve();
    for (const report of this.#reports) report(error);
    this.#reports.clear();
  }

  #unavailable(): StoreUnavailable {
    return new StoreUnavailable(
      this.#failure ? `The store failed: ${this.#failure.message}` : 'The store is closing.',
    );
  }
}

/** A set of reads by name. */
type ReadTable = Record<string, (...args: never[]) => unknown>;

/** A reader thread as the main thread sees it. */
export interface Reader<Table extends ReadTable> {
  readonly read: <Name extends keyof Table & string>(
    name: Name,
    ...args: Parameters<Table[Name]>
  ) => Promise<Answer<ReturnType<Table[Name]>>>;
  /** Starts the thread, which otherwise starts with the first question. */
  warmUp(): void;
  close(): Promise<void>;
}

/** Starts a reader. One that dies rejects what it was asked, and the next question starts another. */
export function startReader<Table extends ReadTable>(options: ReaderOptions): Reader<Table> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let worker: Worker | null = null;
  let lastId = 0;
  let closed = false;

  function running(): Worker {
    if (worker) return worker;
    const fresh = new Worker(new URL('./sqliteReader.ts', import.meta.url), { workerData: options });
    fresh.on('message', ({ id, outcome }: FromReader) => {
      const question = waiting.get(id);
      waiting.delete(id);
      if (outcome.ok) question?.resolve(outcome.value);
      else question?.reject(unpackError(outcome.error));
    });
    fresh.on('error', () => undefined);
    fresh.once('exit', () => {
      if (worker === fresh) worker = null;
      for (const question of waiting.values())
        question.reject(new StoreUnavailable('The reader thread ended.'));
      waiting.clear();
    });
    worker = fresh;
    return fresh;
  }

  return {
    read: (name, ...args) => {
      if (closed) return Promise.reject(new StoreUnavailable('The store is closed.'));
      return new Promise((resolve, reject) => {
        const id = (lastId += 1);
        waiting.set(id, { resolve: (value) => resolve(value as never), reject });
        running().postMessage({ id, name, args } satisfies ToReader);
      });
    },
    warmUp: () => void running(),
    close: async () => {
      closed = true;
      if (!worker) return;
      const ended = new Promise<void>((resolve) => worker?.once('exit', () => resolve()));
      worker.postMessage('close');
      await ended;
    },
  };
}

function unpackError(error: PackedError): Error {
  return error.passing ? new StoreUnavailable(error.message) : new Error(error.message);
}
