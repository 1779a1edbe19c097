import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { anchorKeeper } from './anchors.ts';
import { logs } from './queries/logs.ts';
import { meta } from './queries/meta.ts';
import { headOf } from './rows.ts';
import {
  build,
  databasePath,
  lockFolder,
  migrateDatabase,
  openForWriting,
  Queries,
} from './sqliteDatabase.ts';
import { runGroup } from './sqliteGroup.ts';
import type { GroupResult } from './sqliteGroup.ts';
import { SqliteLog } from './sqliteLog.ts';
import { diskReserve } from './sqliteReserve.ts';
import { walKeeper } from './sqliteWal.ts';
import { sqliteWrites } from './sqliteWrites.ts';
import type { FromWriter, ToWriter, WriteCall, WriterOptions } from './threads.ts';

/** How often a reserve that was used is made again, if there is room. Milliseconds. */
const RESERVE_MILLISECONDS = 60_000;

/** The writer thread: the only place of the server that changes the database. */
if (!parentPort) throw new Error('sqliteWriter.ts runs as a worker thread.');
const port = parentPort;
const options = workerData as WriterOptions;
const tell = (message: FromWriter) => port.postMessage(message);

try {
  await start(options.folder);
} catch (error) {
  tell({ kind: 'refused', message: error instanceof Error ? error.message : String(error) });
  port.close();
}

async function start(folder: string): Promise<void> {
  const unlock = lockFolder(folder);
  const db = openForWriting(databasePath(folder));
  await migrateDatabase(db, { backup: options.backupOnMigrate });
  if (options.mostPages !== null) db.pragma(`max_page_count = ${options.mostPages}`);
  const queries = new Queries(db);
  const storageEpoch = readStorageEpoch(queries);
  const log = new SqliteLog(db);
  const writes = sqliteWrites(queries, log);
  const reserve = diskReserve(folder);
  const wal = walKeeper(db, die);
  const anchors = anchorKeeper({
    folder,
    storageEpoch,
    every: options.anchorEvery,
    now: () => Date.now(),
    head: (incidentId) => {
      const row = queries.get(logs.head(build, incidentId));
      return row ? headOf(row) : null;
    },
  });

  function end(): void {
    clearInterval(keepReserve);
    wal.stop();
    db.close();
    unlock();
    port.close();
  }
  function die(error: Error): void {
    tell({ kind: 'fatal', message: error.message });
    end();
  }

  /** On a full disk somebody must still be able to sign in and see: the reserve is for that alone. */
  function runWithReserve(calls: readonly WriteCall[]): GroupResult {
    const result = runGroup(db, writes, calls);
    if (result.kind === 'fatal') return result;
    for (const [index, outcome] of result.outcomes.entries()) {
      const call = calls[index];
      if (outcome.ok || !outcome.error.passing || call?.name !== 'createSession') continue;
      if (!reserve.release()) break;
      const again = runGroup(db, writes, [call]);
      if (again.kind === 'fatal') return again;
      result.outcomes.splice(index, 1, ...again.outcomes);
    }
    return result;
  }

  reserve.keep();
  const keepReserve = setInterval(() => reserve.keep(), RESERVE_MILLISECONDS);

  port.on('message', (message: ToWriter) => {
    switch (message.kind) {
      case 'group': {
        const result = runWithReserve(message.calls);
        if (result.kind === 'fatal') return die(result.error);
        tell({ kind: 'done', outcomes: result.outcomes });
        anchors.changed(log.changed);
        log.changed.clear();
        wal.wrote();
        return;
      }
      case 'close':
        anchors.close();
        wal.checkpoint();
        tell({ kind: 'closed' });
        return end();
      default:
        message satisfies never;
    }
  });
  tell({ kind: 'ready', storageEpoch });
}

/** The storage's own name; made once, and anew by a restore. */
function readStorageEpoch(queries: Queries): string {
  queries.run(meta.keepFirst(build, 'storage_epoch', randomBytes(16).toString('hex')));
  const row = queries.get(meta.read(build, 'storage_epoch'));
  if (!row) throw new Error('The storage has no epoch.');
  return row.value;
}
