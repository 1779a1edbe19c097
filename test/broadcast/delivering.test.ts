import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startBroadcast } from '../../server/broadcast/broadcast.ts';
import type { Broadcasting } from '../../server/broadcast/broadcast.ts';
import { MOST_ATTEMPTS } from '../../server/broadcast/backoff.ts';
import { createOutgoingLinks } from '../../server/broadcast/outgoingLinks.ts';
import { openSettings } from '../../server/broadcast/settings.ts';
import type { Settings } from '../../server/broadcast/settings.ts';
import type { Store, TargetRecord } from '../../server/rooms/ports.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { ADA, BEN, declared, START } from '../contracts/storeSupport.ts';
import type { StoreRoom } from '../contracts/storeSupport.ts';
import { createFakeChannel } from '../support/fakeChannel.ts';
import type { FakeChannel } from '../support/fakeChannel.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import type { FakeClock } from '../support/fakeClock.ts';

const SUPPORT = 'audience-support';
const LEADERS = 'audience-leaders';
const silent = { info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
let store: Store;
let clock: FakeClock;
let settings: Settings;
let mail: FakeChannel;
let room: StoreRoom;
let broadcasting: Broadcasting;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warroom-'));
  store = await openSqliteStore({ folder });
  clock = createFakeClock(START + 3_600_000);
  settings = await openSettings({ store, clock, onFailure: () => {} });
  const audience = { locale: 'en' as const, severities: [] };
  const kind = 'audience' as const;
  for (const [id, tellsHandoff] of [
    [SUPPORT, false],
    [LEADERS, true],
  ] as const) {
    await settings.save({ kind, id, body: { ...audience, name: id, tellsHandoff }, revision: 0, by: ADA });
  }
  mail = createFakeChannel();
  room = await declared(store, 'incident-one1');
  broadcasting = start();
});

afterEach(async () => {
  await broadcasting.stop();
  settings.close();
  await store.close();
  await rm(folder, { recursive: true });
});

function start(): Broadcasting {
  const links = createOutgoingLinks('secret', () => 'https://warroom.example');
  return startBroadcast({
    ...{ store, settings, clock, links, log: silent },
    rooms: { onSummary: () => () => {} },
    channels: new Map([['mail', mail]]),
    random: () => 0,
  });
}

async function listed(list: string, ...addresses: string[]): Promise<TargetRecord[]> {
  const targets = addresses.map((address, n): TargetRecord => {
    const given = { address, name: null, locale: null, secret: null, state: 'active' as const };
    return { id: `${list}-${n}`, list, channel: 'mail', ...given, createdAt: START, createdBy: ADA };
  });
  for (const target of targets) await store.saveTarget(target);
  return targets;
}

const sendUpdate = (audiences: string[] = [SUPPORT]) =>
  room.commit([{ type: 'update.sent', body: { state: 'Down', text: 'We look', number: 1, audiences } }]);

const deliveries = (seq = 2) => store.listDeliveries({ incidentId: room.id, seq, limit: 1_000 });
const statuses = async () => (await deliveries()).map((delivery) => delivery.status).toSorted();

/** Wakes it until something holds. */
async function until(check: () => Promise<void> | void): Promise<void> {
  await vi.waitFor(
    async () => {
      broadcasting.wake();
      await check();
    },
    { timeout: 20_000, interval: 20 },
  );
}

