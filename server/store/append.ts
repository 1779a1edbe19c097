import type { Entry } from '#shared/contract/entries.ts';
import { entryTypes, isEntryType } from '#shared/contract/entries.ts';
import { canonicalJson, ZERO_HASH } from '#shared/contract/chain.ts';
import type { Erasure } from '../rooms/ports.ts';
import { batchHash, bodyHash, entryHash, newSalt, sha256 } from '../rooms/hashing.ts';
import type { DocumentBatchesTable, EntriesTable, HeadsTable } from './schema.ts';

/** Where a log stands while a commit adds to it; it counts once it is stored as the log's head. */
export type Position = HeadsTable;

/** What an entry is before the log gives it its place. */
export interface EntryDraft {
  actor: string;
  type: string;
  body: Readonly<Record<string, unknown>>;
  commandId: string | null;
  batchId: string | null;
}

/** Where a log stands before anything is in it. */
export function startOf(incidentId: string, now: number): Position {
  return {
    incident_id: incidentId,
    seq: 0,
    hash: ZERO_HASH,
    doc_seq: 0,
    doc_hash: ZERO_HASH,
    at: new Date(now).toISOString(),
  };
}

/** Moves the log's time to `now`, unless that would be before what is recorded already. */
export function advance(position: Position, now: number): void {
  const at = new Date(now).toISOString();
  if (at > position.at) position.at = at;
}

/**
 * The entry at the next `seq`, chained to the one before and to the last document batch, and its row. Moves the
 * position. Throws when the body has no canonical form.
 */
export function appendEntry(position: Position, draft: EntryDraft): { entry: Entry; row: EntriesTable } {
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
  const entry: Entry = { ...hashed, body: JSON.parse(body) as Entry['body'], salt, hash: entryHash(hashed) };
  position.seq = entry.seq;
  position.hash = entry.hash;
  const row: EntriesTable = {
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
  };
  return { entry, row };
}

/** The document batch at the next `docSeq`, chained to the one before, and its row. Moves the position. */
export function appendBatch(
  position: Position,
  draft: { name: string; payload: Uint8Array; batchId: string | null },
) {
  const { payload, batchId } = draft;
  const hashed = {
    incidentId: position.incident_id,
    name: draft.name,
    docSeq: position.doc_seq + 1,
    seqBefore: position.seq,
    at: position.at,
    payloadHash: sha256(payload),
    prevDocHash: position.doc_hash,
  };
  const docHash = batchHash(hashed);
  position.doc_seq = hashed.docSeq;
  position.doc_hash = docHash;
  const { incidentId, name, docSeq, seqBefore, at } = hashed;
  const row: DocumentBatchesTable = {
    incident_id: incidentId,
    doc_seq: docSeq,
    name,
    seq_before: seqBefore,
    at,
    payload,
    payload_hash: hashed.payloadHash,
    prev_doc_hash: hashed.prevDocHash,
    doc_hash: docHash,
    batch_id: batchId,
  };
  return { batch: { incidentId, name, docSeq, seqBefore, at, docHash }, row };
}

/** What an erasure leaves of a stored body: as a value, as its text, and the hash that its redaction carries. */
export function remainderOf(body: string, { fields }: Erasure) {
  const all = Object.entries(JSON.parse(body) as Record<string, unknown>);
  const left = Object.fromEntries(all.filter(([field]) => !fields.includes(field)));
  const text = canonicalJson(left);
  return { left, text, hash: sha256(text) };
}
