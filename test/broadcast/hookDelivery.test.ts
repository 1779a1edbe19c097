import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChannelName } from '#shared/contract/settings.ts';
import { startBroadcast } from '../../server/broadcast/broadcast.ts';
import type { Broadcasting } from '../../server/broadcast/broadcast.ts';
import { createChannels } from '../../server/broadcast/channels/all.ts';
import { createOutgoingLinks } from '../../server/broadcast/outgoingLinks.ts';
import { openSettings } from '../../server/broadcast/settings.ts';
import type { Settings } from '../../server/broadcast/settings.ts';
import type { DeliveryRecord, Store } from '../../server/rooms/ports.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { ADA, declared, START } from '../contracts/storeSupport.ts';
import type { StoreRoom } from '../contracts/storeSupport.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import type { FakeClock } from '../support/fakeClock.ts';
import { answers, startHookReceiver } from '../support/hookReceiver.ts';
import type { Answer, HookReceiver } from '../support/hookReceiver.ts';
import { selfSigned } from '../support/selfSigned.ts';

const SUPPORT = 'audience-support';
const SECRET = `whsec_${Buffer.from('thirty-two bytes that are secret').toString('base64')}`;

/** How long a busy machine may take. */
const PATIENT = { timeout: 15_000, interval: 20 };

let folder: string;
let store: Store;
let clock: FakeClock;
let settings: Settings;
let room: StoreRoom;
let broadcasting: Broadcasting;
const receivers: HookReceiver[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warroom-'));
  store = await openSqliteStore({ folder });
  clock = createFakeClock(START + 3_600_000);
  settings = await openSettings({ store, clock, onFailure: () => {} });
  const body = { name: 'Support', locale: 'en' as const, severities: [], tellsHandoff: false };
  await settings.save({ kind: 'audience', id: SUPPORT, body, revision: 0, by: ADA });
  room = await declared(store, 'incident-one1');
  broadcasting = start();
});

afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
  for (const server of servers.splice(0)) server.close();
  await broadcasting.stop();
  settings.close();
  await store.close();
  await rm(folder, { recursive: true });
});

function start(): Broadcasting {
  return startBroadcast({
    ...{ store, settings, clock, log: { info: () => {}, warn: () => {}, error: () => {} } },
    links: createOutgoingLinks('secret', () => 'https://warroom.example'),
    rooms: { onSummary: () => () => {} },
    people: { get: () => undefined, facts: new Map() },
    channels: createChannels({
      ...{ nameOf: () => null, mail: null, allowPrivateTargets: ['127.0.0.1'], clock },
    }),
    random: () => 0,
  });
}

async function receiver(answer?: Answer, options = {}): Promise<HookReceiver> {
  const made = await startHookReceiver(options);
  receivers.push(made);
  if (answer) made.answer = answer;
  return made;
}

async function target(id: string, address: string, channel: ChannelName = 'webhook'): Promise<void> {
  await store.saveTarget({
    ...{ id, list: SUPPORT, channel, address, name: null, locale: null, createdBy: ADA },
    ...{ secret: channel === 'webhook' ? SECRET : null, state: 'active', createdAt: START },
  });
}

const sendUpdate = () =>
  room.commit([
    { type: 'update.sent', body: { state: 'Down', text: 'We look', number: 1, audiences: [SUPPORT] } },
  ]);

async function deliveries(): Promise<Map<string, DeliveryRecord>> {
  const found = await store.listDeliveries({ incidentId: room.id, seq: 2, limit: 1_000 });
  return new Map(found.map((delivery) => [delivery.target, delivery]));
}

/** Wakes it until each target's delivery says what is expected. */
async function until(expected: Record<string, object>): Promise<void> {
  await vi.waitFor(async () => {
    broadcasting.wake();
    const found = await deliveries();
    for (const [id, part] of Object.entries(expected)) expect(found.get(id)).toMatchObject(part);
  }, PATIENT);
}

