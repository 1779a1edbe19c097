import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a receiver does with a request that it has read; it writes down the request before. */
export type Answer = (response: ServerResponse, received: Received) => void;

/** A real web server that receives hooks on a free port, and keeps its own log of what arrived. */
export interface HookReceiver {
  /** `http://127.0.0.1:<port>`, or https. */
  readonly url: string;
  readonly port: number;
  /** In the order of arrival. */
  readonly received: Received[];
  /** Connections so far. */
  readonly connections: () => number;
  /** Decides what is answered; 204 by default. */
  answer: Answer;
  /** When this many have arrived in all. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Answers with a status and headers, and nothing else. */
export const answers =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end();

/** With a key and certificate it speaks TLS; `port` makes it come back where one was before. */
export async function startHookReceiver(
  options: { tls?: { key: string; cert: string }; port?: number } = {},
): Promise<HookReceiver> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let connections = 0;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const one = { path: request.url ?? '', headers: request.headers, body };
    received.push(one);
    receiver.answer(response, one);
    for (const look of waiting) look();
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    // A sender may hang up while it is read; that is part of what is tested.
    take(request, response).catch(() => response.destroy());
  };
  const server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle);
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: HookReceiver = {
    ...{ port, received, answer: answers(204), connections: () => connections },
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    async arrived(count) {
      if (received.length >= count) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = (): void => {
        if (received.length >= count) resolve();
      };
      waiting.add(look);
      await promise;
      waiting.delete(look);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return receiver;
}
