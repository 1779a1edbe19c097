import { createDecoder, hasContent, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding';
import type { Decoder } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarString, writeVarUint, writeVarUint8Array } from 'lib0/encoding';

/** A document at one moment, or a stretch of it to play: apply checkpoint, segments and updates in this order. */
export interface MomentFrame {
  /** The last batch that is included; 0 when there is none. */
  docSeq: number;
  checkpoint: { docSeq: number; state: Uint8Array } | null;
  /** Merged updates, each up to and with its `docSeq`. */
  segments: { docSeq: number; update: Uint8Array }[];
  /** What no segment holds, as it was recorded. */
  batches: FrameBatch[];
}

/** A recorded batch: after which entry, when (ISO time), and who wrote what. */
export interface FrameBatch {
  docSeq: number;
  seqBefore: number;
  at: string;
  updates: { author: string; update: Uint8Array }[];
}

const VERSION = 1;

/** The bytes in which a moment travels; `readMomentFrame` reads them. Authors are named once. */
export function writeMomentFrame(frame: MomentFrame): Uint8Array<ArrayBuffer> {
  const encoder = createEncoder();
  writeVarUint(encoder, VERSION);
  writeVarUint(encoder, frame.docSeq);
  writeVarUint(encoder, frame.checkpoint?.docSeq ?? 0);
  writeVarUint8Array(encoder, frame.checkpoint?.state ?? new Uint8Array());
  writeVarUint(encoder, frame.segments.length);
  for (const { docSeq, update } of frame.segments) {
    writeVarUint(encoder, docSeq);
    writeVarUint8Array(encoder, update);
  }
  const authors = authorsOf(frame.batches);
  writeVarUint(encoder, authors.size);
  for (const author of authors.keys()) writeVarString(encoder, author);
  writeVarUint(encoder, frame.batches.length);
  for (const { docSeq, seqBefore, at, updates } of frame.batches) {
    writeVarUint(encoder, docSeq);
    writeVarUint(encoder, seqBefore);
    writeVarUint(encoder, Date.parse(at));
    writeVarUint(encoder, updates.length);
    for (const { author, update } of updates) {
      writeVarUint(encoder, authors.get(author) ?? 0);
      writeVarUint8Array(encoder, update);
    }
  }
  return toUint8Array(encoder);
}

/** Reads what `writeMomentFrame` wrote; updates are views of `bytes`. Throws on anything else. */
export function readMomentFrame(bytes: Uint8Array): MomentFrame {
  const decoder = createDecoder(bytes);
  if (readVarUint(decoder) !== VERSION) throw new Error('This moment is written in another version.');
  const docSeq = readVarUint(decoder);
  const checkpoint = { docSeq: readVarUint(decoder), state: readBytes(decoder) };
  const segments = readMany(decoder, () => ({ docSeq: readVarUint(decoder), update: readBytes(decoder) }));
  const authors = readMany(decoder, () => readVarString(decoder));
  const readUpdate = () => ({ author: authorAt(authors, readVarUint(decoder)), update: readBytes(decoder) });
  const batches = readMany(decoder, () => ({
    docSeq: readVarUint(decoder),
    seqBefore: readVarUint(decoder),
    at: new Date(readVarUint(decoder)).toISOString(),
    updates: readMany(decoder, readUpdate),
  }));
  if (hasContent(decoder)) throw new Error('A moment ends before its bytes do.');
  return { docSeq, checkpoint: checkpoint.docSeq === 0 ? null : checkpoint, segments, batches };
}

/** Each author with the place where it stands. */
function authorsOf(batches: readonly FrameBatch[]): Map<string, number> {
  const authors = new Map<string, number>();
  for (const { updates } of batches) {
    for (const { author } of updates) if (!authors.has(author)) authors.set(author, authors.size);
  }
  return authors;
}

function authorAt(authors: readonly string[], place: number): string {
  const author = authors[place];
  if (author === undefined) throw new Error('A moment names an author that it does not list.');
  return author;
}

function readBytes(decoder: Decoder): Uint8Array {
  const bytes = readVarUint8Array(decoder);
  if (decoder.pos > decoder.arr.length) throw new Error('A moment ends too early.');
  return bytes;
}

/** A list after its length; a length that the bytes left cannot hold is refused before anything is made for it. */
function readMany<T>(decoder: Decoder, read: () => T): T[] {
  const length = readVarUint(decoder);
  if (length > decoder.arr.length - decoder.pos) throw new Error('A moment ends too early.');
  return Array.from({ length }, read);
}
