import type { Entry, NewEntry } from '#shared/contract/entries.ts';
import { canonicalJson } from '#shared/contract/chain.ts';
import { outgoingEntries } from '#shared/contract/updates.ts';
import type { CommandRecord, Deadline } from '../rooms/ports.ts';
import { advance, appendBatch, appendEntry, remainderOf } from './append.ts';
import type { Position } from './append.ts';
import type { BoardColumns, PackedCommit, PackedMissed, PackedResult } from './packed.ts';
import { attachedHash, firstTouched, leftBy, rewriteBatches } from './erasing.ts';
import type { RewrittenBatch } from './erasing.ts';
import { headOf } from './rows.ts';
import type {
  BroadcastsTable,
  ClientIdsTable,
  CommandsTable,
  DeadlinesTable,
  DocumentBatchesTable,
  DocumentsTable,
  EntriesTable,
  HeadsTable,
  SnapshotsTable,
} from './schema.ts';
import { searchedText } from './searchTerms.ts';

/**
 * What is stored is not the history that this instance goes on from: a backup was restored beside it, or the database
 * forgot what it had promised. Nothing may be added to it by somebody who knows another past.
 */
export class HistoryReplaced extends Error {
  override readonly name = 'HistoryReplaced';
}

/** What must be known of an incident, while it is locked, to judge a request. */
export interface CommitFacts {
  position: Position;
  /** One of the request's command ids was used already. */
  knowsCommand: boolean;
  /** Owners of the client ids that the request claims, where they have one. */
  owners: readonly ClientIdsTable[];
  missed: PackedMissed;
  /** The entries that the request erases something of, as far as they exist. */
  erased: readonly EntriesTable[];
  /** The document batches that it erases something of. */
  erasedBatches: readonly Pick<DocumentBatchesTable, 'doc_seq' | 'payload'>[];
}

/** A text to be found, of an entry. */
export interface EntryText {
  incident_id: string;
  seq: number;
  at: string;
  text: string;
}

/** Everything that requests change, ready to be written. */
export interface CommitRows {
  heads: HeadsTable[];
  entries: EntriesTable[];
  batches: DocumentBatchesTable[];
  commands: CommandsTable[];
  clientIds: ClientIdsTable[];
  documents: Pick<DocumentsTable, 'incident_id' | 'name' | 'doc_seq'>[];
  texts: EntryText[];
  /** Entries whose free text goes; what may be found of them afterwards stands in `texts`. */
  erasures: { incident_id: string; seq: number; body: string }[];
  /** Batches as an erasure leaves them. */
  rewritten: { incident_id: string; doc_seq: number; payload: Uint8Array }[];
  /** Documents of which nothing made between these batches may stay. */
  forgotten: { incident_id: string; name: string; first: number; until: number }[];
  removedAttachments: { incident_id: string; hash: string }[];
  boards: (BoardColumns & { id: string })[];
  snapshots: SnapshotsTable[];
  clearedDeadlines: { incident_id: string; id: string }[];
  deadlines: DeadlinesTable[];
  broadcasts: BroadcastsTable[];
}

export function noRows(): CommitRows {
  return {
    heads: [],
    entries: [],
    batches: [],
    commands: [],
    clientIds: [],
    documents: [],
    texts: [],
    erasures: [],
    rewritten: [],
    forgotten: [],
    removedAttachments: [],
    boards: [],
    snapshots: [],
    clearedDeadlines: [],
    deadlines: [],
    broadcasts: [],
  };
}

/**
 * Judges a request against what is stored: the answer, and the rows that make it true. Pure but for the salts. Throws
 * when the request cannot be carried out.
 */
export function planCommit(
  request: PackedCommit,
  facts: CommitFacts,
): { result: PackedResult; rows: CommitRows } {
  const position = { ...facts.position };
  const rows = noRows();
  if (isBehind(request, facts)) {
    return { result: { kind: 'behind', missed: facts.missed, head: headOf(position) }, rows };
  }
  const taken = claimClientIds(request, facts.owners, rows);
  if (taken) return { result: { kind: 'client_id_taken', ...taken }, rows: noRows() };

  advance(position, request.now);
  const documents = request.documents.map(({ name, payload }) => {
    const { batch, row } = appendBatch(position, { name, payload, batchId: request.batchId });
    rows.batches.push(row);
    return batch;
  });
  const last = new Map(documents.map(({ name, docSeq }) => [name, docSeq]));
  for (const [name, docSeq] of last) {
    rows.documents.push({ incident_id: request.incidentId, name, doc_seq: docSeq });
  }
  const remainders = erase(request, facts.erased, rows);
  const rewritten = eraseDocuments(request, facts.erasedBatches, rows);
  const entries = request.commands.flatMap((command) =>
    addCommand(position, command, request.batchId, { remainders, rewritten, rows }),
  );
  rows.heads.push(position);
  follow(request, position, rows);
  return {
    result: { kind: 'committed', missed: facts.missed, entries, documents, head: headOf(position) },
    rows,
  };
}

function isBehind(request: PackedCommit, { position, knowsCommand }: CommitFacts): boolean {
  const { incidentId, expectedSeq } = request;
  if (request.commands.length === 0) return false;
  if (expectedSeq > position.seq) {
    throw new HistoryReplaced(`${incidentId} stands at ${position.seq}, but the room is at ${expectedSeq}.`);
  }
  return expectedSeq < position.seq || knowsCommand;
}

