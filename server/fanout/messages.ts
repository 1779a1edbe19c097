import * as encoding from 'lib0/encoding';
import type { Encoder } from 'lib0/encoding';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head, IncidentSummary, PresentPerson } from '#shared/contract/wire.ts';
import { ByteReader } from '../rooms/byteReader.ts';
import type { DocumentBatch, FanoutMessage, FanoutNotice } from '../rooms/ports.ts';

/**
 * The number that each kind travels under. A number is never used again for something else: instances of two versions
 * run side by side during an upgrade, and what one does not know it must recognise as unknown.
 */
const messageNumbers: Readonly<Record<FanoutMessage['kind'], number>> = {
  batch: 1,
  head: 2,
  presence: 3,
  awareness: 4,
  progress: 5,
  hello: 6,
};
const noticeNumbers: Readonly<Record<FanoutNotice['kind'], number>> = {
  permissions: 33,
  sessions_ended: 34,
  summary: 35,
  connected: 36,
  goodbye: 37,
};

const messageKinds = kindsOf(messageNumbers);
const noticeKinds = kindsOf(noticeNumbers);

function kindsOf<K extends string>(numbers: Readonly<Record<K, number>>): ReadonlyMap<number, K> {
  return new Map((Object.keys(numbers) as K[]).map((kind) => [numbers[kind], kind]));
}

/** The bytes of a message; documents travel as they are. The incident is not among them: it is the channel's. */
export function encodeMessage(message: FanoutMessage): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeUint8(encoder, messageNumbers[message.kind]);
  switch (message.kind) {
    case 'batch':
      writeHead(encoder, message.head);
      encoding.writeVarString(encoder, message.entries.length === 0 ? '' : JSON.stringify(message.entries));
      writeList(encoder, message.documents, writeBatch);
      break;
    case 'head':
      writeHead(encoder, message.head);
      break;
    case 'presence':
      writeList(encoder, message.people, writePresent);
      break;
    case 'awareness':
      encoding.writeVarString(encoder, message.name);
      encoding.writeVarUint8Array(encoder, message.entries);
      break;
    case 'progress':
      encoding.writeVarString(encoder, message.person);
      encoding.writeVarString(encoder, message.progress.offer);
      encoding.writeVarUint(encoder, message.progress.read);
      encoding.writeVarUint(encoder, message.progress.of);
      break;
    case 'hello':
      break;
    default:
      message satisfies never;
  }
  return encoding.toUint8Array(encoder);
}

/** What the bytes say about this incident; null when they are no message that this version knows. */
export function decodeMessage(bytes: Uint8Array, incidentId: string): FanoutMessage | null {
  return whole(bytes, (reader) => readMessage(reader, incidentId));
}

/** The bytes of a notice. */
export function encodeNotice(notice: FanoutNotice): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeUint8(encoder, noticeNumbers[notice.kind]);
  switch (notice.kind) {
    case 'sessions_ended':
      writeList(encoder, notice.ids, encoding.writeVarString);
      break;
    case 'connected':
      writeList(encoder, notice.people, encoding.writeVarString);
      break;
    case 'summary':
      encoding.writeVarString(encoder, JSON.stringify(notice.summary));
      break;
    case 'permissions':
    case 'goodbye':
      break;
    default:
      notice satisfies never;
  }
  return encoding.toUint8Array(encoder);
}

/** What the bytes say; null when they are no notice that this version knows. */
export function decodeNotice(bytes: Uint8Array): FanoutNotice | null {
  return whole(bytes, readNotice);
}

/** What is read if it is the whole of the bytes. */
function whole<T>(bytes: Uint8Array, read: (reader: ByteReader) => T | null): T | null {
  try {
    const reader = new ByteReader(bytes);
    const value = read(reader);
    return reader.atEnd ? value : null;
  } catch {
    // Too short, no JSON, no UTF-8: whoever sent it speaks another version.
    return null;
  }
}

function readMessage(reader: ByteReader, incidentId: string): FanoutMessage | null {
  const kind = messageKinds.get(reader.uint8());
  switch (kind) {
    case 'batch': {
      const head = readHead(reader);
      const entries = readEntries(reader, incidentId);
      const documents = readList(reader, () => readBatch(reader, incidentId));
      return entries && { kind, head, entries, documents };
    }
    case 'head':
      return { kind, head: readHead(reader) };
    case 'presence':
      return { kind, people: readList(reader, () => readPresent(reader)) };
    case 'awareness':
      return { kind, name: reader.text(), entries: ownBytes(reader.varBytes()) };
    case 'progress': {
      const person = reader.text();
      const offer = reader.text();
      return { kind, person, progress: { offer, read: reader.varUint(), of: reader.varUint() } };
    }
    case 'hello':
      return { kind };
    case undefined:
      return null;
  }
}

