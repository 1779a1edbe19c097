import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startBroadcast } from '../../server/broadcast/broadcast.ts';
import type { Broadcasting } from '../../server/broadcast/broadcast.ts';
import { createMailChannel } from '../../server/broadcast/channels/mail.ts';
import { createOutgoingLinks } from '../../server/broadcast/outgoingLinks.ts';
import { openSettings } from '../../server/broadcast/settings.ts';
import type { Settings } from '../../server/broadcast/settings.ts';
import type { Store } from '../../server/rooms/ports.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { ADA, declared, START } from '../contracts/storeSupport.ts';
import type { StoreRoom } from '../contracts/storeSupport.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import type { FakeClock } from '../support/fakeClock.ts';
import { readMail } from '../support/mailReader.ts';
import { startSmtpServer } from '../support/smtpServer.ts';
import type { SmtpServer } from '../support/smtpServer.ts';

const SUPPORT = 'audience-support';
const ORIGIN = 'https://warroom.example.org';
const READERS = Array.from({ length: 10 }, (_, n) => `reader-${n}@example.org`);

let smtp: SmtpServer;
let folder: string;
let store: Store;
let clock: FakeClock;
let settings: Settings;
let room: StoreRoom;
let broadcasting: Broadcasting;
/** What the mail server had taken in before this test. */
let before: number;

beforeAll(async () => {
  smtp = await startSmtpServer();
});
afterAll(() => smtp.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warroom-'));
  store = await openSqliteStore({ folder });
  clock = createFakeClock(START + 3_600_000);
  settings = await openSettings({ store, clock, onFailure: () => {} });
  const body = { name: 'Support', locale: 'ko' as const, severities: [], tellsHandoff: false };
  await settings.save({ kind: 'audience', id: SUPPORT, body, revision: 0, by: ADA });
  for (const [n, address] of READERS.entries()) {
    const given = { name: null, locale: null, secret: null, state: 'active' as const, createdBy: ADA };
    await store.saveTarget({
      ...{ id: `target-${n}`, list: SUPPORT, channel: 'mail', address, createdAt: START },
      ...given,
    });
  }
  room = await declared(store, 'incident-one1');
  broadcasting = startBroadcast({
    ...{ store, settings, clock, log: { info: () => {}, warn: () => {}, error: () => {} } },
    links: createOutgoingLinks('secret', () => ORIGIN),
    rooms: { onSummary: () => () => {} },
    people: { get: () => undefined, facts: new Map() },
    channels: new Map([
      [
        'mail',
        createMailChannel({
          ...{ smtpUrl: smtp.url, origin: ORIGIN, nameOf: () => null },
          from: { name: null, address: 'incidents@example.org' },
        }),
      ],
    ]),
    random: () => 0,
  });
  before = smtp.taken.length;
});

afterEach(async () => {
  await broadcasting.stop();
  settings.close();
  await store.close();
  await rm(folder, { recursive: true });
});

/** Sends an update and waits until each of its deliveries says what is expected of all. */
async function sendUpdate(expected: object): Promise<void> {
  await room.commit([
    { type: 'update.sent', body: { state: 'resolved', text: 'Over', number: 1, audiences: [SUPPORT] } },
  ]);
  await settled(expected);
}

async function settled(expected: object): Promise<void> {
  await vi.waitFor(
    async () => {
      broadcasting.wake();
      const deliveries = await store.listDeliveries({ incidentId: room.id, seq: 2, limit: 100 });
      expect(deliveries).toHaveLength(READERS.length);
      for (const delivery of deliveries) expect(delivery).toMatchObject(expected);
    },
    { timeout: 15_000, interval: 20 },
  );
}

/** What the mail server took in for this test: recipient and Message-ID. */
function taken(): { to: string; id: string; subject: string; unsubscribe: string }[] {
  return smtp.taken.slice(before).map(({ to, raw }) => {
    const { headers, subject } = readMail(raw);
    const unsubscribe = headers.get('list-unsubscribe') ?? '';
    return { to: to.join(), id: headers.get('message-id') ?? '', subject, unsubscribe };
  });
}

