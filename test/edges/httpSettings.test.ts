import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFakeChannel } from '../support/fakeChannel.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer;
let admin: Member;
let responder: Member;

const hook = createFakeChannel('webhook');
const mail = {
  ...createFakeChannel('mail'),
  addressOf: (text: string) => (text.includes('@') ? text : null),
};
const AUDIENCE = { name: 'Leadership', locale: 'ko', severities: ['SEV1'], tellsHandoff: true };

beforeAll(async () => {
  server = await startHttp({
    channels: new Map([
      ['mail', mail],
      ['webhook', hook],
    ]),
  });
  admin = await server.member({ admin: true });
  responder = await server.member();
});
afterAll(() => server.close());

function put(kind: string, id: string, body: unknown, revision = 0, by = admin) {
  const url = `/api/settings/${kind}/${id}`;
  return server.ask({ method: 'PUT', url, token: by.token, payload: { body, revision } });
}

async function read(kind: string, by = responder) {
  const answer = await server.ask({ method: 'GET', url: `/api/settings/${kind}`, token: by.token });
  return answer.json<{
    settings: { id: string; body: object; revision: number; changedBy: string }[];
    targets?: { list: string; channel: string; count: number }[];
  }>();
}

function add(audience: string, payload: object, by = admin) {
  const url = `/api/audiences/${audience}/targets`;
  return server.ask({ method: 'POST', url, token: by.token, payload });
}

describe('settings', () => {
  test('[V1] an administrator adds and changes one, a responder reads it, and the system log says so', async () => {
    expect((await put('audience', 'leadership', AUDIENCE)).json()).toEqual({ revision: 1 });
    const changed = { ...AUDIENCE, name: 'Board' };
    expect((await put('audience', 'leadership', changed, 1)).json()).toEqual({ revision: 2 });
    expect((await read('audience')).settings).toMatchObject([
      { id: 'leadership', body: changed, revision: 2, changedBy: admin.id },
    ]);
    expect(refusal(await put('audience', 'leadership', AUDIENCE, 2, responder)).status).toBe(403);
    const log = await server.store.readSystemLog({ limit: 100 });
    const entries = log.entries.filter((entry) => entry.type === 'setting.changed');
    expect(entries.map((entry) => entry.body)).toEqual(
      Array.from({ length: 2 }, () => ({ kind: 'audience', id: 'leadership' })),
    );
  });

  test('[V2] who changes what another changed meanwhile is told, and nothing is lost', async () => {
    await put('service', 'checkout', { name: { en: 'Checkout', ko: '결제' }, public: true, order: 1 });
    const late = { name: { en: 'Late', ko: '늦음' }, public: true, order: 1 };
    expect(refusal(await put('service', 'checkout', late))).toEqual({ status: 409, code: 'already_exists' });
    const [kept] = (await read('service')).settings;
    expect(kept?.body).toMatchObject({ name: { en: 'Checkout' } });
    const url = '/api/settings/service/checkout?revision=7';
    const removed = await server.ask({ method: 'DELETE', url, token: admin.token });
    expect(refusal(removed)).toEqual({ status: 409, code: 'already_exists' });
  });

  test.each([
    ['a field of another kind', 'service', 'search-service', { ...AUDIENCE }],
    ['a field too many', 'audience', 'audience-two', { ...AUDIENCE, addresses: ['a@example.test'] }],
    ['a blank name', 'audience', 'audience-two', { ...AUDIENCE, name: ' \u3164 ' }],
    ['half a character', 'audience', 'audience-two', { ...AUDIENCE, name: 'x\ud800' }],
    ['nothing', 'audience', 'audience-two', null],
    ['a cadence of a minute', 'cadence', 'update-cadence', { SEV1: 1, SEV2: 60, SEV3: null, SEV4: null }],
  ])('[V3] refuses %s', async (_, kind, id, body) => {
    expect(refusal(await put(kind, id, body))).toEqual({ status: 400, code: 'invalid' });
  });

  test.each([
    ['a kind that there is not', 'constructor', 'leadership'],
    ['an id that is none', 'audience', 'x'],
    ['a second cadence', 'cadence', 'another-cadence'],
    ['an audience in the place of the public page', 'audience', 'public-page'],
  ])('[V3] does not find %s', async (_, kind, id) => {
    expect(refusal(await put(kind, id, AUDIENCE)).status).toBe(404);
  });
});

