import { createHash, randomBytes } from 'node:crypto';

/** Where identifiers and secrets come from; tests may seed it. */
export interface Chance {
  /** A fresh identifier of 100 random bits, in the form of the contract. */
  id(): string;
  /** A fresh secret of 160 random bits, in lower-case letters and digits so that it survives every channel. */
  secret(): string;
}

/** 32 letters and digits without those that look like another. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

function letters(count: number): string {
  return Array.from(randomBytes(count), (byte) => LETTERS[byte % 32]).join('');
}

/** From the operating system's generator. */
export const systemChance: Chance = { id: () => letters(20), secret: () => letters(32) };

/** What of a secret is stored: sha256, hex. Secrets are random, so that no salt is needed. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The form of every secret in a link; another form need not be looked up. */
export function isSecret(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-z]{32}$/.test(text);
}
