import type { Entry, NewEntry } from '#shared/contract/entries.ts';
import { canonicalJson } from '#shared/contract/chain.ts';
import { outgoingEntries } from '#shared/contract/updates.ts';
import type { CommandRecord, Deadline, Erasure } from '../rooms/ports.ts';
import { advance, remainderOf } from './append.ts';
import type { Position } from './append.ts';
import type { BoardColumns, PackedCommit, PackedMissed, PackedResult } from './packed.ts';
import { entryOf, headOf, packedBatchOf, SYSTEM_LOG } from './rows.ts';
import type { BatchRow } from './rows.ts';
import type { EntriesTable } from './schema.ts';
import { searchedText } from './searchTerms.ts';
import type { Database } from './sqliteDatabase.ts';
import { leftBy } from './erasing.ts';
import type { RewrittenBatch } from './erasing.ts';
import { SqliteErasing } from './sqliteErasing.ts';
import type { SqliteLog } from './sqliteLog.ts';
import type { SqliteSearchIndex } from './sqliteSearch.ts';

/** Commits what rooms ask for. Every method runs inside the writer's transaction, under a savepoint of its own. */
export class SqliteCommits {
  readonly #log: SqliteLog;
  readonly #search: SqliteSearchIndex;
  readonly #erasing: SqliteErasing;
  readonly #missedEntries;
  readonly #missedBatches;
  readonly #knownCommand;
  readonly #insertCommand;
  readonly #ownerOf;
  readonly #insertClientId;
  readonly #upsertDocument;
  readonly #updateBoard;
  readonly #deleteReaders;
  readonly #insertReader;
  readonly #insertSnapshot;
  readonly #deleteSnapshots;
  readonly #setDeadline;
  readonly #clearDeadline;
  readonly #insertBroadcast;
  readonly #selectEntry;
  readonly #eraseEntry;

