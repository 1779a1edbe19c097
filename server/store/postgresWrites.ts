import type { Entry } from '#shared/contract/entries.ts';
import { SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import { deadlinesAfter } from '#shared/incident/deadlines.ts';
import { fold } from '#shared/incident/evolve.ts';
import { declare } from '#shared/incident/lifecycle.ts';
import { MAIN_DOCUMENT } from '#shared/document.ts';
import type { CreateIncident } from '../rooms/ports.ts';
import { encodePayload } from '../rooms/payload.ts';
import { advance, appendBatch, appendEntry, startOf } from './append.ts';
import { addText, deadlineRow, noRows } from './commitPlan.ts';
import { boardOf } from './packed.ts';
import { answer, build } from './postgresDatabase.ts';
import type { Connection } from './postgresPool.ts';
import { searchRow, writeHead, writeRows, writeText } from './postgresRows.ts';
import { documents } from './queries/documents.ts';
import { all, first } from './queries/reading.ts';
import { SYSTEM_LOG } from './rows.ts';
import type { DeclarationsTable, HeadsTable, IncidentsTable } from './schema.ts';

/** What a declaration came to. */
export type CreatedIncident =
  | { kind: 'created' }
  /** The same declaration was made before. */
  | { kind: 'repeated'; incidentId: string }
  | { kind: 'reused' };

/** Number, batch 1, entry 1 and what follows from them, in the open transaction; or what this command id yielded before. */
export async function createIncident(
  connection: Connection,
  request: CreateIncident,
): Promise<CreatedIncident> {
  // Locks the counter: declarations take turns, so that one command id cannot declare twice and no number is lost.
  await connection.rows(
    `INSERT INTO counters (name, value) VALUES ('incident_number', 0)
     ON CONFLICT (name) DO UPDATE SET value = counters.value`,
  );
  const known = await findDeclaration(connection, request);
  if (known) return known;
  const [counter] = await connection.rows<{ value: number }>(
    `UPDATE counters SET value = value + 1 WHERE name = 'incident_number' RETURNING value`,
  );
  await declareIncident(connection, request, counter?.value ?? 1);
  return { kind: 'created' };
}

/** What a declaration's command id yielded before, if it did. */
export async function findDeclaration(
  connection: Connection,
  { actor, commandId, commandHash }: CreateIncident,
): Promise<Exclude<CreatedIncident, { kind: 'created' }> | null> {
  const [known] = await connection.rows<DeclarationsTable>(
    'SELECT * FROM declarations WHERE actor = $1 AND command_id = $2',
    [actor, commandId],
  );
  if (!known) return null;
  return known.command_hash === commandHash
    ? { kind: 'repeated', incidentId: known.incident_id }
    : { kind: 'reused' };
}

async function declareIncident(
  connection: Connection,
  request: CreateIncident,
  number: number,
): Promise<void> {
  const { id, actor, commandId, commandHash, drill } = request;
  const position = startOf(id, request.now);
  await writeHead(connection, position);
  const payload = encodePayload([{ author: SYSTEM_ACTOR, update: request.template }]);
  const { batch, row } = appendBatch(position, { name: MAIN_DOCUMENT, payload, batchId: null });
  const declared = appendEntry(position, {
    actor,
    type: 'incident.declared',
    body: { ...declare(request, { id, number, commander: actor }) },
    commandId,
    batchId: null,
  });
  const rows = noRows();
  rows.heads.push(position);
  rows.batches.push(row);
  rows.documents.push({ incident_id: id, name: MAIN_DOCUMENT, doc_seq: batch.docSeq });
  rows.entries.push(declared.row);
  addText(rows, declared.entry);

  const state = fold(null, [declared.entry]);
  if (!state) throw new Error('A declaration makes a state.');
  rows.deadlines.push(...deadlinesAfter(state).map((deadline) => deadlineRow(id, deadline)));
  const board = boardOf(state);
  await insertIncident(connection, {
    ...board,
    id,
    number,
    drill: drill ? 1 : 0,
    declared_at: declared.entry.at,
  });
  await Promise.all([
    writeRows(connection, rows),
    connection.rows(
      'INSERT INTO incident_readers (incident_id, person) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
      [id, board.readers === null ? [] : JSON.parse(board.readers)],
    ),
    connection.rows(
      'INSERT INTO declarations (actor, command_id, command_hash, incident_id) VALUES ($1, $2, $3, $4)',
      [actor, commandId, commandHash, id],
    ),
  ]);
}

async function insertIncident(connection: Connection, row: IncidentsTable): Promise<void> {
  const { sql, parameters } = build.insertInto('incidents').values(row).compile();
  await connection.rows(sql, parameters);
}

/** What the system log gets. */
interface SystemDraft {
  now: number;
  actor: string;
  type: string;
  body: Record<string, unknown>;
}

/** Appends to the system log in the open transaction; `batchId` is the mark by which it is found again. */
export async function appendSystemEntry(
  connection: Connection,
  { now, actor, type, body }: SystemDraft,
  batchId: string,
): Promise<{ entry: Entry; position: HeadsTable }> {
  const start = startOf(SYSTEM_LOG, now);
  await connection.rows(
    `INSERT INTO heads (incident_id, seq, hash, doc_seq, doc_hash, at) VALUES ($1, 0, $2, 0, $3, $4)
     ON CONFLICT (incident_id) DO NOTHING`,
    [SYSTEM_LOG, start.hash, start.doc_hash, start.at],
  );
  const [stored] = await connection.rows<HeadsTable>(
    'SELECT * FROM heads WHERE incident_id = $1 FOR UPDATE',
    [SYSTEM_LOG],
  );
  const position = stored ?? start;
  advance(position, now);
  const { entry, row } = appendEntry(position, { actor, type, body, commandId: null, batchId });
  const rows = noRows();
  rows.heads.push(position);
  rows.entries.push(row);
  await writeRows(connection, rows);
  return { entry, position };
}

export interface SearchText {
  incidentId: string;
  name: string;
  docSeq: number;
  markdown: string;
}

/** Keeps a full state of a document. Throws when there is no such document at that batch. */
export async function saveCheckpoint(
  connection: Connection,
  { incidentId, name, docSeq, state }: SearchText & { state: Uint8Array },
): Promise<void> {
  await batchTime(connection, { incidentId, name, docSeq });
  await answer(connection, all(documents.keepCheckpoint(build, incidentId, name, docSeq, state)));
}

/** Makes this Markdown the one that search finds, unless it has newer one. */
export async function saveSearchText(connection: Connection, text: SearchText): Promise<void> {
  const { incidentId, name, docSeq, markdown } = text;
  const at = await batchTime(connection, text);
  const row = searchRow({ incident_id: incidentId, name, doc_seq: docSeq, at, text: markdown });
  // Locked: of two that save at once the newer one stays.
  const [document] = await connection.rows<{ search_id: number | null; searched_doc_seq: number }>(
    'SELECT search_id, searched_doc_seq FROM documents WHERE incident_id = $1 AND name = $2 FOR UPDATE',
    [incidentId, name],
  );
  if (!document || docSeq < document.searched_doc_seq) return;
  await connection.rows('DELETE FROM search_texts WHERE id = $1', [document.search_id]);
  const id = row.folded === '' ? null : await writeText(connection, row);
  await answer(connection, all(documents.searched(build, incidentId, name, docSeq, id)));
}

/** When a batch of a document was recorded. Throws when there is no such document or batch. */
async function batchTime(connection: Connection, text: Omit<SearchText, 'markdown'>): Promise<string> {
  const { incidentId, name, docSeq } = text;
  const document = await answer(connection, first(documents.one(build, incidentId, name)));
  const batch = await answer(connection, first(documents.batchTime(build, incidentId, docSeq)));
  if (!document || !batch) throw new Error(`${incidentId} has no document ${name} at ${docSeq}.`);
  return batch.at;
}
