import {
  Kysely,
  DummyDriver,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import { Client, DatabaseError } from 'pg';
import { StoreUnavailable } from '../rooms/ports.ts';
import { appliedSteps, migrate, migrationSteps, schemaState } from './migrations/migrate.ts';
import type { MigrationStep } from './migrations/migrate.ts';
import type { Connection } from './postgresPool.ts';
import type { Reading } from './queries/reading.ts';
import type { Tables } from './schema.ts';

/** Instances that start together take turns at the schema under this advisory lock. */
const MIGRATION_LOCK = 7_221_146_103;
/** How long one waits for another's migration. Milliseconds. */
const MIGRATION_PATIENCE = 10 * 60_000;

/** Builds query texts only; a connection runs them. */
export const build = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** Runs each query that a reading asks for, and answers what it returns. */
export async function answer<T>(connection: Connection, reading: Reading<T>): Promise<T> {
  let step = reading.next();
  while (!step.done) {
    const { sql: text, parameters } = step.value.compile();
    step = reading.next(await connection.rows(text, parameters));
  }
  return step.value;
}

/**
 * Brings the schema up to this program's, all of it or nothing; of many that start at once, one does it. Throws one
 * sentence when the server cannot be reached or a newer program wrote the schema.
 */
export async function migratePostgres(
  url: string,
  steps: readonly MigrationStep[] = migrationSteps,
): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: 'warroom migration',
    connectionTimeoutMillis: 5_000,
    lock_timeout: MIGRATION_PATIENCE,
  });
  client.on('error', () => undefined);
  try {
    await client.connect().catch((error: unknown) => {
      const why = error instanceof Error ? error.message || error.name : String(error);
      const sentence = `PostgreSQL cannot be reached (${why}); check DATABASE_URL, and that it runs.`;
      throw isMistake(error)
        ? new Error(sentence, { cause: error })
        : new StoreUnavailable(sentence, { cause: error });
    });
    await bringUp(client, steps);
  } finally {
    await client.end();
  }
}

/** A wrong password and a database that does not exist stay so until somebody puts them right. */
function isMistake(error: unknown): boolean {
  return error instanceof DatabaseError && /^(28|3D)/.test(error.code ?? '');
}

async function bringUp(client: Client, steps: readonly MigrationStep[]): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: poolOf(client) }) });
  await sql`select pg_advisory_lock(${sql.lit(MIGRATION_LOCK)})`.execute(db);
  const state = schemaState(await appliedSteps(db), steps);
  switch (state.kind) {
    case 'current':
      return;
    case 'newer':
      throw new Error(
        `The database was written by a newer warroom (it has ${state.unknown}). Start that version, or restore a backup made by this one.`,
      );
    case 'older':
    case 'empty':
      return migrate(db, 'postgres', steps);
    default:
      return state satisfies never;
  }
}

/** A pool of this one connection; whoever made the connection closes it, and with that frees the lock. */
function poolOf(client: Client): ConstructorParameters<typeof PostgresDialect>[0]['pool'] & object {
  const lent = { query: client.query.bind(client), release: () => undefined };
  return { connect: () => Promise.resolve(lent), end: () => Promise.resolve() } as never;
}
