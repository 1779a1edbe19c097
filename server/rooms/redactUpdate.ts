import type { DocumentRange } from '#shared/contract/records.ts';
import { ByteReader, MalformedBytes } from './byteReader.ts';
import { decodePayload, encodePayload } from './payload.ts';
import type { AuthoredUpdate } from './ports.ts';

/** Ranges of one document by client, so that each struct is compared with those of its writer only. */
export type RangeIndex = ReadonlyMap<number, readonly DocumentRange[]>;

export function indexRanges(ranges: readonly DocumentRange[]): RangeIndex {
  const index = new Map<number, DocumentRange[]>();
  for (const range of ranges) index.set(range.client, [...(index.get(range.client) ?? []), range]);
  return index;
}

/**
 * A V1 update with the text of these ranges replaced by characters of the same length, in UTF-16 units and in UTF-8 bytes,
 * so that every position in the document stays what it was. `changed`: how many characters were replaced. Throws
 * MalformedBytes for what is no update.
 */
export function redactUpdate(
  update: Uint8Array,
  ranges: RangeIndex,
): { update: Uint8Array; changed: number } {
  const copy = update.slice();
  const reader = new ByteReader(copy);
  let changed = 0;
  for (let left = reader.varUint(); left > 0; left -= 1) {
    const count = reader.varUint();
    const client = reader.varUint();
    let clock = reader.varUint();
    const wanted = ranges.get(client) ?? [];
    const covers = (at: number) =>
      wanted.some((range) => at >= range.clock && at < range.clock + range.length);
    for (let index = 0; index < count; index += 1) {
      const read = redactStruct(reader, clock, covers);
      clock += read.length;
      changed += read.changed;
    }
  }
  return { update: copy, changed };
}

/** The same for a stored batch; `changed` is 0 when it holds nothing of the ranges any more. */
export function redactPayload(
  payload: Uint8Array,
  ranges: RangeIndex,
): { payload: Uint8Array<ArrayBuffer>; changed: number } {
  let changed = 0;
  const updates = decodePayload(payload).map(({ author, update }): AuthoredUpdate => {
    const redacted = redactUpdate(update, ranges);
    changed += redacted.changed;
    return { author, update: redacted.update };
  });
  return { payload: encodePayload(updates), changed };
}

type Covers = (clock: number) => boolean;

function redactStruct(
  reader: ByteReader,
  clock: number,
  covers: Covers,
): { length: number; changed: number } {
  const info = reader.uint8();
  const kind = info & 0x1f;
  if (kind === 0 || kind === 10) return { length: reader.varUint(), changed: 0 };
  if (info & 0x80) skipPosition(reader);
  if (info & 0x40) skipPosition(reader);
  if ((info & 0xc0) === 0) {
    if (reader.varUint() === 1) reader.varBytes();
    else skipPosition(reader);
    if (info & 0x20) reader.varBytes();
  }
  return redactContent(reader, kind, clock, covers);
}

function skipPosition(reader: ByteReader): void {
  reader.varUint();
  reader.varUint();
}

function redactContent(
  reader: ByteReader,
  kind: number,
  clock: number,
  covers: Covers,
): { length: number; changed: number } {
  switch (kind) {
    case 1:
      return { length: reader.varUint(), changed: 0 };
    case 2: {
      const length = reader.varUint();
      let changed = 0;
      for (let at = 0; at < length; at += 1) changed += redactJson(reader.varBytes(), covers(clock + at));
      return { length, changed };
    }
    case 4:
      return redactText(reader.varBytes(), clock, covers);
    case 5:
      return { length: 1, changed: redactJson(reader.varBytes(), covers(clock)) };
    case 6:
      reader.varBytes();
      return { length: 1, changed: redactJson(reader.varBytes(), covers(clock)) };
    case 7:
      // An element or a text: its name is none that anybody wrote.
      if (reader.varUint() === 3) reader.varBytes();
      return { length: 1, changed: 0 };
    case 8: {
      const length = reader.varUint();
      let changed = 0;
      for (let at = 0; at < length; at += 1) changed += redactValue(reader, covers(clock + at));
      return { length, changed };
    }
    default:
      throw new MalformedBytes('content that no document of ours holds');
  }
}

/** Replaces the characters of a text whose position is wanted; half a wanted pair takes the other half along. */
function redactText(bytes: Uint8Array, clock: number, covers: Covers): { length: number; changed: number } {
  let length = 0;
  let changed = 0;
  for (let at = 0; at < bytes.length;) {
    const size = sizeAt(bytes, at);
    const units = size === 4 ? 2 : 1;
    const isWanted = covers(clock + length) || (units === 2 && covers(clock + length + 1));
    if (isWanted && mask(bytes, at, size)) changed += 1;
    length += units;
    at += size;
  }
  return { length, changed };
}

function sizeAt(bytes: Uint8Array, at: number): 1 | 2 | 3 | 4 {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** What stands for an erased character, by its length in UTF-8: `*`, `¤`, `█` and a brown square. */
const MASKS = [[], [0x2a], [0xc2, 0xa4], [0xe2, 0x96, 0x88], [0xf0, 0x9f, 0x9f, 0xab]] as const;

/** True when it was something else. */
function mask(bytes: Uint8Array, at: number, size: 1 | 2 | 3 | 4): boolean {
  const replacement = MASKS[size];
  const isMasked = replacement.every((byte, index) => bytes[at + index] === byte);
  bytes.set(replacement, at);
  return !isMasked;
}

/** True of text that an erasure left, or that says nothing. */
export function isErased(text: string): boolean {
  return /^[*¤█\u{1F7EB}\s]*$/u.test(text);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Replaces the texts in a value that is written as JSON, not the names of its fields. */
function redactJson(bytes: Uint8Array, isWanted: boolean): number {
  if (!isWanted) return 0;
  let changed = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== QUOTE) continue;
    const start = at + 1;
    for (at = start; at < bytes.length && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
    if (bytes[at + 1] !== COLON) changed += maskAll(bytes.subarray(start, at));
  }
  return changed;
}

function maskAll(bytes: Uint8Array): number {
  let changed = 0;
  for (let at = 0; at < bytes.length;) {
    const size = sizeAt(bytes, at);
    if (mask(bytes, at, size)) changed += 1;
    at += size;
  }
  return changed;
}

/** Replaces the texts in a value of lib0's any encoding. */
function redactValue(reader: ByteReader, isWanted: boolean): number {
  switch (reader.uint8()) {
    case 125:
      reader.skipVarInt();
      return 0;
    case 124:
      reader.skip(4);
      return 0;
    case 123:
    case 122:
      reader.skip(8);
      return 0;
    case 119: {
      const text = reader.varBytes();
      return isWanted ? maskAll(text) : 0;
    }
    case 118: {
      let changed = 0;
      for (let count = reader.varUint(); count > 0; count -= 1) {
        reader.varBytes();
        changed += redactValue(reader, isWanted);
      }
      return changed;
    }
    case 117: {
      let changed = 0;
      for (let count = reader.varUint(); count > 0; count -= 1) changed += redactValue(reader, isWanted);
      return changed;
    }
    case 116:
      reader.varBytes();
      return 0;
    default:
      // Null, undefined, true and false have no bytes of their own.
      return 0;
  }
}
