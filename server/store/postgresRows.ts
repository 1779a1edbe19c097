import type { CommitRows } from './commitPlan.ts';
import type { Connection } from './postgresPool.ts';
import { fold, gramsOf, keptText } from './searchTerms.ts';

type Column = 'text' | 'bigint' | 'smallint' | 'bytes' | 'list';

/** A statement for many rows at once: one text, one list of values per column. */
interface Bulk {
  name: string;
  text: string;
  columns: readonly (readonly [string, Column])[];
}

const text = 'text';
const bigint = 'bigint';

const updateHeads = bulk(
  'update_heads',
  { incident_id: text, seq: bigint, hash: text, doc_seq: bigint, doc_hash: text, at: text },
  (
    given,
  ) => `UPDATE heads SET seq = given.seq, hash = given.hash, doc_seq = given.doc_seq, doc_hash = given.doc_hash,
    at = given.at FROM ${given} WHERE heads.incident_id = given.incident_id`,
);
const insertHead = insert('heads', updateHeads.columns);
const insertEntries = insert('entries', {
  incident_id: text,
  seq: bigint,
  at: text,
  actor: text,
  type: text,
  version: bigint,
  body: text,
  command_id: text,
  doc_seq: bigint,
  doc_hash: text,
  salt: text,
  body_hash: text,
  prev_hash: text,
  hash: text,
  redacted: 'smallint',
  batch_id: text,
});
const insertBatches = insert('document_batches', {
  incident_id: text,
  doc_seq: bigint,
  name: text,
  seq_before: bigint,
  at: text,
  payload: 'bytes',
  payload_hash: text,
  prev_doc_hash: text,
  doc_hash: text,
  batch_id: text,
});
const insertCommands = insert('commands', {
  incident_id: text,
  actor: text,
  command_id: text,
  command_hash: text,
  seq: bigint,
});
const insertClientIds = insert('client_ids', {
  incident_id: text,
  name: text,
  client_id: bigint,
  person: text,
});
const upsertDocuments = insert(
  'documents',
  { incident_id: text, name: text, doc_seq: bigint },
  'ON CONFLICT (incident_id, name) DO UPDATE SET doc_seq = excluded.doc_seq',
);
const insertTexts = insert('search_texts', {
  incident_id: text,
  seq: bigint,
  name: text,
  doc_seq: bigint,
  at: text,
  text,
  folded: text,
  grams: 'list',
});
const upsertSnapshots = insert(
  'snapshots',
  { incident_id: text, seq: bigint, state: text },
  'ON CONFLICT (incident_id, seq) DO UPDATE SET state = excluded.state',
);
const upsertDeadlines = insert(
  'deadlines',
  { incident_id: text, id: text, due_at: bigint, type: text, body: text },
  `ON CONFLICT (incident_id, id) DO UPDATE SET due_at = excluded.due_at, type = excluded.type, body = excluded.body`,
);
const insertBroadcasts = insert('broadcasts', {
  incident_id: text,
  seq: bigint,
  due_at: bigint,
  epoch: bigint,
});
const clearDeadlines = bulk(
  'clear_deadlines',
  { incident_id: text, id: text },
  (given) =>
    `DELETE FROM deadlines USING ${given} WHERE deadlines.incident_id = given.incident_id AND deadlines.id = given.id`,
);
const eraseEntries = bulk(
  'erase_entries',
  { incident_id: text, seq: bigint, body: text },
  (given) => `UPDATE entries SET body = given.body, salt = NULL, redacted = 1 FROM ${given}
    WHERE entries.incident_id = given.incident_id AND entries.seq = given.seq`,
);
// A state folded from an erased text may repeat it.
const forgetSnapshots = bulk(
  'forget_snapshots',
  { incident_id: text, seq: bigint },
  (given) =>
    `DELETE FROM snapshots USING ${given} WHERE snapshots.incident_id = given.incident_id AND snapshots.seq >= given.seq`,
);
const rewriteBatches = bulk(
  'rewrite_batches',
  { incident_id: text, doc_seq: bigint, payload: 'bytes' },
  (given) => `UPDATE document_batches SET payload = given.payload FROM ${given}
    WHERE document_batches.incident_id = given.incident_id AND document_batches.doc_seq = given.doc_seq`,
);
const FORGOTTEN = { incident_id: text, name: text, first: bigint, until: bigint } as const;
const forgetCheckpoints = bulk(
  'forget_checkpoints',
  FORGOTTEN,
  (given) => `DELETE FROM checkpoints USING ${given} WHERE checkpoints.incident_id = given.incident_id
    AND checkpoints.name = given.name AND checkpoints.doc_seq >= given.first AND checkpoints.doc_seq < given.until`,
);
const forgetSegments = bulk(
  'forget_segments',
  FORGOTTEN,
  (given) => `DELETE FROM segments USING ${given} WHERE segments.incident_id = given.incident_id
    AND segments.name = given.name AND segments.doc_seq >= given.first`,
);
const forgetDocumentTexts = bulk(
  'forget_document_texts',
  FORGOTTEN,
  (given) => `WITH gone AS (
      UPDATE documents SET search_id = NULL FROM ${given}, documents AS before
      WHERE documents.incident_id = given.incident_id AND documents.name = given.name
        AND documents.searched_doc_seq < given.until
        AND before.incident_id = documents.incident_id AND before.name = documents.name
      RETURNING before.search_id
    ) DELETE FROM search_texts USING gone WHERE search_texts.id = gone.search_id`,
);
const removeAttachments = bulk(
  'remove_attachments',
  { incident_id: text, hash: text },
  (given) =>
    `DELETE FROM attachments USING ${given} WHERE attachments.incident_id = given.incident_id AND attachments.hash = given.hash`,
);
const forgetTexts = bulk(
  'forget_texts',
  { incident_id: text, seq: bigint },
  (given) =>
    `DELETE FROM search_texts USING ${given} WHERE search_texts.incident_id = given.incident_id AND search_texts.seq = given.seq`,
);

