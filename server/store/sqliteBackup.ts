import { randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, SqliteDialect } from 'kysely';
import { anchorsPath, readAnchors } from './anchors.ts';
import { appliedSteps, schemaState } from './migrations/migrate.ts';
import { meta } from './queries/meta.ts';
import {
  build,
  databasePath,
  lockFolder,
  migrateDatabase,
  openFile,
  openNewFile,
  Queries,
} from './sqliteDatabase.ts';
import type { Database } from './sqliteDatabase.ts';

/** Under this key a backup carries the anchors file of its time. */
const ANCHORS = 'anchors';

/**
 * Writes a consistent copy of a data directory as one file, while the server goes on: the database, with the anchors
 * file inside it. The file appears under its name only when it is complete and on the disk. Throws when it cannot be
 * written; nothing is left then.
 */
export function writeBackup(db: Database, path: string): void {
  const unfinished = beginBackup(path);
  try {
    // Unlike the online backup interface, this reads from one moment: commits in between do not start it over.
    db.prepare('VACUUM INTO ?').run(unfinished);
    finishBackup(unfinished, path, readAnchors(dirname(db.name)));
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** The same for data that come from elsewhere: `fill` writes them into an empty database of this version. */
export async function writeBackupOf(
  path: string,
  anchors: string,
  fill: (queries: Queries) => Promise<void>,
): Promise<void> {
  const unfinished = beginBackup(path);
  try {
    const db = openNewFile(unfinished);
    try {
      await migrateDatabase(db, { backup: false });
      await fill(new Queries(db));
    } finally {
      db.close();
    }
    finishBackup(unfinished, path, anchors);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function beginBackup(path: string): string {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  return unfinished;
}

function finishBackup(unfinished: string, path: string, anchors: string): void {
  withFile(unfinished, { readonly: false }, (queries) => queries.run(meta.write(build, ANCHORS, anchors)));
  flush(unfinished);
  renameSync(unfinished, path);
  flush(dirname(path));
}

/**
 * Makes a backup the content of a data directory, under a new storage epoch. Nothing is deleted: with `force`, what
 * is there is set aside; without it, a folder with data is refused. Sessions and one-time links of the backup end,
 * since what was ended after it must not come back. Throws one sentence when a server runs, the file is no backup,
 * or a newer version made it. The answer names where the old data went, if there was any.
 */
export async function restoreBackup(
  folder: string,
  backup: string,
  options: { force: boolean; stamp: string },
): Promise<string | null> {
  await checkBackup(backup);
  const unlock = lockFolder(folder);
  try {
    const path = databasePath(folder);
    if (existsSync(path) && !options.force) {
      throw new Error(`${folder} has data. Add --force to set it aside and restore.`);
    }
    const incoming = `${path}.incoming`;
    const anchors = await stageBackup(backup, incoming);
    flush(incoming);
    const aside = existsSync(path) ? setAside(folder, options.stamp) : null;
    writeAnchors(folder, anchors, options.stamp);
    renameSync(incoming, path);
    flush(folder);
    return aside;
  } finally {
    unlock();
  }
}

/**
 * Copies a backup to `incoming` as a storage of its own: a new epoch, and nothing that must not live again. The answer
 * is the anchors file it carries. Throws one sentence when the file is no backup, or a newer version made it.
 */
export async function stageBackup(backup: string, incoming: string): Promise<string> {
  await checkBackup(backup);
  copyFileSync(backup, incoming);
  const db = openFile(incoming, { readonly: false });
  try {
    await migrateDatabase(db, { backup: false });
    return becomeNewStorage(new Queries(db));
  } finally {
    db.close();
  }
}

/** Makes this the anchors file of a folder; one that is there is set aside. */
export function writeAnchors(folder: string, anchors: string, stamp: string): void {
  const path = anchorsPath(folder);
  if (existsSync(path)) renameSync(path, `${path}.replaced-${stamp}`);
  writeFileSync(path, anchors);
  flush(path);
}

async function checkBackup(path: string): Promise<void> {
  if (!existsSync(path)) throw new Error(`There is no file ${path}.`);
  const state = await withFile(path, { readonly: true }, async (queries) => {
    const [check] = queries.db.pragma('integrity_check(1)') as { integrity_check: string }[];
    if (check?.integrity_check !== 'ok') throw new Error('damaged');
    const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database: queries.db }) });
    return schemaState(await appliedSteps(kysely));
  }).catch(() => null);
  if (state === null || state.kind === 'empty') throw new Error(`${path} is not a whole warroom backup.`);
  if (state.kind === 'newer')
    throw new Error(`${path} was made by a newer warroom. Restore it with that version.`);
}

/** Gives the copy its own epoch, ends what must not live again, and takes the anchors out. */
function becomeNewStorage(queries: Queries): string {
  const anchors = queries.get(meta.read(build, ANCHORS))?.value ?? '';
  queries.run(meta.remove(build, ANCHORS));
  queries.run(meta.write(build, 'storage_epoch', randomBytes(16).toString('hex')));
  queries.run(build.deleteFrom('sessions'));
  queries.run(build.deleteFrom('instances'));
  // It was most likely sent since: nobody is told the same a second time unless somebody wants it.
  queries.run(build.updateTable('broadcasts').set({ due_at: null }).where('due_at', 'is not', null));
  queries.run(
    build
      .updateTable('deliveries')
      .set({ status: 'unknown', due_at: null, detail: 'restored' })
      .where('due_at', 'is not', null),
  );
  queries.run(build.deleteFrom('tokens').where('kind', 'in', ['setup', 'invitation', 'ticket']));
  return anchors;
}

function setAside(folder: string, stamp: string): string {
  const path = databasePath(folder);
  const aside = `${path}.replaced-${stamp}`;
  for (const part of ['-wal', '-shm', '']) {
    if (existsSync(path + part)) renameSync(path + part, aside + part);
  }
  return aside;
}

function withFile<T>(path: string, options: { readonly: boolean }, work: (queries: Queries) => T): T {
  const db = openFile(path, options);
  const closed = () => {
    db.close();
  };
  let result: T;
  try {
    result = work(new Queries(db));
  } catch (error) {
    closed();
    throw error;
  }
  if (result instanceof Promise) return result.finally(closed) as T;
  closed();
  return result;
}

/** Makes a file, or the names in a folder, reach the disk. */
function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
