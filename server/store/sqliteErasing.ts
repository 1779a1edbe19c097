import type { DocumentErasure } from '../rooms/ports.ts';
import { attachedHash, firstTouched, rewriteBatches } from './erasing.ts';
import type { RewrittenBatch } from './erasing.ts';
import type { Database } from './sqliteDatabase.ts';
import type { SqliteSearchIndex } from './sqliteSearch.ts';

/** Takes out of documents and files what redactions erase. Runs inside the writer's transaction. */
export class SqliteErasing {
  readonly #search: SqliteSearchIndex;
  readonly #payloadOf;
  readonly #rewrite;
  readonly #forgetCheckpoints;
  readonly #forgetSegments;
  readonly #searchRow;
  readonly #forgetSearch;
  readonly #removeAttachment;

  constructor(db: Database, search: SqliteSearchIndex) {
    this.#search = search;
    this.#payloadOf = db.prepare<[string, number], { payload: Uint8Array }>(
      'SELECT payload FROM document_batches WHERE incident_id = ? AND doc_seq = ?',
    );
    this.#rewrite = db.prepare<[Uint8Array, string, number]>(
      'UPDATE document_batches SET payload = ? WHERE incident_id = ? AND doc_seq = ?',
    );
    this.#forgetCheckpoints = db.prepare<[string, string, number, number]>(
      'DELETE FROM checkpoints WHERE incident_id = ? AND name = ? AND doc_seq >= ? AND doc_seq < ?',
    );
    this.#forgetSegments = db.prepare<[string, string, number]>(
      'DELETE FROM segments WHERE incident_id = ? AND name = ? AND doc_seq >= ?',
    );
    this.#searchRow = db.prepare<[string, string, number], { search_id: number | null }>(
      'SELECT search_id FROM documents WHERE incident_id = ? AND name = ? AND searched_doc_seq < ?',
    );
    this.#forgetSearch = db.prepare<[string, string]>(
      'UPDATE documents SET search_id = NULL WHERE incident_id = ? AND name = ?',
    );
    this.#removeAttachment = db.prepare<[string, string]>(
      'DELETE FROM attachments WHERE incident_id = ? AND hash = ?',
    );
  }

  /** Rewrites the batches, and forgets every state and text of the document that was made from them. */
  document(incidentId: string, erasure: DocumentErasure): RewrittenBatch[] {
    const { name, until } = erasure;
    const rewritten = rewriteBatches(erasure, (docSeq) => this.#payloadOf.get(incidentId, docSeq)?.payload);
    for (const { docSeq, payload } of rewritten) this.#rewrite.run(payload, incidentId, docSeq);
    const first = firstTouched(erasure);
    this.#forgetCheckpoints.run(incidentId, name, first, until);
    this.#forgetSegments.run(incidentId, name, first);
    const found = this.#searchRow.get(incidentId, name, until);
    if (found?.search_id != null) {
      this.#search.remove(found.search_id);
      this.#forgetSearch.run(incidentId, name);
    }
    return rewritten;
  }

  /** Removes the file that an erased entry attached. */
  attachment(incidentId: string, entry: { type: string; body: string }): void {
    const hash = attachedHash(entry);
    if (hash !== null) this.#removeAttachment.run(incidentId, hash);
  }
}
