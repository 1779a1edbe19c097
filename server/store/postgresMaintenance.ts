import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAnchors, readAnchors } from './anchors.ts';
import type { Anchor } from './anchors.ts';
import { writeExport } from './exportFile.ts';
import type { Maintenance } from './maintenance.ts';
import { openPostgresStore } from './postgres.ts';
import { answer, build, migratePostgres } from './postgresDatabase.ts';
import { PostgresPool, USUAL_PATIENCE } from './postgresPool.ts';
import type { Connection } from './postgresPool.ts';
import { copyToPostgres, copyToSqlite } from './portable.ts';
import { board } from './queries/board.ts';
import { logs } from './queries/logs.ts';
import { meta } from './queries/meta.ts';
import { all, first } from './queries/reading.ts';
import { headOf } from './rows.ts';
import type { HeadsTable } from './schema.ts';
import { stageBackup, writeAnchors, writeBackupOf } from './sqliteBackup.ts';
import { openFile, Queries } from './sqliteDatabase.ts';
import { verifyLog } from '../rooms/verifyLog.ts';
import type { LogEvidence, StoredBatch, StoredEntry } from '../rooms/verifyLog.ts';
import { namedLogs } from './verifyNames.ts';
import type { Verification } from './verifyNames.ts';

/** An instance that wrote its row less long ago than this still runs. Milliseconds. */
const LIVES_MILLISECONDS = 15_000;
/** Copying everything may take a while. Milliseconds. */
const PATIENCE = { ...USUAL_PATIENCE, statement: 600_000, answer: 600_000, idle: 600_000 };

/** Opens a database for the command line, beside running servers, does `work` and closes it. `folder` holds the anchors file. */
export async function withPostgres<T>(
  url: string,
  folder: string,
  work: (maintenance: Maintenance) => Promise<T>,
): Promise<T> {
  const store = await openPostgresStore({ url, connections: 2 });
  const pool = new PostgresPool({ url, size: 1, patience: PATIENCE });
  try {
    return await work({
      accounts: store,
      verify: (only) => verifyDatabase(pool, folder, only),
      exportIncident: (number, path) => exportIncident(pool, number, path),
      backup: (path) =>
        writeBackupOf(path, readAnchors(folder), (queries) =>
          pool.snapshot((connection) => copyToSqlite(connection, queries)),
        ),
    });
  } finally {
    await Promise.all([store.close(), pool.end()]);
  }
}

/**
 * Makes a backup the content of a database, under a new storage epoch. With `force`, the tables that are there are set
 * aside in a schema of their own, which is the answer; without it, a database with data is refused, as it is while a
 * server uses it. When it fails, everything is as it was.
 */