  constructor(db: Database, log: SqliteLog, search: SqliteSearchIndex) {
    this.#log = log;
    this.#search = search;
    this.#erasing = new SqliteErasing(db, search);
    this.#missedEntries = db.prepare<[string, number], EntriesTable>(
      'SELECT * FROM entries WHERE incident_id = ? AND seq > ? ORDER BY seq',
    );
    this.#missedBatches = db.prepare<[string, number], BatchRow>(
      'SELECT * FROM document_batches WHERE incident_id = ? AND doc_seq > ? ORDER BY doc_seq',
    );
    this.#knownCommand = db.prepare<[string, string, string], { seq: number }>(
      'SELECT seq FROM commands WHERE incident_id = ? AND actor = ? AND command_id = ?',
    );
    this.#insertCommand = db.prepare<[string, string, string, string, number]>(
      'INSERT INTO commands (incident_id, actor, command_id, command_hash, seq) VALUES (?, ?, ?, ?, ?)',
    );
    this.#ownerOf = db.prepare<[string, string, number], { person: string }>(
      'SELECT person FROM client_ids WHERE incident_id = ? AND name = ? AND client_id = ?',
    );
    this.#insertClientId = db.prepare<[string, string, number, string]>(
      'INSERT INTO client_ids (incident_id, name, client_id, person) VALUES (?, ?, ?, ?)',
    );
    this.#upsertDocument = db.prepare<[string, string, number]>(
      `INSERT INTO documents (incident_id, name, doc_seq) VALUES (?, ?, ?)
       ON CONFLICT (incident_id, name) DO UPDATE SET doc_seq = excluded.doc_seq`,
    );
    this.#updateBoard = db.prepare<[BoardColumns & { id: string }]>(
      // The comparison keeps commits that change nothing on the board from writing to it.
      `UPDATE incidents SET title = @title, title_folded = @title_folded, severity = @severity, status = @status,
         private = @private, commander = @commander, epoch = @epoch, next_update_at = @next_update_at,
         resolved_at = @resolved_at, offered_to = @offered_to, members = @members, readers = @readers
       WHERE id = @id AND (title, severity, status, private, commander, epoch, next_update_at, resolved_at, offered_to, members, readers)
         IS NOT (@title, @severity, @status, @private, @commander, @epoch, @next_update_at, @resolved_at, @offered_to, @members, @readers)`,
    );
    this.#deleteReaders = db.prepare<[string]>('DELETE FROM incident_readers WHERE incident_id = ?');
    this.#insertReader = db.prepare<[string, string]>(
      'INSERT INTO incident_readers (incident_id, person) VALUES (?, ?)',
    );
    this.#insertSnapshot = db.prepare<[string, number, string]>(
      `INSERT INTO snapshots (incident_id, seq, state) VALUES (?, ?, ?)
       ON CONFLICT (incident_id, seq) DO UPDATE SET state = excluded.state`,
    );
    this.#deleteSnapshots = db.prepare<[string, number]>(
      'DELETE FROM snapshots WHERE incident_id = ? AND seq >= ?',
    );
    this.#setDeadline = db.prepare<[string, string, number, string, string]>(
      `INSERT INTO deadlines (incident_id, id, due_at, type, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (incident_id, id) DO UPDATE SET due_at = excluded.due_at, type = excluded.type, body = excluded.body`,
    );
    this.#clearDeadline = db.prepare<[string, string]>(
      'DELETE FROM deadlines WHERE incident_id = ? AND id = ?',
    );
    this.#insertBroadcast = db.prepare<[string, number]>(
      'INSERT INTO broadcasts (incident_id, seq, due_at, epoch) VALUES (?, ?, 0, 0)',
    );
    this.#selectEntry = db.prepare<[string, number], EntriesTable>(
      'SELECT * FROM entries WHERE incident_id = ? AND seq = ?',
    );
    this.#eraseEntry = db.prepare<[string, string, number]>(
      'UPDATE entries SET body = ?, salt = NULL, redacted = 1 WHERE incident_id = ? AND seq = ?',
    );
  }

  /** All of the request, or nothing of it and the reason. Throws when there is no such incident. */
  commit(request: PackedCommit): PackedResult {
    const position = this.#log.position(request.incidentId);
    if (!position || request.incidentId === SYSTEM_LOG)
      throw new Error(`There is no incident ${request.incidentId}.`);
    const missed = this.#missed(position, { seq: request.expectedSeq, docSeq: request.expectedDocSeq });
    if (this.#isBehind(request, position)) return { kind: 'behind', missed, head: headOf(position) };
    const taken = this.#claimClientIds(request);
    if (taken) return { kind: 'client_id_taken', ...taken };

    advance(position, request.now);
    const documents = request.documents.map((document) => {
      const batch = this.#log.addBatch(position, { ...document, batchId: request.batchId });
      this.#upsertDocument.run(request.incidentId, document.name, batch.docSeq);
      return batch;
    });
    const remainders = this.#erase(request.incidentId, request.erasures);
    const rewritten = (request.documentErasures ?? []).map((erasure) =>
      this.#erasing.document(request.incidentId, erasure),
    );
    const entries = request.commands.flatMap((command) =>
      this.#addCommand(position, command, request.batchId, { remainders, rewritten }),
    );
    this.#log.save(position);
    this.#follow(request, position);
    return { kind: 'committed', missed, entries, documents, head: headOf(position) };
  }

  /** What stands after a position, and the head it leads to. Throws when there is no such incident. */
  missedAfter(incidentId: string, known: { seq: number; docSeq: number }) {
    const position = this.#log.position(incidentId);
    if (!position || incidentId === SYSTEM_LOG) throw new Error(`There is no incident ${incidentId}.`);
    return { missed: this.#missed(position, known), head: headOf(position) };
  }

  /** Sets the board's columns and, for a private incident, who may enter. */
  writeBoard(incidentId: string, board: BoardColumns): void {
    if (this.#updateBoard.run({ ...board, id: incidentId }).changes > 0)
      this.writeReaders(incidentId, board.readers);
  }

  writeReaders(incidentId: string, readers: string | null): void {
    this.#deleteReaders.run(incidentId);
    if (readers === null) return;
    for (const person of JSON.parse(readers) as string[]) this.#insertReader.run(incidentId, person);
  }

  writeDocument(incidentId: string, name: string, docSeq: number): void {
    this.#upsertDocument.run(incidentId, name, docSeq);
  }

  /** Makes an entry findable. */
  index(entry: Entry): void {
    this.#search.add(entry.incidentId, { seq: entry.seq }, entry.at, searchedText(entry.type, entry.body));
  }

  setDeadlines(incidentId: string, deadlines: readonly Omit<Deadline, 'incidentId'>[]): void {
    for (const { id, dueAt, command } of deadlines) {
      this.#setDeadline.run(incidentId, id, dueAt, command.type, canonicalJson(command.body));
    }
  }

  clearDeadlines(incidentId: string, ids: readonly string[]): void {
    for (const id of ids) this.#clearDeadline.run(incidentId, id);
  }

  #isBehind(request: PackedCommit, position: Position): boolean {
    if (request.commands.length === 0) return false;
    if (request.expectedSeq > position.seq) {
      throw new Error(
        `${request.incidentId} stands at ${position.seq}, but the room is at ${request.expectedSeq}.`,
      );
    }
    return (
      request.expectedSeq < position.seq ||
      request.commands.some(
        ({ actor, commandId }) => this.#knownCommand.get(request.incidentId, actor, commandId) !== undefined,
      )
    );
  }

  #missed(position: Position, known: { seq: number; docSeq: number }): PackedMissed {
    const { incident_id: id, seq, doc_seq: docSeq } = position;
    return {
      entries: seq > known.seq ? this.#missedEntries.all(id, known.seq).map(entryOf) : [],
      documents: docSeq > known.docSeq ? this.#missedBatches.all(id, known.docSeq).map(packedBatchOf) : [],
    };
  }

  /** Writes the new client ids down; the first one that is somebody else's ends it. */
  #claimClientIds(request: PackedCommit): { name: string; clientId: number } | null {
    const claims = request.documents.flatMap(({ name, newClientIds }) =>
      newClientIds.map((claim) => ({ name, ...claim })),
    );
    const fresh = new Map<string, (typeof claims)[number]>();
    for (const { name, clientId, person } of claims) {
      const key = `${clientId} ${name}`;
      const owner = this.#ownerOf.get(request.incidentId, name, clientId)?.person ?? fresh.get(key)?.person;
      if (owner === undefined) fresh.set(key, { name, clientId, person });
      else if (owner !== person) return { name, clientId };
    }
    for (const { name, clientId, person } of fresh.values()) {
      this.#insertClientId.run(request.incidentId, name, clientId, person);
    }
    return null;
  }

  #addCommand(
    position: Position,
    command: CommandRecord,
    batchId: string,
    erased: { remainders: ReadonlyMap<number, string>; rewritten: RewrittenBatch[][] },
  ): Entry[] {
    const { actor, commandId, commandHash } = command;
    this.#insertCommand.run(position.incident_id, actor, commandId, commandHash, position.seq + 1);
    return command.entries.map(({ type, body }) => {
      const stored = { ...body, ...leftBy({ type, body } as NewEntry, erased) };
      const entry = this.#log.addEntry(position, { actor, type, body: stored, commandId, batchId });
      this.index(entry);
      if (outgoingEntries.has(type)) this.#insertBroadcast.run(entry.incidentId, entry.seq);
      return entry;
    });
  }

  /**
   * Erases free text, its salt, and what was made from it. The answer: per entry the hash of what is left of its
   * body, which the redaction's own entry carries, so that the remainder stays provable.
   */
  #erase(incidentId: string, erasures: readonly Erasure[]): Map<number, string> {
    const remainders = new Map<number, string>();
    for (const erasure of erasures) {
      const { seq } = erasure;
      const row = this.#selectEntry.get(incidentId, seq);
      if (!row) throw new Error(`${incidentId} has no entry ${seq} to erase.`);
      const { left, text, hash } = remainderOf(row.body, erasure);
      this.#eraseEntry.run(text, incidentId, seq);
      this.#erasing.attachment(incidentId, row);
      // A state folded from the erased text may repeat it.
      this.#deleteSnapshots.run(incidentId, seq);
      const searchRow = this.#search.rowOfEntry(incidentId, seq, row.at);
      if (searchRow !== null) this.#search.remove(searchRow);
      this.#search.add(incidentId, { seq }, row.at, searchedText(row.type, left));
      remainders.set(seq, hash);
    }
    return remainders;
  }

  /** The rows that follow from entries: board, snapshot, deadlines. */
  #follow(request: PackedCommit, position: Position): void {
    const { incidentId, board, snapshot, deadlines } = request;
    if (board) this.writeBoard(incidentId, board);
    if (snapshot) {
      if (snapshot.seq !== position.seq)
        throw new Error(`The state of ${incidentId} is of ${snapshot.seq}, not ${position.seq}.`);
      this.#insertSnapshot.run(incidentId, snapshot.seq, snapshot.state);
    }
    this.clearDeadlines(incidentId, deadlines.clear);
    for (const deadline of deadlines.set) this.setDeadlines(deadline.incidentId, [deadline]);
  }
}
