import { hash, verify } from '@node-rs/argon2';
import { countGraphemes } from '#shared/incident/text.ts';

/** Shortest password taken, in characters; said wherever one is chosen. */
export const MINIMUM_PASSWORD_LENGTH = 10;
/** True for a password that is too short to be taken. */
export function isWeak(password: string): boolean {
  return countGraphemes(password) < MINIMUM_PASSWORD_LENGTH;
}

/** Hashing of passwords. Both take as long for an unknown account as for a known one. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** False also for null, in the time a real comparison takes: nobody learns by time whether an account exists. */
  verify(storedHash: string | null, password: string): Promise<boolean>;
}

/** Cost of one hash; tests choose a smaller one. */
export interface PasswordCost {
  memoryKibibytes: number;
  passes: number;
}

/** Argon2id with 19 MiB and two passes, about 40 ms on a small machine. */
const DEFAULT_COST: PasswordCost = { memoryKibibytes: 19_456, passes: 2 };

/** Hashing by argon2id in worker threads. */
export function createPasswords(cost: PasswordCost = DEFAULT_COST): Passwords {
  // The library's default algorithm is argon2id; a test holds it to that.
  const options = {
    memoryCost: cost.memoryKibibytes,
    timeCost: cost.passes,
    parallelism: 1,
  };
  let nobody: Promise<string> | null = null;

  // NFC, so that 한글 typed on another machine, where it comes in parts, is the same password.
  const normal = (password: string): string => password.normalize('NFC');

  return {
    hash: (password) => hash(normal(password), options),
    async verify(storedHash, password) {
      nobody ??= hash('nobody has this password', options);
      const matches = await verify(storedHash ?? (await nobody), normal(password));
      return storedHash !== null && matches;
    },
  };
}
