import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ACTION_EXPORT } from '#shared/contract/updates.ts';
import { startBroadcast } from '../../server/broadcast/broadcast.ts';
import type { Broadcasting } from '../../server/broadcast/broadcast.ts';
import { messageOf, textOf } from '../../server/broadcast/message.ts';
import { createOutgoingLinks } from '../../server/broadcast/outgoingLinks.ts';
import { openSettings } from '../../server/broadcast/settings.ts';
import type { Settings } from '../../server/broadcast/settings.ts';
import type { PersonRecord, Store } from '../../server/rooms/ports.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { ADA, BEN, declared, START } from '../contracts/storeSupport.ts';
import { createFakeChannel } from '../support/fakeChannel.ts';
import type { FakeChannel } from '../support/fakeChannel.ts';
import { createFakeClock } from '../support/fakeClock.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const ben: PersonRecord = {
  ...{ id: BEN, name: 'Ben', email: 'ben@example.org', locale: 'ko', access: 'responder', admin: false },
  ...{ disabled: false, passwordHash: null, createdAt: new Date(START).toISOString() },
};
const action = {
  action: 'action-0001',
  text: 'Alert on failed payments',
  owner: BEN,
  dueAt: new Date(START + 60_000).toISOString(),
  horizon: 'short',
  kind: 'monitoring',
  effect: 'detects',
  why: null,
} as const;
const overdue = {
  type: 'action.overdue',
  body: { action: 'action-0001', dueAt: action.dueAt },
} as const;

let folder: string;
let store: Store;
let settings: Settings;
let mail: FakeChannel;
let hook: FakeChannel;
let broadcasting: Broadcasting;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warroom-'));
  store = await openSqliteStore({ folder });
  const clock = createFakeClock(START + 3_600_000);
  settings = await openSettings({ store, clock, onFailure: () => {} });
  [mail, hook] = [createFakeChannel('mail'), createFakeChannel('webhook')];
  await store.saveTarget({
    ...{ id: 'tracker-1', list: ACTION_EXPORT, channel: 'webhook', address: 'https://tracker.test/hook' },
    ...{ name: null, locale: null, secret: 'whsec_x', state: 'active', createdAt: START, createdBy: ADA },
  });
  broadcasting = startBroadcast({
    ...{ store, settings, clock, log: silent, random: () => 0 },
    links: createOutgoingLinks('secret', () => 'https://warroom.example'),
    rooms: { onSummary: () => () => {} },
    people: { get: (id) => (id === BEN ? ben : undefined), facts: new Map([[BEN, ben]]) },
    channels: new Map([
      ['mail', mail],
      ['webhook', hook],
    ]),
  });
});

afterEach(async () => {
  await broadcasting.stop();
  settings.close();
  await store.close();
  await rm(folder, { recursive: true });
});

async function until(check: () => Promise<void> | void): Promise<void> {
  const waiting = { timeout: 15_000, interval: 20 };
  await vi.waitFor(async () => {
    broadcasting.wake();
    await check();
  }, waiting);
}

describe('what happens to an action', () => {
  test('[L12] goes to the tracker, each change once, with the action as it is since', async () => {
    const room = await declared(store, 'incident-one1');
    await room.commit([{ type: 'action.added', body: action }]);
    await room.commit([{ type: 'action.set', body: { action: 'action-0001', status: 'done' } }]);
    await until(() => expect(hook.tried).toHaveLength(2));
    const told = hook.tried
      .map(({ notice }) => notice.action)
      .toSorted((a) => (a?.change === 'added' ? -1 : 1));
    expect(told).toMatchObject([
      { change: 'added', text: 'Alert on failed payments', status: 'open', owner: BEN },
      { change: 'set', status: 'done' },
    ]);
    expect(mail.tried).toEqual([]);
  });

  test.each([
    ['private', { private: true }],
    ['a drill', { drill: true }],
  ])('[L12] stays in the house when the incident is %s', async (_, given) => {
    const room = await declared(store, 'incident-one1', given);
    await room.commit([{ type: 'action.added', body: action }]);
    await until(async () => expect(await store.unfinishedBroadcasts([room.id])).toEqual([]));
    expect(hook.tried).toEqual([]);
  });

  test('[L13] its owner is reminded by mail, in their language, when it is late, with the way to the review', async () => {
    const room = await declared(store, 'incident-one1');
    await room.commit([{ type: 'action.added', body: action }]);
    await room.commit([overdue]);
    await until(() => expect(mail.tried).toHaveLength(1));
    const [sent] = mail.tried;
    expect(sent).toMatchObject({
      ...{ address: 'ben@example.org', locale: 'ko' },
      links: { page: 'https://warroom.example/i/1/review', unsubscribe: null },
    });
    if (!sent) throw new Error('sent');
    const message = messageOf(sent.notice, 'ko', { nameOf: () => 'Ben' });
    expect(message.subject).toBe('[INC-1] 재발 방지 대책 기한 지남: Title of incident-one1');
    expect(textOf(message)).toContain('Alert on failed payments');
    expect(textOf(message)).toContain('담당\nBen');
  });

  test('[L13] whoever may not enter the incident any more is not told of it', async () => {
    const room = await declared(store, 'incident-one1', { private: true });
    await room.commit([{ type: 'action.added', body: action }]);
    await room.commit([overdue]);
    await until(async () => expect(await store.unfinishedBroadcasts([room.id])).toEqual([]));
    expect(mail.tried).toEqual([]);
  });
});
