import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PersonRecord, Store, TokenRecord } from '../../server/rooms/ports.ts';
import type { StoreHarness } from './storeContract.ts';
import { ADA, START } from './storeSupport.ts';

function person(id: string, given: Partial<PersonRecord> = {}): PersonRecord {
  return {
    id,
    name: `Name of ${id}`,
    email: `${id}@example.org`,
    access: 'responder',
    admin: false,
    locale: 'ko',
    disabled: false,
    passwordHash: null,
    createdAt: new Date(START).toISOString(),
    ...given,
  };
}

function token(hash: string, given: Partial<TokenRecord> = {}): TokenRecord {
  return {
    hash,
    kind: 'invitation',
    subject: 'the-subject',
    detail: null,
    createdAt: START,
    expiresAt: START + 1_000,
    revokedAt: null,
    createdBy: ADA,
    ...given,
  };
}

const session = (id: string, owner: string) => ({
  id,
  person: owner,
  createdAt: START,
  expiresAt: START + 1_000,
  revokedAt: null,
});

/** What every store promises about people, sessions, tokens, secrets and the system log. One storage for all. */
export function storeAccountsContract(makeHarness: () => Promise<StoreHarness>): void {
  let harness: StoreHarness;
  let store: Store;
  beforeAll(async () => {
    harness = await makeHarness();
    store = await harness.open();
  });
  afterAll(async () => {
    await store.close();
    await harness.dispose();
  });

  describe('people', () => {
    test('[S22] a person is added and replaced as a whole', async () => {
      const before = person('person-one1');
      expect(await store.savePerson(before)).toBe('saved');
      const after = { ...before, name: '이름', admin: true, disabled: true, passwordHash: '$argon2id$x' };
      expect(await store.savePerson(after)).toBe('saved');
      expect((await store.listPeople()).filter(({ id }) => id === before.id)).toEqual([after]);
    });

    test('[S22] an e-mail address belongs to one person, however it is written', async () => {
      const email = 'Zoë@Example.org';
      const saved = await Promise.all([
        store.savePerson(person('person-zoe1', { email: email.normalize('NFC') })),
        store.savePerson(person('person-zoe2', { email: email.normalize('NFD').toUpperCase() })),
      ]);
      expect(saved).toEqual(['saved', 'taken']);
      expect(await store.savePerson(person('person-zoe1', { email: 'zoë@example.org' }))).toBe('saved');
      expect((await store.listPeople()).some(({ id }) => id === 'person-zoe2')).toBe(false);
    });
  });

  describe('sessions', () => {
    test('[S23] a session is extended only to later, and never once it was ended', async () => {
      await store.createSession(session('session-one1', 'owner-one1'));
      await store.extendSession('session-one1', START + 9_000);
      await store.extendSession('session-one1', START + 5_000);
      expect((await store.readSessions(['session-one1'])).get('session-one1')?.expiresAt).toBe(START + 9_000);
      await store.revokeSessions('owner-one1', START + 10, {});
      await store.extendSession('session-one1', START + 20_000);
      expect((await store.readSessions(['session-one1'])).get('session-one1')).toEqual({
        ...session('session-one1', 'owner-one1'),
        expiresAt: START + 9_000,
        revokedAt: START + 10,
      });
      expect((await store.readSessions(['session-none'])).size).toBe(0);
    });

    test('[S23] sessions of a person end all, all but one, or one alone; each ends once', async () => {
      for (const id of ['end-a', 'end-b', 'end-c']) await store.createSession(session(id, 'owner-two2'));
      await store.createSession(session('end-other', 'owner-tri3'));
      expect(await store.revokeSessions('owner-two2', START, { only: 'end-a' })).toEqual(['end-a']);
      expect(await store.revokeSessions('owner-two2', START, { only: 'end-other' })).toEqual([]);
      expect(await store.revokeSessions('owner-two2', START, { except: 'end-c' })).toEqual(['end-b']);
      expect(await store.revokeSessions('owner-two2', START, {})).toEqual(['end-c']);
      expect(await store.revokeSessions('owner-two2', START, {})).toEqual([]);
      expect((await store.readSessions(['end-other'])).get('end-other')?.revokedAt).toBeNull();
    });
  });

  describe('permissions', () => {
    test('[S43] the permission epoch rises with each change of a person and each ended session, and with nothing else', async () => {
      const rises = async (change: () => Promise<unknown>) => {
        const before = await store.permissionEpoch();
        await change();
        return (await store.permissionEpoch()) - before;
      };
      expect(await rises(() => store.savePerson(person('person-new')))).toBe(1);
      expect(await rises(() => store.savePerson(person('person-new', { admin: true })))).toBe(1);
      expect(
        await rises(() => store.savePerson(person('person-thief', { email: 'person-new@example.org' }))),
      ).toBe(0);
      expect(await rises(() => store.createSession(session('epoch-a', 'person-new')))).toBe(0);
      expect(await rises(() => store.extendSession('epoch-a', START + 2_000))).toBe(0);
      expect(await rises(() => store.revokeSessions('person-new', START, {}))).toBe(1);
      expect(await rises(() => store.revokeSessions('person-new', START, {}))).toBe(0);
    });

    test('[S43] who changed since an epoch is listed, and nobody else', async () => {
      await store.savePerson(person('since-one1'));
      await store.savePerson(person('since-two2'));
      const before = await store.permissionEpoch();
      await store.savePerson(person('since-two2', { disabled: true }));
      await store.savePerson(person('since-tri3'));
      const ids = async (after: number) => (await store.listPeople(after)).map(({ id }) => id).toSorted();
      expect(await ids(before)).toEqual(['since-tri3', 'since-two2']);
      expect(await ids(before + 1)).toEqual(['since-tri3']);
      expect(await ids(await store.permissionEpoch())).toEqual([]);
    });

    test('[S43] a change that was decided before somebody else changed anything is stale, and changes nothing', async () => {
      await store.savePerson(person('stale-one1'));
      const known = await store.permissionEpoch();
      await store.savePerson(person('stale-two2'));
      const late = person('stale-one1', { admin: true });
      expect(await store.savePerson(late, known)).toBe('stale');
      expect(await store.permissionEpoch()).toBe(known + 1);
      const stored = async () => (await store.listPeople()).find(({ id }) => id === 'stale-one1');
      expect((await stored())?.admin).toBe(false);
      expect(await store.savePerson(late, known + 1)).toBe('saved');
      expect((await stored())?.admin).toBe(true);
    });

    test('[S44] many sessions come in one read; those are live that neither ended nor ran out', async () => {
      for (const id of ['live-a', 'live-b', 'live-c']) await store.createSession(session(id, `owner-${id}`));
      await store.extendSession('live-b', START + 5_000);
      await store.revokeSessions('owner-live-c', START, {});
      const ids = ['live-a', 'live-b', 'live-c', 'live-none'];
      expect(await store.liveSessions(ids, START)).toEqual(new Set(['live-a', 'live-b']));
      expect(await store.liveSessions(ids, START + 1_000)).toEqual(new Set(['live-b']));
      expect(await store.liveSessions([], START)).toEqual(new Set());
      const many = Array.from({ length: 3_000 }, (_, n) => `live-${n}`);
      expect(await store.liveSessions([...many, 'live-a'], START)).toEqual(new Set(['live-a']));
      const read = await store.readSessions([...many, 'live-c', 'live-a']);
      expect(new Map([...read].map(([id, row]) => [id, row.revokedAt]))).toEqual(
        new Map([
          ['live-a', null],
          ['live-c', START],
        ]),
      );
    });
  });

  describe('tokens', () => {
    test('[S24] of many that take a token at once exactly one gets it, and nobody after', async () => {
      await store.saveToken(token('once'));
      const taken = await Promise.all(Array.from({ length: 20 }, () => store.takeToken('once', START)));
      expect(taken.filter((record) => record !== null)).toEqual([token('once')]);
      expect(await store.takeToken('once', START)).toBeNull();
      expect(await store.readToken('once')).toBeNull();
    });

    test('[S24] an expired or revoked token is not taken', async () => {
      await store.saveToken(token('late'));
      expect(await store.takeToken('late', START + 1_000)).toBeNull();
      await store.saveToken(token('revoked', { expiresAt: null }));
      await store.revokeToken('revoked', START + 5);
      await store.revokeToken('revoked', START + 50);
      expect(await store.takeToken('revoked', START)).toBeNull();
      expect((await store.readToken('revoked'))?.revokedAt).toBe(START + 5);
      await store.saveToken(token('forever', { expiresAt: null }));
      expect((await store.takeToken('forever', START * 2))?.hash).toBe('forever');
    });

    test('[S24] tokens are listed by kind and subject, newest first', async () => {
      const kind = 'stakeholder_link' as const;
      await store.saveToken(token('link-1', { kind, subject: 'incident-x', createdAt: START }));
      await store.saveToken(token('link-2', { kind, subject: 'incident-x', createdAt: START + 1 }));
      await store.saveToken(token('link-3', { kind, subject: 'incident-y' }));
      expect((await store.listTokens(kind, 'incident-x')).map(({ hash }) => hash)).toEqual([
        'link-2',
        'link-1',
      ]);
      expect(await store.listTokens('invitation', 'incident-x')).toEqual([]);
    });
  });

  test('[S25] all who ask for a shared secret get the same one, also later', async () => {
    const made = await Promise.all(['a', 'b', 'c'].map((value) => store.sharedSecret('key', () => value)));
    expect(new Set(made).size).toBe(1);
    expect(await store.sharedSecret('key', () => 'd')).toBe(made[0]);
    expect(await store.sharedSecret('other', () => 'e')).toBe('e');
  });

  test('[S26] the system log has the form and the chain of an incident’s log', async () => {
    expect(await store.readSystemLog({ limit: 5 })).toMatchObject({
      entries: [],
      head: { seq: 0 },
      more: false,
    });
    const written = await Promise.all(
      [1, 2, 3].map((n) =>
        store.appendSystemEntry({ now: START - n, actor: ADA, type: 'person.added', body: { n } }),
      ),
    );
    const page = await store.readSystemLog({ after: 1, limit: 1 });
    expect(page.entries).toEqual([written[1]]);
    expect(page.more).toBe(true);
    expect(page.head).toMatchObject({ seq: 3, hash: written[2]?.hash });
    expect(written[2]).toMatchObject({ incidentId: 'system-log', seq: 3, prevHash: written[1]?.hash });
    expect(await store.healthy()).toBe(true);
  });
}
