import { createHash, randomBytes } from 'node:crypto';
import { bodyHashText, batchHashText, entryHashText } from '#shared/contract/chain.ts';
import type { HashedBatch, HashedEntry } from '#shared/contract/chain.ts';

/** sha256 as lower-case hex; text is hashed as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A fresh salt: 16 random bytes as hex. Without it, nobody can guess an erased body from its hash. */
export function newSalt(): string {
  return randomBytes(16).toString('hex');
}

export function bodyHash(salt: string, body: string): string {
  return sha256(bodyHashText(salt, body));
}

export function entryHash(entry: HashedEntry): string {
  return sha256(entryHashText(entry));
}

export function batchHash(batch: HashedBatch): string {
  return sha256(batchHashText(batch));
}
