import type { Writes } from './sqliteWrites.ts';

/** One write asked of the writer thread. */
export type WriteCall = {
  [Name in keyof Writes]: { name: Name; args: Parameters<Writes[Name]> };
}[keyof Writes];

/** An error on its way between threads. `passing`: nothing was stored, and it may be tried again. */
export interface PackedError {
  message: string;
  passing: boolean;
}

export type Outcome = { ok: true; value: unknown } | { ok: false; error: PackedError };

/** What the main thread tells the writer. Groups are answered in order, one at a time. */
export type ToWriter = { kind: 'group'; calls: WriteCall[] } | { kind: 'close' };

export type FromWriter =
  | { kind: 'ready'; storageEpoch: string }
  /** The store cannot be opened; the sentence says why. */
  | { kind: 'refused'; message: string }
  | { kind: 'done'; outcomes: Outcome[] }
  /** Nothing that was not answered yet may be believed; the writer has stopped. */
  | { kind: 'fatal'; message: string }
  | { kind: 'closed' };

/** What the main thread asks a reader. */
export interface ToReader {
  id: number;
  name: string;
  args: unknown[];
}

export type FromReader = { id: number; outcome: Outcome };

export interface WriterOptions {
  folder: string;
  backupOnMigrate: boolean;
  /** The least time between two lines about one incident in the anchors file. Milliseconds. */
  anchorEvery: number;
  /** The database grows to this many pages of 4 KiB at most; null: to what SQLite allows. */
  mostPages: number | null;
}

export interface ReaderOptions {
  folder: string;
}

export function packError(error: Error, passing: boolean): PackedError {
  return { message: error.message, passing };
}
