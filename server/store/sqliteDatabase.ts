import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Compilable } from 'kysely';
import { appliedSteps, migrate, migrationSteps, schemaState } from './migrations/migrate.ts';
import type { MigrationStep } from './migrations/migrate.ts';
import type { Reading } from './queries/reading.ts';
import type { Tables } from './schema.ts';

export type { Database } from 'better-sqlite3';

/** How long a statement waits for the lock of another process (the command line) before it fails. Milliseconds. */
const BUSY_MILLISECONDS = 10_000;

export function databasePath(folder: string): string {
  return join(folder, 'warroom.db');
}

/**
 * Opens the database for writing. Every commit reaches the disk before it returns: WAL, and `synchronous=FULL` set
 * after it, because this build of SQLite silently means NORMAL in WAL mode. Throws when the database does not agree.
 */
export function openForWriting(path: string): Database.Database {
  const db = new Database(path, { timeout: BUSY_MILLISECONDS });
  try {
    const mode = db.pragma('journal_mode = WAL', { simple: true });
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('secure_delete = ON');
    // A process that is out of open files can still sort and roll back.
    db.pragma('temp_store = MEMORY');
    db.pragma('wal_autocheckpoint = 0');
    db.pragma('journal_size_limit = 67108864');
    // Read first: SQLite makes up its mind about a file in WAL mode when it first reads it.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    const synchronous = db.pragma('synchronous', { simple: true });
    if (mode !== 'wal' || synchronous !== 2) {
      throw new Error(
        `${path} cannot promise durability (journal_mode ${String(mode)}, synchronous ${String(synchronous)}); use a local disk.`,
      );
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens the database for reading only; fails when it is not there. */
export function openForReading(path: string): Database.Database {
  return new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MILLISECONDS });
}

/** Opens a copy of the database that no server uses. */
export function openFile(path: string, options: { readonly: boolean }): Database.Database {
  return new Database(path, { ...options, fileMustExist: true });
}

/** Makes an empty database in one file. */
export function openNewFile(path: string): Database.Database {
  return new Database(path);
}

/**
 * Keeps a second server off the folder: holds `lock.db` in an exclusive transaction until the answer is called, or
 * the process ends however it ends. Throws one sentence when somebody else holds it.
 */
export function lockFolder(folder: string): () => void {
  const lock = openLock(folder);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new Error(
        `Another warroom server uses ${folder}. Stop it first, or set DATA_DIR to another folder.`,
      );
    }
    throw error;
  }
  return () => {
    lock.close();
  };
}

/**
 * Brings the schema of an open database up to this program's, all of it or, when a step fails or the process ends in
 * between, nothing. Refuses one that a newer program wrote. With `backup` a copy of the old state is kept beside it
 * before anything changes.
 */
export async function migrateDatabase(
  db: Database.Database,
  options: { backup: boolean; steps?: readonly MigrationStep[] },
): Promise<void> {
  const { steps = migrationSteps } = options;
  const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database: db }) });
  const state = schemaState(await appliedSteps(kysely), steps);
  switch (state.kind) {
    case 'current':
      return;
    case 'newer':
      throw new Error(
        `${db.name} was written by a newer warroom (it has ${state.unknown}). Start that version, or restore a backup made by this one.`,
      );
    case 'older':
      if (options.backup) backupBeforeMigration(db, state.pending[0] ?? '');
      return inTransaction(db, () => migrate(kysely, 'sqlite', steps));
    case 'empty':
      return inTransaction(db, () => migrate(kysely, 'sqlite', steps));
    default:
      return state satisfies never;
  }
}

async function inTransaction(db: Database.Database, work: () => Promise<void>): Promise<void> {
  db.exec('BEGIN IMMEDIATE');
  try {
    await work();
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function backupBeforeMigration(db: Database.Database, step: string): void {
  const path = `${db.name}.before-${step}`;
  if (!existsSync(path)) db.prepare('VACUUM INTO ?').run(path);
}

/** Builds query texts only; `Queries` runs them. */
export const build = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** Runs built queries at once on a SQLite connection, inside whatever transaction is open there. */
export class Queries {
  readonly db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(db: Database.Database) {
    this.db = db;
  }

  all<T>(query: Compilable<T>): T[] {
    const { sql, parameters } = query.compile();
    return this.#prepared(sql).all(...parameters) as T[];
  }

  get<T>(query: Compilable<T>): T | undefined {
    const { sql, parameters } = query.compile();
    return this.#prepared(sql).get(...parameters) as T | undefined;
  }

  /** Runs a query that answers nothing; the answer is how many rows it changed. */
  run(query: Compilable): number {
    const { sql, parameters } = query.compile();
    return this.#prepared(sql).run(...parameters).changes;
  }

  /** Runs each query that a reading asks for, and answers what it returns. */
  answer<T>(reading: Reading<T>): T {
    let step = reading.next();
    while (!step.done) {
      const { sql, parameters } = step.value.compile();
      const statement = this.#prepared(sql);
      if (statement.reader) step = reading.next(statement.all(...parameters));
      else {
        statement.run(...parameters);
        step = reading.next([]);
      }
    }
    return step.value;
  }

  close(): void {
    this.db.close();
  }

  /** Reads everything inside `read` from one moment of the database. */
  snapshot<T>(read: () => T): T {
    return this.db.transaction(read).deferred();
  }

  #prepared(text: string): Database.Statement {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

/** Opens the lock database. Throws one sentence that says what to set when the folder cannot be written. */
function openLock(folder: string): Database.Database {
  try {
    makeFolder(resolve(folder));
    return new Database(join(folder, 'lock.db'), { timeout: 0 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `DATA_DIR is ${folder}, where nothing can be written (${why}); set it to a folder that can.`,
      {
        cause: error,
      },
    );
  }
}

/** Makes a folder and what is missing above it. One step at a time: Node's own recursion never ends below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
