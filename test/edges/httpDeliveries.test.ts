import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliveryId } from '../../server/broadcast/expander.ts';
import { startDeliveryNews } from '../../server/edges/deliveryNews.ts';
import { createFakeChannel } from '../support/fakeChannel.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer;
let commander: Member;
let comms: Member;
let other: Member;
let id: string;
let woken = 0;
const mail = createFakeChannel('mail');

beforeAll(async () => {
  server = await startHttp({ channels: new Map([['mail', mail]]), wakeBroadcast: () => (woken += 1) });
  const admin = await server.member({ admin: true });
  commander = await server.member();
  comms = await server.member();
  other = await server.member();
  for (const [audience, severities] of [
    ['support-team', ['SEV3']],
    ['leadership', ['SEV3', 'SEV1']],
    ['board-members', ['SEV1']],
  ] as const) {
    const body = { name: audience, locale: 'ko', severities, tellsHandoff: false };
    const url = `/api/settings/audience/${audience}`;
    await server.ask({ method: 'PUT', url, token: admin.token, payload: { body, revision: 0 } });
  }
  const add = (list: string, address: string, locale?: string) =>
    server.ask({
      ...{ method: 'POST', url: `/api/audiences/${list}/targets`, token: admin.token },
      payload: { channel: 'mail', address, ...(locale ? { locale } : {}) },
    });
  await add('support-team', 'one@example.test');
  await add('support-team', 'two@example.test', 'en');
  await add('leadership', 'ONE@example.test');
  await add('board-members', 'board@example.test');
  const declared = await server.ask({
    ...{ method: 'POST', url: '/api/incidents', token: commander.token },
    payload: { title: 'Checkout fails' },
  });
  ({ id } = declared.json<{ id: string }>());
  await give(commander, 'role.assign', { role: 'comms', person: comms.id }, 1);
});
afterAll(() => server.close());

function give(by: Member, type: string, body: object, epoch?: number) {
  const url = `/api/incidents/${id}/commands`;
  const payload = { type, body, ...(epoch === undefined ? {} : { epoch }) };
  return server.ask({ method: 'POST', url, token: by.token, payload });
}

function preview(payload: object, by = other) {
  return server.ask({
    method: 'POST',
    url: `/api/incidents/${id}/updates/preview`,
    token: by.token,
    payload,
  });
}

describe('the preview of an update', () => {
  test('[V6] is what each channel would send, by language, and counts each address once', async () => {
    const answer = await preview({ state: 'identified', text: 'Payments fail.' });
    expect(answer.json()).toEqual({
      audiences: [
        { id: 'leadership', name: 'leadership', targets: [{ channel: 'mail', count: 1 }] },
        { id: 'support-team', name: 'support-team', targets: [{ channel: 'mail', count: 2 }] },
      ],
      previews: [
        ...(['en', 'ko'] as const).map((locale) => ({
          ...{ channel: 'mail', locale, count: 1, subject: 'Checkout fails', text: 'Payments fail.' },
          html: null,
        })),
      ],
      recipients: 2,
    });
    expect(answer.body).not.toContain('example.test');
    const chosen = await preview({ state: 'identified', text: 'x', audiences: ['leadership'] });
    expect(chosen.json()).toMatchObject({ recipients: 1 });
  });

  test('[V6] refuses what sending would refuse, sends nothing and writes nothing', async () => {
    const before = (await server.rooms.open(id))?.head.seq;
    expect(refusal(await preview({ state: 'x', text: ' ' })).code).toBe('invalid');
    expect(refusal(await preview({ state: 'x', text: 'y', audiences: ['board-members'] })).code).toBe(
      'invalid',
    );
    expect(refusal(await preview({ state: 'x', text: 'y\ud800' })).code).toBe('invalid');
    expect(refusal(await preview({ state: 'x', text: 'y', html: '<b>' })).code).toBe('invalid');
    expect((await server.rooms.open(id))?.head.seq).toBe(before);
    expect(mail.tried).toEqual([]);
  });
});

