import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { WebSocket as NodeWebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { replay, syncFrame } from '../rooms/documentHarness.ts';
import { startDocumentServer } from './documentServer.ts';
import type { DocumentServer } from './documentServer.ts';

const INCIDENT = 'incident-one';
const stops: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function serve(options: Parameters<typeof startDocumentServer>[1] = {}): Promise<DocumentServer> {
  const server = await startDocumentServer(INCIDENT, options);
  stops.push(() => server.stop());
  return server;
}

function provide(server: DocumentServer, person: string, name = INCIDENT): WebsocketProvider {
  const provider = new WebsocketProvider(`${server.address}/doc`, name, new Y.Doc(), {
    params: { ticket: person },
    disableBc: true,
    WebSocketPolyfill: NodeWebSocket as unknown as typeof globalThis.WebSocket,
  });
  stops.push(() => provider.destroy());
  return provider;
}

async function synced(provider: WebsocketProvider): Promise<void> {
  if (!provider.synced) await new Promise<void>((resolve) => provider.once('sync', () => resolve()));
}

/** Waits until the text of a document is as expected; told by the document, never by time. */
async function reads(doc: Y.Doc, expected: string): Promise<void> {
  const text = doc.getText('scratch');
  if (text.toJSON() === expected) return;
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (text.toJSON() !== expected) return;
      doc.off('update', look);
      resolve();
    };
    doc.on('update', look);
  });
}

async function opened(webSocket: WebSocket): Promise<WebSocket> {
  await once(webSocket, 'open');
  return webSocket;
}

async function closeCode(webSocket: WebSocket): Promise<number> {
  const [code] = (await once(webSocket, 'close')) as [number];
  return code;
}

async function refusal(webSocket: WebSocket): Promise<{ status: number | undefined; body: string }> {
  webSocket.on('error', () => {});
  const [, response] = (await once(webSocket, 'unexpected-response')) as [unknown, IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, body };
}

describe('stock clients', () => {
  it('[D28] two y-websocket providers edit one document, see each other, and come back after a restart', async () => {
    const server = await serve();
    const one = provide(server, 'alice');
    const two = provide(server, 'bobby', `${INCIDENT}/main`);
    await Promise.all([synced(one), synced(two)]);
    expect(one.doc.getXmlFragment('content').length).toBe(14);
    one.doc.getText('scratch').insert(0, 'hello');
    await reads(two.doc, 'hello');
    two.doc.getText('scratch').insert(5, ' world');
    await reads(one.doc, 'hello world');
    two.awareness.setLocalStateField('user', { id: 'somebody', name: 'else', role: 'commander' });
    const seen = new Promise((resolve) =>
      one.awareness.on('update', () => {
        const state = one.awareness.getStates().get(two.doc.clientID);
        if (state?.['user']) resolve(state['user']);
      }),
    );
    const driving = setInterval(() => void server.harness.clock.advance(50), 5);
    stops.push(() => clearInterval(driving));
    expect(await seen).toMatchObject({ id: 'bobby', name: 'Name of bobby' });
    clearInterval(driving);
    const gone = Promise.all(
      [one, two].map((provider) => new Promise((resolve) => provider.once('connection-close', resolve))),
    );
    await server.harness.reopen();
    await gone;
    one.doc.getText('scratch').insert(0, 'offline ');
    await reads(two.doc, 'offline hello world');
    expect(replay(server.harness.store).getText('scratch').toJSON()).toBe('offline hello world');
  });

  it('[D28] a stock client whose document was refused does not come back', async () => {
    const server = await serve();
    const alice = provide(server, 'alice');
    await synced(alice);
    alice.doc.getText('scratch').insert(0, 'x');
    await reads(alice.doc, 'x');
    const eve = provide(server, 'eve00000');
    await synced(eve);
    const closed = new Promise<{ code: number }>((resolve) => eve.once('closed', resolve));
    eve.doc.getMap('notes').set('a', 1);
    expect((await closed).code).toBe(4409);
    expect(alice.wsconnected).toBe(true);
  });
});

