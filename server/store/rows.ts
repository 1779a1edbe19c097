import type { Entry } from '#shared/contract/entries.ts';
import type { Head, IncidentSummary } from '#shared/contract/wire.ts';
import type {
  DocumentBatch,
  InstanceRecord,
  PersonRecord,
  SessionRecord,
  TokenRecord,
} from '../rooms/ports.ts';
import { decodePayload } from '../rooms/payload.ts';
import type {
  DocumentBatchesTable,
  EntriesTable,
  HeadsTable,
  IncidentsTable,
  InstancesTable,
  PeopleTable,
  SessionsTable,
  TokensTable,
} from './schema.ts';

/** The id under which the log that belongs to no incident stands. */
export const SYSTEM_LOG = 'system-log';

/** A document batch on its way between threads: the updates still as one piece of bytes. */
export type PackedBatch = Omit<DocumentBatch, 'updates'> & { payload: Uint8Array };

export function entryOf(row: Omit<EntriesTable, 'batch_id'>): Entry {
  return {
    incidentId: row.incident_id,
    seq: row.seq,
    at: row.at,
    actor: row.actor,
    type: row.type,
    version: row.version,
    body: JSON.parse(row.body) as Record<string, unknown>,
    commandId: row.command_id,
    docSeq: row.doc_seq,
    docHash: row.doc_hash,
    salt: row.salt,
    bodyHash: row.body_hash,
    prevHash: row.prev_hash,
    hash: row.hash,
    ...(row.redacted ? { redacted: true as const } : {}),
  };
}

export type BatchRow = Pick<
  DocumentBatchesTable,
  'incident_id' | 'doc_seq' | 'name' | 'seq_before' | 'at' | 'payload' | 'doc_hash'
>;

export function packedBatchOf(row: BatchRow): PackedBatch {
  return {
    incidentId: row.incident_id,
    name: row.name,
    docSeq: row.doc_seq,
    at: row.at,
    seqBefore: row.seq_before,
    payload: row.payload,
    docHash: row.doc_hash,
  };
}

export function unpackBatch({ payload, ...batch }: PackedBatch): DocumentBatch {
  return { ...batch, updates: decodePayload(payload) };
}

export function headOf(row: Pick<HeadsTable, 'seq' | 'hash' | 'doc_seq' | 'doc_hash'>): Head {
  return { seq: row.seq, hash: row.hash, docSeq: row.doc_seq, docHash: row.doc_hash };
}

/** A row of the board joined with the head of its log. */
export type BoardRow = Omit<IncidentsTable, 'title_folded' | 'readers'> &
  Pick<HeadsTable, 'seq' | 'hash' | 'doc_seq' | 'doc_hash'>;

export function summaryOf(row: BoardRow): IncidentSummary {
  return {
    id: row.id,
    number: row.number,
    title: row.title,
    severity: row.severity,
    status: row.status,
    private: row.private === 1,
    drill: row.drill === 1,
    commander: row.commander,
    epoch: row.epoch,
    declaredAt: row.declared_at,
    head: headOf(row),
    nextUpdateAt: row.next_update_at,
    resolvedAt: row.resolved_at,
    offeredTo: row.offered_to,
    ...(row.members === null ? {} : { members: JSON.parse(row.members) as string[] }),
  };
}

export function personOf(row: Omit<PeopleTable, 'email_key' | 'epoch'>): PersonRecord {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    access: row.access,
    admin: row.admin === 1,
    locale: row.locale,
    disabled: row.disabled === 1,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
  };
}

export function sessionOf(row: SessionsTable): SessionRecord {
  return {
    id: row.id,
    person: row.person,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

export function tokenOf(row: TokensTable): TokenRecord {
  return {
    hash: row.hash,
    kind: row.kind,
    subject: row.subject,
    detail: row.detail,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    createdBy: row.created_by,
  };
}

export function instanceOf(row: InstancesTable): InstanceRecord {
  return { id: row.id, seenAt: row.seen_at, people: JSON.parse(row.people) as string[] };
}
