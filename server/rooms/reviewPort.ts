import type { Head } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { DocumentBatch } from './storePort.ts';
import type { StoredBatch, StoredEntry } from './verifyLog.ts';

/** A document at one moment as replay sends it: apply in this order. Pieces may overlap, which changes nothing. */
export interface StoredMoment<Batch = DocumentBatch> {
  checkpoint: { docSeq: number; state: Uint8Array } | null;
  /** Merged updates, each up to and with its `docSeq`. */
  segments: { docSeq: number; update: Uint8Array }[];
  /** What no segment holds yet, raw. */
  batches: Batch[];
  /** Last batch of this document that is included; 0 when it does not exist. */
  docSeq: number;
}

/** The same as `writeMomentFrame` writes it, ready to be sent. */
export interface MomentBytes {
  /** Last batch that is included; 0 when the document does not exist. */
  docSeq: number;
  /** How much of it is raw updates. */
  rawBytes: number;
  frame: Uint8Array;
}

/** The batches of a document after `after`, up to and with `docSeq`, merged. Derived: losing one costs time only. */
export interface Segment {
  incidentId: string;
  name: string;
  after: number;
  docSeq: number;
  update: Uint8Array;
  /** Where the log stood before its batches were read: text that was redacted since then must not come back by it. */
  seq?: number;
}

/** Something that machines said and that belongs to no incident: a version went live, an alert fired. */
export interface OutsideEvent {
  /** Made by who sends it: the same id is the same event. */
  id: string;
  kind: 'deploy' | 'alert';
  /** As its source names it. */
  service: string;
  /** The version that went live, or what the alert says. */
  title: string;
  /** Milliseconds. */
  at: number;
  /** When the alert ended; null while it lasts, and for deploys. */
  endedAt: number | null;
  /** An address that says more. */
  link: string | null;
  createdAt: number;
  createdBy: string;
}

/** How much was written when: a count for each second or minute (ISO time) in which anything was. */
export interface StoredActivity {
  chat: { at: string; count: number }[];
  document: { at: string; count: number }[];
}

/** A file of an incident, known by the sha256 (hex) of its bytes. */
export interface Attachment {
  incidentId: string;
  hash: string;
  /** As its bytes say, not as its sender did. */
  type: string;
  size: number;
  createdAt: number;
  createdBy: string;
}

/** Rows of an incident that comes from a bundle. Nobody sees them before the import is finished. */
export interface ImportPiece {
  incidentId: string;
  entries: StoredEntry[];
  batches: StoredBatch[];
  clientIds: { name: string; clientId: number; person: string }[];
  /** States after some of the entries, as JSON. */
  snapshots: { seq: number; state: string }[];
}

/** What makes an import count: the incident, and the entry that says where it came from. */
export interface FinishImport {
  incidentId: string;
  /** The fold of all entries. */
  state: IncidentState;
  head: Head;
  /** Recorded time of the last entry or batch. */
  at: string;
  documents: { name: string; docSeq: number }[];
  /** Where the log stood where it came from. */
  cameFrom: { number: number; head: Head };
  verified: boolean;
  difference?: string;
  actor: string;
  now: number;
}

/** That a person wrote something into a log within ten minutes. */
export interface BusyTime {
  person: string;
  /** When the ten minutes begin, milliseconds. */
  slot: number;
}

/** What replay and review read and keep besides the log. Part of the store. */
export interface ReviewStore {
  /** The document as of `docSeq` (default: now), in one read of one moment. */
  loadMoment(incidentId: string, name: string, docSeq?: number): Promise<StoredMoment>;
  /** What `loadMoment` answers, written where it was read: thousands of updates are one piece of bytes. */
  momentFrame(incidentId: string, name: string, docSeq?: number): Promise<MomentBytes>;
  /**
   * Keeps a merged run of batches; one that ends at the same batch is replaced, one read before a redaction of
   * a document is left out. Never on the commit path.
   */
  saveSegment(segment: Segment): Promise<void>;
  /** The batch that the newest segment of a document ends with; 0 when it has none. */
  lastSegment(incidentId: string, name: string): Promise<number>;

  /** Who wrote in a document with which client id. */
  documentClients(incidentId: string, name: string): Promise<{ clientId: number; person: string }[]>;
  /** Messages of an incident and batches of one of its documents, counted by the second or minute. */
  activity(incidentId: string, name: string, per: 'second' | 'minute'): Promise<StoredActivity>;

  /** Adds an event; one with a known id only ends (`endedAt`), and says `repeated`. */
  saveOutsideEvent(event: OutsideEvent): Promise<'saved' | 'repeated'>;
  /** Events that touch a time span (milliseconds), and of each service the deploy that was live when it began; oldest first. */
  outsideEvents(span: { from: number; to: number; limit: number }): Promise<OutsideEvent[]>;

  /** Keeps a file; the same bytes again change nothing. */
  saveAttachment(attachment: Attachment, bytes: Uint8Array): Promise<void>;
  readAttachment(incidentId: string, hash: string): Promise<(Attachment & { bytes: Uint8Array }) | null>;
  /** Of an incident, without their bytes, by hash. */
  listAttachments(incidentId: string): Promise<Attachment[]>;

  /**
   * Takes a mail address out of every list and every delivery, also of those that were made before it was removed; what
   * was on its way is withdrawn. That something was delivered, and when, stays.
   */
  eraseMailAddress(address: string): Promise<void>;

  /** Batches of all documents of an incident after `after`, as they are stored, with their hashes. */
  readStoredBatches(incidentId: string, after: number, limit: number): Promise<StoredBatch[]>;
  /** Takes rows of an incident to come; of an incident that exists nothing is taken. */
  importPiece(piece: ImportPiece): Promise<void>;
  /** Forgets what was taken of an incident that does not exist. */
  dropImport(incidentId: string): Promise<void>;
  /** Makes the incident exist under the next number, with an entry of its own; all in one transaction. */
  finishImport(request: FinishImport): Promise<{ kind: 'imported'; number: number } | { kind: 'known' }>;
  /** In which ten minutes who wrote into an incident's log, each once, oldest first; the system wrote nothing. */
  busyTimesOf(incidentId: string): Promise<BusyTime[]>;
}
