import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import * as encoding from 'lib0/encoding';
import { ByteReader } from '../rooms/byteReader.ts';

/** Raised when the form below changes; another one cannot be read. */
const VERSION = 1;
const TAG_BYTES = 32;

/** What an envelope holds, or why it cannot be believed. */
export type Opened =
  | { kind: 'opened'; from: string; count: number; payload: Uint8Array }
  /** Of the asking instance itself; not checked any further. */
  | { kind: 'own' }
  | { kind: 'malformed' | 'unknown_version' | 'forged' };

/** Signs what instances tell each other, so that whoever reaches Redis can neither make nor move a message. */
export interface Seal {
  /**
   * An envelope for one channel. `count` rises with every message of an instance, so that an old one is known when it is
   * played again.
   */
  close(channel: string, count: number, payload: Uint8Array): Uint8Array;
  /** Checks an envelope that came in on a channel. Never throws. The payload is a view on the bytes. */
  open(channel: string, envelope: Uint8Array): Opened;
}

/**
 * The seal of one instance; `key` is the one that all instances share. An envelope is a version byte, HMAC-SHA256 (32
 * bytes) over version, channel and the rest, the sender's id, its count, and the payload.
 */
export function createSeal(key: string, instance: string): Seal {
  const secret = createSecretKey(key, 'utf8');

  function tagOf(channel: string, rest: Uint8Array): Buffer {
    const head = encoding.encode((encoder) => {
      encoding.writeVarString(encoder, 'warroom fan-out');
      encoding.writeUint8(encoder, VERSION);
      encoding.writeVarString(encoder, channel);
    });
    return createHmac('sha256', secret).update(head).update(rest).digest();
  }

  function openChecked(channel: string, envelope: Uint8Array): Opened {
    const reader = new ByteReader(envelope);
    if (reader.uint8() !== VERSION) return { kind: 'unknown_version' };
    const tag = reader.view(TAG_BYTES);
    const rest = envelope.subarray(reader.position);
    const from = reader.text();
    if (from === instance) return { kind: 'own' };
    const count = reader.varUint();
    if (!timingSafeEqual(tag, tagOf(channel, rest))) return { kind: 'forged' };
    return { kind: 'opened', from, count, payload: envelope.subarray(reader.position) };
  }

  return {
    close(channel, count, payload) {
      const rest = encoding.encode((encoder) => {
        encoding.writeVarString(encoder, instance);
        encoding.writeVarUint(encoder, count);
        encoding.writeUint8Array(encoder, payload);
      });
      return Buffer.concat([Uint8Array.of(VERSION), tagOf(channel, rest), rest]);
    },
    open(channel, envelope) {
      try {
        return openChecked(channel, envelope);
      } catch {
        return { kind: 'malformed' };
      }
    },
  };
}