describe('who gets what', () => {
  test('[B1] an update goes once to every active address of its audiences and of who follows this incident', async () => {
    await listed(SUPPORT, 'a@one.org', 'b@one.org', 'c@two.org');
    await listed(LEADERS, 'boss@one.org');
    await listed(room.id, 'A@One.org', 'reader@three.org');
    const [ended] = await listed('incident-two2', 'stranger@four.org');
    if (ended) await store.saveTarget({ ...ended, list: SUPPORT, state: 'ended' });
    await sendUpdate();
    await until(async () => expect(await statuses()).toEqual(Array(4).fill('delivered')));
    expect(mail.tried.map(({ address }) => address).toSorted()).toEqual([
      ...['a@one.org', 'b@one.org', 'c@two.org', 'reader@three.org'],
    ]);
    expect(mail.tried[0]?.notice).toMatchObject({
      ...{ update: { text: 'We look' }, handoff: null },
      inside: { seq: 2, incidentId: room.id },
    });
  });

  test('[B13] who subscribed on a page outside is not told what the room keeps inside; who is listed, too, is', async () => {
    const both = ['both@one.org', 'own@one.org'];
    // With identifiers before all others, so that they would win by chance.
    for (const reader of await listed(PUBLIC_PAGE, ...both, 'page@two.org')) {
      await store.removeTarget(reader.id);
      await store.saveTarget({ ...reader, id: `a-${reader.id}` });
    }
    await listed(room.id, 'link@two.org');
    await listed(SUPPORT, 'BOTH@one.org', 'own@one.org');
    await room.commit([{ type: 'handoff.forced', body: { from: ADA, to: BEN, reason: 'asleep', epoch: 2 } }]);
    await room.commit([
      {
        type: 'update.sent',
        body: { state: 'Down', text: 'We look', number: 1, audiences: [PUBLIC_PAGE, SUPPORT] },
      },
    ]);
    await until(() => expect(mail.tried).toHaveLength(4));
    const told = new Map(mail.tried.map(({ address, notice }) => [address, notice]));
    for (const address of ['BOTH@one.org', 'own@one.org']) {
      expect(told.get(address)).toMatchObject({ inside: { severity: 'SEV3' }, handoff: { to: BEN } });
    }
    for (const address of ['page@two.org', 'link@two.org']) {
      expect(told.get(address)).toMatchObject({ inside: null, handoff: null, update: { number: 1 } });
    }
  });

  test('[B2] a handoff is told at once to audiences that want it, and to the others with the next update', async () => {
    await listed(SUPPORT, 'a@one.org');
    await listed(LEADERS, 'boss@one.org');
    const attached = (audience: string) => ({ type: 'audience.attached' as const, body: { audience } });
    await room.commit([attached(SUPPORT), attached(LEADERS)]);
    await room.commit([{ type: 'handoff.forced', body: { from: ADA, to: BEN, reason: 'asleep', epoch: 2 } }]);
    await until(() => expect(mail.tried).toHaveLength(1));
    expect(mail.tried[0]).toMatchObject({
      address: 'boss@one.org',
      notice: { update: null, handoff: { to: BEN } },
    });
    await sendUpdate();
    await until(() => expect(mail.tried).toHaveLength(2));
    expect(mail.tried[1]).toMatchObject({ address: 'a@one.org', notice: { handoff: { to: BEN } } });
    await room.commit([
      { type: 'update.sent', body: { state: 'Up', text: 'Over', number: 2, audiences: [SUPPORT] } },
    ]);
    await until(() => expect(mail.tried).toHaveLength(3));
    expect(mail.tried[2]?.notice.handoff).toBeNull();
  });

  test('[B3] what was redacted before it went is withdrawn, and who left the list gets nothing more', async () => {
    const [one] = await listed(SUPPORT, 'a@one.org');
    mail.answer = () => ({ kind: 'later', detail: 'busy' });
    await sendUpdate();
    await until(async () => expect((await deliveries())[0]?.detail).toBe('busy'));
    if (one) await store.saveTarget({ ...one, state: 'ended' });
    await clock.advance(10_000);
    await until(async () => expect(await statuses()).toEqual(['failed']));
    expect(mail.tried).toHaveLength(1);
    if (one) await store.saveTarget(one);
    await store.retryDeliveries({ incidentId: room.id, seq: 2, now: clock.now() });
    await room.commit([{ type: 'entry.redacted', body: { seq: 2, reason: 'secret' } }], {
      erasures: [{ seq: 2, fields: ['text'] }],
    });
    await clock.advance(10_000);
    await until(async () => expect(await statuses()).toEqual(['withdrawn']));
    expect(mail.tried).toHaveLength(1);
  });
});

