import { createDecoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarString, writeVarUint, writeVarUint8Array } from 'lib0/encoding';
import type { AuthoredUpdate } from './ports.ts';

/**
 * The stored form of a document batch (docs/verify.md): how many updates, then for each the author as a string and
 * the raw update, in lib0's encoding. The answer has a buffer of its own, so that it can be handed to a thread.
 */
export function encodePayload(updates: readonly AuthoredUpdate[]): Uint8Array<ArrayBuffer> {
  const encoder = createEncoder();
  writeVarUint(encoder, updates.length);
  for (const { author, update } of updates) {
    writeVarString(encoder, author);
    writeVarUint8Array(encoder, update);
  }
  return toUint8Array(encoder);
}

/** The updates of a stored batch; they are views of `payload`. */
export function decodePayload(payload: Uint8Array): AuthoredUpdate[] {
  const decoder = createDecoder(payload);
  return Array.from({ length: readVarUint(decoder) }, () => ({
    author: readVarString(decoder),
    update: readVarUint8Array(decoder),
  }));
}
