import { ByteReader, MalformedBytes } from './byteReader.ts';

/** An update with more parts than an update may have. */
export class TooManyParts extends MalformedBytes {}

/** Position of one character or element: who wrote it and as which of theirs. */
export interface Position {
  client: number;
  clock: number;
}

/** One struct of an update, as far as judging it needs. */
export interface ReadStruct {
  clock: number;
  length: number;
  origin: Position | null;
  rightOrigin: Position | null;
  /** The container, where it is named by position. */
  parent: Position | null;
  /** The root type, where the container is one. */
  root: string | null;
  /** An element or text that can hold others. */
  isType: boolean;
  /** How deep it lies; 0 until it is judged. */
  level: number;
  /** Stands for what the sender does not have either, as in the state of a client that waits for an earlier update. */
  isSkip: boolean;
}

/** All structs of one client in an update; they follow each other without a gap, a skip being one of them. */
export interface ReadSection {
  client: number;
  clock: number;
  /** First clock after the last struct. */
  end: number;
  structs: ReadStruct[];
}

export interface DeletedRange {
  client: number;
  clock: number;
  length: number;
}

export interface ReadUpdate {
  bytes: Uint8Array;
  sections: ReadSection[];
  structs: number;
  /** Where the delete set begins in `bytes`. */
  deletesAt: number;
  deletes: DeletedRange[];
}

/** Clocks at or past this are refused: no document gets there, and arithmetic on them poisons every peer. */
export const MAX_CLOCK = 2 ** 31;
/** Nesting of a value inside an attribute. */
const MAX_VALUE_DEPTH = 64;
/** Bytes of one JSON value (a format or an embedded object). */
const MAX_JSON_BYTES = 64 * 1024;

/**
 * Reads a V1 update without building anything that a hostile one could make large, deep or a document of its own.
 * Throws MalformedBytes for what Yjs would refuse, misread or leave pending by itself, and for what no document of ours holds:
 * subdocuments, binary content, types other than text and XML, keys named `__proto__`.
 */
export function readUpdate(bytes: Uint8Array, mostStructs: number): ReadUpdate {
  const reader = new ByteReader(bytes);
  const sections: ReadSection[] = [];
  const seen = new Set<number>();
  let structs = 0;
  for (let left = reader.varUint(); left > 0; left -= 1) {
    const count = reader.varUint();
    structs += count;
    if (structs > mostStructs) throw new TooManyParts('too many structs');
    const section = readSection(reader, count);
    // Yjs keeps only the last section of a client and would drop the others silently.
    if (seen.has(section.client)) throw new MalformedBytes('a client appears twice');
    seen.add(section.client);
    if (count > 0) sections.push(section);
  }
  const deletesAt = reader.position;
  const deletes = readDeletes(reader, mostStructs);
  if (!reader.atEnd) throw new MalformedBytes('bytes after the end');
  return { bytes, sections, structs, deletesAt, deletes };
}

function readSection(reader: ByteReader, count: number): ReadSection {
  const client = reader.varUint();
  const start = reader.varUint();
  const structs: ReadStruct[] = [];
  let clock = start;
  for (let index = 0; index < count; index += 1) {
    const struct = readStruct(reader, clock);
    clock += struct.length;
    if (struct.length < 1) throw new MalformedBytes('empty struct');
    if (clock >= MAX_CLOCK) throw new MalformedBytes('clock too large');
    structs.push(struct);
  }
  return { client, clock: start, end: clock, structs };
}

const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_PARENT_KEY = 0x20;
const CONTENT = 0x1f;
const SKIP = 10;
const TYPE = 7;

const NOWHERE = {
  origin: null,
  rightOrigin: null,
  parent: null,
  root: null,
  isType: false,
  level: 0,
  isSkip: false,
} as const;

function readStruct(reader: ByteReader, clock: number): ReadStruct {
  const info = reader.uint8();
  if ((info & CONTENT) === 0) {
    return { ...NOWHERE, clock, length: reader.varUint() };
  }
  if ((info & CONTENT) === SKIP) return { ...NOWHERE, clock, length: reader.varUint(), isSkip: true };
  const origin = info & HAS_ORIGIN ? readPosition(reader) : null;
  const rightOrigin = info & HAS_RIGHT_ORIGIN ? readPosition(reader) : null;
  let parent: Position | null = null;
  let root: string | null = null;
  if (!origin && !rightOrigin) {
    if (reader.varUint() === 1) root = reader.text();
    else parent = readPosition(reader);
    if (info & HAS_PARENT_KEY) readKey(reader);
  }
  const kind = info & CONTENT;
  const length = contentLength(reader, kind);
  return { clock, length, origin, rightOrigin, parent, root, isType: kind === TYPE, level: 0, isSkip: false };
}

