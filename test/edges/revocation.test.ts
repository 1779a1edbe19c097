import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type { PersonRecord } from '../../server/rooms/ports.ts';
import { createInstances } from '../support/instances.ts';
import type { Instance, Instances } from '../support/instances.ts';

/** What a revocation is enforced within when nobody told of it. Milliseconds. */
const LONGEST = 5_000;

let cluster: Instances;
let a: Instance;
let b: Instance;
let admin: string;
let incidentId: string;

beforeAll(async () => {
  cluster = await createInstances();
  [a, b] = [await cluster.start('a'), await cluster.start('b')];
  admin = await cluster.signIn(a, await cluster.person({ admin: true }));
  const declared = await ask(a, admin, 'POST', '/api/incidents', { title: 'Checkout fails' });
  ({ id: incidentId } = (await declared.json()) as { id: string });
}, 60_000);
afterAll(() => cluster.close());

function ask(instance: Instance, token: string, method: string, path: string, body?: object) {
  return fetch(`${instance.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

/** Lets time go on until there is an answer: commands wait for the tick of their room. */
async function answered<T>(asked: Promise<T>): Promise<T> {
  const waiting = Symbol('no answer yet');
  for (;;) {
    const driven = cluster.drive(100);
    const answer = await Promise.race([asked, driven.then(() => waiting)]);
    await driven;
    if (answer !== waiting) return answer as T;
  }
}

/** Gives a command over instance a. */
async function give(incident: string, type: string, body: object): Promise<void> {
  const command = { commandId: `try_${crypto.randomUUID()}`, type, body, epoch: 1 };
  const answer = await answered(ask(a, admin, 'POST', `/api/incidents/${incident}/commands`, command));
  expect(answer.status).toBe(200);
}

/** A person who signed in at instance a and is connected to instance b by every transport. */
interface Member {
  person: PersonRecord;
  token: string;
  /** What the room socket was told, and that it was cut. */
  told: string[];
  entries: { type: string; body: { text?: string } }[];
  socket: Socket;
  document: { closed: Promise<number> };
  status(path: string): Promise<number>;
  end(): void;
}

async function memberAtB(incidentId: string, person: PersonRecord): Promise<Member> {
  const token = await cluster.signIn(a, person);
  const socket = io(b.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  expect(await answered(socket.emitWithAck('join', { incidentId }))).toMatchObject({ ok: true });
  const told: string[] = [];
  for (const event of ['session', 'left', 'disconnect']) socket.on(event, () => told.push(event));
  const entries: Member['entries'] = [];
  socket.on('entries', (news: { entries: Member['entries'] }) => entries.push(...news.entries));
  const address = `${b.url.replace('http', 'ws')}/doc/${incidentId}`;
  const webSocket = new WebSocket(address, { headers: { authorization: `Bearer ${token}` } });
  const closed = new Promise<number>((resolve) => webSocket.once('close', resolve));
  await answered(new Promise((resolve) => webSocket.once('message', resolve)));
  return {
    ...{ person, token, told, entries, socket, document: { closed } },
    status: async (path) => (await ask(b, token, 'GET', path)).status,
    end() {
      socket.disconnect();
      webSocket.terminate();
    },
  };
}

function heard(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => socket.once(event, resolve));
}

describe.each(['pushed', 'not pushed'])(
  'what is revoked at one instance, %s,',
  { timeout: 60_000 },
  (how) => {
    /** All the time that the other instance gets. */
    async function letPass(): Promise<void> {
      await cluster.drive(how === 'pushed' ? 1 : LONGEST);
    }

    beforeAll(() => {
      cluster.network.fate = () => (how === 'not pushed' ? 'lose' : 'deliver');
    });

    test('[N10] a session that was ended is refused over HTTP, in the room and in the document', async () => {
      const ben = await memberAtB(incidentId, await cluster.person());
      expect(await ben.status('/api/session')).toBe(200);
      const disconnected = heard(ben.socket, 'disconnect');
      const ended = await ask(a, admin, 'DELETE', `/api/people/${ben.person.id}/sessions`);
      expect(ended.status).toBe(204);
      await letPass();
      expect(await ben.status('/api/session')).toBe(401);
      expect(await ben.document.closed).toBe(4401);
      await disconnected;
      expect(ben.told).toEqual(['session', 'disconnect']);
    });

    test('[N10] a person who was disabled is out of HTTP, the room and the document', async () => {
      const ben = await memberAtB(incidentId, await cluster.person());
      const disconnected = heard(ben.socket, 'disconnect');
      await ask(a, admin, 'PATCH', `/api/people/${ben.person.id}`, { disabled: true });
      await letPass();
      expect(await ben.status('/api/session')).toBe(401);
      expect(await ben.document.closed).toBe(4401);
      await disconnected;
      expect(ben.told).toContain('session');
    });

    test('[N10] a responder who became a stakeholder has no incidents, no room and no document', async () => {
      const ben = await memberAtB(incidentId, await cluster.person());
      const left = heard(ben.socket, 'left');
      await ask(a, admin, 'PATCH', `/api/people/${ben.person.id}`, { access: 'stakeholder' });
      await letPass();
      expect(await ben.status(`/api/incidents/${incidentId}`)).toBe(404);
      expect(await ben.document.closed).toBe(4403);
      await left;
      expect(await ben.socket.emitWithAck('join', { incidentId })).toMatchObject({ ok: false });
      ben.end();
    });
  },
);

describe.each(['pushed', 'not pushed'])(
  'who is removed from a private incident, %s,',
  { timeout: 60_000 },
  (how) => {
    test('[N10] is out of it over HTTP, in the room and in the document', async () => {
      cluster.network.fate = () => (how === 'not pushed' ? 'lose' : 'deliver');
      const declared = await ask(a, admin, 'POST', '/api/incidents', { title: 'Leak', private: true });
      const { id } = (await declared.json()) as { id: string };
      const person = await cluster.person();
      await cluster.drive(2_000);
      await give(id, 'member.add', { person: person.id });
      const ben = await memberAtB(id, person);
      const left = heard(ben.socket, 'left');
      // Instance b learns all of it at once, where nothing was pushed.
      const heads = vi.spyOn(cluster.store, 'heads').mockRejectedValue(new StoreUnavailable('not now'));
      await give(id, 'chat.post', { text: 'for all of us' });
      await give(id, 'member.remove', { person: person.id });
      await give(id, 'chat.post', { text: 'now that Ben is gone' });
      heads.mockRestore();
      await cluster.drive(how === 'pushed' ? 100 : LONGEST);
      expect(await ben.document.closed).toBe(4403);
      await left;
      expect(ben.entries.map(({ type, body }) => body.text ?? type)).toEqual([
        'for all of us',
        'member.removed',
      ]);
      expect(await ben.status(`/api/incidents/${id}`)).toBe(404);
      ben.end();
    });
  },
);

describe('before anybody told', { timeout: 60_000 }, () => {
  beforeAll(() => {
    cluster.network.fate = () => 'lose';
  });

  test('[N11] who was added, or chose another password, at one instance signs in at the other at once', async () => {
    const answer = await ask(a, admin, 'POST', '/api/people', {
      email: 'new@example.test',
      name: 'New',
      access: 'responder',
      password: 'correct horse battery',
    });
    const record = b.directory.get(((await answer.json()) as { id: string }).id);
    expect(record).toBeUndefined();
    const token = await cluster.signIn(b, { ...(await cluster.person()), email: 'new@example.test' });
    expect((await ask(b, token, 'GET', '/api/session')).status).toBe(200);
    const change = { current: 'correct horse battery', next: 'another horse battery' };
    expect((await ask(b, token, 'POST', '/api/session/password', change)).status).toBe(204);
    const old = await cluster.signIn(a, { ...(await cluster.person()), email: 'new@example.test' });
    expect(old).toBeUndefined();
  });

  test('[N11] who comes over from the other instance is known there', async () => {
    const person = await cluster.person();
    const token = await cluster.signIn(a, person);
    expect(b.directory.get(person.id)).toBeUndefined();
    expect((await ask(b, token, 'GET', '/api/session')).status).toBe(200);
  });

  test('[N11] changes of one person at two instances keep both', async () => {
    const person = await cluster.person();
    const path = `/api/people/${person.id}`;
    await ask(a, admin, 'PATCH', path, { name: 'Renamed' });
    const changed = await ask(b, admin, 'PATCH', path, { locale: 'ko' });
    expect(await changed.json()).toMatchObject({ name: 'Renamed', locale: 'ko' });
  });
});
