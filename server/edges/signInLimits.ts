import { createRateLimit } from '../rooms/rateLimit.ts';

/** Guards sign-in against guessing, without letting a guesser lock anybody out. */
export interface SignInLimits {
  /** Counts an attempt; answers 0, or the seconds to wait. */
  attempt(account: string, address: string): number;
  failed(address: string): void;
  succeeded(account: string, address: string): void;
}

/** An address may fail this many times as often as one account is tried: an office shares one address. */
const ACCOUNTS_PER_ADDRESS = 5;
/** Places remembered from which somebody signed in. */
const REMEMBERED = 20_000;

/**
 * Attempts are counted by account, failures by address. An account is counted apart for each place it once signed in
 * from, so that somebody who guesses from elsewhere uses up another count than the owner's.
 */
export function createSignInLimits(perMinute: number, now: () => number): SignInLimits {
  const minute = 60_000;
  const accounts = createRateLimit({ burst: perMinute, perMillisecond: perMinute / minute }, now);
  const perAddress = perMinute * ACCOUNTS_PER_ADDRESS;
  const addresses = createRateLimit({ burst: perAddress, perMillisecond: perAddress / minute }, now);
  const known = new Set<string>();
  const place = (account: string, address: string): string => `${account} ${address}`;

  return {
    attempt(account, address) {
      if (known.has(place(account, address))) return accounts.take(place(account, address));
      const wait = addresses.wait(address) || accounts.take(account);
      // Counted for the place too: the first success there must not begin a new count.
      if (wait === 0) accounts.take(place(account, address));
      return wait;
    },
    failed: (address) => void addresses.take(address),
    succeeded(account, address) {
      const [oldest] = known;
      if (known.size >= REMEMBERED && oldest !== undefined) known.delete(oldest);
      known.add(place(account, address));
    },
  };
}
