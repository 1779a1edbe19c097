import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Migration } from 'kysely/migration';
import { first } from './first.ts';
import { second } from './second.ts';
import { fourth } from './fourth.ts';
import { third } from './third.ts';
import type { Dialect } from './types.ts';

/** One change of the schema. */
export interface MigrationStep {
  name: string;
  up(db: Kysely<unknown>, dialect: Dialect): Promise<void>;
}

/** Every schema change, oldest first. Names are never changed: the database remembers them. */
export const migrationSteps: readonly MigrationStep[] = [
  { name: '0001-first', up: first },
  { name: '0002-instances', up: second },
  { name: '0003-outbox', up: third },
  { name: '0004-review', up: fourth },
];

/** How a database's schema relates to this program's. */
export type SchemaState =
  | { kind: 'empty' }
  | { kind: 'current' }
  | { kind: 'older'; pending: string[] }
  /** Written by a newer program; `unknown` is the first step this one does not know. */
  | { kind: 'newer'; unknown: string };

/** Compares the steps that a database remembers with those known here. */
export function schemaState(applied: readonly string[], steps = migrationSteps): SchemaState {
  const known = steps.map((step) => step.name);
  const unknown = applied.find((name) => !known.includes(name));
  if (unknown !== undefined) return { kind: 'newer', unknown };
  if (applied.length === 0) return { kind: 'empty' };
  const pending = known.filter((name) => !applied.includes(name));
  return pending.length === 0 ? { kind: 'current' } : { kind: 'older', pending };
}

/** Brings the schema up to this program's. Throws what the failing step threw. */
export async function migrate(db: Kysely<unknown>, dialect: Dialect, steps = migrationSteps): Promise<void> {
  const migrations: Record<string, Migration> = Object.fromEntries(
    steps.map((step): [string, Migration] => [
      step.name,
      { up: (on: Kysely<unknown>) => step.up(on, dialect) },
    ]),
  );
  const schema = dialect === 'postgres' ? await schemaInUse(db) : null;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    // What a restore set aside in another schema is not ours.
    ...(schema === null ? {} : { migrationTableSchema: schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(JSON.stringify(error));
}

/** The steps a database remembers; none when it is new. */
export async function appliedSteps(db: Kysely<unknown>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  const found = tables.filter((table) => table.name === 'kysely_migration');
  const inSchemas = found.some((table) => table.schema !== undefined);
  const schema = inSchemas ? await schemaInUse(db) : undefined;
  if (!found.some((table) => table.schema === schema)) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}

/** The schema in which PostgreSQL finds a table that is named without one. */
async function schemaInUse(db: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  return rows[0]?.schema ?? 'public';
}
