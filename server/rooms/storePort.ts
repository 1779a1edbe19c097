import type { Entry, NewEntry } from '#shared/contract/entries.ts';
import type { OutboxStore } from './outboxPort.ts';
import type { ReviewStore } from './reviewPort.ts';
import type { Access, Head, IncidentSummary, Person } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';

/** One raw document update and who sent it. */
export interface AuthoredUpdate {
  /** Person id, or `system` for the template and server-written updates. */
  author: string;
  update: Uint8Array;
}

/** A committed list of raw updates of one document. */
export interface DocumentBatch {
  incidentId: string;
  name: string;
  /** Numbered over all documents of the incident: 1, 2, 3 … without a gap. */
  docSeq: number;
  at: string;
  /** The last entry before this batch. */
  seqBefore: number;
  updates: AuthoredUpdate[];
  docHash: string;
}

/** A deadline that is due at a time and then gives a system command exactly once. */
export interface Deadline {
  incidentId: string;
  /** Deterministic, and the id of the command it gives: two instances give the same one. */
  id: string;
  /** Milliseconds since 1970. */
  dueAt: number;
  command: { type: string; body: Record<string, unknown> };
}

/** A command whose entries a commit carries, so that it is idempotent per (incident, actor, command id). */
export interface CommandRecord {
  actor: string;
  commandId: string;
  /** sha256 over canonical {type, body}, to tell a repetition from a reuse. */
  commandHash: string;
  entries: NewEntry[];
}

/** A free-text erasure that a redaction carries out in the same transaction as its own entry. */
export interface Erasure {
  seq: number;
  fields: readonly string[];
}

/** Everything one room wants to make durable at once. */
export interface CommitRequest {
  incidentId: string;
  batchId: string;
  /** Wall clock of the instance; the store forces it monotonic per incident. Milliseconds. */
  now: number;
  /** Position the commands were decided against; compared only if there are commands. */
  expectedSeq: number;
  /** Last document batch the room knows; never compared, but what came after it is answered as missed. */
  expectedDocSeq: number;
  commands: CommandRecord[];
  documents: {
    name: string;
    updates: AuthoredUpdate[];
    newClientIds: { clientId: number; person: string }[];
  }[];
  erasures: Erasure[];
  deadlines: { set: Deadline[]; clear: string[] };
  /** The state after these commands, for the board, and as a snapshot when the store wants one; null without commands. */
  state: IncidentState | null;
}

/** What others committed after the position that a room stands at, in order. */
export interface Missed {
  entries: Entry[];
  documents: DocumentBatch[];
}

export type CommitResult =
  /** `missed` stands before what the request brought. */
  | { kind: 'committed'; missed: Missed; entries: Entry[]; documents: DocumentBatch[]; head: Head }
  /** Entries were not taken: somebody else's came first. Document batches of the request were not taken either. */
  | { kind: 'behind'; missed: Missed; head: Head }
  /** A client id is owned by another person. Nothing of the request was taken. */
  | { kind: 'client_id_taken'; name: string; clientId: number };

/** How an incident begins: entry 1 and batch 1 in one transaction with its number. */
export interface CreateIncident {
  id: string;
  actor: string;
  commandId: string;
  commandHash: string;
  now: number;
  title: string;
  severity: IncidentSummary['severity'];
  private: boolean;
  drill: boolean;
  /** By when a first update is expected; nothing when nobody outside waits for one. */
  firstUpdateBy?: string;
  /** The template of the main document as one update. */
  template: Uint8Array;
}

/** The incident, created now or found by its command id; `reused` when that id was another declaration's. */
export type CreateResult =
  { kind: 'created' | 'repeated'; summary: IncidentSummary; state: IncidentState } | { kind: 'reused' };

/** What opening a room reads, in one transaction. */
export interface StoredRoom {
  /** Fold of the log up to `state.seq`; `entries` continue it to the head. */
  state: IncidentState | null;
  entries: Entry[];
  head: Head;
  /** Names of its documents with their last docSeq. */
  documents: { name: string; docSeq: number }[];
}

/** A document at one position: checkpoint, the batches after it, and who owns which client id. */
export interface StoredDocument {
  checkpoint: { docSeq: number; state: Uint8Array } | null;
  batches: DocumentBatch[];
  clientIds: { clientId: number; person: string }[];
  /** Last docSeq of this document that is included; 0 when it does not exist. */
  docSeq: number;
}

export interface LogPage {
  entries: Entry[];
  head: Head;
  more: boolean;
}

/** Which page of which incidents somebody wants to see. */
export interface IncidentsQuery {
  reader: { person: string; access: Access };
  status: 'open' | 'closed' | 'all';
  text?: string;
  limit: number;
  /** The number of the last one seen. */
  after?: number;
}

/** What somebody looks for. */
export interface SearchQuery {
  reader: { person: string };
  text: string;
  incidentId?: string;
  limit: number;
  /** What the page before answered as `next`. */
  after?: string;
}