describe('what became of an update', () => {
  let seq: number;
  const failed = 'one@example.test';

  beforeAll(async () => {
    const sent = await give(comms, 'update.send', { state: 'identified', text: 'Payments fail.' });
    ({ seq } = sent.json<{ seq: number }>());
    const addresses = [failed, 'two@example.test', 'three@example.test'];
    await server.store.addDeliveries(
      addresses.map((address) => ({
        ...{ incidentId: id, seq, list: 'support-team', target: 'target-one', channel: 'mail' },
        ...{ id: deliveryId(id, seq, 'mail', address), address, locale: 'ko', queue: 'mail x', createdAt: 1 },
      })),
    );
    for (const broadcast of await server.store.claimBroadcasts({
      now: Date.now(),
      until: Date.now() + 1,
      limit: 9,
    })) {
      await server.store.finishBroadcast(broadcast);
    }
    const claim = { queue: 'mail x', now: Date.now(), until: Date.now() + 60_000, limit: 9 };
    const claimed = await server.store.claimDeliveries(claim);
    await server.store.finishDeliveries(
      claimed.slice(0, 2).map(({ id: delivery, epoch, address }) => ({
        ...{ id: delivery, epoch, detail: '550' },
        outcome: { kind: address === failed ? 'failed' : 'delivered' },
      })),
      Date.now(),
    );
  });

  function deliveries(by: Member, rest = '') {
    return server.ask({ method: 'GET', url: `/api/incidents/${id}/deliveries${rest}`, token: by.token });
  }

  test('[V7] everybody in the room sees how many, only Communications and the commander see who', async () => {
    const [update] = (await deliveries(other)).json<{
      updates: { seq: number; counts: Record<string, number>; settled: boolean }[];
    }>().updates;
    const counted = Object.values(update?.counts ?? {}).reduce((sum, count) => sum + count, 0);
    expect([update?.seq, counted, update?.settled]).toEqual([seq, 3, false]);
    expect((await deliveries(other)).body).not.toContain('@');
    expect(refusal(await deliveries(other, `/${seq}`))).toEqual({ status: 403, code: 'forbidden' });
    const all = await deliveries(comms, `/${seq}`);
    expect(all.json<{ deliveries: object[] }>().deliveries).toHaveLength(3);
    expect((await deliveries(commander, `/${seq}?status=sending`)).json()).toMatchObject({ more: false });
    expect(refusal(await deliveries(comms, `/${seq}?status=lost`)).status).toBe(400);
    expect(refusal(await deliveries(comms, '/0')).status).toBe(400);
  });

  test('[V8] what failed is tried again by hand, by who may send, and the sender is woken', async () => {
    const failedOnes = await deliveries(comms, `/${seq}?status=failed`);
    const [one] = failedOnes.json<{ deliveries: { id: string; detail: string }[] }>().deliveries;
    const url = `/api/incidents/${id}/deliveries/${seq}/retry`;
    const retry = (by: Member, payload: object) =>
      server.ask({ method: 'POST', url, token: by.token, payload });
    expect(refusal(await retry(other, {})).status).toBe(403);
    expect((await retry(comms, { id: 'nothing-such' })).json()).toEqual({ retried: 0 });
    expect(woken).toBe(0);
    const { retried } = (await retry(comms, { id: one?.id ?? '' })).json<{ retried: number }>();
    expect([retried, woken]).toEqual([1, 1]);
    expect(one?.detail).toBe('550');
  });
});

describe('news of deliveries', () => {
  test('[V9] tells a room that is looked at what changed, and the end of it, and nothing twice', async () => {
    const clock = createFakeClock();
    const told: unknown[] = [];
    let rows = [{ seq: 4, status: 'waiting' as 'waiting' | 'delivered', count: 2 }];
    let open = [{ incidentId: 'incident-one', seq: 4 }];
    const news = startDeliveryNews({
      store: {
        countDeliveries: () => Promise.resolve(rows),
        unfinishedBroadcasts: (ids) => Promise.resolve(open.filter((one) => ids.includes(one.incidentId))),
      },
      clock,
      watched: () => ['incident-one'],
      tell: (incidentId, updates) => told.push([incidentId, updates]),
      onFailure: (error) => {
        throw error;
      },
    });
    const none = { delivered: 0, failed: 0, unknown: 0, waiting: 0, sending: 0, withdrawn: 0 };
    await clock.advance(1_000);
    await clock.advance(1_000);
    expect(told).toEqual([['incident-one', [{ seq: 4, counts: { ...none, waiting: 2 }, settled: false }]]]);
    rows = [{ seq: 4, status: 'delivered', count: 2 }];
    open = [];
    await clock.advance(1_000);
    expect(told.at(-1)).toEqual([
      'incident-one',
      [{ seq: 4, counts: { ...none, delivered: 2 }, settled: true }],
    ]);
    for (let second = 0; second < 6; second += 1) await clock.advance(1_000);
    const quiet = told.length;
    // Tried again at another instance, and over between two looks.
    rows = [...rows, { seq: 9, status: 'delivered', count: 1 }];
    for (let second = 0; second < 5; second += 1) await clock.advance(1_000);
    expect(told.slice(quiet)).toEqual([
      ['incident-one', [{ seq: 9, counts: { ...none, delivered: 1 }, settled: true }]],
    ]);
    // It went out and was over between two looks: still told.
    rows = [...rows, { seq: 12, status: 'delivered', count: 1 }];
    news.wentOut('incident-one');
    await clock.advance(1_000);
    expect(told.at(-1)).toEqual(['incident-one', [expect.objectContaining({ seq: 12, settled: true })]]);
    news.stop();
  });
});