function readNotice(reader: ByteReader): FanoutNotice | null {
  const kind = noticeKinds.get(reader.uint8());
  switch (kind) {
    case 'sessions_ended':
      return { kind, ids: readList(reader, () => reader.text()) };
    case 'connected':
      return { kind, people: readList(reader, () => reader.text()) };
    case 'summary': {
      const summary: unknown = JSON.parse(reader.text());
      return isSummary(summary) ? { kind, summary } : null;
    }
    case 'permissions':
    case 'goodbye':
      return { kind };
    case undefined:
      return null;
  }
}

function writeHead(encoder: Encoder, { seq, hash, docSeq, docHash }: Head): void {
  encoding.writeVarUint(encoder, seq);
  writeHash(encoder, hash);
  encoding.writeVarUint(encoder, docSeq);
  writeHash(encoder, docHash);
}

function readHead(reader: ByteReader): Head {
  const seq = reader.varUint();
  const hash = readHash(reader);
  const docSeq = reader.varUint();
  return { seq, hash, docSeq, docHash: readHash(reader) };
}

const SHA256 = /^[0-9a-f]{64}$/;

/** A hash as its 32 bytes; what is none (nothing has been hashed yet) as text. */
function writeHash(encoder: Encoder, hash: string): void {
  const isHash = SHA256.test(hash);
  encoding.writeUint8(encoder, isHash ? 1 : 0);
  if (isHash) encoding.writeUint8Array(encoder, Buffer.from(hash, 'hex'));
  else encoding.writeVarString(encoder, hash);
}

function readHash(reader: ByteReader): string {
  return reader.uint8() === 1 ? Buffer.from(reader.view(32)).toString('hex') : reader.text();
}

function readEntries(reader: ByteReader, incidentId: string): Entry[] | null {
  const text = reader.text();
  if (text === '') return [];
  const entries: unknown = JSON.parse(text);
  return Array.isArray(entries) && entries.every((entry) => isEntryOf(entry, incidentId)) ? entries : null;
}

/** Has every field that checking the chain and folding read; what is in the body is its type's business. */
function isEntryOf(value: unknown, incidentId: string): value is Entry {
  const entry = (value ?? {}) as Partial<Entry>;
  return (
    entry.incidentId === incidentId &&
    [entry.seq, entry.version, entry.docSeq].every(Number.isSafeInteger) &&
    [entry.at, entry.actor, entry.type, entry.docHash, entry.bodyHash, entry.prevHash, entry.hash].every(
      (text) => typeof text === 'string',
    ) &&
    [entry.salt, entry.commandId].every((text) => text === null || typeof text === 'string') &&
    typeof entry.body === 'object' &&
    entry.body !== null
  );
}

function isSummary(value: unknown): value is IncidentSummary {
  const summary = (value ?? {}) as Partial<IncidentSummary>;
  return (
    typeof summary.id === 'string' &&
    typeof summary.title === 'string' &&
    typeof summary.private === 'boolean' &&
    Number.isSafeInteger(summary.number) &&
    Number.isSafeInteger(summary.head?.seq)
  );
}

function writeBatch(encoder: Encoder, batch: DocumentBatch): void {
  encoding.writeVarString(encoder, batch.name);
  encoding.writeVarUint(encoder, batch.docSeq);
  encoding.writeVarString(encoder, batch.at);
  encoding.writeVarUint(encoder, batch.seqBefore);
  writeHash(encoder, batch.docHash);
  writeList(encoder, batch.updates, (into, { author, update }) => {
    encoding.writeVarString(into, author);
    encoding.writeVarUint8Array(into, update);
  });
}

function readBatch(reader: ByteReader, incidentId: string): DocumentBatch {
  const name = reader.text();
  const docSeq = reader.varUint();
  const at = reader.text();
  const seqBefore = reader.varUint();
  const docHash = readHash(reader);
  const updates = readList(reader, () => ({ author: reader.text(), update: ownBytes(reader.varBytes()) }));
  return { incidentId, name, docSeq, at, seqBefore, docHash, updates };
}

function writePresent(encoder: Encoder, { person, since, away }: PresentPerson): void {
  encoding.writeVarString(encoder, person);
  encoding.writeVarString(encoder, since);
  encoding.writeUint8(encoder, away ? 1 : 0);
}

function readPresent(reader: ByteReader): PresentPerson {
  const person = reader.text();
  const since = reader.text();
  return reader.uint8() === 1 ? { person, since, away: true } : { person, since };
}

function writeList<T>(
  encoder: Encoder,
  items: readonly T[],
  write: (encoder: Encoder, item: T) => void,
): void {
  encoding.writeVarUint(encoder, items.length);
  for (const item of items) write(encoder, item);
}

function readList<T>(reader: ByteReader, read: () => T): T[] {
  const items: T[] = [];
  for (let left = reader.varUint(); left > 0; left -= 1) items.push(read());
  return items;
}

/**
 * A copy: a view would keep everything that came in with it in memory, for as long as it is kept. Not `slice`, which on
 * Node's buffers is a view again.
 */
function ownBytes(view: Uint8Array): Uint8Array {
  return new Uint8Array(view);
}
