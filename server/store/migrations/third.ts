import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { channels } from '#shared/contract/settings.ts';
import { deliveryStatuses } from '../../rooms/outboxPort.ts';
import { flag, oneOf, types } from './types.ts';
import type { Dialect } from './types.ts';

/** What goes out to people outside: settings, targets, entries to be sent, and one row per delivery. */
export async function third(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const t = types(dialect);
  const { schema } = db;
  await t
    .strict(
      schema
        .createTable('settings')
        // Kinds are checked where settings come in: a check here would have to be renewed with each new one.
        .addColumn('kind', t.text, (c) => c.notNull())
        .addColumn('id', t.text, (c) => c.notNull())
        .addColumn('body', t.text, (c) => c.notNull())
        .addColumn('revision', t.integer, (c) => c.notNull())
        .addColumn('changed_at', t.integer, (c) => c.notNull())
        .addColumn('changed_by', t.text, (c) => c.notNull())
        .addPrimaryKeyConstraint('settings_key', ['kind', 'id']),
    )
    .execute();
  await t
    .strict(
      schema
        .createTable('targets')
        .addColumn('id', t.text, (c) => c.primaryKey().notNull())
        .addColumn('list', t.text, (c) => c.notNull())
        .addColumn('channel', t.text, (c) => c.notNull().check(oneOf('channel', channels)))
        .addColumn('address', t.text, (c) => c.notNull())
        .addColumn('address_key', t.text, (c) => c.notNull())
        .addColumn('name', t.text)
        .addColumn('locale', t.text)
        .addColumn('secret', t.text)
        .addColumn('state', t.text, (c) => c.notNull().check(oneOf('state', ['pending', 'active', 'ended'])))
        .addColumn('created_at', t.integer, (c) => c.notNull())
        .addColumn('created_by', t.text, (c) => c.notNull())
        .addUniqueConstraint('targets_address', ['list', 'channel', 'address_key']),
    )
    .execute();
  await schema.createIndex('targets_list').on('targets').columns(['list', 'id']).execute();
  await t
    .strict(
      schema
        .createTable('broadcasts')
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('seq', t.integer, (c) => c.notNull())
        .addColumn('due_at', t.integer)
        .addColumn('epoch', t.integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('broadcasts_key', ['incident_id', 'seq']),
    )
    .execute();
  await t
    .strict(
      schema
        .createTable('deliveries')
        .addColumn('id', t.text, (c) => c.primaryKey().notNull())
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('seq', t.integer, (c) => c.notNull())
        .addColumn('list', t.text, (c) => c.notNull())
        .addColumn('target', t.text, (c) => c.notNull())
        .addColumn('channel', t.text, (c) => c.notNull().check(oneOf('channel', channels)))
        .addColumn('address', t.text, (c) => c.notNull())
        .addColumn('locale', t.text, (c) => c.notNull())
        .addColumn('queue', t.text, (c) => c.notNull())
        .addColumn('status', t.text, (c) => c.notNull().check(oneOf('status', deliveryStatuses)))
        .addColumn('due_at', t.integer)
        .addColumn('attempts', t.integer, (c) => c.notNull())
        .addColumn('epoch', t.integer, (c) => c.notNull())
        .addColumn('uncertain', t.flag, (c) => flag(c.notNull(), 'uncertain'))
        .addColumn('detail', t.text)
        .addColumn('created_at', t.integer, (c) => c.notNull())
        .addColumn('changed_at', t.integer, (c) => c.notNull()),
    )
    .execute();
  await schema.createIndex('deliveries_entry').on('deliveries').columns(['incident_id', 'seq']).execute();
  // What is over is most of it, and nobody waits for it.
  const open = sql<boolean>`due_at is not null`;
  await schema
    .createIndex('deliveries_due')
    .on('deliveries')
    .columns(['queue', 'due_at'])
    .where(open)
    .execute();
  await schema.createIndex('broadcasts_due').on('broadcasts').column('due_at').where(open).execute();
}
