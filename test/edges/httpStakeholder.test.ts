import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StakeholderView } from '../../server/broadcast/publishedUpdates.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer;
let ida: Member;
let ben: Member;
let port: number;

beforeAll(async () => {
  server = await startHttp();
  ida = await server.member();
  ben = await server.member();
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  port = (server.app.server.address() as AddressInfo).port;
}, 60_000);
afterAll(() => server.close());

interface Made {
  id: string;
  link: { id: string; token: string; url: string };
}

async function incidentWithLink(title = 'Checkout fails', given: object = {}): Promise<Made> {
  const declared = await server.ask({
    method: 'POST',
    url: '/api/incidents',
    token: ida.token,
    payload: { title, ...given },
  });
  const { id } = declared.json<{ id: string }>();
  const made = await server.ask({
    method: 'POST',
    url: `/api/incidents/${id}/links`,
    token: ida.token,
    payload: { label: 'Leadership' },
  });
  expect(made.statusCode).toBe(201);
  return { id, link: made.json() };
}

async function say(id: string, type: string, body: object, epoch?: number): Promise<number> {
  const payload = { type, body, ...(epoch === undefined ? {} : { epoch }) };
  const answer = await server.ask({
    method: 'POST',
    url: `/api/incidents/${id}/commands`,
    token: ida.token,
    payload,
  });
  expect(answer.statusCode).toBe(200);
  return answer.json<{ seq: number }>().seq;
}

function read(token: string) {
  return server.ask({ url: `/api/s/${token}` });
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

describe('a stakeholder link', () => {
  test('[E30] shows what was published and the title, and nothing else of the incident', async () => {
    const { id, link } = await incidentWithLink();
    await say(id, 'chat.post', { text: 'internal guess' });
    const nextUpdateAt = inAnHour();
    await say(id, 'update.send', { state: 'Being repaired', text: 'Some cards fail.', nextUpdateAt });
    await say(id, 'update.send', { state: 'Watching', text: 'Repaired.' });
    const answer = await read(link.token);
    const view = answer.json<StakeholderView>();
    expect(Object.keys(view).toSorted()).toEqual([
      'nextUpdateAt',
      'overdue',
      'questions',
      'resolvedAt',
      'services',
      'since',
      'state',
      'title',
      'updates',
    ]);
    expect(view).toMatchObject({
      title: 'Checkout fails',
      state: 'Watching',
      overdue: false,
      resolvedAt: null,
    });
    expect(view.updates.map(({ number, text }) => [number, text])).toEqual([
      [2, 'Repaired.'],
      [1, 'Some cards fail.'],
    ]);
    expect(view.updates[1]?.nextUpdateAt).toBe(nextUpdateAt);
    for (const hidden of ['internal guess', 'SEV', ida.id, id]) expect(answer.body).not.toContain(hidden);
    await say(id, 'status.set', { status: 'resolved' }, 1);
    expect((await read(link.token)).json<StakeholderView>().resolvedAt).not.toBeNull();
  });

  test('[E30] does not show a text that was redacted, wherever it had been read before', async () => {
    const { id, link } = await incidentWithLink();
    const seq = await say(id, 'update.send', { state: 'Being repaired', text: 'password is hunter2' });
    expect((await read(link.token)).body).toContain('hunter2');
    await say(id, 'entry.redact', { seq, reason: 'secret' }, 1);
    expect((await read(link.token)).body).not.toContain('hunter2');
    expect((await server.ask({ url: `/s/${link.token}` })).body).not.toContain('hunter2');
  });

  test('[E31] is shown once, kept as a hash, listed without its secret and logged', async () => {
    const { id, link } = await incidentWithLink();
    expect(link.url).toBe(`http://localhost:${port}/s/${link.token}`);
    const listed = await server.ask({ url: `/api/incidents/${id}/links`, token: ida.token });
    expect(listed.json()).toMatchObject({
      links: [{ id: link.id, label: 'Leadership', createdBy: ida.id, revokedAt: null }],
    });
    expect(listed.body).not.toContain(link.token);
    const [stored] = await server.store.listTokens('stakeholder_link', id);
    expect(JSON.stringify(stored)).not.toContain(link.token);
    const system = await server.store.readSystemLog({ limit: 1_000 });
    expect(system.entries.filter((entry) => entry.body['link'] === link.id).map(({ type }) => type)).toEqual([
      'link.created',
    ]);
  });

  test('[E31] is made by the commander, Communications and administrators only', async () => {
    const { id } = await incidentWithLink();
    const admin = await server.member({ admin: true });
    const make = (by: Member) =>
      server.ask({ method: 'POST', url: `/api/incidents/${id}/links`, token: by.token, payload: {} });
    expect(refusal(await make(ben))).toEqual({ status: 403, code: 'forbidden' });
    expect((await make(admin)).statusCode).toBe(201);
    await say(id, 'role.assign', { role: 'comms', person: ben.id }, 1);
    expect((await make(ben)).statusCode).toBe(201);
  });

  test('[E32] that was revoked, has ended or never was is not found, and not told apart', async () => {
    const { id, link } = await incidentWithLink();
    const gone = await server.ask({
      method: 'DELETE',
      url: `/api/incidents/${id}/links/${link.id}`,
      token: ida.token,
    });
    expect(gone.statusCode).toBe(204);
    const again = await server.ask({
      method: 'DELETE',
      url: `/api/incidents/${id}/links/${link.id}`,
      token: ida.token,
    });
    expect(again.statusCode).toBe(404);
    const unknown = await read('0'.repeat(32));
    expect(refusal(unknown)).toEqual({ status: 404, code: 'not_found' });
    const expired = 'e'.repeat(32);
    for (const token of [link.token, expired, 'short', '__proto__', '%00', link.token.toUpperCase()]) {
      expect((await read(token)).body).toBe(unknown.body);
      expect((await server.ask({ url: `/s/${token}` })).statusCode).toBe(404);
    }
    const past = { expiresAt: '2020-01-01T00:00:00.000Z' };
    const late = await server.ask({
      method: 'POST',
      url: `/api/incidents/${id}/links`,
      token: ida.token,
      payload: past,
    });
    expect(refusal(late)).toEqual({ status: 400, code: 'invalid' });
  });

  test('[E32] of one incident cannot be ended through another', async () => {
    const [one, other] = [await incidentWithLink(), await incidentWithLink()];
    const url = `/api/incidents/${other.id}/links/${one.link.id}`;
    expect((await server.ask({ method: 'DELETE', url, token: ida.token })).statusCode).toBe(404);
    expect((await read(one.link.token)).statusCode).toBe(200);
  });

  test('[E33] is for reading only', async () => {
    const { link } = await incidentWithLink();
    for (const url of [`/api/s/${link.token}`, `/s/${link.token}`, `/api/s/${link.token}/events`]) {
      const answer = await server.ask({ method: 'POST', url, payload: { text: 'hello' } });
      expect(refusal(answer)).toEqual({ status: 403, code: 'forbidden' });
    }
  });
});

/** A live stream as a browser reads it: its events so far, and waiting for the next. */
async function stream(token: string) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: `/api/s/${token}/events` }, resolve).on('error', reject);
  });
  response.setEncoding('utf8');
  const events: { event: string; data: string }[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      if (event !== undefined) events.push({ event, data: /^data: ?(.*)$/m.exec(block)?.[1] ?? '' });
    }
    for (const wake of waiting) wake();
  });
  const closed = new Promise<void>((resolve) => response.on('close', resolve));
  async function until(count: number): Promise<void> {
    while (events.length < count) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
    }
  }
  return { response, events, until, closed };
}

