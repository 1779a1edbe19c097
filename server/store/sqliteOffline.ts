import { existsSync } from 'node:fs';
import type { Store } from '../rooms/ports.ts';
import { appliedSteps, schemaState } from './migrations/migrate.ts';
import { Kysely, SqliteDialect } from 'kysely';
import { storeReads } from './reads.ts';
import { build, databasePath, openForWriting, Queries } from './sqliteDatabase.ts';
import { runGroup } from './sqliteGroup.ts';
import { SqliteLog } from './sqliteLog.ts';
import { sqliteWrites } from './sqliteWrites.ts';
import type { Writes } from './sqliteWrites.ts';
import type { WriteCall } from './threads.ts';

/** The part of the store that the command line uses, in this thread and beside a running server. */
export interface OfflineStore extends Pick<
  Store,
  | 'listPeople'
  | 'listTokens'
  | 'readToken'
  | 'saveToken'
  | 'takeToken'
  | 'revokeToken'
  | 'revokeSessions'
  | 'appendSystemEntry'
> {
  readonly queries: Queries;
}

/**
 * Opens the data directory for the command line, without the lock that a server holds, does `work` and closes it.
 * Throws one sentence when there are no data, or a server of another version wrote them.
 */
export async function withDataDirectory<T>(
  folder: string,
  work: (store: OfflineStore) => T | Promise<T>,
): Promise<T> {
  const path = databasePath(folder);
  if (!existsSync(path))
    throw new Error(`There are no warroom data in ${folder}. Set DATA_DIR to their folder.`);
  const db = openForWriting(path);
  try {
    const steps = await appliedSteps(new Kysely<unknown>({ dialect: new SqliteDialect({ database: db }) }));
    if (schemaState(steps).kind !== 'current') {
      throw new Error(`${path} was written by another version of warroom. Use that version's command line.`);
    }
    return await work(offlineStore(new Queries(db)));
  } finally {
    db.close();
  }
}

function offlineStore(queries: Queries): OfflineStore {
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
    queries,
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
