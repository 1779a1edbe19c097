import { statSync } from 'node:fs';
import { passes } from './sqliteGroup.ts';
import type { Database } from './sqliteDatabase.ts';

/** How long the writer must have had nothing to do before the log is written back. Milliseconds. */
const IDLE_MILLISECONDS = 200;
/** Past this the log is written back even under load, so that it cannot grow for ever. Bytes. */
const MOST_BYTES = 64 * 1024 * 1024;
/** How many groups may pass between two looks at the size of the log. */
const LOOK_EVERY = 200;

/**
 * Writes the write-ahead log back into the database when nobody waits for a commit, since doing it within a commit
 * would make that one commit slow. `report` hears an error, after which nothing may be acknowledged any more.
 */
export function walKeeper(db: Database, report: (error: Error) => void) {
  let timer: NodeJS.Timeout | null = null;
  let groups = 0;

  function checkpoint(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    groups = 0;
    try {
      // Truncating also leaves no old copy of an erased text in the log. A reader in the way puts it off until the
      // next time: commits must not wait for it.
      withoutWaiting(db, () => db.pragma('wal_checkpoint(TRUNCATE)'));
    } catch (error) {
      // With the disk full, everything stays in the log, where it is as safe.
      const failure = error instanceof Error ? error : new Error(String(error));
      if (!passes(failure)) report(failure);
    }
  }

  return {
    checkpoint,
    /** A group was committed. */
    wrote(): void {
      groups += 1;
      if (timer) clearTimeout(timer);
      if (groups % LOOK_EVERY === 0 && statSync(`${db.name}-wal`).size > MOST_BYTES) return checkpoint();
      timer = setTimeout(checkpoint, IDLE_MILLISECONDS);
    },
    stop(): void {
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}

function withoutWaiting(db: Database, work: () => void): void {
  const patience = db.pragma('busy_timeout', { simple: true });
  db.pragma('busy_timeout = 0');
  try {
    work();
  } finally {
    db.pragma(`busy_timeout = ${String(patience)}`);
  }
}
