import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { afterEach, expect, test, vi } from 'vitest';
import { refuse, toWireError } from '#shared/contract/refusals.ts';
import type { RefusalReason } from '#shared/contract/refusalReasons.ts';
import { openConnection } from '../../client/connection/socket.ts';
import type { Connection } from '../../client/connection/socket.ts';

const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0).toReversed()) stop();
  vi.unstubAllGlobals();
});

/** The page's line to a server that refuses the first handshake for this reason and takes every later one. */
async function refusedOnce(reason: RefusalReason): Promise<{ line: Connection; handshakes: () => number }> {
  vi.stubGlobal('window', new EventTarget());
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'] });
  let handshakes = 0;
  server.use((_, next) => {
    handshakes += 1;
    const data = toWireError(refuse(reason));
    next(handshakes === 1 ? Object.assign(new Error(data.message), { data }) : undefined);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  stops.push(() => void server.close());
  const { port } = http.address() as AddressInfo;
  const line = openConnection(
    io(`http://127.0.0.1:${port}`, { transports: ['websocket'], autoConnect: false, forceNew: true }),
  );
  stops.push(() => line.stop());
  return { line, handshakes: () => handshakes };
}

/** Resolves when the line is in this state. */
function until(line: Connection, kind: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (line.state().kind === kind) resolve();
    };
    line.subscribe(look);
    look();
  });
}

// Socket.IO takes every refused handshake for final: whoever came back while the database was away would stay away.
test('a page whose handshake is refused because the store is away comes back by itself', async () => {
  const { line, handshakes } = await refusedOnce('not_saved');
  await until(line, 'offline');
  await until(line, 'live');
  expect(handshakes()).toBe(2);
});

test('a page whose session ended is told so, and does not knock again', async () => {
  const { line, handshakes } = await refusedOnce('unauthenticated');
  await until(line, 'sessionEnded');
  expect(handshakes()).toBe(1);
});
