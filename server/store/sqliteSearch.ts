import { matchOf, termsOf } from './searchTerms.ts';
import type { SearchTextsTable } from './schema.ts';
import type { Database } from './sqliteDatabase.ts';

/** Search rows per millisecond; ids are time × this + a count, so that the order of ids is the order of time. */
const ROWS_PER_MILLISECOND = 4_096;

/** What a search row is of: an entry, or a document as of one batch. */
export type SearchSource = { seq: number } | { name: string; docSeq: number };

/** Keeps the search index in step with what is stored, inside the transaction that stores it. */
export class SqliteSearchIndex {
  readonly #last;
  readonly #insertText;
  readonly #insertTerms;
  readonly #entryRow;
  readonly #textOf;
  readonly #deleteTerms;
  readonly #deleteText;
  readonly #rowsOf;

  constructor(db: Database) {
    this.#last = db.prepare<[number, number], { id: number | null }>(
      'SELECT max(id) AS id FROM search_texts WHERE id >= ? AND id < ?',
    );
    this.#insertText = db.prepare<[SearchTextsTable]>(
      `INSERT INTO search_texts (id, incident_id, seq, name, doc_seq, at, text)
       VALUES (@id, @incident_id, @seq, @name, @doc_seq, @at, @text)`,
    );
    this.#insertTerms = db.prepare<[number, string]>('INSERT INTO search_index (rowid, terms) VALUES (?, ?)');
    this.#entryRow = db.prepare<[number, string, number], { id: number }>(
      'SELECT id FROM search_texts WHERE id >= ? AND incident_id = ? AND seq = ? ORDER BY id LIMIT 1',
    );
    this.#textOf = db.prepare<[number], { text: string }>('SELECT text FROM search_texts WHERE id = ?');
    this.#deleteTerms = db.prepare<[number, string]>(
      "INSERT INTO search_index (search_index, rowid, terms) VALUES ('delete', ?, ?)",
    );
    this.#rowsOf = db.prepare<[string], { id: number }>('SELECT id FROM search_texts WHERE incident_id = ?');
    this.#deleteText = db.prepare<[number]>('DELETE FROM search_texts WHERE id = ?');
  }

  /** Makes a text findable; the answer is its row, or null when there is nothing to find in it. */
  add(incidentId: string, source: SearchSource, at: string, text: string): number | null {
    if (matchOf(text) === null) return null;
    const id = this.#nextId(at);
    this.#insertText.run({
      id,
      incident_id: incidentId,
      seq: 'seq' in source ? source.seq : null,
      name: 'name' in source ? source.name : null,
      doc_seq: 'name' in source ? source.docSeq : null,
      at,
      text,
    });
    this.#insertTerms.run(id, termsOf(text));
    return id;
  }

  /** Takes a row out, so that nothing of its text stays in the index. */
  remove(id: number): void {
    const row = this.#textOf.get(id);
    if (!row) return;
    this.#deleteTerms.run(id, termsOf(row.text));
    this.#deleteText.run(id);
  }

  /** Takes out everything of an incident. */
  removeAll(incidentId: string): void {
    for (const { id } of this.#rowsOf.all(incidentId)) this.remove(id);
  }

  /** The row of an entry, if it has one. */
  rowOfEntry(incidentId: string, seq: number, at: string): number | null {
    return this.#entryRow.get(firstId(at), incidentId, seq)?.id ?? null;
  }

  #nextId(at: string): number {
    const first = firstId(at);
    // A burst may run over into the next milliseconds; the order then still is the order of arrival.
    for (let from = first; ; from += ROWS_PER_MILLISECOND) {
      const last = this.#last.get(from, from + ROWS_PER_MILLISECOND)?.id ?? from - 1;
      if (last + 1 < from + ROWS_PER_MILLISECOND) return last + 1;
    }
  }
}

function firstId(at: string): number {
  return Date.parse(at) * ROWS_PER_MILLISECOND;
}
