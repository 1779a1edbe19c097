import type { Kysely } from 'kysely';
import { oneOf, types } from './types.ts';
import type { Dialect } from './types.ts';

/** What replay and review need: merged runs of batches, deploys and alerts, attachments. */
export async function fourth(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const t = types(dialect);
  const { schema } = db;
  await t
    .strict(
      schema
        .createTable('segments')
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('name', t.text, (c) => c.notNull())
        .addColumn('after_doc_seq', t.integer, (c) => c.notNull())
        .addColumn('doc_seq', t.integer, (c) => c.notNull())
        .addColumn('merged', t.bytes, (c) => c.notNull())
        .addPrimaryKeyConstraint('segments_key', ['incident_id', 'name', 'doc_seq']),
    )
    .execute();
  await t
    .strict(
      schema
        .createTable('outside_events')
        .addColumn('id', t.text, (c) => c.primaryKey().notNull())
        .addColumn('kind', t.text, (c) => c.notNull().check(oneOf('kind', ['deploy', 'alert'])))
        .addColumn('service', t.text, (c) => c.notNull())
        .addColumn('title', t.text, (c) => c.notNull())
        .addColumn('at', t.integer, (c) => c.notNull())
        .addColumn('ended_at', t.integer)
        .addColumn('link', t.text)
        .addColumn('created_at', t.integer, (c) => c.notNull())
        .addColumn('created_by', t.text, (c) => c.notNull()),
    )
    .execute();
  await schema.createIndex('outside_events_at').on('outside_events').columns(['at', 'id']).execute();
  await schema
    .createIndex('outside_events_service')
    .on('outside_events')
    .columns(['kind', 'service', 'at'])
    .execute();
  await t
    .strict(
      schema
        .createTable('attachments')
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('hash', t.text, (c) => c.notNull())
        .addColumn('type', t.text, (c) => c.notNull())
        .addColumn('size', t.integer, (c) => c.notNull())
        .addColumn('created_at', t.integer, (c) => c.notNull())
        .addColumn('created_by', t.text, (c) => c.notNull())
        .addColumn('bytes', t.bytes, (c) => c.notNull())
        .addPrimaryKeyConstraint('attachments_key', ['incident_id', 'hash']),
    )
    .execute();
}
