import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { LogController } from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { Limits } from '#shared/contract/limits.ts';
import { toWireError, refuse } from '#shared/contract/refusals.ts';
import { handleError } from './errors.ts';

/** Headers must be complete within this part of the time a request has. */
const HEADER_SHARE = 0.5;
/** How often the server looks for requests past their time: at least this many times in that time. */
const CHECKS = 6;
/** A connection that sends and receives nothing for this long is closed. Live streams speak more often. Milliseconds. */
const SILENT_MILLISECONDS = 75_000;

/** How Fastify is set up: every time and size bounded, no forwarding header believed unless configured. */
export function serverOptions(settings: { limits: Limits; trustProxy: string[]; log: FastifyBaseLogger }) {
  const { limits, log } = settings;
  return {
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: settings.trustProxy.length === 0 ? false : settings.trustProxy,
    bodyLimit: limits.httpBodyBytes,
    requestTimeout: limits.requestMilliseconds,
    // Later than the time for the request itself, which has an answer of its own: 408.
    handlerTimeout: limits.requestMilliseconds * 1.2,
    connectionTimeout: SILENT_MILLISECONDS,
    keepAliveTimeout: SILENT_MILLISECONDS,
    http: {
      headersTimeout: Math.max(1, Math.floor(limits.requestMilliseconds * HEADER_SHARE)),
      connectionsCheckingInterval: Math.max(20, Math.floor(limits.requestMilliseconds / CHECKS / 2)),
    },
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle' as const,
    return503OnClosing: false,
    requestIdHeader: false as const,
    genReqId: () => randomUUID(),
    onProtoPoisoning: 'error' as const,
    onConstructorPoisoning: 'error' as const,
    frameworkErrors: handleError,
    clientErrorHandler(error: Error & { code?: string }, socket: Socket) {
      answerUnreadable(error, socket, log);
    },
  };
}

/** What cannot be read as HTTP is answered in the same shape, on the bare socket. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket, log: FastifyBaseLogger): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? '408 Request Timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
  log.info({ code: error.code }, 'a connection sent what is not HTTP');
  const body = JSON.stringify({
    error: toWireError(refuse('invalid', { problem: 'this is not a request' })),
  });
  if (!socket.writable) return void socket.destroy();
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