export async function restoreToPostgres(
  url: string,
  folder: string,
  backup: string,
  options: { force: boolean; stamp: string; now: number },
): Promise<string | null> {
  const scratch = mkdtempSync(join(tmpdir(), 'warroom-restore-'));
  try {
    const incoming = join(scratch, 'incoming.db');
    const anchors = await stageBackup(backup, incoming);
    // Before anything is changed: the anchors of the restored logs go there.
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    const aside = await replaceContent(url, incoming, options);
    writeAnchors(folder, anchors, options.stamp);
    return aside;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Copies everything of a SQLite database, hashes, sessions and storage epoch included, into an empty PostgreSQL one:
 * the same war room on another store. Refused while the target has data, unless they are set aside with `force`.
 */
export function moveToPostgres(
  url: string,
  sqlitePath: string,
  options: { force: boolean; stamp: string; now: number },
): Promise<string | null> {
  return replaceContent(url, sqlitePath, options);
}

async function replaceContent(
  url: string,
  sqlitePath: string,
  { force, stamp, now }: { force: boolean; stamp: string; now: number },
): Promise<string | null> {
  await migratePostgres(url);
  const pool = new PostgresPool({ url, size: 1, patience: PATIENCE });
  let aside: string | null = null;
  try {
    const state = await pool.transaction((connection) => stateOf(connection, now));
    if (state.isUsed) throw new Error('A warroom server uses this database. Stop all of them first.');
    if (state.hasData && !force)
      throw new Error('The database has data. Add --force to set them aside and go on.');
    if (state.hasData) {
      aside = `replaced_${stamp.replace(/\W/g, '_').toLowerCase()}`;
      await pool.transaction(async (connection) => setAside(connection, `${aside}`));
      await migratePostgres(url);
    }
    const file = openFile(sqlitePath, { readonly: true });
    try {
      await pool.transaction((connection) => copyToPostgres(new Queries(file), connection));
    } finally {
      file.close();
    }
    return aside;
  } catch (error) {
    if (aside !== null) await pool.transaction((connection) => putBack(connection, `${aside}`));
    throw error;
  } finally {
    await pool.end();
  }
}

async function stateOf(connection: Connection, now: number): Promise<{ isUsed: boolean; hasData: boolean }> {
  const [row] = await connection.rows<{ used: boolean; data: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM instances WHERE seen_at > $1) AS used,
       EXISTS (SELECT 1 FROM heads) OR EXISTS (SELECT 1 FROM people) AS data`,
    [now - LIVES_MILLISECONDS],
  );
  return { isUsed: row?.used ?? false, hasData: row?.data ?? false };
}

/** Moves all tables into a schema of their own; what hangs on them goes along. */
async function setAside(connection: Connection, aside: string): Promise<void> {
  await connection.rows(`CREATE SCHEMA ${aside}`);
  const schema = await currentSchema(connection);
  for (const table of await tablesOf(connection, schema))
    await connection.rows(`ALTER TABLE ${schema}.${table} SET SCHEMA ${aside}`);
}

/** What was begun goes, what was set aside comes back. */
async function putBack(connection: Connection, aside: string): Promise<void> {
  const schema = await currentSchema(connection);
  for (const table of await tablesOf(connection, schema))
    await connection.rows(`DROP TABLE ${schema}.${table} CASCADE`);
  for (const table of await tablesOf(connection, aside))
    await connection.rows(`ALTER TABLE ${aside}.${table} SET SCHEMA ${schema}`);
  await connection.rows(`DROP SCHEMA ${aside}`);
}

async function currentSchema(connection: Connection): Promise<string> {
  const [row] = await connection.rows<{ schema: string }>('SELECT quote_ident(current_schema()) AS schema');
  return row?.schema ?? 'public';
}

async function tablesOf(connection: Connection, schema: string): Promise<string[]> {
  const rows = await connection.rows<{ name: string }>(
    'SELECT quote_ident(tablename) AS name FROM pg_tables WHERE quote_ident(schemaname) = $1',
    [schema],
  );
  return rows.map((row) => row.name);
}

function verifyDatabase(pool: PostgresPool, folder: string, only?: number): Promise<Verification> {
  // Read first: an anchor is of a head that was committed by then.
  const { anchors, unreadable } = parseAnchors(readAnchors(folder));
  return pool.snapshot(async (connection) => {
    const found = {
      heads: await answer(connection, all(logs.heads(build))),
      numbers: await answer(connection, all(board.numbers(build))),
    };
    const { heads, nameOf, gone } = namedLogs(found, anchors, only);
    const verified = [];
    for (const head of heads) {
      const evidence = await evidenceOf(connection, head, anchors);
      verified.push({ name: nameOf(head.incident_id), ...verifyLog(evidence) });
    }
    return { damage: [], unreadableAnchors: unreadable, logs: [...verified, ...gone] };
  });
}

async function exportIncident(pool: PostgresPool, number: number, path: string): Promise<void> {
  await pool.snapshot(async (connection) => {
    const found = await answer(connection, first(board.idOfNumber(build, number)));
    const head = found && (await answer(connection, first(logs.head(build, found.id))));
    if (!head) throw new Error(`There is no incident INC-${number}.`);
    const epoch = await answer(connection, first(meta.read(build, 'storage_epoch')));
    const evidence = await evidenceOf(connection, head, []);
    writeExport({ number, storageEpoch: epoch?.value ?? '', evidence }, path);
  });
}

async function evidenceOf(
  connection: Connection,
  head: HeadsTable,
  anchors: readonly Anchor[],
): Promise<LogEvidence> {
  const { incident_id: incidentId } = head;
  const rows = <T>(table: string, order: string) =>
    connection.rows<T>(`SELECT * FROM ${table} WHERE incident_id = $1 ORDER BY ${order}`, [incidentId]);
  return {
    incidentId,
    entries: await rows<StoredEntry>('entries', 'seq'),
    batches: await rows<StoredBatch>('document_batches', 'doc_seq'),
    head: headOf(head),
    anchors: anchors.filter((anchor) => anchor.incidentId === incidentId),
  };
}