describe('who signs reviews', () => {
  const rule = (signatures: number, commander = false) => ({ signatures, commander });
  const rules = { SEV1: rule(3, true), SEV2: rule(2), SEV3: rule(1), SEV4: rule(1) };

  test('[L11] is a setting by severity: what it says is what signing needs from then on', async () => {
    expect((await put('review', 'review-rules', rules)).json()).toEqual({ revision: 1 });
    expect(server.settings.outside.reviews?.get('SEV1')).toEqual({ signatures: 3, commander: true });
    const incident = (
      await server.ask({
        ...{ method: 'POST', url: '/api/incidents', token: responder.token },
        payload: { title: 'x', severity: 'SEV3' },
      })
    ).json<{ id: string }>();
    const give = (type: string, body: object, by: Member, epoch?: number) =>
      server.ask({
        ...{ method: 'POST', url: `/api/incidents/${incident.id}/commands`, token: by.token },
        payload: { type, body, ...(epoch === undefined ? {} : { epoch }) },
      });
    await give('status.set', { status: 'resolved' }, responder, 1);
    await give('why.add', { under: null, text: 'Customers could not pay' }, responder);
    const state = async () => (await server.rooms.open(incident.id))?.state.review;
    const root = (await state())?.whys[0]?.why;
    await give('why.add', { under: root, text: 'The check was off' }, responder);
    await give(
      'why.ground',
      { why: (await state())?.whys[1]?.why, cites: [1], assumption: false },
      responder,
    );
    // One signature of somebody other than the commander is enough by these rules, and was not before.
    expect((await give('review.sign', {}, admin)).statusCode).toBe(200);
    expect((await state())?.signedOffAt).not.toBeNull();
  });

  test.each([
    ['nobody signs', { ...rules, SEV4: rule(0) }],
    ['a severity is missing', { SEV1: rule(1), SEV2: rule(1), SEV3: rule(1) }],
  ])('[L11] is refused when %s', async (_, body) => {
    expect(refusal(await put('review', 'review-rules', body, 1))).toEqual({ status: 400, code: 'invalid' });
  });
});

describe('addresses', () => {
  test('[V4] are counted for responders, shown to administrators, and the secret is answered once', async () => {
    await put('audience', 'partners', AUDIENCE);
    const made = await add('partners', { channel: 'webhook', address: 'https://x.test/hook', name: 'X' });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({
      address: 'https://x.test/hook',
      secret: expect.stringMatching(/^whsec_/) as unknown,
    });
    expect(
      (await add('partners', { channel: 'mail', address: ' a@example.test ' })).json(),
    ).not.toHaveProperty('secret');
    const counted = await read('audience');
    expect(JSON.stringify(counted)).not.toContain('x.test');
    expect(counted.targets).toContainEqual({ list: 'partners', channel: 'mail', count: 1 });
    const url = '/api/audiences/partners/targets';
    const seen = await server.ask({ method: 'GET', url, token: admin.token });
    expect(seen.json<{ targets: object[] }>().targets).toHaveLength(2);
    expect(seen.body).not.toContain('whsec_');
    expect(refusal(await server.ask({ method: 'GET', url, token: responder.token })).status).toBe(403);
  });

  test('[V4] Communications of an incident sees those of its audiences, and of no other', async () => {
    await put('audience', 'support-team', { ...AUDIENCE, severities: ['SEV3'] });
    await add('support-team', { channel: 'mail', address: 'support@example.test' });
    const declared = await server.ask({
      ...{ method: 'POST', url: '/api/incidents', token: responder.token },
      payload: { title: 'Checkout' },
    });
    const { id } = declared.json<{ id: string }>();
    const ask = (audience: string) =>
      server.ask({
        ...{ method: 'GET', url: `/api/audiences/${audience}/targets?incident=${id}` },
        token: responder.token,
      });
    expect((await ask('support-team')).body).toContain('support@example.test');
    expect(refusal(await ask('leadership')).status).toBe(403);
  });

  test('[V5] one that the channel cannot reach, one the list has, and a channel that is not set up are refused', async () => {
    await put('audience', 'customers', AUDIENCE);
    expect((await add('customers', { channel: 'mail', address: 'c@example.test' })).statusCode).toBe(201);
    expect(refusal(await add('customers', { channel: 'mail', address: 'nobody' })).code).toBe('invalid');
    expect(refusal(await add('customers', { channel: 'ntfy', address: 'https://x.test' })).code).toBe(
      'invalid',
    );
    expect(refusal(await add('customers', { channel: 'mail', address: 'c@example.test' }))).toEqual({
      status: 409,
      code: 'already_exists',
    });
    expect(refusal(await add('no-audience', { channel: 'mail', address: 'c@example.test' })).status).toBe(
      404,
    );
  });

  test('[V5] are removed one by one, and with their audience', async () => {
    await put('audience', 'short-lived', AUDIENCE);
    const one = (await add('short-lived', { channel: 'mail', address: 'one@example.test' })).json<{
      id: string;
    }>();
    await add('short-lived', { channel: 'mail', address: 'two@example.test' });
    const url = `/api/audiences/short-lived/targets/${one.id}`;
    expect((await server.ask({ method: 'DELETE', url, token: admin.token })).statusCode).toBe(204);
    expect(refusal(await server.ask({ method: 'DELETE', url, token: admin.token })).status).toBe(404);
    const audience = '/api/settings/audience/short-lived?revision=1';
    expect((await server.ask({ method: 'DELETE', url: audience, token: admin.token })).statusCode).toBe(204);
    expect(await server.store.listTargets(['short-lived'], { limit: 10 })).toEqual([]);
  });
});