describe('who may connect', () => {
  it.each([
    [404, '/doc/incident-two', 'alice'],
    [404, '/doc/short', 'alice'],
    [404, '/doc/..%2fincident-one', 'alice'],
    [404, '/doc/INCIDENT-ONE', 'alice'],
    [404, '/doc/incident-one/', 'alice'],
    [404, '/doc/incident-one/other', 'alice'],
    [404, '/doc/incident-one/MAIN', 'alice'],
    [404, '/doc/incident-one/main/more', 'alice'],
    [404, '/elsewhere', 'alice'],
    [401, '/doc/incident-one', undefined],
    [503, '/doc/incident-broken', 'alice'],
  ])('[D27] %i for %s as %s', async (status, path, person) => {
    const server = await serve();
    const answer = await refusal(server.connect(path, person === undefined ? {} : { person }));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toHaveProperty('error.code');
    expect(server.holds()).toBe(0);
  });

  it('[D27] 403 for a page of another site, 404 for stakeholders and for those outside a private incident', async () => {
    const server = await serve({ private: true });
    server.people.set('watcher1', { access: 'stakeholder', admin: false, disabled: false });
    const path = `/doc/${INCIDENT}`;
    expect(
      (await refusal(server.connect(path, { headers: { origin: 'https://evil.example' } }))).status,
    ).toBe(403);
    expect((await refusal(server.connect(path, { person: 'watcher1' }))).status).toBe(404);
    expect((await refusal(server.connect(path, { person: 'stranger' }))).status).toBe(404);
    const member = await opened(server.connect(path, { person: 'member' }));
    expect(server.holds()).toBe(1);
    member.close();
    await closeCode(member);
  });

  it('[D27] 503 while draining, when the room is full, and when judging takes too long', async () => {
    const server = await serve({ limits: { socketsPerRoom: 1 } });
    const path = `/doc/${INCIDENT}`;
    const first = await opened(server.connect(path, { person: 'alice' }));
    expect((await refusal(server.connect(path, { person: 'bobby' }))).status).toBe(503);
    first.close();
    await closeCode(first);
    server.draining = true;
    expect((await refusal(server.connect(path, { person: 'bobby' }))).status).toBe(503);
    server.draining = false;
    let open = (): void => {};
    server.opening = new Promise((resolve) => (open = resolve));
    const late = server.connect(path, { person: 'carol' });
    const answer = refusal(late);
    const driving = setInterval(() => void server.harness.clock.advance(1_000), 5);
    stops.push(() => clearInterval(driving));
    expect((await answer).status).toBe(503);
    open();
    await server.harness.clock.advance(0);
    expect(server.harness.document.socketCount).toBe(0);
  });

  it('[D29] sockets end with their session, also one that ended while the document was opened', async () => {
    const server = await serve();
    const path = `/doc/${INCIDENT}`;
    const alice = await opened(server.connect(path, { person: 'alice' }));
    const bobby = await opened(server.connect(path, { person: 'bobby' }));
    const ended = closeCode(alice);
    server.endSession('session-alice');
    expect(await ended).toBe(4401);
    expect(bobby.readyState).toBe(NodeWebSocket.OPEN);
    server.endSession('session-carol');
    const late = server.connect(path, { person: 'carol' });
    expect(await closeCode(late)).toBe(4401);
  });

  it('[N15] everybody is told to come back while a room cannot be closed yet', async () => {
    const server = await serve();
    const [alice, bobby] = await Promise.all(
      ['alice', 'bobby'].map((person) => opened(server.connect(`/doc/${INCIDENT}`, { person }))),
    );
    const codes = Promise.all([closeCode(alice!), closeCode(bobby!)]);
    server.sendAway();
    expect(await codes).toEqual([1012, 1012]);
  });
});

describe('bytes that are no protocol', () => {
  it('[D20] text closes with 4400, a frame past the cap with 4413, and others go on', async () => {
    const server = await serve();
    const path = `/doc/${INCIDENT}`;
    const victim = provide(server, 'alice');
    await synced(victim);
    const text = await opened(server.connect(path, { person: 'eve00000' }));
    text.send('hello');
    expect(await closeCode(text)).toBe(4400);
    const large = await opened(server.connect(path, { person: 'eve00000' }));
    large.send(new Uint8Array(8 * 1024 * 1024 + 1));
    expect(await closeCode(large)).toBe(4413);
    victim.doc.getText('scratch').insert(0, 'still here');
    await reads(victim.doc, 'still here');
  });

  it('[D20] broken WebSocket frames and a line cut in the handshake end only their own socket', async () => {
    const server = await serve();
    const victim = provide(server, 'alice');
    await synced(victim);
    for (const bytes of ['f18000000000', '82ff7fffffffffffffff00000000', '0180', '89fe0200', '80']) {
      const raw = await upgraded(server, `/doc/${INCIDENT}`);
      raw.write(Buffer.from(bytes, 'hex'));
      raw.end();
      await once(raw, 'close');
    }
    const cut = connect(server.port, '127.0.0.1');
    cut.write(handshake(`/doc/${INCIDENT}`));
    cut.resetAndDestroy();
    await once(cut, 'close');
    victim.doc.getText('scratch').insert(0, 'alive');
    await reads(victim.doc, 'alive');
    expect(victim.wsconnected).toBe(true);
  });

  it('[D20] a socket that answers no ping is cut off after two of them', async () => {
    const server = await serve();
    const raw = await upgraded(server, `/doc/${INCIDENT}`);
    const closed = once(raw, 'close');
    raw.resume();
    await server.harness.clock.advance(50_000);
    expect(server.harness.document.socketCount).toBe(1);
    await server.harness.clock.advance(25_000);
    await closed;
    expect(server.harness.warnings).toEqual([]);
  });

  it('[D24] a whole sync answer of several megabytes passes the transport', async () => {
    const server = await serve();
    const doc = new Y.Doc();
    doc.getText('scratch').insert(0, 'x'.repeat(5_000_000));
    const alice = await opened(server.connect(`/doc/${INCIDENT}?ack=1`, { person: 'alice' }));
    const acknowledged = new Promise((resolve) =>
      alice.on('message', (data: Buffer) => (data[0] === 100 ? resolve(data[1]) : undefined)),
    );
    alice.send(syncFrame(1, Y.encodeStateAsUpdate(doc)));
    expect(await acknowledged).toBe(1);
    alice.close();
    await closeCode(alice);
  });
});

function handshake(path: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Authorization: Bearer rawsocket',
    '\r\n',
  ].join('\r\n');
}

/** A raw socket after its handshake. */
async function upgraded(server: DocumentServer, path: string): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(handshake(path));
  await once(socket, 'data');
  return socket;
}
