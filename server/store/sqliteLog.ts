import type { Entry } from '#shared/contract/entries.ts';
import { appendBatch, appendEntry, startOf } from './append.ts';
import type { EntryDraft, Position } from './append.ts';
import type { EntriesTable, HeadsTable, DocumentBatchesTable } from './schema.ts';
import type { Database } from './sqliteDatabase.ts';

/**
 * The hottest statements: a log's counters, its entries and its document batches. Each append moves the position it
 * is given; nothing counts until `save` writes that position back in the same transaction.
 */
export class SqliteLog {
  readonly #selectHead;
  readonly #insertHead;
  readonly #updateHead;
  readonly #insertEntry;
  readonly #insertBatch;

  /** Logs whose heads were saved; the writer empties it when they are durable. */
  readonly changed = new Set<string>();

  constructor(db: Database) {
    this.#selectHead = db.prepare<[string], HeadsTable>('SELECT * FROM heads WHERE incident_id = ?');
    this.#insertHead = db.prepare<[HeadsTable]>(
      'INSERT INTO heads (incident_id, seq, hash, doc_seq, doc_hash, at) VALUES (@incident_id, @seq, @hash, @doc_seq, @doc_hash, @at)',
    );
    this.#updateHead = db.prepare<[HeadsTable]>(
      'UPDATE heads SET seq = @seq, hash = @hash, doc_seq = @doc_seq, doc_hash = @doc_hash, at = @at WHERE incident_id = @incident_id',
    );
    this.#insertEntry = db.prepare<[EntriesTable]>(
      `INSERT INTO entries (incident_id, seq, at, actor, type, version, body, command_id, doc_seq, doc_hash, salt, body_hash, prev_hash, hash, redacted, batch_id)
       VALUES (@incident_id, @seq, @at, @actor, @type, @version, @body, @command_id, @doc_seq, @doc_hash, @salt, @body_hash, @prev_hash, @hash, @redacted, @batch_id)`,
    );
    this.#insertBatch = db.prepare<[DocumentBatchesTable]>(
      `INSERT INTO document_batches (incident_id, doc_seq, name, seq_before, at, payload, payload_hash, prev_doc_hash, doc_hash, batch_id)
       VALUES (@incident_id, @doc_seq, @name, @seq_before, @at, @payload, @payload_hash, @prev_doc_hash, @doc_hash, @batch_id)`,
    );
  }

  /** Where the log stands, or undefined when there is none. */
  position(incidentId: string): Position | undefined {
    return this.#selectHead.get(incidentId);
  }

  /** Begins a log. Throws when it exists. */
  begin(incidentId: string, now: number): Position {
    const position = startOf(incidentId, now);
    this.#insertHead.run(position);
    return position;
  }

  save(position: Position): void {
    this.#updateHead.run(position);
    this.changed.add(position.incident_id);
  }

  /** Adds an entry at the next `seq`, chained to the one before and to the last document batch. */
  addEntry(position: Position, draft: EntryDraft): Entry {
    const { entry, row } = appendEntry(position, draft);
    this.#insertEntry.run(row);
    return entry;
  }

  /** Adds a document batch at the next `docSeq`, chained to the one before. */
  addBatch(position: Position, draft: { name: string; payload: Uint8Array; batchId: string | null }) {
    const { batch, row } = appendBatch(position, draft);
    this.#insertBatch.run(row);
    return batch;
  }
}
