import type { Kysely } from 'kysely';
import { types } from './types.ts';
import type { Dialect } from './types.ts';

/** What several instances need: since when a person is as they are, and which instances live. */
export async function second(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const t = types(dialect);
  await db.schema
    .alterTable('people')
    .addColumn('epoch', t.integer, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.createIndex('people_epoch').on('people').column('epoch').execute();
  await t
    .strict(
      db.schema
        .createTable('instances')
        .addColumn('id', t.text, (c) => c.primaryKey().notNull())
        .addColumn('seen_at', t.integer, (c) => c.notNull())
        .addColumn('people', t.text, (c) => c.notNull()),
    )
    .execute();
}