describe('the live stream of a link', () => {
  test('[E34] brings each published change, and ends when the link is revoked', async () => {
    const { id, link } = await incidentWithLink();
    const live = await stream(link.token);
    expect(live.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await live.until(1);
    await say(id, 'chat.post', { text: 'internal' });
    await say(id, 'update.send', { state: 'Being repaired', text: 'Some cards fail.' });
    await live.until(2);
    expect(JSON.parse(live.events[1]?.data ?? '')).toMatchObject({ updates: [{ text: 'Some cards fail.' }] });
    await server.ask({ method: 'DELETE', url: `/api/incidents/${id}/links/${link.id}`, token: ida.token });
    await live.closed;
    expect(live.events.map(({ event }) => event)).toEqual(['view', 'view', 'end']);
    expect(JSON.stringify(live.events)).not.toContain('internal');
  });

  test('[E34] ends within seconds when the link was revoked elsewhere', async () => {
    const { id, link } = await incidentWithLink();
    const live = await stream(link.token);
    await live.until(1);
    const [stored] = await server.store.listTokens('stakeholder_link', id);
    await server.store.revokeToken(stored?.hash ?? '', Date.now());
    await live.closed;
    expect(live.events.at(-1)?.event).toBe('end');
  });

  test('[E34] ends when the server stops, so that it can', async () => {
    const { link } = await incidentWithLink();
    const live = await stream(link.token);
    await live.until(1);
    server.app.endStreams();
    await live.closed;
    expect(live.events).toHaveLength(1);
  });

  test('[E34] of a dead link is not opened', async () => {
    const live = await stream('0'.repeat(32));
    expect(live.response.statusCode).toBe(404);
    live.response.resume();
    await live.closed;
  });
});
