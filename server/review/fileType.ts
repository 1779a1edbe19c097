import { isUtf8 } from 'node:buffer';

const SIGNATURES: readonly (readonly [string, (bytes: Uint8Array) => boolean])[] = [
  ['image/png', (bytes) => begins(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
  ['image/jpeg', (bytes) => begins(bytes, 0xff, 0xd8, 0xff)],
  ['image/gif', (bytes) => says(bytes, 0, 'GIF87a') || says(bytes, 0, 'GIF89a')],
  ['image/webp', (bytes) => says(bytes, 0, 'RIFF') && says(bytes, 8, 'WEBP')],
  ['application/pdf', (bytes) => says(bytes, 0, '%PDF-')],
];

/**
 * What a file is by its own bytes, whatever its sender or its name says: one of few types that are known to be harmless
 * when served as such, plain text, or bytes of no known kind. Markup (SVG, HTML) is text here, so that no browser runs it.
 */
export function fileType(bytes: Uint8Array): string {
  const found = SIGNATURES.find(([, fits]) => fits(bytes));
  if (found) return found[0];
  // Text that a browser would guess to be more than text is harmless as text/plain with nosniff.
  return bytes.length > 0 && isUtf8(bytes) && !bytes.includes(0) ? 'text/plain' : 'application/octet-stream';
}

function begins(bytes: Uint8Array, ...start: number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function says(bytes: Uint8Array, at: number, text: string): boolean {
  return Buffer.from(bytes.subarray(at, at + text.length)).toString('latin1') === text;
}