describe('receivers that are in trouble (F23)', () => {
  test('[B6] one that is down, slow, wrong or rude holds up no other, and each is told apart', async () => {
    const good = await receiver();
    const hanging = await receiver(() => {});
    const cases: Record<string, [string, object]> = {
      good: [good.url, { status: 'delivered' }],
      broken: [(await receiver(answers(500))).url, { status: 'waiting', detail: 'HTTP 500' }],
      busy: [(await receiver(answers(429, { 'retry-after': '90' }))).url, { status: 'waiting' }],
      gone: [(await receiver(answers(410))).url, { status: 'failed', detail: 'HTTP 410' }],
      wrong: [(await receiver(answers(404))).url, { status: 'failed', detail: 'HTTP 404' }],
      moved: [
        (await receiver(answers(302, { location: good.url }))).url,
        { status: 'failed', detail: 'HTTP 302: redirects are not followed' },
      ],
      untrusted: [
        (await receiver(undefined, { tls: selfSigned('hooks.example.com') })).url,
        { status: 'waiting', detail: 'no trusted TLS connection (DEPTH_ZERO_SELF_SIGNED_CERT)' },
      ],
      rude: [await cutting(), { status: 'waiting', uncertain: true }],
      endless: [await endless(), { status: 'delivered' }],
      hanging: [hanging.url, { status: 'sending' }],
      closed: ['http://169.254.169.254/latest', { status: 'failed' }],
    };
    for (const [id, [address]] of Object.entries(cases)) await target(id, address);
    await sendUpdate();
    // All others are settled while one still hangs: its time has not moved.
    await until(Object.fromEntries(Object.entries(cases).map(([id, [, expected]]) => [id, expected])));
    expect(good.received).toHaveLength(1);
    await hanging.arrived(1);
    await clock.advance(20_000);
    await until({ hanging: { status: 'waiting', uncertain: true, detail: 'no answer in time' } });
    expect((await store.readTarget('gone'))?.state).toBe('ended');
    expect((await store.readTarget('wrong'))?.state).toBe('active');
  });

  test('[B4] one that was down gets it when it is back, under the same id, and once', async () => {
    const first = await receiver(answers(503));
    await target('back', `${first.url}/hook`);
    await sendUpdate();
    await until({ back: { status: 'waiting', detail: 'HTTP 503' } });
    await first.close();
    receivers.splice(receivers.indexOf(first), 1);
    await clock.advance(5_000);
    await until({ back: { attempts: 2, detail: 'the connection was refused' } });
    const second = await receiver(undefined, { port: first.port });
    await clock.advance(20_000);
    await until({ back: { status: 'delivered', attempts: 3 } });
    expect(second.received).toHaveLength(1);
    expect(second.received[0]?.headers['webhook-id']).toBe(first.received[0]?.headers['webhook-id']);
    expect(second.received[0]?.body).toBe(first.received[0]?.body);
  });

  test('[B4] one that asks for time gets it', async () => {
    const busy = await receiver(answers(429, { 'retry-after': '90' }));
    await target('busy', busy.url);
    await sendUpdate();
    await until({ busy: { status: 'waiting', attempts: 1 } });
    busy.answer = answers(204);
    await clock.advance(89_000);
    await until({ busy: { status: 'waiting', attempts: 1 } });
    await clock.advance(2_000);
    await until({ busy: { status: 'delivered', attempts: 2 } });
    expect(busy.received).toHaveLength(2);
  });

  test('[B5] one that took it and never said so gets it again under the same id, and counts as delivered', async () => {
    const silent = await receiver((response) => response.destroy());
    await target('silent', silent.url);
    await sendUpdate();
    await until({ silent: { status: 'waiting', uncertain: true } });
    silent.answer = answers(200);
    await clock.advance(5_000);
    await until({ silent: { status: 'delivered' } });
    const ids = silent.received.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('[B7] stopping while one hangs ends soon, and another server sends it again under the same id', async () => {
    const hanging = await receiver(() => {});
    await target('hanging', hanging.url);
    await sendUpdate();
    await until({ hanging: { status: 'sending' } });
    await hanging.arrived(1);
    let isStopped = false;
    void broadcasting.stop().then(() => (isStopped = true));
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(isStopped).toBe(true);
    }, PATIENT);
    await until({ hanging: { status: 'waiting', uncertain: true } });
    hanging.answer = answers(204);
    broadcasting = start();
    await clock.advance(60_000);
    await until({ hanging: { status: 'delivered' } });
    const ids = hanging.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
  });
});

test('[B1] every channel over HTTP delivers one update once', async () => {
  const all = await receiver();
  const names: ChannelName[] = ['webhook', 'slack', 'mattermost', 'discord', 'teams', 'ntfy'];
  for (const name of names) await target(name, `${all.url}/${name}`, name);
  await sendUpdate();
  await until(Object.fromEntries(names.map((name) => [name, { status: 'delivered', attempts: 1 }])));
  expect(all.received.map(({ path }) => path.replace(/\?.*/, '').slice(1)).toSorted()).toEqual(
    names.toSorted(),
  );
});

/** Cuts each line when something came. */
async function cutting(): Promise<string> {
  return rawServer((socket) => socket.once('data', () => socket.destroy()));
}

/** Answers with a body that never ends. */
async function endless(): Promise<string> {
  return rawServer((socket) => {
    const more = (): void => {
      while (socket.write('x'.repeat(65_536)));
    };
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      more();
    });
    socket.on('drain', more);
  });
}

async function rawServer(serve: Parameters<typeof createServer>[1] & {}): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
