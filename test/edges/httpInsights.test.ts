import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Insights } from '#shared/review/insights.ts';
import { systemClock } from '../../server/systemClock.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 20:00 in London, 05:00 in Seoul. */
const START = Date.parse('2026-03-10T20:00:00.000Z');

/** The wall clock stands still between steps; everything that only waits runs on. */
let now = START;
const clock = { ...systemClock, now: () => now };

let server: HttpServer;
let ada: Member;
let ben: Member;
let outsider: Member;

interface Made {
  id: string;
  number: number;
}

beforeAll(async () => {
  server = await startHttp({ clock });
  ada = await server.member({ admin: true });
  ben = await server.member();
  outsider = await server.member();
  const name = { en: 'Checkout', ko: '결제' };
  const service = { kind: 'service', id: 'checkout', revision: 0, by: ada.id } as const;
  await server.settings.save({ ...service, body: { name, public: true, order: 1 } });
});
afterAll(() => server.close());

function pass(minutes: number): void {
  now += minutes * MINUTE;
}

async function declare(payload: object, by = ada): Promise<Made> {
  const answer = await server.ask({ method: 'POST', url: '/api/incidents', token: by.token, payload });
  return answer.json<Made>();
}

async function give(incident: Made, type: string, body: object, by = ada, epoch?: number): Promise<number> {
  const url = `/api/incidents/${incident.id}/commands`;
  const payload = { type, body, ...(epoch === undefined ? {} : { epoch }) };
  const answer = await server.ask({ method: 'POST', url, token: by.token, payload });
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 200 });
  return answer.json<{ seq: number }>().seq;
}

async function insights(query = '', by = ada): Promise<Insights> {
  const answer = await server.ask({ method: 'GET', url: `/api/insights${query}`, token: by.token });
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 200 });
  return answer.json<Insights>();
}

/** Declared, updated after 6 minutes, handed to Ben who takes it after 2, mitigated after 30, resolved after 60. */
async function wentThrough(payload: object): Promise<Made> {
  const incident = await declare(payload);
  await give(incident, 'service.set', { service: 'checkout', impact: 'major_outage' });
  pass(6);
  const nextUpdateAt = new Date(now + 20 * MINUTE).toISOString();
  await give(incident, 'update.send', { state: 'being repaired', text: 'Card payments fail.', nextUpdateAt });
  const offer = await give(incident, 'handoff.offer', { to: ben.id }, ada, 1);
  pass(2);
  const state = await server.ask({ method: 'GET', url: `/api/incidents/${incident.id}`, token: ben.token });
  const pending = state.json<{ state: { offer: { offer: string } } }>().state.offer.offer;
  await give(
    incident,
    'handoff.accept',
    { offer: pending, briefedSeq: offer - 1, words: 'I am the incident commander' },
    ben,
  );
  pass(22);
  await give(incident, 'status.set', { status: 'monitoring' }, ben, 2);
  pass(30);
  await give(incident, 'status.set', { status: 'resolved' }, ben, 2);
  return incident;
}

