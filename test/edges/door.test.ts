import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { io } from 'socket.io-client';
import { afterEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { eventually } from '../support/client.ts';
import { startListening } from '../support/listeningServer.ts';
import { startDocumentServer } from './documentServer.ts';
import type { DocumentServer } from './documentServer.ts';

const INCIDENT = 'incident-0001';
let server: DocumentServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

/** How an upgrade was answered: 101, or the refusal's status and when to come back. */
function answered(socket: WebSocket): Promise<{ status: number; retryAfter?: string | undefined }> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve({ status: 101 }));
    socket.once('unexpected-response', (_: unknown, answer: IncomingMessage) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
    });
    socket.once('error', () => undefined);
  });
}

describe('the door', () => {
  test('[E43] openings past the limit wait and get in; past the queue they are told when to come back', async () => {
    const it = await startDocumentServer(INCIDENT, { door: { atOnce: 2, waiting: 2 } });
    server = it;
    let open = (): void => undefined;
    it.opening = new Promise((resolve) => (open = resolve));
    const connect = () => it.connect(`/doc/${INCIDENT}`, { person: 'ida' });
    const inside = [connect(), connect()].map(answered);
    const waiting = [answered(connect())];
    await eventually('one waits', () => it.waiting === 1);
    waiting.push(answered(connect()));
    await eventually('two wait', () => it.waiting === 2);
    expect(await answered(connect())).toEqual({ status: 503, retryAfter: '2' });
    expect(it.holds()).toBe(0);
    open();
    for (const answer of [...inside, ...waiting]) expect(await answer).toEqual({ status: 101 });
    expect(it.waiting).toBe(0);
    expect(it.holds()).toBe(4);
  });

  test('who waits when the server stops is refused without being let in', async () => {
    const it = await startDocumentServer(INCIDENT, { door: { atOnce: 1 } });
    server = it;
    let open = (): void => undefined;
    it.opening = new Promise((resolve) => (open = resolve));
    const first = answered(it.connect(`/doc/${INCIDENT}`, { person: 'ida' }));
    const waiting = answered(it.connect(`/doc/${INCIDENT}`, { person: 'bo' }));
    await eventually('one waits', () => it.waiting === 1);
    it.draining = true;
    open();
    expect(await first).toMatchObject({ status: 503 });
    expect(await waiting).toMatchObject({ status: 503 });
    expect(it.holds()).toBe(0);
  });

  test('a wrong address costs no turn', async () => {
    const it = await startDocumentServer(INCIDENT, { door: { atOnce: 1 } });
    server = it;
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await answered(it.connect('/doc/!', { person: 'ida' }))).toMatchObject({ status: 404 });
    }
    expect(await answered(it.connect(`/doc/${INCIDENT}`, { person: 'ida' }))).toEqual({ status: 101 });
  });
});

test('[E43] a join without a turn is refused retryably, and the socket stays', async () => {
  const listening = await startListening({ joins: { atOnce: 0, waiting: 0 } });
  try {
    const { token } = await listening.member();
    const socket = io(listening.url, { transports: ['websocket'], forceNew: true, auth: { token } });
    await once(socket as never, 'connect');
    const answer: unknown = await socket.emitWithAck('join', { incidentId: INCIDENT });
    expect(answer).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
    expect(socket.connected).toBe(true);
    socket.disconnect();
  } finally {
    await listening.close();
  }
});