const recipients = () => taken().map(({ to }) => to);

describe('one update by mail', () => {
  test('[M5] reaches everybody once, each with an id and a way out of their own', async () => {
    await sendUpdate({ status: 'delivered', attempts: 1 });
    const mails = taken();
    expect(recipients().toSorted()).toEqual(READERS.toSorted());
    expect(new Set(mails.map(({ id }) => id)).size).toBe(READERS.length);
    expect(new Set(mails.map(({ unsubscribe }) => unsubscribe)).size).toBe(READERS.length);
    expect(mails[0]?.unsubscribe).toMatch(/^<https:\/\/warroom\.example\.org\/subscriptions\/unsubscribe\//);
  });

  test('[M7] greylisting puts each off once, and each gets it once', async () => {
    // The server counts for good: once more than this reader was named to it in the tests before.
    const times = smtp.tried.filter((to) => to === READERS[0]).length + 1;
    await smtp.behave({ kind: 'greylist', times });
    const detail = 'the mail server does not take it now: by its rules (451 4.7.1)';
    await sendUpdate({ status: 'waiting', attempts: 1, uncertain: false, detail });
    expect(taken()).toEqual([]);
    await clock.advance(5_000);
    await settled({ status: 'delivered', attempts: 2 });
    expect(recipients().toSorted()).toEqual(READERS.toSorted());
    await smtp.behave({ kind: 'accept' });
  });

  test('[M7] with the mail server down it waits, and arrives once when it is up', async () => {
    await smtp.kill();
    await sendUpdate({ status: 'waiting', attempts: 1, uncertain: false });
    await clock.advance(5_000);
    await settled({ status: 'waiting', attempts: 2 });
    await smtp.start();
    await clock.advance(20_000);
    await settled({ status: 'delivered', attempts: 3 });
    expect(recipients().toSorted()).toEqual(READERS.toSorted());
  });

  test('[M7] hung up on after the message, it comes again with the same id', async () => {
    await smtp.behave({ kind: 'drop', at: 'data' });
    await sendUpdate({ status: 'waiting', attempts: 1, uncertain: true });
    await smtp.behave({ kind: 'accept' });
    await clock.advance(5_000);
    await settled({ status: 'delivered', attempts: 2 });
    for (const reader of READERS) {
      const [first, second, ...more] = taken().filter(({ to }) => to === reader);
      expect(first?.id).toBe(second?.id);
      expect(more).toEqual([]);
    }
  });

  test('[M7] refused after it may have arrived, it ends as unknown and not as failed', async () => {
    await smtp.behave({ kind: 'drop', at: 'data' });
    await sendUpdate({ status: 'waiting', uncertain: true });
    await smtp.behave({ kind: 'answer', at: 'recipient', code: 550, text: '5.1.1 No such user' });
    await clock.advance(5_000);
    await settled({ status: 'unknown', attempts: 2 });
    expect(recipients().toSorted()).toEqual(READERS.toSorted());
    await smtp.behave({ kind: 'accept' });
  });

  test('[M7] refused, it has failed with what the server meant, and goes again by hand', async () => {
    await smtp.behave({ kind: 'answer', at: 'recipient', code: 550, text: '5.1.1 No such user here' });
    await sendUpdate({
      ...{ status: 'failed', attempts: 1 },
      detail: 'the mail server refused it: no such mailbox (550 5.1.1)',
    });
    await clock.advance(3_600_000);
    await settled({ status: 'failed', attempts: 1 });
    await smtp.behave({ kind: 'accept' });
    await store.retryDeliveries({ incidentId: room.id, seq: 2, now: clock.now() });
    await settled({ status: 'delivered' });
    expect(recipients().toSorted()).toEqual(READERS.toSorted());
  });
});