const BOARD = [
  ...['id', 'title', 'title_folded', 'severity', 'status', 'private', 'commander', 'epoch'],
  ...['next_update_at', 'resolved_at', 'offered_to', 'members', 'readers'],
] as const;
const compared = BOARD.slice(1);
const places = compared.map((_, index) => `$${index + 2}`).join(', ');
/** Writes only what changes something, and then who may enter, too. */
const updateBoard = `WITH changed AS (
    UPDATE incidents SET (${compared.join(', ')}) = ROW(${places})
    WHERE id = $1 AND (${compared.join(', ')}) IS DISTINCT FROM (${places}) RETURNING id
  ), gone AS (
    DELETE FROM incident_readers USING changed
    WHERE incident_id = changed.id AND person <> ALL ($14::text[])
  )
  INSERT INTO incident_readers (incident_id, person)
    SELECT changed.id, reader FROM changed, unnest($14::text[]) AS reader ON CONFLICT DO NOTHING`;

/** Asks for everything at once, so that it costs one round trip; what fails first is what the answer fails with. */
export function writeRows(connection: Connection, rows: CommitRows): Promise<unknown> {
  const run = (bulk: Bulk, given: readonly object[]) =>
    given.length > 0 ? connection.rows(bulk.text, valuesOf(bulk, given), bulk.name) : null;
  return Promise.all([
    run(updateHeads, rows.heads),
    run(eraseEntries, rows.erasures),
    run(forgetSnapshots, rows.erasures),
    run(forgetTexts, rows.erasures),
    run(rewriteBatches, rows.rewritten),
    run(forgetCheckpoints, rows.forgotten),
    run(forgetSegments, rows.forgotten),
    run(forgetDocumentTexts, rows.forgotten),
    run(removeAttachments, rows.removedAttachments),
    run(insertBatches, rows.batches),
    run(upsertDocuments, rows.documents),
    run(insertClientIds, rows.clientIds),
    run(insertEntries, rows.entries),
    run(insertCommands, rows.commands),
    run(insertTexts, rows.texts.map(searchRow)),
    run(upsertSnapshots, rows.snapshots),
    run(clearDeadlines, rows.clearedDeadlines),
    run(upsertDeadlines, rows.deadlines),
    run(insertBroadcasts, rows.broadcasts),
    ...rows.boards.map((board) => {
      const readers = board.readers === null ? [] : (JSON.parse(board.readers) as string[]);
      return connection.rows(updateBoard, [...BOARD.map((name) => board[name]), readers], 'update_board');
    }),
  ]);
}

/** Begins a log. Fails when it exists. */
export function writeHead(connection: Connection, head: object): Promise<unknown> {
  return connection.rows(insertHead.text, valuesOf(insertHead, [head]), insertHead.name);
}

/** A row of the search table. */
export function searchRow(row: {
  incident_id: string;
  seq?: number;
  name?: string;
  doc_seq?: number;
  at: string;
  text: string;
}) {
  const { incident_id, seq = null, name = null, doc_seq = null, at } = row;
  const shown = keptText(row.text);
  return { incident_id, seq, name, doc_seq, at, text: shown, folded: fold(shown), grams: gramsOf(shown) };
}

/** Adds one search row; the answer is its id. */
export async function writeText(connection: Connection, row: ReturnType<typeof searchRow>): Promise<number> {
  const [made] = await connection.rows<{ id: number }>(
    `${insertTexts.text} RETURNING id`,
    valuesOf(insertTexts, [row]),
  );
  if (!made) throw new Error('A search row has an id.');
  return made.id;
}

function insert(table: string, columns: Record<string, Column> | Bulk['columns'], ending = ''): Bulk {
  const list = Array.isArray(columns) ? Object.fromEntries(columns as [string, Column][]) : columns;
  return bulk(`insert_${table}`, list as Record<string, Column>, (given) => {
    const names = Object.keys(list);
    return `INSERT INTO ${table} (${names.join(', ')}) SELECT ${names.map((name) => `given.${name}`).join(', ')} FROM ${given} ${ending}`;
  });
}

function bulk(name: string, columns: Record<string, Column>, write: (given: string) => string): Bulk {
  const list = Object.entries(columns);
  const lists = list.map(([, type], index) => `$${index + 1}::${isPacked(type) ? 'text' : type}[]`);
  const selected = list.map(([column, type]) => `${unpacked(column, type)} AS ${column}`);
  const names = list.map(([column]) => column);
  const given = `(SELECT ${selected.join(', ')} FROM unnest(${lists.join(', ')}) AS raw (${names.join(', ')})) AS given`;
  return { name, text: write(given), columns: list };
}

/** Bytes and lists travel as text, since a list of them has no plain form. */
function isPacked(type: Column): boolean {
  return type === 'bytes' || type === 'list';
}

function unpacked(column: string, type: Column): string {
  switch (type) {
    case 'bytes':
      return `decode(raw.${column}, 'hex')`;
    case 'list':
      return `string_to_array(raw.${column}, ' ')`;
    case 'text':
    case 'bigint':
    case 'smallint':
      return `raw.${column}`;
    default:
      return type satisfies never;
  }
}

function valuesOf({ columns }: Bulk, rows: readonly object[]): unknown[][] {
  return columns.map(([column, type]) =>
    rows.map((row) => {
      const value = (row as Record<string, unknown>)[column];
      if (type === 'bytes') return Buffer.from(value as Uint8Array).toString('hex');
      return type === 'list' ? (value as string[]).join(' ') : value;
    }),
  );
}
