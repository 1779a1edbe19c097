import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Admission } from './admission.ts';

/** Takes over a socket whose HTTP request asked for a WebSocket. `leave` is called once its opening costs nothing more. */
export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  leave: () => void,
) => void;

export interface UpgradeParts {
  /** Everything under `/doc/`. */
  documents: UpgradeHandler;
  /** Everything under `/socket.io/`. */
  socketIo: UpgradeHandler;
  /** Turns for openings of both kinds. */
  door: Admission;
  /** True from the moment the process was asked to stop. */
  isDraining?: () => boolean;
}

/** HTTP answers that an upgrade may get instead of a WebSocket. */
export type UpgradeRefusal = 401 | 403 | 404 | 429 | 503;

const refusals: Readonly<Record<UpgradeRefusal, { status: string; code: string; message: string }>> = {
  401: { status: 'Unauthorized', code: 'unauthenticated', message: 'Sign in first.' },
  403: { status: 'Forbidden', code: 'forbidden', message: 'A page of another site may not connect.' },
  404: { status: 'Not Found', code: 'not_found', message: 'There is nothing here for you.' },
  429: { status: 'Too Many Requests', code: 'rate_limited', message: 'Too many connections at once.' },
  503: { status: 'Service Unavailable', code: 'unavailable', message: 'Not now; try again.' },
};
const RETRY_SECONDS = 2;

/**
 * Owns the server's upgrades: Socket.IO under its path, documents under theirs, 404 for everything else. Who finds the
 * door crowded waits their turn, and is refused (503) before anything was done for them when too many wait or the
 * process stops. No error of a raw socket ends the process. The answer detaches it.
 */
export function attachUpgrade(httpServer: Server, parts: UpgradeParts): () => void {
  const hear = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Until somebody takes the socket over, an error on it has no other listener and would end the process.
    socket.on('error', () => socket.destroy());
    const path = pathOf(request);
    const handle = handlerOf(path, parts);
    if (!handle) return refuseUpgrade(socket, 404);
    parts.door.ask(
      (leave) => {
        const isLate = socket.destroyed || parts.isDraining?.();
        if (!isLate) return handle(request, socket, head, leave);
        leave();
        return refuseUpgrade(socket, 503);
      },
      () => refuseUpgrade(socket, 503),
      path.startsWith('/doc/') ? path : undefined,
    );
  };
  httpServer.on('upgrade', hear);
  return () => httpServer.off('upgrade', hear);
}

function handlerOf(path: string, { documents, socketIo }: UpgradeParts): UpgradeHandler | null {
  if (path.startsWith('/socket.io/')) return socketIo;
  return path.startsWith('/doc/') ? documents : null;
}

/** The path of a request, without its query, exactly as it was sent. */
export function pathOf(request: IncomingMessage): string {
  return request.url?.split('?', 1)[0] ?? '';
}

/** Sends what a socket is sent in this turn with one write: the answer to the upgrade, and what it is told at once. */
export function writeTogether(socket: Duplex): void {
  socket.cork();
  setImmediate(() => socket.uncork());
}

/** Answers an upgrade with an HTTP error of the same form as every other, and closes. */
export function refuseUpgrade(socket: Duplex, status: UpgradeRefusal): void {
  if (socket.destroyed) return;
  const { status: reason, code, message } = refusals[status];
  const body = JSON.stringify({ error: { code, message } });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 429 || status === 503 ? [`Retry-After: ${RETRY_SECONDS}`] : []),
  ];
  // A peer that never reads the answer must not keep the socket.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
