import { isSecret, secretHash } from '../rooms/chance.ts';
import type { Chance } from '../rooms/chance.ts';
import type { Clock, Store, TokenRecord } from '../rooms/ports.ts';

/** Links that let one person choose a password, once. */
export interface Invitations {
  /** A new link's secret; earlier ones of that person end. */
  invite(person: string, by: string): Promise<{ secret: string; expiresAt: number }>;
  /** Whom an unused link is for, or null. */
  find(secret: string): Promise<string | null>;
  /** Uses the link up; null when somebody was faster. */
  take(secret: string): Promise<string | null>;
  /** Ends all links of a person. */
  withdraw(person: string): Promise<void>;
}

const INVITATION_MILLISECONDS = 7 * 24 * 60 * 60_000;
/** What a set-up link is for; there is no person yet. */
const FIRST_ADMIN = 'first_admin';

type TokenStore = Pick<Store, 'saveToken' | 'readToken' | 'takeToken' | 'revokeToken' | 'listTokens'>;

/** Invitations of people, kept in the store as hashes of their secrets. */
export function createInvitations(parts: { store: TokenStore; clock: Clock; chance: Chance }): Invitations {
  return keeper(parts, 'invitation', INVITATION_MILLISECONDS);
}

/** The one link that makes the first administrator. It works until it is used or the server starts again. */
export interface SetUpLink {
  create(): Promise<string>;
  works(secret: string): Promise<boolean>;
  take(secret: string): Promise<boolean>;
}

/** The set-up link, kept in the store as the hash of its secret. */
export function createSetUpLink(parts: { store: TokenStore; clock: Clock; chance: Chance }): SetUpLink {
  const links = keeper(parts, 'setup', null);
  return {
    create: async () => (await links.invite(FIRST_ADMIN, 'system')).secret,
    works: async (secret) => (await links.find(secret)) === FIRST_ADMIN,
    take: async (secret) => (await links.take(secret)) === FIRST_ADMIN,
  };
}

function keeper(
  { store, clock, chance }: { store: TokenStore; clock: Clock; chance: Chance },
  kind: TokenRecord['kind'],
  lifetime: number | null,
): Invitations {
  async function withdraw(subject: string): Promise<void> {
    const now = clock.now();
    for (const token of await store.listTokens(kind, subject)) {
      if (token.revokedAt === null) await store.revokeToken(token.hash, now);
    }
  }

  async function find(secret: string): Promise<string | null> {
    if (!isSecret(secret)) return null;
    const token = await store.readToken(secretHash(secret));
    if (token?.kind !== kind || token.revokedAt !== null) return null;
    return token.expiresAt !== null && token.expiresAt <= clock.now() ? null : token.subject;
  }

  return {
    async invite(subject, by) {
      await withdraw(subject);
      const secret = chance.secret();
      const createdAt = clock.now();
      const expiresAt = lifetime === null ? null : createdAt + lifetime;
      await store.saveToken({
        hash: secretHash(secret),
        kind,
        subject,
        detail: null,
        createdAt,
        expiresAt,
        revokedAt: null,
        createdBy: by,
      });
      return { secret, expiresAt: expiresAt ?? Number.POSITIVE_INFINITY };
    },
    find,
    async take(secret) {
      if ((await find(secret)) === null) return null;
      const token = await store.takeToken(secretHash(secret), clock.now());
      return token?.kind === kind ? token.subject : null;
    },
    withdraw,
  };
}
