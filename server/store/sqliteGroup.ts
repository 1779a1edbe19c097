import type { Outcome, WriteCall } from './threads.ts';
import { packError } from './threads.ts';
import type { Database } from './sqliteDatabase.ts';
import type { Writes } from './sqliteWrites.ts';

/** What became of a group of calls; `fatal` when the database can no longer be trusted to keep its word. */
export type GroupResult = { kind: 'done'; outcomes: Outcome[] } | { kind: 'fatal'; error: Error };

/** Errors that only one request brought about; everything else the database reports about itself is fatal. */
const REQUEST_ERRORS = /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE|ERROR)/;
/** Errors that pass: nothing was stored, and the same request may be made again. A full table of open files is one. */
const PASSING_ERRORS = /^SQLITE_(FULL|BUSY|CANTOPEN)/;

/**
 * Runs calls in one transaction, each under a savepoint, so that one that fails takes nothing of the others with it.
 * All are durable when this returns, except those whose outcome is an error.
 */
export function runGroup(db: Database, writes: Writes, calls: readonly WriteCall[]): GroupResult {
  try {
    const outcomes = tryGroup(db, writes, calls);
    if (outcomes) return { kind: 'done', outcomes };
  } catch (error) {
    rollBack(db);
    const failure = error instanceof Error ? error : new Error(String(error));
    if (!passes(failure)) return { kind: 'fatal', error: failure };
    if (calls.length <= 1) return { kind: 'done', outcomes: calls.map(() => failed(failure)) };
  }
  return runEachAlone(db, writes, calls);
}

/** The whole transaction was lost through one of its calls: each again, so that only that one fails. */
function runEachAlone(db: Database, writes: Writes, calls: readonly WriteCall[]): GroupResult {
  const outcomes: Outcome[] = [];
  for (const call of calls) {
    const result = runGroup(db, writes, [call]);
    if (result.kind === 'fatal') return result;
    outcomes.push(...result.outcomes);
  }
  return { kind: 'done', outcomes };
}

/** Null when a call lost the transaction for all of them. */
function tryGroup(db: Database, writes: Writes, calls: readonly WriteCall[]): Outcome[] | null {
  db.exec('BEGIN IMMEDIATE');
  const outcomes: Outcome[] = [];
  for (const call of calls) {
    const outcome = runUnderSavepoint(db, writes, call);
    if (outcome === null) return calls.length > 1 ? null : [failed(new Error('The transaction was lost.'))];
    outcomes.push(outcome);
  }
  db.exec('COMMIT');
  return outcomes;
}

function runUnderSavepoint(db: Database, writes: Writes, call: WriteCall): Outcome | null {
  db.exec('SAVEPOINT request');
  try {
    const run = writes[call.name] as (...args: unknown[]) => unknown;
    const value = run(...call.args);
    db.exec('RELEASE request');
    return { ok: true, value };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    // SQLite ends the whole transaction by itself for some errors, a full disk among them.
    if (isDatabaseError(failure) && (passes(failure) || !REQUEST_ERRORS.test(failure.code))) throw failure;
    if (!db.inTransaction) return null;
    db.exec('ROLLBACK TO request');
    db.exec('RELEASE request');
    return failed(failure);
  }
}

function rollBack(db: Database): void {
  if (db.inTransaction) db.exec('ROLLBACK');
}

/** True for what passes by itself: nothing was stored, and what is stored is safe. */
export function passes(error: Error): boolean {
  return isDatabaseError(error) && PASSING_ERRORS.test(error.code);
}

function failed(error: Error): Outcome {
  return { ok: false, error: packError(error, passes(error)) };
}

function isDatabaseError(error: Error): error is Error & { code: string } {
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_');
}
