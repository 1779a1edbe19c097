import type { CommitRows, EntryText } from './commitPlan.ts';
import { noRows } from './commitPlan.ts';
import { answer, build as postgres } from './postgresDatabase.ts';
import type { Connection } from './postgresPool.ts';
import { searchRow, writeRows, writeText } from './postgresRows.ts';
import { documents } from './queries/documents.ts';
import { all } from './queries/reading.ts';
import type { SearchTextsTable, Tables } from './schema.ts';
import { build as sqlite } from './sqliteDatabase.ts';
import type { Queries } from './sqliteDatabase.ts';
import { SqliteSearchIndex } from './sqliteSearch.ts';

/**
 * What moves from one database to the other as it is, each after what it refers to. What search finds is made anew from its
 * texts, and instances live where they live.
 */
const TABLES = [
  ...(['heads', 'entries', 'commands', 'snapshots', 'incidents', 'incident_readers'] as const),
  ...(['declarations', 'deadlines', 'document_batches', 'documents', 'checkpoints', 'client_ids'] as const),
  ...(['people', 'sessions', 'tokens', 'secrets', 'meta', 'counters'] as const),
  ...(['settings', 'targets', 'broadcasts', 'deliveries'] as const),
  ...(['segments', 'outside_events', 'attachments'] as const),
] satisfies readonly (keyof Tables)[];

/** Rows that travel together at most, and their bytes unless a single one has more. */
const MOST_ROWS = 200;
const MOST_BYTES = 4 * 1024 * 1024;

type Row = Record<string, string | number | Uint8Array | null>;
type TextRow = Omit<SearchTextsTable, 'id'>;

/** Copies everything of a PostgreSQL snapshot into an empty SQLite database of this version. Row by row the same. */
export async function copyToSqlite(from: Connection, to: Queries): Promise<void> {
  const index = new SqliteSearchIndex(to.db);
  for (const table of TABLES) {
    for await (const rows of chunksOf(from, `SELECT * FROM ${table}`)) {
      to.snapshot(() => {
        for (const row of rows) to.run(sqlite.insertInto(table).values(row as never));
      });
    }
  }
  const texts = 'SELECT incident_id, seq, name, doc_seq, at, text FROM search_texts ORDER BY at, id';
  for await (const rows of chunksOf(from, texts)) {
    to.snapshot(() => {
      for (const row of rows as unknown as TextRow[]) addToSqlite(to, index, row);
    });
  }
}

function addToSqlite(to: Queries, index: SqliteSearchIndex, row: TextRow): void {
  const { incident_id: incidentId, seq, name, doc_seq: docSeq, at, text } = row;
  if (name === null) {
    if (seq !== null) index.add(incidentId, { seq }, at, text);
    return;
  }
  const id = index.add(incidentId, { name, docSeq: docSeq ?? 0 }, at, text);
  to.run(
    sqlite
      .updateTable('documents')
      .set({ search_id: id })
      .where('incident_id', '=', incidentId)
      .where('name', '=', name),
  );
}

/** Pages of a query, all of the snapshot that is open on the connection. */
async function* chunksOf(from: Connection, query: string): AsyncGenerator<Row[]> {
  await from.rows(`DECLARE copied NO SCROLL CURSOR FOR ${query}`);
  for (;;) {
    const rows = await from.rows<Row>(`FETCH ${MOST_ROWS} FROM copied`);
    if (rows.length === 0) break;
    yield rows;
  }
  await from.rows('CLOSE copied');
}

/** Copies everything of a SQLite database into an empty PostgreSQL one of this version, inside the open transaction. */
export async function copyToPostgres(from: Queries, to: Connection): Promise<void> {
  for (const table of TABLES) {
    for (const rows of grouped(rowsOf<Row>(from, `SELECT * FROM ${table}`))) {
      const { sql, parameters } = postgres
        .insertInto(table)
        .values(rows.map(ownRow) as never)
        .compile();
      await to.rows(sql, parameters);
    }
  }
  const texts = 'SELECT incident_id, seq, name, doc_seq, at, text FROM search_texts';
  const entryTexts = rowsOf<Row>(from, `${texts} WHERE seq IS NOT NULL ORDER BY id`);
  for (const rows of grouped(entryTexts)) {
    await writeRows(to, { ...noRows(), texts: rows as unknown as EntryText[] } satisfies CommitRows);
  }
  for (const row of rowsOf<TextRow>(from, `${texts} WHERE name IS NOT NULL ORDER BY id`)) {
    const { incident_id, name, doc_seq, at, text } = row;
    if (name === null || doc_seq === null) continue;
    const id = await writeText(to, searchRow({ incident_id, name, doc_seq, at, text }));
    await answer(to, all(documents.searched(postgres, incident_id, name, doc_seq, id)));
  }
}

/** Search rows have other ids there; a document's is set when its text is written. */
function ownRow(row: Row): Row {
  return 'search_id' in row ? { ...row, search_id: null } : row;
}

function rowsOf<T>(from: Queries, query: string): Iterable<T> {
  return from.db.prepare<[], T>(query).iterate();
}

function* grouped(rows: Iterable<Row>): Generator<Row[]> {
  let group: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = sizeOf(row);
    if (group.length > 0 && (group.length >= MOST_ROWS || bytes + size > MOST_BYTES)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(row);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

function sizeOf(row: Row): number {
  return Object.values(row).reduce<number>(
    (sum, value) => sum + (typeof value === 'object' && value !== null ? value.length : String(value).length),
    0,
  );
}