/** Adds the new client ids to the rows; the first one that is somebody else's ends it. */
function claimClientIds(
  request: PackedCommit,
  owners: readonly ClientIdsTable[],
  rows: CommitRows,
): { name: string; clientId: number } | null {
  const keyOf = (name: string, clientId: number) => `${clientId} ${name}`;
  const owned = new Map(owners.map((row) => [keyOf(row.name, row.client_id), row.person]));
  for (const { name, newClientIds } of request.documents) {
    for (const { clientId, person } of newClientIds) {
      const key = keyOf(name, clientId);
      const owner = owned.get(key);
      if (owner !== undefined && owner !== person) return { name, clientId };
      if (owner !== undefined) continue;
      owned.set(key, person);
      rows.clientIds.push({ incident_id: request.incidentId, name, client_id: clientId, person });
    }
  }
  return null;
}

function addCommand(
  position: Position,
  command: CommandRecord,
  batchId: string,
  erased: { remainders: ReadonlyMap<number, string>; rewritten: RewrittenBatch[][]; rows: CommitRows },
): Entry[] {
  const { actor, commandId, commandHash } = command;
  const { rows } = erased;
  rows.commands.push({
    incident_id: position.incident_id,
    actor,
    command_id: commandId,
    command_hash: commandHash,
    seq: position.seq + 1,
  });
  return command.entries.map(({ type, body }) => {
    const stored = { ...body, ...leftBy({ type, body } as NewEntry, erased) };
    const { entry, row } = appendEntry(position, { actor, type, body: stored, commandId, batchId });
    rows.entries.push(row);
    addText(rows, entry);
    if (outgoingEntries.has(type)) {
      rows.broadcasts.push({ incident_id: entry.incidentId, seq: entry.seq, due_at: 0, epoch: 0 });
    }
    return entry;
  });
}

/** Makes an entry findable by its text, if it has one. */
export function addText(rows: CommitRows, { incidentId, seq, at, type, body }: Entry): void {
  const text = searchedText(type, body);
  if (text !== '') rows.texts.push({ incident_id: incidentId, seq, at, text });
}

/**
 * Erases free text, its salt, and what was made from it. The answer: per entry the hash of what is left of its body,
 * which the redaction's own entry carries, so that the remainder stays provable.
 */
function erase(
  request: PackedCommit,
  stored: readonly EntriesTable[],
  rows: CommitRows,
): Map<number, string> {
  const remainders = new Map<number, string>();
  const bodies = new Map(stored.map((row) => [row.seq, row.body]));
  for (const erasure of request.erasures) {
    const row = stored.find((entry) => entry.seq === erasure.seq);
    const { left, text, hash } = remainderOf(bodies.get(erasure.seq) ?? '{}', erasure);
    if (!row) throw new Error(`${request.incidentId} has no entry ${erasure.seq} to erase.`);
    bodies.set(row.seq, text);
    rows.erasures.push({ incident_id: row.incident_id, seq: row.seq, body: text });
    const file = attachedHash(row);
    if (file !== null) rows.removedAttachments.push({ incident_id: row.incident_id, hash: file });
    const found = searchedText(row.type, left);
    rows.texts = rows.texts.filter((earlier) => earlier.seq !== row.seq);
    if (found !== '')
      rows.texts.push({ incident_id: row.incident_id, seq: row.seq, at: row.at, text: found });
    remainders.set(row.seq, hash);
  }
  return remainders;
}

/** Rewrites the batches that redactions of documents name; several of one request may touch the same one. */
function eraseDocuments(
  { incidentId, documentErasures = [] }: PackedCommit,
  stored: CommitFacts['erasedBatches'],
  rows: CommitRows,
): RewrittenBatch[][] {
  const payloads = new Map(stored.map((row) => [row.doc_seq, row.payload]));
  const rewritten = documentErasures.map((erasure) => {
    const { name, until } = erasure;
    rows.forgotten.push({ incident_id: incidentId, name, first: firstTouched(erasure), until });
    const batches = rewriteBatches(erasure, (docSeq) => payloads.get(docSeq));
    for (const { docSeq, payload } of batches) payloads.set(docSeq, payload);
    return batches;
  });
  for (const docSeq of new Set(documentErasures.flatMap(({ batches }) => batches))) {
    const payload = payloads.get(docSeq);
    if (payload) rows.rewritten.push({ incident_id: incidentId, doc_seq: docSeq, payload });
  }
  return rewritten;
}

/**
 * The rows that follow from entries: board, snapshot, deadlines. The state was folded with the room's time; where the log
 * was past that already, the entries carry the log's, and a snapshot would differ from the fold of what is stored.
 */
function follow(request: PackedCommit, position: Position, rows: CommitRows): void {
  const { incidentId, board, snapshot, deadlines } = request;
  const decidedAt = new Date(request.now).toISOString();
  const isAsDecided = position.at === decidedAt;
  if (board) {
    const resolvedAt = board.resolved_at === decidedAt ? position.at : board.resolved_at;
    rows.boards.push({ ...board, resolved_at: resolvedAt, id: incidentId });
  }
  if (snapshot) {
    if (snapshot.seq !== position.seq) {
      throw new Error(`The state of ${incidentId} is of ${snapshot.seq}, not ${position.seq}.`);
    }
    if (isAsDecided) rows.snapshots.push({ incident_id: incidentId, ...snapshot });
  }
  for (const id of deadlines.clear) rows.clearedDeadlines.push({ incident_id: incidentId, id });
  const last = new Map(deadlines.set.map((deadline) => [`${deadline.incidentId} ${deadline.id}`, deadline]));
  for (const deadline of last.values()) rows.deadlines.push(deadlineRow(deadline.incidentId, deadline));
}

/** A deadline as it is stored. */
export function deadlineRow(
  incidentId: string,
  { id, dueAt, command }: Omit<Deadline, 'incidentId'>,
): DeadlinesTable {
  const body = canonicalJson(command.body);
  return { incident_id: incidentId, id, due_at: dueAt, type: command.type, body };
}
