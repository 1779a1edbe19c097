import { once } from 'node:events';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { defaultLimits } from '#shared/contract/limits.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { startListening } from '../support/listeningServer.ts';
import type { ListeningServer } from '../support/listeningServer.ts';

let server: ListeningServer | null = null;
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.close();
  await server?.close();
  server = null;
});

async function serve(limits: Partial<Limits>): Promise<{ it: ListeningServer; incidentId: string }> {
  const it = await startListening({ limits });
  server = it;
  const { token } = await it.member();
  const declared = await it.ask({
    method: 'POST',
    url: '/api/incidents',
    payload: { title: 'At the limit' },
    token,
  });
  return { it, incidentId: declared.json<{ id: string }>().id };
}

async function enter(it: ListeningServer): Promise<Socket> {
  const { token } = await it.member();
  const socket = io(it.url, {
    ...{ transports: ['websocket'], forceNew: true, reconnection: false },
    auth: { token, protocol: 1 },
  });
  open.push(socket);
  await once(socket as never, 'connect');
  return socket;
}

/** The line under Socket.IO, with nothing said on it yet. */
async function knock(it: ListeningServer): Promise<WebSocket> {
  const line = new WebSocket(`${it.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  open.push(line);
  await once(line, 'open');
  return line;
}

describe('a room socket', () => {
  test('[E13] past the limit of a room is refused retryably, and let in when somebody left', async () => {
    const { it, incidentId } = await serve({ socketsPerRoom: 2 });
    const [one, two, three] = await Promise.all([enter(it), enter(it), enter(it)]);
    const join = (socket: Socket): Promise<unknown> => socket.emitWithAck('join', { incidentId });
    expect(await join(one)).toMatchObject({ ok: true });
    expect(await join(two)).toMatchObject({ ok: true });
    expect(await join(three)).toMatchObject({ ok: false, error: { code: 'rate_limited', retryable: true } });
    expect(three.connected).toBe(true);
    expect(await two.emitWithAck('leave', { incidentId })).toEqual({ ok: true });
    expect(await join(three)).toMatchObject({ ok: true });
  });

  test('[E13] may send a frame of the limit; one byte more ends its own line only', async () => {
    const { it, incidentId } = await serve({});
    const beside = await enter(it);
    const { token } = await it.member();
    const line = await knock(it);
    const heard: string[] = [];
    line.on('message', (data: Buffer) => heard.push(data.toString()));
    const ended = once(line, 'close');
    line.send(`40${JSON.stringify({ token, protocol: 1 })}`);
    // A join with a field that nobody reads, which makes the frame as long as it has to be.
    const frameOf = (bytes: number, id: number): string => {
      const [head, tail] = [`42${id}["join",{"incidentId":"${incidentId}","filler":"`, '"}]'];
      return head + 'x'.repeat(bytes - head.length - tail.length) + tail;
    };
    const answered = (id: number): boolean => heard.some((text) => text.startsWith(`43${id}[{"ok":true`));
    await expect.poll(() => heard.some((text) => text.startsWith('40'))).toBe(true);
    line.send(frameOf(defaultLimits.socketFrameBytes, 1));
    await expect.poll(() => answered(1), { timeout: 10_000 }).toBe(true);
    line.send(frameOf(defaultLimits.socketFrameBytes + 1, 2));
    await ended;
    expect(answered(2)).toBe(false);
    expect(await beside.emitWithAck('join', { incidentId })).toMatchObject({ ok: true });
  });

  test('[E19] that never says who it is has its line ended in time; one that did stays', async () => {
    const { it, incidentId } = await serve({ upgradeMilliseconds: 300 });
    const member = await enter(it);
    const from = performance.now();
    await once(await knock(it), 'close');
    expect(performance.now() - from).toBeGreaterThan(250);
    expect(performance.now() - from).toBeLessThan(5_000);
    expect(await member.emitWithAck('join', { incidentId })).toMatchObject({ ok: true });
  });
});