describe('what an attempt comes to', () => {
  const tryAll = async (answer: FakeChannel['answer']) => {
    await listed(SUPPORT, 'a@one.org');
    mail.answer = answer;
    await sendUpdate();
    await until(() => expect(mail.tried.length).toBeGreaterThan(0));
  };

  test('[B4] what was not taken is tried again later and later, with the same id, until it is given up', async () => {
    await tryAll(() => ({ kind: 'later', detail: 'busy' }));
    for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt += 1) {
      await until(async () =>
        expect((await deliveries())[0]).toMatchObject({ status: 'waiting', attempts: attempt }),
      );
      await clock.advance(((await deliveries())[0]?.dueAt ?? 0) - clock.now());
    }
    await until(async () => expect(await statuses()).toEqual(['failed']));
    expect(mail.tried).toHaveLength(MOST_ATTEMPTS);
    expect(new Set(mail.tried.map(({ deliveryId }) => deliveryId)).size).toBe(1);
  });

  test('[B4] a refusal is not tried again, and an address that is gone is ended', async () => {
    await tryAll(({ address }) =>
      address === 'a@one.org' ? { kind: 'gone', detail: '410' } : { kind: 'delivered' },
    );
    await until(async () => expect(await statuses()).toEqual(['failed']));
    expect((await store.readTarget(`${SUPPORT}-0`))?.state).toBe('ended');
  });

  test('[B5] an attempt without an answer ends as unknown unless a later one arrives', async () => {
    await tryAll(() => {
      throw new Error('cut');
    });
    await until(async () =>
      expect((await deliveries())[0]).toMatchObject({ status: 'waiting', uncertain: true }),
    );
    mail.answer = () => ({ kind: 'refused', detail: 'no such box' });
    await clock.advance(10_000);
    await until(async () => expect(await statuses()).toEqual(['unknown']));
    mail.answer = () => ({ kind: 'delivered' });
    await store.retryDeliveries({ incidentId: room.id, seq: 2, now: clock.now() });
    await until(async () => expect(await statuses()).toEqual(['delivered']));
  });

  test('[B6] an attempt that hangs ends in time, and holds up no other queue', async () => {
    await listed(
      SUPPORT,
      'a@dead.org',
      'b@dead.org',
      ...Array.from({ length: 30 }, (_, n) => `${n}@one.org`),
    );
    mail.answer = ({ address }) =>
      address.endsWith('dead.org') ? new Promise(() => {}) : { kind: 'delivered' };
    await sendUpdate();
    await until(async () => {
      expect((await statuses()).filter((status) => status === 'delivered')).toHaveLength(30);
    });
    expect((await statuses()).filter((status) => status === 'sending')).toHaveLength(2);
    await clock.advance(20_000);
    await until(async () => {
      expect((await statuses()).filter((status) => status === 'waiting')).toHaveLength(2);
    });
  });

  const hangs = (address: string) => {
    mail.answer = (outgoing) =>
      outgoing.address === address ? new Promise(() => {}) : { kind: 'delivered' };
  };
  const count = async (status: string, seq?: number) =>
    (await deliveries(seq)).filter((delivery) => delivery.status === status).length;

  test('[B11] one slow address among 200 of a queue keeps one attempt busy, and the 199 wait for nothing', async () => {
    await listed(SUPPORT, ...Array.from({ length: 200 }, (_, n) => `${n}@one.org`));
    hangs('7@one.org');
    await sendUpdate();
    // The clock stands still: nobody waited until the attempt was given up.
    await until(async () => expect(await count('delivered')).toBe(199));
    expect(await count('sending')).toBe(1);
    await clock.advance(20_000);
    await until(async () => expect(await count('waiting')).toBe(1));
  });

  test('[B11] what comes while an attempt takes long goes out at once, as many at a time as ever', async () => {
    await listed(SUPPORT, ...Array.from({ length: 12 }, (_, n) => `${n}@one.org`));
    hangs('7@one.org');
    await sendUpdate();
    await until(async () => expect(await count('delivered')).toBe(11));
    let [now, most] = [0, 0];
    mail.answer = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return { kind: 'delivered' };
    };
    await room.commit([
      { type: 'update.sent', body: { state: 'Up', text: 'Over', number: 2, audiences: [SUPPORT] } },
    ]);
    await until(async () => expect(await count('delivered', 3)).toBe(12));
    expect(await count('sending')).toBe(1);
    // Three at once, of which the one that hangs is one.
    expect(most).toBe(2);
    await clock.advance(20_000);
    await until(async () => expect(await count('sending')).toBe(0));
  });

  test('[B12] nothing is begun that could not end before its claim does, and it counts as no attempt', async () => {
    await listed(SUPPORT, ...Array.from({ length: 6 }, (_, n) => `${n}@one.org`));
    const release = Promise.withResolvers<void>();
    mail.answer = async () => {
      await release.promise;
      return { kind: 'delivered' };
    };
    await sendUpdate();
    await until(() => expect(mail.tried).toHaveLength(3));
    // What is under way is given up after 20 s; the clock steps, as when the process was paused.
    clock.step(30_000);
    release.resolve();
    await until(async () => expect(await count('delivered')).toBe(6));
    expect(mail.tried).toHaveLength(6);
    expect((await deliveries()).map(({ attempts }) => attempts)).toEqual(Array(6).fill(1));
    expect((await deliveries()).filter(({ epoch }) => epoch === 2)).toHaveLength(3);
  });

  test('[B7] stopping begins nothing new, and what had not begun is there for whoever comes next', async () => {
    await listed(SUPPORT, ...Array.from({ length: 6 }, (_, n) => `${n}@one.org`));
    const release = Promise.withResolvers<void>();
    mail.answer = async () => {
      await release.promise;
      return { kind: 'delivered' };
    };
    await sendUpdate();
    await until(() => expect(mail.tried).toHaveLength(3));
    const stopped = broadcasting.stop();
    release.resolve();
    await stopped;
    expect(await statuses()).toEqual([...Array(3).fill('delivered'), ...Array(3).fill('waiting')]);
    expect((await deliveries()).filter(({ attempts }) => attempts === 0)).toHaveLength(3);
    broadcasting = start();
    await until(async () => expect(await statuses()).toEqual(Array(6).fill('delivered')));
    expect(new Set(mail.tried.map(({ deliveryId }) => deliveryId)).size).toBe(6);
    expect(mail.tried).toHaveLength(6);
  });

  test('[B9] what a crash left under way goes on at once, and counts as perhaps arrived', async () => {
    await broadcasting.stop();
    await listed(SUPPORT, 'a@one.org');
    await sendUpdate();
    const claim = () => ({ now: clock.now(), until: clock.now() + 60_000, limit: 10 });
    expect(await store.claimBroadcasts(claim())).toHaveLength(1);
    mail.answer = () => ({ kind: 'later', detail: 'busy' });
    broadcasting = start();
    await until(async () => expect((await deliveries())[0]?.detail).toBe('busy'));
    await broadcasting.stop();
    await clock.advance(10_000);
    expect(await store.claimDeliveries({ queue: 'mail one.org', ...claim() })).toHaveLength(1);
    mail.answer = () => ({ kind: 'refused', detail: 'no such mailbox' });
    broadcasting = start();
    await until(async () => expect(await statuses()).toEqual(['unknown']));
    expect(new Set(mail.tried.map(({ deliveryId }) => deliveryId)).size).toBe(1);
  });
});