function readPosition(reader: ByteReader): Position {
  return { client: reader.varUint(), clock: reader.varUint() };
}

function readKey(reader: ByteReader): void {
  if (reader.text() === '__proto__') throw new MalformedBytes('forbidden key');
}

/** Skips the content of an item and answers how many clock values it takes. */
function contentLength(reader: ByteReader, kind: number): number {
  switch (kind) {
    case 1:
      return reader.varUint();
    case 2: {
      const count = reader.varUint();
      for (let index = 0; index < count; index += 1) readJson(reader, 'undefined');
      return count;
    }
    case 4:
      return reader.textLength();
    case 5:
      readJson(reader);
      return 1;
    case 6:
      readKey(reader);
      readJson(reader);
      return 1;
    case TYPE:
      readType(reader);
      return 1;
    case 8: {
      const count = reader.varUint();
      for (let index = 0; index < count; index += 1) skipValue(reader, 0);
      return count;
    }
    default:
      // Among them binary content and subdocuments, which no document of ours holds.
      throw new MalformedBytes('forbidden content');
  }
}

const TEXT = 2;
const XML_ELEMENT = 3;
const XML_FRAGMENT = 4;
const XML_TEXT = 6;

function readType(reader: ByteReader): void {
  const type = reader.varUint();
  switch (type) {
    case TEXT:
    case XML_FRAGMENT:
    case XML_TEXT:
      return;
    case XML_ELEMENT:
      readKey(reader);
      return;
    default:
      throw new MalformedBytes('forbidden type');
  }
}

/** A value as JSON text; Yjs parses it when it applies the update, so what does not parse would throw there. */
function readJson(reader: ByteReader, alsoAllowed?: string): void {
  const bytes = reader.textBytes();
  if (bytes.length > MAX_JSON_BYTES) throw new MalformedBytes('value too large');
  const text = new TextDecoder().decode(bytes);
  if (text === alsoAllowed) return;
  try {
    const value: unknown = JSON.parse(text);
    if (!hasLoneSurrogate(JSON.stringify(value))) return;
  } catch {
    // Told below, like every other malformed value.
  }
  throw new MalformedBytes('value is not JSON');
}

/** JSON.stringify escapes exactly the surrogates that stand alone; a doubled backslash before it is literal text. */
function hasLoneSurrogate(json: string): boolean {
  return json.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/.test(json);
}

function skipValue(reader: ByteReader, depth: number): void {
  if (depth > MAX_VALUE_DEPTH) throw new MalformedBytes('value too deep');
  switch (reader.uint8()) {
    case 127:
    case 126:
    case 121:
    case 120:
      return;
    case 125:
      return reader.skipVarInt();
    case 124:
      return reader.skip(4);
    case 123:
    case 122:
      return reader.skip(8);
    case 119:
      reader.textBytes();
      return;
    case 118: {
      const count = reader.varUint();
      for (let index = 0; index < count; index += 1) {
        readKey(reader);
        skipValue(reader, depth + 1);
      }
      return;
    }
    case 117: {
      const count = reader.varUint();
      for (let index = 0; index < count; index += 1) skipValue(reader, depth + 1);
      return;
    }
    case 116:
      reader.varBytes();
      return;
    default:
      throw new MalformedBytes('unknown value');
  }
}

/** Ranges ascend and do not overlap: Yjs walks each of them, so overlapping ones would cost every peer their product. */
function readDeletes(reader: ByteReader, most: number): DeletedRange[] {
  const deletes: DeletedRange[] = [];
  const seen = new Set<number>();
  for (let clients = reader.varUint(); clients > 0; clients -= 1) {
    const client = reader.varUint();
    if (seen.has(client)) throw new MalformedBytes('deletions of a client appear twice');
    seen.add(client);
    let end = 0;
    for (let ranges = reader.varUint(); ranges > 0; ranges -= 1) {
      if (deletes.length >= most) throw new TooManyParts('too many deletes');
      const clock = reader.varUint();
      const length = reader.varUint();
      if (length < 1 || clock < end) throw new MalformedBytes('deletions overlap');
      end = clock + length;
      if (end > MAX_CLOCK) throw new MalformedBytes('clock too large');
      deletes.push({ client, clock, length });
    }
  }
  return deletes;
}
