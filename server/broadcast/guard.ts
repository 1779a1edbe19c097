import { lookup as systemLookup } from 'node:dns';
import { request } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { connect, isIP } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../rooms/ports.ts';
import type { AddressRules } from './guardAddresses.ts';
import { createLookups } from './guardLookups.ts';
import { MOST_ADDRESS, isAllowedPort } from './guardPorts.ts';

/** How long the connection may take, names and TLS included. Shorter than an attempt, so that it is known that nothing was sent. Milliseconds. */
const CONNECT_MILLISECONDS = 8_000;
const MOST_HEADER_BYTES = 16 * 1_024;
/** An answer is read this far and this long, so that who answers is not cut off; what it says is thrown away. */
const MOST_ANSWER_BYTES = 64 * 1_024;
const ANSWER_MILLISECONDS = 2_000;

/** What became of a request. */
export type Posted =
  | { kind: 'answered'; status: number; retryAfter: string | null }
  /** It is not sent there, now or later. `detail` is a short reason without the address. */
  | { kind: 'forbidden'; detail: string }
  /** No connection: nothing was sent. */
  | { kind: 'unreachable'; detail: string }
  /** Sent, perhaps in part, and no answer that could be understood. */
  | { kind: 'unanswered'; detail: string };

/** The only way by which requests leave this server. */
export interface Guard {
  /** The address as it is kept; null when requests are never sent there (no http or https, a password in it, a closed port or network). */
  addressOf(text: string): string | null;
  /**
   * One POST to an address that `addressOf` gave: never to an address inside, whatever its name resolves to now, and
   * never on to where the answer points. Ends soon after the signal. Never rejects.
   */
  post(address: string, message: GuardedMessage): Promise<Posted>;
}

export interface GuardedMessage {
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
}

export interface GuardParts {
  rules: AddressRules;
  clock: Pick<Clock, 'after'>;
  /** How names become addresses; for tests. */
  lookup?: typeof systemLookup;
}

/** A name that may not be connected to, or could not be resolved. */
class Closed extends Error {}

