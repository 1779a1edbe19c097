import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { meta } from './queries/meta.ts';
import { runGroup } from './sqliteGroup.ts';
import {
  build,
  databasePath,
  lockFolder,
  migrateDatabase,
  openForWriting,
  Queries,
} from './sqliteDatabase.ts';
import type { Database } from './sqliteDatabase.ts';
import { sqliteWrites } from './sqliteWrites.ts';
import type { FromWriter, ToWriter, WriterOptions } from './threads.ts';
import { walKeeper } from './sqliteWal.ts';

/** The writer thread: the only place of the server that changes the database. */
if (!parentPort) throw new Error('sqliteWriter.ts runs as a worker thread.');
const port = parentPort;
const options = workerData as WriterOptions;
const tell = (message: FromWriter) => port.postMessage(message);

try {
  await start();
} catch (error) {
  tell({ kind: 'refused', message: error instanceof Error ? error.message : String(error) });
  port.close();
}

async function start(): Promise<void> {
  const unlock = lockFolder(options.folder);
  const db = openForWriting(databasePath(options.folder));
  await migrateDatabase(db, { backup: options.backupOnMigrate });
  const storageEpoch = readStorageEpoch(db);
  const writes = sqliteWrites(db);
  const wal = walKeeper(db, (error) => die(error));

  function close(): void {
    wal.stop();
    db.close();
    unlock();
    port.close();
  }
  function die(error: Error): void {
    tell({ kind: 'fatal', message: error.message });
    close();
  }

  port.on('message', (message: ToWriter) => {
    switch (message.kind) {
      case 'group': {
        const result = runGroup(db, writes, message.calls);
        if (result.kind === 'fatal') return die(result.error);
        tell({ kind: 'done', outcomes: result.outcomes });
        wal.wrote();
        return;
      }
      case 'close':
        wal.checkpoint();
        tell({ kind: 'closed' });
        return close();
      default:
        message satisfies never;
    }
  });
  tell({ kind: 'ready', storageEpoch });
}

/** The storage's own name; made once, and anew by a restore. */
function readStorageEpoch(db: Database): string {
  const queries = new Queries(db);
  queries.run(meta.keepFirst(build, 'storage_epoch', randomBytes(16).toString('hex')));
  const row = queries.get(meta.read(build, 'storage_epoch'));
  if (!row) throw new Error(`${db.name} has no storage epoch.`);
  return row.value;
}
