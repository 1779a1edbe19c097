import { isUtf8 } from 'node:buffer';

/** Bytes that are not what they claim to be. Thrown by the readers and caught where a frame enters. */
export class MalformedBytes extends Error {}

/**
 * Reads the encodings of lib0 with strict bounds. lib0's own decoder reads past the end of a view into the buffer behind
 * it and takes missing bytes for zero; here that is malformed.
 */
export class ByteReader {
  position = 0;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.position === this.bytes.length;
  }

  uint8(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw new MalformedBytes('ends too early');
    this.position += 1;
    return byte;
  }

  /** A variable length number; larger than what a number can hold exactly is malformed. */
  varUint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.uint8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 128;
      if (factor > Number.MAX_SAFE_INTEGER) throw new MalformedBytes('number too large');
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new MalformedBytes('number too large');
    return value;
  }

  /** A signed variable length number; only its extent matters here. */
  skipVarInt(): void {
    for (let length = 1; this.uint8() >= 0x80; length += 1) {
      if (length >= 9) throw new MalformedBytes('number too large');
    }
  }

  skip(length: number): void {
    if (length > this.bytes.length - this.position) throw new MalformedBytes('ends too early');
    this.position += length;
  }

  /** A view on the next `length` bytes with their own bounds. */
  view(length: number): Uint8Array {
    const start = this.position;
    this.skip(length);
    return this.bytes.subarray(start, this.position);
  }

  /** A length and that many bytes. */
  varBytes(): Uint8Array {
    return this.view(this.varUint());
  }

  /** The bytes of a text that must be valid UTF-8 (so it has no lone surrogates). */
  textBytes(): Uint8Array {
    const bytes = this.varBytes();
    if (!isUtf8(bytes)) throw new MalformedBytes('text is not UTF-8');
    return bytes;
  }

  text(): string {
    return decoder.decode(this.textBytes());
  }

  /** Skips a text and answers its length in UTF-16 code units. */
  textLength(): number {
    const bytes = this.textBytes();
    let length = 0;
    for (const byte of bytes) {
      if (byte < 0x80 || byte >= 0xc0) length += byte >= 0xf0 ? 2 : 1;
    }
    return length;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
