import { isSecret, secretHash } from '../rooms/chance.ts';
import type { Chance } from '../rooms/chance.ts';
import type { Clock, Store, TokenRecord } from '../rooms/ports.ts';

/** A link to the stakeholder page of one incident. Who has its secret reads; the secret itself is stored nowhere. */
export interface StakeholderLink {
  id: string;
  incidentId: string;
  /** Whom it was made for, in the words of who made it. */
  label: string | null;
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  revokedAt: string | null;
}

/** The links of all incidents. */
export interface StakeholderLinks {
  /** Makes a link; its secret is answered this once. */
  create(request: {
    incidentId: string;
    by: string;
    label: string | null;
    /** Milliseconds since 1970. */
    expiresAt: number | null;
  }): Promise<{ link: StakeholderLink; secret: string }>;
  /** Newest first, ended ones included. */
  list(incidentId: string): Promise<StakeholderLink[]>;
  /** Ends a link; false when the incident has no such link that still works. */
  revoke(incidentId: string, linkId: string): Promise<boolean>;
  /** The link of a secret; null when it never was, is past its time or was revoked. */
  find(secret: string): Promise<StakeholderLink | null>;
  /** Hears of each link that was revoked here. */
  onRevoked(hear: (linkId: string, incidentId: string) => void): () => void;
}

/** Long enough to be one link's own, short enough to be an identifier. */
const ID_LENGTH = 32;

/** Ids of the links of an incident that ended, by being revoked or by their time. `now` in milliseconds. */
export async function endedLinks(
  store: Pick<Store, 'listTokens'>,
  incidentId: string,
  now: number,
): Promise<ReadonlySet<string>> {
  const tokens = await store.listTokens('stakeholder_link', incidentId);
  return new Set(tokens.filter((token) => !isWorking(token, now)).map((token) => linkOf(token).id));
}

function isWorking({ revokedAt, expiresAt }: TokenRecord, now: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

/** Links kept in the store as hashes of their secrets. */
export function createStakeholderLinks(parts: {
  store: Pick<Store, 'saveToken' | 'readToken' | 'revokeToken' | 'listTokens'>;
  clock: Clock;
  chance: Chance;
}): StakeholderLinks {
  const { store, clock, chance } = parts;
  const listeners = new Set<(linkId: string, incidentId: string) => void>();

  const works = (token: TokenRecord): boolean => isWorking(token, clock.now());

  return {
    async create({ incidentId, by, label, expiresAt }) {
      const secret = chance.secret();
      const token: TokenRecord = {
        hash: secretHash(secret),
        kind: 'stakeholder_link',
        subject: incidentId,
        detail: label,
        createdAt: clock.now(),
        expiresAt,
        revokedAt: null,
        createdBy: by,
      };
      await store.saveToken(token);
      return { link: linkOf(token), secret };
    },
    async list(incidentId) {
      const tokens = await store.listTokens('stakeholder_link', incidentId);
      return tokens.toSorted((one, other) => other.createdAt - one.createdAt).map(linkOf);
    },
    async revoke(incidentId, linkId) {
      const tokens = await store.listTokens('stakeholder_link', incidentId);
      const token = tokens.find((candidate) => linkOf(candidate).id === linkId);
      if (!token || !works(token)) return false;
      await store.revokeToken(token.hash, clock.now());
      for (const hear of listeners) hear(linkId, incidentId);
      return true;
    },
    async find(secret) {
      if (!isSecret(secret)) return null;
      const token = await store.readToken(secretHash(secret));
      return token?.kind === 'stakeholder_link' && works(token) ? linkOf(token) : null;
    },
    onRevoked(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
  };
}

function linkOf(token: TokenRecord): StakeholderLink {
  const time = (milliseconds: number | null): string | null =>
    milliseconds === null ? null : new Date(milliseconds).toISOString();
  return {
    id: token.hash.slice(0, ID_LENGTH),
    incidentId: token.subject,
    label: token.detail,
    createdAt: new Date(token.createdAt).toISOString(),
    createdBy: token.createdBy,
    expiresAt: time(token.expiresAt),
    revokedAt: time(token.revokedAt),
  };
}
