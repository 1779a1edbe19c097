import { existsSync } from 'node:fs';
import { Kysely, SqliteDialect } from 'kysely';
import { writeExport } from './exportFile.ts';
import type { Maintenance, OfflineAccounts } from './maintenance.ts';
import { appliedSteps, schemaState } from './migrations/migrate.ts';
import { board } from './queries/board.ts';
import { logs } from './queries/logs.ts';
import { meta } from './queries/meta.ts';
import { storeReads } from './reads.ts';
import { writeBackup } from './sqliteBackup.ts';
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
import { evidenceOf, verifyFolder } from './sqliteVerify.ts';
import { sqliteWrites } from './sqliteWrites.ts';
import type { Writes } from './sqliteWrites.ts';
import type { WriteCall } from './threads.ts';

/**
 * Opens the data directory for the command line, without the lock that a server holds, does `work` and closes it.
 * Throws one sentence when there are no data, or a server of another version wrote them.
 */
export async function withDataDirectory<T>(
  folder: string,
  work: (maintenance: Maintenance, queries: Queries) => Promise<T>,
): Promise<T> {
  const path = existingDatabase(folder);
  const db = openForWriting(path);
  try {
    const steps = await appliedSteps(new Kysely<unknown>({ dialect: new SqliteDialect({ database: db }) }));
    if (schemaState(steps).kind !== 'current') {
      throw new Error(
        `${path} was written by another version of warroom. Use that version's command line, or bring it up with: npm run warroom -- migrate`,
      );
    }
    const queries = new Queries(db);
    return await work(maintenanceOf(folder, queries), queries);
  } finally {
    db.close();
  }
}

/** Brings the schema of a data directory up to this program's, with a copy kept; no server may run. */
export async function migrateFolder(folder: string): Promise<void> {
  const path = existingDatabase(folder);
  const unlock = lockFolder(folder);
  try {
    const db = openForWriting(path);
    try {
      await migrateDatabase(db, { backup: true });
    } finally {
      db.close();
    }
  } finally {
    unlock();
  }
}

/** Throws one sentence when there are no data. */
function existingDatabase(folder: string): string {
  const path = databasePath(folder);
  if (!existsSync(path))
    throw new Error(`There are no warroom data in ${folder}. Set DATA_DIR to their folder.`);
  return path;
}

function maintenanceOf(folder: string, queries: Queries): Maintenance {
  return {
    accounts: accountsOf(queries),
    verify: async (only) => verifyFolder(queries, folder, only),
    exportIncident: async (number, path) => exportIncident(queries, number, path),
    backup: async (path) => writeBackup(queries.db, path),
  };
}

/** Writes one incident's whole log. Throws for an unknown number. */
export function exportIncident(queries: Queries, number: number, path: string): void {
  queries.snapshot(() => {
    const id = queries.get(board.idOfNumber(build, number))?.id;
    const head = id === undefined ? undefined : queries.get(logs.head(build, id));
    if (!head) throw new Error(`There is no incident INC-${number}.`);
    const storageEpoch = queries.get(meta.read(build, 'storage_epoch'))?.value ?? '';
    writeExport({ number, storageEpoch, evidence: evidenceOf(queries, head, []) }, path);
  });
}

function accountsOf(queries: Queries): OfflineAccounts {
  const writes = sqliteWrites(queries, new SqliteLog(queries.db));
  const reads = storeReads(build);

  function write<Name extends keyof Writes>(
    name: Name,
    ...args: Parameters<Writes[Name]>
  ): Promise<ReturnType<Writes[Name]>> {
    const result = runGroup(queries.db, writes, [{ name, args } as WriteCall]);
    if (result.kind === 'fatal') return Promise.reject(result.error);
    const [outcome] = result.outcomes;
    return outcome?.ok
      ? Promise.resolve(outcome.value as ReturnType<Writes[Name]>)
      : Promise.reject(new Error(outcome?.error.message ?? 'The store gave no answer.'));
  }

  return {
    listPeople: () => Promise.resolve(queries.answer(reads.listPeople())),
    listTokens: (kind, subject) => Promise.resolve(queries.answer(reads.listTokens(kind, subject))),
    readToken: (hash) => Promise.resolve(queries.answer(reads.readToken(hash))),
    saveToken: (token) => write('saveToken', token),
    takeToken: (hash, now) => write('takeToken', hash, now),
    revokeToken: (hash, at) => write('revokeToken', hash, at),
    revokeSessions: (person, at, which) => write('revokeSessions', person, at, which),
    appendSystemEntry: (entry) => write('appendSystemEntry', entry),
  };
}
