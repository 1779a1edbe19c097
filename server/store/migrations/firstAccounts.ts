import type { CreateTableBuilder, Kysely } from 'kysely';
import { flag, oneOf } from './types.ts';
import type { ColumnTypes } from './types.ts';

/** People, sessions, tokens, and the small tables of named values. */
export async function accounts(db: Kysely<unknown>, t: ColumnTypes): Promise<void> {
  const schema = db.schema;
  await t
    .strict(
      schema
        .createTable('people')
        .addColumn('id', t.text, (c) => c.primaryKey().notNull())
        .addColumn('name', t.text, (c) => c.notNull())
        .addColumn('email', t.text, (c) => c.notNull())
        .addColumn('email_key', t.text, (c) => c.notNull().unique())
        .addColumn('access', t.text, (c) => c.notNull().check(oneOf('access', ['responder', 'stakeholder'])))
        .addColumn('admin', t.flag, (c) => flag(c.notNull(), 'admin'))
        .addColumn('locale', t.text, (c) => c.notNull().check(oneOf('locale', ['en', 'ko'])))
        .addColumn('disabled', t.flag, (c) => flag(c.notNull(), 'disabled'))
        .addColumn('password_hash', t.text)
        .addColumn('created_at', t.text, (c) => c.notNull()),
    )
    .execute();
  await t
    .strict(
      schema
        .createTable('sessions')
        .addColumn('id', t.text, (c) => c.primaryKey().notNull())
        .addColumn('person', t.text, (c) => c.notNull())
        .addColumn('created_at', t.integer, (c) => c.notNull())
        .addColumn('expires_at', t.integer, (c) => c.notNull())
        .addColumn('revoked_at', t.integer),
    )
    .execute();
  await schema.createIndex('sessions_person').on('sessions').column('person').execute();
  await schema.createIndex('sessions_expiry').on('sessions').column('expires_at').execute();
  await t
    .strict(
      schema
        .createTable('tokens')
        .addColumn('hash', t.text, (c) => c.primaryKey().notNull())
        .addColumn('kind', t.text, (c) =>
          c.notNull().check(oneOf('kind', ['setup', 'invitation', 'ticket', 'stakeholder_link'])),
        )
        .addColumn('subject', t.text, (c) => c.notNull())
        .addColumn('detail', t.text)
        .addColumn('created_at', t.integer, (c) => c.notNull())
        .addColumn('expires_at', t.integer)
        .addColumn('revoked_at', t.integer)
        .addColumn('created_by', t.text, (c) => c.notNull()),
    )
    .execute();
  await schema.createIndex('tokens_subject').on('tokens').columns(['kind', 'subject']).execute();
  await schema.createIndex('tokens_expiry').on('tokens').columns(['kind', 'expires_at']).execute();
  for (const [table, key, value, type] of [
    ['secrets', 'name', 'value', t.text],
    ['meta', 'key', 'value', t.text],
    ['counters', 'name', 'value', t.integer],
  ] as const) {
    const pair: CreateTableBuilder<string, string> = schema.createTable(table);
    await t
      .strict(
        pair
          .addColumn(key, t.text, (c) => c.primaryKey().notNull())
          .addColumn(value, type, (c) => c.notNull()),
      )
      .execute();
  }
}
