import type { DocumentBatch } from './storePort.ts';

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

/** The batches of a document after `after`, up to and with `docSeq`, merged. Derived: losing one costs time only. */
export interface Segment {
  incidentId: string;
  name: string;
  after: number;
  docSeq: number;
  update: Uint8Array;
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
  /** Keeps a merged run of batches; one that ends at the same batch is replaced. Never on the commit path. */
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

  /** In which ten minutes who wrote into an incident's log, each once, oldest first; the system wrote nothing. */
  busyTimesOf(incidentId: string): Promise<BusyTime[]>;
}
