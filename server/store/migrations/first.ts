import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { severities, statuses } from '#shared/contract/identifiers.ts';
import { accounts } from './firstAccounts.ts';
import { flag, oneOf, types } from './types.ts';
import type { ColumnTypes, Dialect } from './types.ts';

type Database = Kysely<unknown>;

/** The first schema: logs and documents, what follows from them, accounts, and search. */
export async function first(db: Database, dialect: Dialect): Promise<void> {
  const t = types(dialect);
  await logs(db, t);
  await board(db, t);
  await documents(db, t);
  await accounts(db, t);
  await search(db, t, dialect);
}

async function logs(db: Database, t: ColumnTypes): Promise<void> {
  const schema = db.schema;
  await t
    .strict(
      schema
        .createTable('heads')
        .addColumn('incident_id', t.text, (c) => c.primaryKey().notNull())
        .addColumn('seq', t.integer, (c) => c.notNull())
        .addColumn('hash', t.text, (c) => c.notNull())
        .addColumn('doc_seq', t.integer, (c) => c.notNull())
        .addColumn('doc_hash', t.text, (c) => c.notNull())
        .addColumn('at', t.text, (c) => c.notNull()),
    )
    .execute();
  await t
    .strict(
      schema
        .createTable('entries')
        .addColumn('incident_id', t.text, (c) => c.notNull().references('heads.incident_id'))
        .addColumn('seq', t.integer, (c) => c.notNull())
        .addColumn('at', t.text, (c) => c.notNull())
        .addColumn('actor', t.text, (c) => c.notNull())
        .addColumn('type', t.text, (c) => c.notNull())
        .addColumn('version', t.integer, (c) => c.notNull())
        .addColumn('body', t.text, (c) => c.notNull())
        .addColumn('command_id', t.text)
        .addColumn('doc_seq', t.integer, (c) => c.notNull())
        .addColumn('doc_hash', t.text, (c) => c.notNull())
        .addColumn('salt', t.text)
        .addColumn('body_hash', t.text, (c) => c.notNull())
        .addColumn('prev_hash', t.text, (c) => c.notNull())
        .addColumn('hash', t.text, (c) => c.notNull())
        .addColumn('redacted', t.flag, (c) => flag(c.notNull().defaultTo(0), 'redacted'))
        .addColumn('batch_id', t.text)
        .addPrimaryKeyConstraint('entries_key', ['incident_id', 'seq']),
    )
    .execute();
  await schema.createIndex('entries_at').on('entries').columns(['incident_id', 'at', 'seq']).execute();
  await t
    .strictInKey(
      schema
        .createTable('commands')
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('actor', t.text, (c) => c.notNull())
        .addColumn('command_id', t.text, (c) => c.notNull())
        .addColumn('command_hash', t.text, (c) => c.notNull())
        .addColumn('seq', t.integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('commands_key', ['incident_id', 'actor', 'command_id']),
    )
    .execute();
  await t
    .strict(
      schema
        .createTable('snapshots')
        .addColumn('incident_id', t.text, (c) => c.notNull().references('heads.incident_id'))
        .addColumn('seq', t.integer, (c) => c.notNull())
        .addColumn('state', t.text, (c) => c.notNull())
        .addPrimaryKeyConstraint('snapshots_key', ['incident_id', 'seq']),
    )
    .execute();
}

async function board(db: Database, t: ColumnTypes): Promise<void> {
  const schema = db.schema;
  await t
    .strict(
      schema
        .createTable('incidents')
        .addColumn('id', t.text, (c) => c.primaryKey().notNull().references('heads.incident_id'))
        .addColumn('number', t.integer, (c) => c.notNull().unique())
        .addColumn('title', t.text, (c) => c.notNull())
        .addColumn('title_folded', t.text, (c) => c.notNull())
        .addColumn('severity', t.text, (c) => c.notNull().check(oneOf('severity', severities)))
        .addColumn('status', t.text, (c) => c.notNull().check(oneOf('status', statuses)))
        .addColumn('private', t.flag, (c) => flag(c.notNull(), 'private'))
        .addColumn('drill', t.flag, (c) => flag(c.notNull(), 'drill'))
        .addColumn('commander', t.text, (c) => c.notNull())
        .addColumn('epoch', t.integer, (c) => c.notNull())
        .addColumn('declared_at', t.text, (c) => c.notNull())
        .addColumn('next_update_at', t.text)
        .addColumn('resolved_at', t.text)
        .addColumn('offered_to', t.text)
        .addColumn('members', t.text)
        .addColumn('readers', t.text),
    )
    .execute();
  await schema.createIndex('incidents_offered').on('incidents').column('offered_to').execute();
  await t
    .strictInKey(
      schema
        .createTable('incident_readers')
        .addColumn('incident_id', t.text, (c) => c.notNull().references('incidents.id'))
        .addColumn('person', t.text, (c) => c.notNull())
        .addPrimaryKeyConstraint('incident_readers_key', ['person', 'incident_id']),
    )
    .execute();
  await schema
    .createIndex('incident_readers_incident')
    .on('incident_readers')
    .column('incident_id')
    .execute();
  await t
    .strictInKey(
      schema
        .createTable('declarations')
        .addColumn('actor', t.text, (c) => c.notNull())
        .addColumn('command_id', t.text, (c) => c.notNull())
        .addColumn('command_hash', t.text, (c) => c.notNull())
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addPrimaryKeyConstraint('declarations_key', ['actor', 'command_id']),
    )
    .execute();
  await t
    .strict(
      schema
        .createTable('deadlines')
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('id', t.text, (c) => c.notNull())
        .addColumn('due_at', t.integer, (c) => c.notNull())
        .addColumn('type', t.text, (c) => c.notNull())
        .addColumn('body', t.text, (c) => c.notNull())
        .addPrimaryKeyConstraint('deadlines_key', ['incident_id', 'id']),
    )
    .execute();
  await schema.createIndex('deadlines_due').on('deadlines').column('due_at').execute();
}

async function documents(db: Database, t: ColumnTypes): Promise<void> {
  const schema = db.schema;
  await t
    .strict(
      schema
        .createTable('document_batches')
        .addColumn('incident_id', t.text, (c) => c.notNull().references('heads.incident_id'))
        .addColumn('doc_seq', t.integer, (c) => c.notNull())
        .addColumn('name', t.text, (c) => c.notNull())
        .addColumn('seq_before', t.integer, (c) => c.notNull())
        .addColumn('at', t.text, (c) => c.notNull())
        .addColumn('payload', t.bytes, (c) => c.notNull())
        .addColumn('payload_hash', t.text, (c) => c.notNull())
        .addColumn('prev_doc_hash', t.text, (c) => c.notNull())
        .addColumn('doc_hash', t.text, (c) => c.notNull())
        .addColumn('batch_id', t.text)
        .addPrimaryKeyConstraint('document_batches_key', ['incident_id', 'doc_seq']),
    )
    .execute();
  const batches = (name: string, columns: string[]) =>
    schema.createIndex(name).on('document_batches').columns(columns).execute();
  await batches('document_batches_name', ['incident_id', 'name', 'doc_seq']);
  await batches('document_batches_at', ['incident_id', 'at', 'doc_seq']);
  await t
    .strictInKey(
      schema
        .createTable('documents')
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('name', t.text, (c) => c.notNull())
        .addColumn('doc_seq', t.integer, (c) => c.notNull())
        .addColumn('search_id', t.integer)
        .addColumn('searched_doc_seq', t.integer, (c) => c.notNull().defaultTo(0))
        .addPrimaryKeyConstraint('documents_key', ['incident_id', 'name']),
    )
    .execute();
  await t
    .strict(
      schema
        .createTable('checkpoints')
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('name', t.text, (c) => c.notNull())
        .addColumn('doc_seq', t.integer, (c) => c.notNull())
        .addColumn('state', t.bytes, (c) => c.notNull())
        .addPrimaryKeyConstraint('checkpoints_key', ['incident_id', 'name', 'doc_seq']),
    )
    .execute();
  await t
    .strictInKey(
      schema
        .createTable('client_ids')
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('name', t.text, (c) => c.notNull())
        .addColumn('client_id', t.integer, (c) => c.notNull())
        .addColumn('person', t.text, (c) => c.notNull())
        .addPrimaryKeyConstraint('client_ids_key', ['incident_id', 'name', 'client_id']),
    )
    .execute();
}

async function search(db: Database, t: ColumnTypes, dialect: Dialect): Promise<void> {
  await t
    .strict(
      db.schema
        .createTable('search_texts')
        .addColumn('id', t.integer, (c) => c.primaryKey().notNull())
        .addColumn('incident_id', t.text, (c) => c.notNull())
        .addColumn('seq', t.integer)
        .addColumn('name', t.text)
        .addColumn('doc_seq', t.integer)
        .addColumn('at', t.text, (c) => c.notNull())
        .addColumn('text', t.text, (c) => c.notNull()),
    )
    .execute();
  switch (dialect) {
    case 'sqlite':
      return searchIndex(db);
    case 'postgres':
      return searchLists(db);
    default:
      return dialect satisfies never;
  }
}

/** Beside each text: its folded form to compare with, and the list of its characters and pairs (gramsOf) to find it by. */
async function searchLists(db: Database): Promise<void> {
  const statements = [
    sql`alter table search_texts alter column id add generated by default as identity`,
    sql`alter table search_texts add column folded text collate "C" not null, add column grams text[] not null`,
    sql`create index search_texts_grams on search_texts using gin (grams)`,
    sql`create index search_texts_at on search_texts (at, id)`,
    sql`create index search_texts_entry on search_texts (incident_id, seq)`,
    // Room beside each counter row, so that the commits which change it need no new index entries.
    sql`alter table heads set (fillfactor = 50)`,
  ];
  for (const statement of statements) await statement.execute(db);
}

/**
 * Pairs of characters as terms, made by searchTerms.ts. The index keeps no text, and erases what is deleted instead
 * of marking it, so that nothing of a redacted secret stays in the file.
 */
async function searchIndex(db: Database): Promise<void> {
  await sql`create virtual table search_index using fts5(terms, tokenize = 'ascii', content = '')`.execute(
    db,
  );
  await sql`insert into search_index (search_index, rank) values ('secure-delete', 1)`.execute(db);
}