describe('figures', () => {
  let first: Made;
  let drill: Made;

  beforeAll(async () => {
    first = await wentThrough({ title: 'Checkout returns 500', severity: 'SEV1' });
    drill = await wentThrough({ title: 'A drill', severity: 'SEV1', drill: true });
  });

  test('[L1] come from the log: delays, handoffs and how long they waited, updates and whether they were on time', async () => {
    const { real, incidents } = await insights();
    const row = incidents.find(({ number }) => number === first.number);
    expect(row?.delays).toEqual({
      declared_until_commander: 0,
      declared_until_update: 6 * MINUTE,
      declared_until_mitigated: 30 * MINUTE,
      declared_until_resolved: 60 * MINUTE,
    });
    expect(row?.handoffs).toEqual({ offered: 1, accepted: 1, forced: 0, waits: [2 * MINUTE] });
    // The next update was promised for 20 minutes later and never came; resolving came after that.
    expect(row?.updates).toEqual({ promised: 1, onTime: 0 });
    expect(real).toMatchObject({ incidents: 1, handoffs: { accepted: 1, wait: { median: 2 * MINUTE } } });
    expect(real.delays.declared_until_resolved).toMatchObject({ count: 1, median: 60 * MINUTE });
  });

  test('[L2] drills are in no figure but their own', async () => {
    const { real, drills, incidents, groups, load } = await insights();
    expect(incidents.map(({ number }) => number)).toEqual([drill.number, first.number]);
    expect([real.incidents, drills.incidents]).toEqual([1, 1]);
    expect(groups.severity).toMatchObject([{ key: 'SEV1', figures: { incidents: 1 } }]);
    expect(load.map(({ incidents: count }) => count)).toEqual([1, 1]);
  });

  test('[L3] are of the incidents that the reader may enter, and of no other', async () => {
    const before = await insights('', outsider);
    const hidden = await declare({ title: 'Secret', private: true });
    expect(await insights('', outsider)).toMatchObject({ real: { incidents: before.real.incidents } });
    expect((await insights()).incidents.map(({ number }) => number)).toContain(hidden.number);
    const csv = await server.ask({ method: 'GET', url: '/api/insights.csv', token: outsider.token });
    expect(csv.body).not.toContain('Secret');
  });

  test('[L4] change with the log: a milestone that a review corrects counts from then on', async () => {
    const fact = {
      ...{ happenedAt: new Date(START - 30 * MINUTE).toISOString(), text: 'A shop called.' },
      ...{ kind: 'report', told: [] },
    };
    const reported = await give(first, 'fact.record', fact);
    const told = { ...fact, happenedAt: new Date(START - 10 * MINUTE).toISOString(), kind: 'told' };
    await give(first, 'fact.record', told);
    await give(first, 'milestone.set', { milestone: 'effect_began', seq: reported });
    const { incidents } = await insights();
    expect(incidents.find(({ number }) => number === first.number)?.delays).toMatchObject({
      until_noticed: 20 * MINUTE,
      noticed_until_declared: 10 * MINUTE,
    });
  });

  test('[L5] are asked for by time, severity and service, with months and nights of a zone', async () => {
    const seoul = await insights('?zone=Asia/Seoul&service=checkout&severity=SEV1');
    expect(seoul.incidents.map(({ month }) => month)).toEqual(['2026-03', '2026-03']);
    // 05:00 to 06:00 in Seoul: all of the first hour at night, shared by who wrote and who commanded.
    const nights = new Map(seoul.load.map(({ person, nightMinutes }) => [person, nightMinutes]));
    expect(nights.get(ada.id)).toBe(10);
    expect(nights.get(ben.id)).toBe(60);
    const london = await insights('?zone=Europe/London&severity=SEV1');
    expect(london.load.map(({ nightMinutes }) => nightMinutes)).toEqual([0, 0]);
    expect((await insights('?service=nothing')).incidents).toEqual([]);
    expect((await insights('?severity=SEV4')).incidents).toEqual([]);
    expect((await insights(`?to=${new Date(START - DAY).toISOString()}`)).incidents).toEqual([]);
    const ask = (url: string) => server.ask({ method: 'GET', url, token: ada.token });
    expect(refusal(await ask('/api/insights?zone=Mars/Base')).status).toBe(400);
    expect(refusal(await ask('/api/insights?from=2026-02-30T00:00:00.000Z')).status).toBe(400);
  });

  test('[L6] count actions as done, dropped and overdue', async () => {
    const action = {
      ...{ text: 'Alert on failed payments', owner: ben.id, horizon: 'short', kind: 'monitoring' },
      ...{ effect: 'detects', why: null },
    };
    const due = (minutes: number) => new Date(now + minutes * MINUTE).toISOString();
    await give(first, 'action.add', { ...action, dueAt: due(10) });
    await give(first, 'action.add', { ...action, dueAt: due(60) });
    const entries = await server.store.readEntriesOf(first.id, ['action.added'], 0);
    await give(first, 'action.set', { action: entries[1]?.body['action'], status: 'done' });
    pass(15);
    expect((await insights()).real.actions).toEqual({ total: 2, done: 1, dropped: 0, overdue: 1 });
  });

  test('[L7] go out as CSV, a line per incident, and no cell runs as a formula', async () => {
    await declare({ title: '=HYPERLINK("https://evil.test","pay")', severity: 'SEV4' });
    await declare({ title: '@sum, "quoted"', severity: 'SEV4' });
    const answer = await server.ask({ method: 'GET', url: '/api/insights.csv', token: ada.token });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    const lines = answer.body.split('\r\n');
    expect(lines[0]).toMatch(
      /^incident,title,severity,status,drill,declared_at,month,services,until_noticed_seconds,/,
    );
    expect(answer.body).toContain(`,"'=HYPERLINK(""https://evil.test"",""pay"")",SEV4,`);
    expect(answer.body).toContain(`,"'@sum, ""quoted""",SEV4,`);
    expect(answer.body).toContain(`INC-${first.number},Checkout returns 500,SEV1,resolved,no,`);
    expect(answer.body).not.toMatch(/(^|,)"?[=+\-@]/m);
  });
});