/** Guards every outgoing request against servers that only this machine should reach. */
export function createGuard({ rules, clock, lookup = systemLookup }: GuardParts): Guard {
  const resolve = createLookups(lookup);

  /** Resolves to addresses that may be connected to, and to no others. */
  const guardedLookup: LookupFunction = (hostname, _options, callback) => {
    resolve(hostname).then(
      (found) => {
        const open = found.filter(({ address }) => rules.isAllowed(address));
        if (open.length === 0) callback(new Closed('its name leads to a closed network'), []);
        else callback(null, open);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };

  return {
    addressOf: (text) => webAddressOf(text, rules),
    async post(address, message) {
      const known = webAddressOf(address, rules);
      if (known === null) return { kind: 'forbidden', detail: 'nothing is sent to this address' };
      const url = new URL(known);
      const limit = new AbortController();
      const cancel = clock.after(CONNECT_MILLISECONDS, () => limit.abort());
      const signal = AbortSignal.any([limit.signal, message.signal]);
      let socket: Socket;
      try {
        socket = await opened(url, { rules, lookup: guardedLookup, signal });
      } catch (error) {
        return error instanceof Closed
          ? { kind: 'forbidden', detail: error.message }
          : { kind: 'unreachable', detail: reasonOf(error, signal) };
      } finally {
        cancel();
      }
      return exchange(socket, url, message, clock);
    },
  };
}

/** An address in its one spelling, or null. Names are looked at when they are resolved; numbers here. */
function webAddressOf(text: string, rules: AddressRules): string | null {
  const trimmed = text.trim();
  if (trimmed.length > MOST_ADDRESS || !URL.canParse(trimmed)) return null;
  const url = new URL(trimmed);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  if (!isAllowedPort(url) || !isAllowedHost(url, rules)) return null;
  url.hash = '';
  return url.href.length > MOST_ADDRESS ? null : url.href;
}

function isAllowedHost({ hostname }: URL, rules: AddressRules): boolean {
  const host = bare(hostname);
  if (isIP(host) !== 0) return rules.isAllowed(host);
  const isLocal = /(^|\.)localhost\.?$/.test(host);
  return host !== '' && (!isLocal || rules.isAllowed('127.0.0.1') || rules.isAllowed('::1'));
}

/** Without the brackets that an address of IPv6 has in a URL. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** A connection to an address that was checked once more when it stood; then TLS. Rejects when there is none. */
async function opened(
  url: URL,
  { rules, lookup, signal }: { rules: AddressRules; lookup: LookupFunction; signal: AbortSignal },
): Promise<Socket> {
  const host = bare(url.hostname);
  const isSafe = url.protocol === 'https:';
  const port = Number(url.port || (isSafe ? 443 : 80));
  signal.throwIfAborted();
  const socket = connect({ host, port, lookup, autoSelectFamily: true, noDelay: true });
  await happens(socket, 'connect', signal);
  const { remoteAddress } = socket;
  if (remoteAddress === undefined || !rules.isAllowed(remoteAddress)) {
    socket.destroy();
    if (remoteAddress === undefined) throw new Error('closed');
    throw new Closed('its name leads to a closed network');
  }
  if (!isSafe) return socket;
  const name = isIP(host) === 0 ? { servername: host } : {};
  const secure = connectTls({ socket, host, ...name, ALPNProtocols: ['http/1.1'] });
  await happens(secure, 'secureConnect', signal);
  return secure;
}

async function happens(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => {
    socket.destroy();
    reject(new Error('no connection in time'));
  };
  const close = (): void => reject(new Error('closed'));
  socket.once(event, resolve).once('error', reject).once('close', close);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await promise;
  } catch (error) {
    // A socket that fails once more, after this, must not end the process.
    socket.on('error', () => {}).destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    socket.off(event, resolve).off('error', reject).off('close', close);
  }
}

/** Sends the message over a connection of its own, and waits for the answer's first line and headers. */
function exchange(
  socket: Socket,
  url: URL,
  { headers, body, signal }: GuardedMessage,
  clock: Pick<Clock, 'after'>,
): Promise<Posted> {
  const { promise, resolve } = Promise.withResolvers<Posted>();
  const bytes = Buffer.from(body);
  const all: OutgoingHttpHeaders = {
    ...headers,
    ...{ host: url.host, connection: 'close', 'content-length': bytes.length },
    ...{ 'user-agent': 'warroom', 'accept-encoding': 'identity' },
  };
  const sent = request({
    ...{ method: 'POST', path: `${url.pathname}${url.search}`, headers: all },
    ...{ createConnection: () => socket, maxHeaderSize: MOST_HEADER_BYTES },
  });
  const unanswered = (detail: string): void => {
    resolve({ kind: 'unanswered', detail });
    sent.destroy();
  };
  const abort = (): void => unanswered('no answer in time');
  sent.on('response', (answer) => {
    resolve({ kind: 'answered', ...answered(answer) });
    readAway(answer, clock).then(
      () => sent.destroy(),
      () => sent.destroy(),
    );
  });
  sent.on('error', (error) => unanswered(reasonOf(error, signal)));
  sent.on('close', () => unanswered('no answer'));
  signal.addEventListener('abort', abort, { once: true });
  void promise.finally(() => signal.removeEventListener('abort', abort));
  if (signal.aborted) abort();
  else sent.end(bytes);
  return promise;
}

const answered = ({ statusCode, headers }: IncomingMessage) => ({
  status: statusCode ?? 0,
  retryAfter: headers['retry-after'] ?? null,
});

/** Reads a little of what nobody wants to know: who answers would otherwise see its line cut. */
async function readAway(answer: IncomingMessage, clock: Pick<Clock, 'after'>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(ANSWER_MILLISECONDS, resolve);
  let read = 0;
  answer.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > MOST_ANSWER_BYTES) resolve();
  });
  answer.on('end', resolve).on('error', () => resolve());
  await promise;
  cancel();
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'its name is not known'],
  ['EAI_AGAIN', 'its name could not be looked up'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was cut'],
  ['EPIPE', 'the connection was cut'],
  ['ETIMEDOUT', 'no connection in time'],
  ['EHOSTUNREACH', 'it could not be reached'],
  ['ENETUNREACH', 'it could not be reached'],
  ['HPE_HEADER_OVERFLOW', 'its answer was too long'],
]);

/** Why, for people: never what the other side said, and never the address, which may be a secret. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'no connection in time';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME|SSL|TLS/.test(code)) return `no trusted TLS connection (${code})`;
  if (code.startsWith('HPE_')) return reasons.get(code) ?? 'its answer was not understood';
  return reasons.get(code) ?? 'the connection failed';
}
