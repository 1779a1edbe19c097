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
import { SqliteLog } from './sqliteLog.ts';
import { walKeeper } from './sqliteWal.ts';
import { sqliteWrites } from './sqliteWrites.ts';
import type { FromWriter, ToWriter, WriterOptions } from './threads.ts';

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
    wal.stop();
    db.close();
    unlock();
    port.close();
  }
  function die(error: Error): void {
    tell({ kind: 'fatal', message: error.message });
    end();
  }

  port.on('message', (message: ToWriter) => {
    switch (message.kind) {
      case 'group': {
        const result = runGroup(db, writes, message.calls);
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