/** Where what was looked for stands: in an entry (`seq`), or in a document as of a batch (`docSeq`). */
export interface SearchHit {
  incidentId: string;
  seq?: number;
  docSeq?: number;
  text: string;
  at: string;
}

/** A person with what only administrators and the server see. */
export interface PersonRecord extends Person {
  email: string;
  disabled: boolean;
  /** argon2 hash, or null while invited. Never leaves the server. */
  passwordHash: string | null;
  createdAt: string;
}

export interface SessionRecord {
  id: string;
  person: string;
  createdAt: number;
  expiresAt: number;
  /** Set when it was ended before its time. */
  revokedAt: number | null;
}

/** A secret that works once or until it ends; only its hash is stored. */
export interface TokenRecord {
  /** sha256 of the secret, hex. */
  hash: string;
  kind: 'setup' | 'invitation' | 'ticket' | 'stakeholder_link';
  /** What it opens: a person id, or an incident id. */
  subject: string;
  detail: string | null;
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
  /** Who made it. */
  createdBy: string;
}

/** An instance of the server as the others see it. */
export interface InstanceRecord {
  /** New with every start. */
  id: string;
  /** When it last wrote its row, milliseconds. */
  seenAt: number;
  /** Everybody with a connection to it, over whatever socket. */
  people: string[];
}

/**
 * The store did not take it now, and nothing of it was stored: the disk is full, or the store is closing or failed.
 * Safe to send again. Every other error of the store is a bug, and nothing of that request was stored either.
 * A database of its own that goes away during a COMMIT and stays away for long leaves it open whether it was stored:
 * sending again is safe then, too, since a command id counts once and the next commit answers what was missed.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/**
 * The truth. Everything acknowledged or shown was committed here first. Every promise is a numbered rule (S1 …) in
 * docs/RULES.md and tested by one suite that every implementation runs.
 */
export interface Store extends OutboxStore, ReviewStore {
  /** Random, made with the storage and anew by a restore: another one means that history may have been cut. */
  readonly storageEpoch: string;

  /** Declares an incident: number, entry 1, document batch 1 and the command id in one transaction. */
  createIncident(request: CreateIncident): Promise<CreateResult>;
  /** Commits all of a request or nothing of it; group-commits the requests of all rooms; throws only when the store failed. */
  commit(request: CommitRequest): Promise<CommitResult>;
  /**
   * Commits what `decide` makes of what was missed after a position, with the incident locked meanwhile, so that nobody
   * can be faster: the second try of a room that was behind. `decide` may read the store, and answers null when nothing
   * is left to commit; so does this then. Throws when the store failed or `decide` threw: then nothing was taken.
   */
  commitLocked(
    incidentId: string,
    known: { seq: number; docSeq: number },
    decide: (missed: Missed, head: Head) => Promise<CommitRequest | null>,
  ): Promise<CommitResult | null>;
  /** What a command id of an actor already yielded: the first seq of its entries. */
  findCommand(
    incidentId: string,
    actor: string,
    commandId: string,
  ): Promise<{ seq: number; commandHash: string } | null>;

  loadRoom(incidentId: string): Promise<StoredRoom | null>;
  /** Everything after a position, up to the head that is answered with it, as of one moment. */
  readMissed(
    incidentId: string,
    known: { seq: number; docSeq: number },
  ): Promise<{ missed: Missed; head: Head } | null>;
  head(incidentId: string): Promise<Head | null>;
  /** The heads of these incidents, in one read; those that do not exist are left out. */
  heads(incidentIds: readonly string[]): Promise<Map<string, Head>>;
  /** Every incident that is not closed with its last seq, for boards that may have missed a push. */
  openIncidents(): Promise<{ incidentId: string; seq: number }[]>;
  /** Entries after `after`, ascending; with `before` set, the last `limit` entries before it, ascending. */
  readLog(
    incidentId: string,
    range: { after?: number; before?: number; limit: number },
  ): Promise<LogPage | null>;
  readEntry(incidentId: string, seq: number): Promise<Entry | null>;
  /** All entries of these types after a position, ascending; none of an unknown incident. */
  readEntriesOf(incidentId: string, types: readonly string[], after: number): Promise<Entry[]>;
  /** The fold of the log at `seq` (an older snapshot and the entries after it, in one transaction). */
  stateAt(incidentId: string, seq: number): Promise<{ state: IncidentState | null; entries: Entry[] } | null>;
  /** The last entry and batch recorded at or before a time. */
  positionAt(incidentId: string, at: string): Promise<{ seq: number; docSeq: number } | null>;

