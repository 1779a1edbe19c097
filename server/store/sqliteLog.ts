import type { Entry } from '#shared/contract/entries.ts';
import { entryTypes, isEntryType } from '#shared/contract/entries.ts';
import { canonicalJson, ZERO_HASH } from '#shared/contract/chain.ts';
import { batchHash, bodyHash, entryHash, newSalt, sha256 } from '../rooms/hashing.ts';
import type { EntriesTable, HeadsTable, DocumentBatchesTable } from './schema.ts';
import type { Database } from './sqliteDatabase.ts';

/** Where a log stands while a commit adds to it; `save` makes it the stored head. */
export type Position = HeadsTable;

/** What an entry is before the log gives it its place. */
export interface EntryDraft {
  actor: string;
  type: string;
  body: Readonly<Record<string, unknown>>;
  commandId: string | null;
  batchId: string | null;
}

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
    const position: Position = {
      incident_id: incidentId,
      seq: 0,
      hash: ZERO_HASH,
      doc_seq: 0,
      doc_hash: ZERO_HASH,
      at: new Date(now).toISOString(),
    };
    this.#insertHead.run(position);
    return position;
  }

  save(position: Position): void {
    this.#updateHead.run(position);
    this.changed.add(position.incident_id);
  }

  /** Moves the log's time to `now`, unless that would be before what is recorded already. */
  advance(position: Position, now: number): void {
    const at = new Date(now).toISOString();
    if (at > position.at) position.at = at;
  }

  /** Adds an entry at the next `seq`, chained to the one before and to the last document batch. */
  addEntry(position: Position, draft: EntryDraft): Entry {
    const body = canonicalJson(draft.body);
    const salt = newSalt();
    const hashed = {
      incidentId: position.incident_id,
      seq: position.seq + 1,
      at: position.at,
      actor: draft.actor,
      type: draft.type,
      version: isEntryType(draft.type) ? entryTypes[draft.type].version : 1,
      commandId: draft.commandId,
      docSeq: position.doc_seq,
      docHash: position.doc_hash,
      bodyHash: bodyHash(salt, body),
      prevHash: position.hash,
    };
    const entry: Entry = {
      ...hashed,
      body: JSON.parse(body) as Entry['body'],
      salt,
      hash: entryHash(hashed),
    };
    this.#insertEntry.run({
      incident_id: entry.incidentId,
      seq: entry.seq,
      at: entry.at,
      actor: entry.actor,
      type: entry.type,
      version: entry.version,
      body,
      command_id: entry.commandId,
      doc_seq: entry.docSeq,
      doc_hash: entry.docHash,
      salt,
      body_hash: entry.bodyHash,
      prev_hash: entry.prevHash,
      hash: entry.hash,
      redacted: 0,
      batch_id: draft.batchId,
    });
    position.seq = entry.seq;
    position.hash = entry.hash;
    return entry;
  }

  /** Adds a document batch at the next `docSeq`, chained to the one before. */
  addBatch(position: Position, batch: { name: string; payload: Uint8Array; batchId: string | null }) {
    const hashed = {
      incidentId: position.incident_id,
      name: batch.name,
      docSeq: position.doc_seq + 1,
      seqBefore: position.seq,
      at: position.at,
      payloadHash: sha256(batch.payload),
      prevDocHash: position.doc_hash,
    };
    const docHash = batchHash(hashed);
    this.#insertBatch.run({
      incident_id: hashed.incidentId,
      doc_seq: hashed.docSeq,
      name: hashed.name,
      seq_before: hashed.seqBefore,
      at: hashed.at,
      payload: batch.payload,
      payload_hash: hashed.payloadHash,
      prev_doc_hash: hashed.prevDocHash,
      doc_hash: docHash,
      batch_id: batch.batchId,
    });
    position.doc_seq = hashed.docSeq;
    position.doc_hash = docHash;
    const { incidentId, name, docSeq, seqBefore, at } = hashed;
    return { incidentId, name, docSeq, seqBefore, at, docHash };
  }
}
