import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListedAction } from '#shared/review/actionList.ts';
import { likenessOf, wordsOf } from '#shared/review/likeness.ts';
import { systemClock } from '../../server/systemClock.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-10T20:00:00.000Z');
let now = START;

let server: HttpServer;
let ada: Member;
let ben: Member;

interface Made {
  id: string;
  number: number;
}

beforeAll(async () => {
  server = await startHttp({ clock: { ...systemClock, now: () => now } });
  ada = await server.member({ admin: true });
  ben = await server.member();
  const name = { en: 'Checkout', ko: '결제' };
  const service = { kind: 'service', id: 'checkout', revision: 0, by: ada.id } as const;
  await server.settings.save({ ...service, body: { name, public: true, order: 1 } });
});
afterAll(() => server.close());

async function declare(payload: object, by = ada): Promise<Made> {
  const answer = await server.ask({ method: 'POST', url: '/api/incidents', token: by.token, payload });
  return answer.json<Made>();
}

function send(incident: Made, type: string, body: object, by = ada) {
  const url = `/api/incidents/${incident.id}/commands`;
  return server.ask({ method: 'POST', url, token: by.token, payload: { type, body } });
}

async function addAction(incident: Made, text: string, hours: number, effect = 'prevents'): Promise<string> {
  const parts = { owner: ben.id, horizon: 'short', kind: 'monitoring', effect, why: null };
  const dueAt = new Date(START + hours * HOUR).toISOString();
  expect((await send(incident, 'action.add', { text, dueAt, ...parts })).statusCode).toBe(200);
  const entries = await server.store.readEntriesOf(incident.id, ['action.added'], 0);
  return String(entries.at(-1)?.body['action']);
}

async function list(query = '', by = ada) {
  const answer = await server.ask({ method: 'GET', url: `/api/actions${query}`, token: by.token });
  return answer.json<{ actions: ListedAction[]; truncated: boolean }>().actions;
}

describe('actions of all incidents', () => {
  test('[L8] stand in one list, the most urgent first, of those that the reader may enter', async () => {
    const one = await declare({ title: 'Search is slow' });
    const two = await declare({ title: 'Mails are late' });
    const hidden = await declare({ title: 'Secret', private: true });
    const late = await addAction(two, 'Alert on a full queue', 1);
    const done = await addAction(one, 'Cache the results', 2);
    await addAction(one, 'Load test', 30);
    await addAction(hidden, 'Rotate the key', 3);
    await send(one, 'action.set', { action: done, status: 'done' });
    now = START + 5 * HOUR;
    expect((await list('', ben)).map(({ text, overdue }) => [text, overdue])).toEqual([
      ['Alert on a full queue', true],
      ['Load test', false],
    ]);
    expect((await list()).map(({ text }) => text)).toContain('Rotate the key');
    expect((await list('?overdue=true', ben)).map(({ action }) => action)).toEqual([late]);
    expect((await list('?status=done', ben)).map(({ action }) => action)).toEqual([done]);
    expect(await list('?owner=me', ada)).toEqual([]);
    expect(await list('?owner=me&status=all', ben)).toHaveLength(3);
    const [first] = await list('', ben);
    expect(first).toMatchObject({ owner: ben.id, incident: { number: two.number, title: 'Mails are late' } });
  });

  test('[L8] words that were redacted are gone from it', async () => {
    const incident = await declare({ title: 'A leak' });
    await addAction(incident, 'The password is hunter2', 9);
    const url = `/api/incidents/${incident.id}/commands`;
    const [added] = await server.store.readEntriesOf(incident.id, ['action.added'], 0);
    const payload = { type: 'entry.redact', epoch: 1, body: { seq: added?.seq, reason: 'a password' } };
    expect((await server.ask({ method: 'POST', url, token: ada.token, payload })).statusCode).toBe(200);
    expect(JSON.stringify(await list('', ben))).not.toContain('hunter2');
  });
});

describe('what happened before', () => {
  test('[L9] is found by words and services, with the actions that were meant to prevent it', async () => {
    const before = await declare({ title: 'Checkout returns 500 for card payments' });
    const action = await addAction(before, 'Canary for checkout', 20);
    await addAction(before, 'Dashboard', 20, 'detects');
    const other = await declare({ title: 'Certificate expires' });
    await send(other, 'service.set', { service: 'checkout', impact: 'partial_outage' });
    await declare({ title: 'Checkout drill of card payments', drill: true });
    const hidden = await declare({ title: 'Checkout 500 card payments secret', private: true });
    const again = await declare({ title: 'Card payments fail with 500' });
    await send(again, 'service.set', { service: 'checkout', impact: 'major_outage' });

    const ask = async (by: Member) => {
      const url = `/api/incidents/${again.id}/similar`;
      const answer = await server.ask({ method: 'GET', url, token: by.token });
      return answer.json<{
        similar: { incident: Made; words: string[]; linked: boolean; actions: object[] }[];
      }>().similar;
    };
    const found = await ask(ben);
    expect(found.map(({ incident }) => incident.number)).toEqual([before.number, other.number]);
    expect(found[0]).toMatchObject({ linked: false, actions: [{ action, text: 'Canary for checkout' }] });
    expect(found[0]?.words).toEqual(expect.arrayContaining(['card', 'payments', '500']));
    expect((await ask(ada)).map(({ incident }) => incident.number)).toContain(hidden.number);

    expect((await send(again, 'incident.link', { incident: before.id, action }, ben)).statusCode).toBe(200);
    expect((await ask(ben))[0]).toMatchObject({ linked: true });
  });

  test('[L10] is linked by who may enter it; else it does not exist, and an action must be its own', async () => {
    const here = await declare({ title: 'Here' });
    const hidden = await declare({ title: 'Secret', private: true });
    const missing = { incident: 'incident-none' };
    expect(refusal(await send(here, 'incident.link', missing, ben)).status).toBe(404);
    const secret = { incident: hidden.id };
    const kept = await send(here, 'incident.link', secret, ben);
    expect(kept.body).toBe((await send(here, 'incident.link', missing, ben)).body);
    expect((await send(here, 'incident.link', secret)).statusCode).toBe(200);
    const foreign = { incident: hidden.id, action: 'action-none' };
    expect(refusal(await send(here, 'incident.link', foreign)).status).toBe(409);
  });

  test('[L9] rare words of titles weigh more than words that all have, and Korean particles do not count', () => {
    const of = (title: string) => ({ title, words: new Set<string>(), services: [] });
    const others = [of('결제 서비스 오류'), of('검색 서비스 지연'), of('메일이 늦음')];
    const scores = likenessOf(of('결제가 실패하는 서비스'), others).map(({ score }) => score);
    expect(scores[0]).toBeGreaterThan(scores[1] ?? 0);
    expect(scores[1]).toBeGreaterThan(0);
    expect(scores[2]).toBe(0);
    expect(wordsOf('결제가 결제를')).toEqual(new Set(['결제']));
  });
});