  /** The document as of `docSeq` (default: now). */
  loadDocument(incidentId: string, name: string, docSeq?: number): Promise<StoredDocument>;
  /** Batches of one document after `after`, ascending. */
  readBatches(incidentId: string, name: string, after: number, limit: number): Promise<DocumentBatch[]>;
  /** Keeps a full state of a document; never on the commit path. `markdown` is what search reads. */
  saveCheckpoint(
    incidentId: string,
    name: string,
    docSeq: number,
    state: Uint8Array,
    markdown: string,
  ): Promise<void>;
  /** Makes this Markdown what search finds of a document, unless it finds newer one. */
  saveSearchText(incidentId: string, name: string, docSeq: number, markdown: string): Promise<void>;

  /** Incidents a person may see, newest first. */
  listIncidents(query: IncidentsQuery): Promise<{ incidents: IncidentSummary[]; next: number | null }>;
  /** Incidents of which anything ever went outside, an update or a change of command; newest first, private ones included. */
  publishedIncidents(limit: number): Promise<IncidentSummary[]>;
  readSummary(incidentId: string): Promise<IncidentSummary | null>;
  findIncidentByNumber(number: number): Promise<string | null>;
  /** Hits in entries and documents of incidents the reader may enter, newest first. Matches parts of words, also of two syllables. */
  search(query: SearchQuery): Promise<{ hits: SearchHit[]; next: string | null }>;

  /** Incidents with a pending handoff offer to a person, as the last committed states say. */
  incidentsOfferedTo(person: string): Promise<string[]>;

  dueDeadlines(now: number, limit: number): Promise<Deadline[]>;
  /** When the next deadline falls due, or null. */
  nextDeadline(): Promise<number | null>;
  /** Removes deadlines whose command was refused for good (it can never become valid). */
  clearDeadlines(incidentId: string, ids: string[]): Promise<void>;

  /** Everybody; with `after`, those added or changed since that permission epoch. */
  listPeople(after?: number): Promise<PersonRecord[]>;
  /** Raised in the transaction of each change of a person and each ended session: unchanged means nothing to read. */
  permissionEpoch(): Promise<number>;
  /**
   * Adds or replaces a person; the e-mail (compared NFC, lower case) belongs to one person only: `taken` otherwise. With
   * `knownEpoch`, only while the permission epoch is still that one: `stale` otherwise, and nothing was changed.
   */
  savePerson(person: PersonRecord, knownEpoch?: number): Promise<'saved' | 'taken' | 'stale'>;

  createSession(session: SessionRecord): Promise<void>;
  /** Those of these sessions that there are, by id, in one read. */
  readSessions(ids: readonly string[]): Promise<Map<string, SessionRecord>>;
  /** Which of these sessions are neither over nor ended, in one read. */
  liveSessions(ids: readonly string[], now: number): Promise<Set<string>>;
  extendSession(id: string, expiresAt: number): Promise<void>;
  /** Ends sessions of a person, all or all but one; answers which ended. */
  revokeSessions(person: string, at: number, options: { only?: string; except?: string }): Promise<string[]>;

  saveToken(token: TokenRecord): Promise<void>;
  readToken(hash: string): Promise<TokenRecord | null>;
  /** Takes a single-use token: the first caller gets it, nobody after. Expired and revoked ones are null. */
  takeToken(hash: string, now: number): Promise<TokenRecord | null>;
  revokeToken(hash: string, at: number): Promise<void>;
  listTokens(kind: TokenRecord['kind'], subject: string): Promise<TokenRecord[]>;

  /** A secret shared by all instances, made on first use by `make`; all callers get the same one. */
  sharedSecret(name: string, make: () => string): Promise<string>;
  /** Appends to the system log, the same form and chain as an incident's. */
  appendSystemEntry(entry: {
    now: number;
    actor: string;
    type: string;
    body: Record<string, unknown>;
  }): Promise<Entry>;
  readSystemLog(range: { after?: number; limit: number }): Promise<LogPage>;

  /** Writes this instance's row: that it lives at `now` (milliseconds), and who is connected to it. */
  saveInstance(instance: InstanceRecord): Promise<void>;
  /** Rows of instances seen at or after a time; older ones are removed. */
  liveInstances(since: number): Promise<InstanceRecord[]>;
  removeInstance(id: string): Promise<void>;

  /** Rows a health check reads: true when the schema is this version's. Rejects when a database of its own does not answer. */
  healthy(): Promise<boolean>;
  /** Calls back once if the writer died or an I/O error made further acknowledgements a lie; the process must exit. */
  onFatal(report: (error: Error) => void): () => void;
  close(): Promise<void>;
}

/** The part of the store that rooms and their documents use. */
export type RoomStore = Pick<
  Store,
  | 'storageEpoch'
  | 'commit'
  | 'commitLocked'
  | 'findCommand'
  | 'loadRoom'
  | 'head'
  | 'heads'
  | 'readMissed'
  | 'readLog'
  | 'readEntry'
  | 'loadDocument'
  | 'readBatches'
  | 'saveCheckpoint'
  | 'saveSegment'
  | 'lastSegment'
  | 'saveSearchText'
  | 'dueDeadlines'
  | 'clearDeadlines'
  | 'incidentsOfferedTo'
>;
