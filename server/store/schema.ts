import type { Access, IncidentSummary, Locale } from '#shared/contract/wire.ts';
import type { ChannelName, SettingKind } from '#shared/contract/settings.ts';
import type { DeliveryStatus, TargetRecord, TokenRecord } from '../rooms/ports.ts';

/** 1 or 0: both databases keep truth as an integer, so that one query text serves both. */
export type Flag = 0 | 1;

/** Where one log stands. The counters live in this row, so that commit order is `seq` order. */
export interface HeadsTable {
  incident_id: string;
  seq: number;
  hash: string;
  doc_seq: number;
  doc_hash: string;
  /** Time of the last entry or batch, ISO 8601; the next one is never before it. */
  at: string;
}

/** The board: one row per incident, changed in the commit that changes it. */
export interface IncidentsTable {
  id: string;
  number: number;
  title: string;
  /** The title folded for search. */
  title_folded: string;
  severity: IncidentSummary['severity'];
  status: IncidentSummary['status'];
  private: Flag;
  drill: Flag;
  commander: string;
  epoch: number;
  declared_at: string;
  next_update_at: string | null;
  resolved_at: string | null;
  /** To whom command is offered, while it is. */
  offered_to: string | null;
  /** JSON list of member ids; null unless private. */
  members: string | null;
  /** JSON list of all who may enter a private incident; null unless private. */
  readers: string | null;
}

/** Who may enter a private incident; the same as `incidents.readers`, in the form a query can join. */
export interface IncidentReadersTable {
  incident_id: string;
  person: string;
}

export interface EntriesTable {
  incident_id: string;
  seq: number;
  at: string;
  actor: string;
  type: string;
  version: number;
  /** Canonical JSON, exactly as hashed unless redacted. */
  body: string;
  command_id: string | null;
  doc_seq: number;
  doc_hash: string;
  salt: string | null;
  body_hash: string;
  prev_hash: string;
  hash: string;
  redacted: Flag;
  /** The commit it came with, so that a commit whose answer was lost can be read back. */
  batch_id: string | null;
}

export interface CommandsTable {
  incident_id: string;
  actor: string;
  command_id: string;
  command_hash: string;
  seq: number;
}

export interface DeclarationsTable {
  actor: string;
  command_id: string;
  command_hash: string;
  incident_id: string;
}

export interface DocumentBatchesTable {
  incident_id: string;
  doc_seq: number;
  name: string;
  seq_before: number;
  at: string;
  payload: Uint8Array;
  payload_hash: string;
  prev_doc_hash: string;
  doc_hash: string;
  batch_id: string | null;
}

export interface DocumentsTable {
  incident_id: string;
  name: string;
  doc_seq: number;
  /** Row of its Markdown in the search index; null before the first checkpoint. */
  search_id: number | null;
  /** The batch whose Markdown is in the search index. */
  searched_doc_seq: number;
}

export interface CheckpointsTable {
  incident_id: string;
  name: string;
  doc_seq: number;
  state: Uint8Array;
}

export interface ClientIdsTable {
  incident_id: string;
  name: string;
  client_id: number;
  person: string;
}

export interface SnapshotsTable {
  incident_id: string;
  seq: number;
  /** The incident's state as JSON. */
  state: string;
}

export interface DeadlinesTable {
  incident_id: string;
  id: string;
  due_at: number;
  type: string;
  body: string;
}

export interface PeopleTable {
  id: string;
  name: string;
  email: string;
  /** NFC, lower case: what makes an address the same address. */
  email_key: string;
  access: Access;
  admin: Flag;
  locale: Locale;
  disabled: Flag;
  password_hash: string | null;
  created_at: string;
  /** The permission epoch of the last change. */
  epoch: number;
}

export interface SessionsTable {
  id: string;
  person: string;
  created_at: number;
  expires_at: number;
  revoked_at: number | null;
}

export interface TokensTable {
  hash: string;
  kind: TokenRecord['kind'];
  subject: string;
  detail: string | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  created_by: string;
}

export interface SecretsTable {
  name: string;
  value: string;
}

/** Instances of the server that lived lately. */
export interface InstancesTable {
  id: string;
  seen_at: number;
  /** JSON list of person ids. */
  people: string;
}

/** What the storage says about itself: `storage_epoch`, and `anchors` inside a backup. */
export interface MetaTable {
  key: string;
  value: string;
}

/** Counters that must have no gap: `incident_number`, and `permission_epoch`. */
export interface CountersTable {
  name: string;
  value: number;
}

/** One row per searchable entry and per document; the id orders by time. */
export interface SearchTextsTable {
  id: number;
  incident_id: string;
  seq: number | null;
  name: string | null;
  doc_seq: number | null;
  at: string;
  text: string;
}

export interface SettingsTable {
  kind: SettingKind;
  id: string;
  /** JSON in the form of its kind. */
  body: string;
  revision: number;
  changed_at: number;
  changed_by: string;
}

export interface TargetsTable {
  id: string;
  list: string;
  channel: ChannelName;
  address: string;
  /** What makes an address the same address. */
  address_key: string;
  name: string | null;
  locale: Locale | null;
  secret: string | null;
  state: TargetRecord['state'];
  created_at: number;
  created_by: string;
}

/** Entries that go out, each in the transaction of the entry. */
export interface BroadcastsTable {
  incident_id: string;
  seq: number;
  /** When somebody may take it; null once all its deliveries are there. */
  due_at: number | null;
  epoch: number;
}

export interface DeliveriesTable {
  id: string;
  incident_id: string;
  seq: number;
  list: string;
  target: string;
  channel: ChannelName;
  address: string;
  locale: Locale;
  queue: string;
  status: DeliveryStatus;
  /** When somebody may take it; null once it is over. */
  due_at: number | null;
  attempts: number;
  epoch: number;
  uncertain: Flag;
  detail: string | null;
  created_at: number;
  changed_at: number;
}

/** Merged runs of document batches. */
export interface SegmentsTable {
  incident_id: string;
  name: string;
  after_doc_seq: number;
  doc_seq: number;
  merged: Uint8Array;
}

/** Deploys and alerts, as machines told them. */
export interface OutsideEventsTable {
  id: string;
  kind: 'deploy' | 'alert';
  service: string;
  title: string;
  at: number;
  ended_at: number | null;
  link: string | null;
  created_at: number;
  created_by: string;
}

export interface AttachmentsTable {
  incident_id: string;
  /** sha256 of the bytes, hex. */
  hash: string;
  type: string;
  size: number;
  created_at: number;
  created_by: string;
  bytes: Uint8Array;
}

/** The tables of both databases, as queries see them. */
export interface Tables {
  heads: HeadsTable;
  incidents: IncidentsTable;
  incident_readers: IncidentReadersTable;
  entries: EntriesTable;
  commands: CommandsTable;
  declarations: DeclarationsTable;
  document_batches: DocumentBatchesTable;
  documents: DocumentsTable;
  checkpoints: CheckpointsTable;
  client_ids: ClientIdsTable;
  snapshots: SnapshotsTable;
  deadlines: DeadlinesTable;
  people: PeopleTable;
  sessions: SessionsTable;
  tokens: TokensTable;
  secrets: SecretsTable;
  instances: InstancesTable;
  meta: MetaTable;
  counters: CountersTable;
  search_texts: SearchTextsTable;
  settings: SettingsTable;
  targets: TargetsTable;
  broadcasts: BroadcastsTable;
  deliveries: DeliveriesTable;
  segments: SegmentsTable;
  outside_events: OutsideEventsTable;
  attachments: AttachmentsTable;
}
