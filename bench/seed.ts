import { createHmac, randomBytes } from 'node:crypto';
import { chooseStore } from '../server/chooseParts.ts';
import { readConfig } from '../server/config.ts';
import { systemChance } from '../server/rooms/chance.ts';
import { createTokenCodec } from '../server/edges/tokens.ts';
import type { Account } from '../test/support/client.ts';
import { ask } from '../test/support/client.ts';

/** Somebody with a session, as far as a load needs them. */
export type Seeded = Pick<Account, 'id' | 'name' | 'token'>;

/** What a server is started with so that the sessions of `people` are its own. */
export interface SeededStore {
  env: Record<string, string>;
  admin: Seeded;
  people: Seeded[];
}

const SESSION_HOURS = 12;
const AT_ONCE = 100;

/**
 * Puts people with sessions into an empty store before a server starts on it: thousands of passwords would take minutes to
 * hash, and are not what is measured. `env` names the store as for the server.
 */
export async function seedPeople(env: Record<string, string>, count: number): Promise<SeededStore> {
  const secret = randomBytes(32).toString('hex');
  const store = await chooseStore(readConfig(env));
  const now = Date.now();
  const add = async (number: number): Promise<Seeded> => {
    const [id, session] = [systemChance.id(), systemChance.id()];
    const name = number === 0 ? 'Admin' : `Person ${number}`;
    const person = { id, name, access: 'responder' as const, admin: number === 0, locale: 'en' as const };
    const createdAt = new Date(now).toISOString();
    const email = `p${number}@example.org`;
    await store.savePerson({ ...person, email, disabled: false, passwordHash: null, createdAt });
    const expiresAt = now + SESSION_HOURS * 3_600_000;
    await store.createSession({ id: session, person: id, createdAt: now, expiresAt, revokedAt: null });
    const exp = Math.floor(expiresAt / 1000);
    return { id, name, token: codecOf(secret).sign({ sub: id, jti: session, exp }, now) };
  };
  try {
    const all: Seeded[] = [];
    while (all.length <= count) {
      const some = Math.min(AT_ONCE, count + 1 - all.length);
      const from = all.length;
      all.push(...(await Promise.all(Array.from({ length: some }, (_, index) => add(from + index)))));
    }
    const [admin, ...people] = all;
    if (!admin) throw new Error('Nobody was added.');
    return { env: { ...env, SESSION_SECRET: secret }, admin, people };
  } finally {
    await store.close();
  }
}

/** The server's own codec, over a signer of the same form as the one it registers. */
function codecOf(secret: string): ReturnType<typeof createTokenCodec> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sign = (claims: object): string => {
    const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, iss: 'warroom', aud: 'warroom:session' })}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  };
  return createTokenCodec({ sign } as unknown as Parameters<typeof createTokenCodec>[0]);
}

/** Declares so many incidents; answers their ids. */
export async function declareMany(url: string, who: Seeded, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const some = Array.from({ length: Math.min(20, count - ids.length) }, (_, index) =>
      ask<{ id: string }>(`${url}/api/incidents`, {
        token: who.token,
        body: { title: `Bench ${ids.length + index + 1}` },
      }),
    );
    for (const { id } of await Promise.all(some)) ids.push(id);
  }
  return ids;
}
