import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isId } from '#shared/contract/identifiers.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { closeCodes } from '#shared/contract/wire.ts';
import { DOCUMENT_NAME_PATTERN, MAIN_DOCUMENT } from '#shared/document.ts';
import { mayEnter } from '#shared/incident/can.ts';
import { WebSocket, WebSocketServer } from 'ws';
import { LAGGING_BYTES } from '../rooms/documentOutlet.ts';
import type { Connections } from '../rooms/connections.ts';
import type { RoomMetrics } from '../rooms/metrics.ts';
import type { Clock, Directory, DocumentSocket, LiveDocumentHandle, Room, Rooms } from '../rooms/ports.ts';
import type { RoomLog } from '../rooms/room.ts';
import type { Sessions } from './session.ts';
import { pathOf, refuseUpgrade, writeTogether } from './upgrade.ts';
import type { UpgradeHandler, UpgradeRefusal } from './upgrade.ts';

/** Who is signed in, as far as document sockets ask. */
export type DocumentSessions = Pick<Sessions, 'authenticateUpgrade' | 'check' | 'hold' | 'onSessionEnded'>;

export interface DocumentParts {
  rooms: Pick<Rooms, 'openCurrent'>;
  directory: Pick<Directory, 'facts'>;
  connections: Connections;
  sessions: DocumentSessions;
  clock: Clock;
  limits: Limits;
  metrics: RoomMetrics;
  log: RoomLog;
  /** True from the moment the process was asked to stop. */
  isDraining?: () => boolean;
}

/** The document sockets of this process. */
export interface DocumentEdge {
  upgrade: UpgradeHandler;
  /** Tells everybody to come back, to another instance. */
  sendAway(): void;
  /** Ends the housekeeping and hangs up on who is left. */
  stop(): void;
}

const PING_MILLISECONDS = 25_000;
/** Pings that may stay without an answer before the line counts as dead. */
const MOST_MISSED_PINGS = 2;
/** A close reason has room for this many bytes. */
const MOST_REASON_BYTES = 123;

/** What an address of a document says; null when it has no such form. */
interface Address {
  incidentId: string;
  name: string;
  acknowledge: boolean;
}

interface Admitted {
  person: string;
  sessionId: string;
  handle: LiveDocumentHandle;
  /** Gives up the room. */
  release(): void;
}

/** ws itself closes frames past its cap with 1009, at which stock clients come back and send the same again. */
class DocumentWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code === 1009 ? closeCodes.tooLarge : code, reason);
  }
}

interface OpenSocket {
  webSocket: WebSocket;
  missedPings: number;
}

/** The y-websocket wire on `/doc/<incident>` and `/doc/<incident>/<name>`: who may connect, and bytes in and out. */
export function createDocuments(parts: DocumentParts): DocumentEdge {
  const { sessions, clock, limits, metrics, log } = parts;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.documentFrameBytes,
    perMessageDeflate: false,
    WebSocket: DocumentWebSocket,
  });
  const open = new Set<OpenSocket>();
  const perIncident = new Map<string, number>();
  /** By session: what ends everything that it opened or is about to open. */
  const enders = new Map<string, Set<() => void>>();

  function onEnded(sessionId: string, end: () => void): () => void {
    const own = enders.get(sessionId) ?? new Set();
    enders.set(sessionId, own.add(end));
    return () => {
      if (own.delete(end) && own.size === 0) enders.delete(sessionId);
    };
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, leave: () => void): void {
    const address = readAddress(request);
    if (!address) {
      leave();
      return refuseUpgrade(socket, 404);
    }
    let answered = false;
    const refuse = (status: UpgradeRefusal): void => {
      if (answered) return;
      answered = true;
      refuseUpgrade(socket, status);
    };
    const cancelLimit = clock.after(limits.upgradeMilliseconds, () => refuse(503));
    admit(request, address, parts, perIncident)
      .then((admitted) => {
        if (typeof admitted === 'number') return refuse(admitted);
        if (answered || socket.destroyed) return admitted.release();
        answered = true;
        complete(request, socket, head, address, admitted);
      })
      .catch((error: unknown) => {
        log.error({ incidentId: address.incidentId, err: error }, 'a document could not be opened');
        refuse(503);
      })
      .finally(() => {
        cancelLimit();
        leave();
      });
  }

  function complete(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    address: Address,
    admitted: Admitted,
  ): void {
    // Handshakes that ws refuses by itself never call back; the room must not be held for them.
    writeTogether(socket);
    const giveUp = (): void => admitted.release();
    socket.once('close', giveUp);
    server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('close', giveUp);
      serve(webSocket, address, admitted);
    });
  }

  function serve(webSocket: WebSocket, address: Address, admitted: Admitted): void {
    const { incidentId } = address;
    const { person, sessionId, handle } = admitted;
    const entry: OpenSocket = { webSocket, missedPings: 0 };
    const release = [
      () => admitted.release(),
      sessions.hold(sessionId),
      parts.connections.open(person),
      onEnded(sessionId, () => webSocket.close(closeCodes.sessionEnded, 'the session ended')),
    ];
    // It may have ended while the document was loaded, before anybody here listened.
    sessions.check(sessionId).then(
      (principal) => principal ?? webSocket.close(closeCodes.sessionEnded, 'the session ended'),
      () => webSocket.close(closeCodes.storeAway, 'the store does not answer'),
    );
    open.add(entry);
    perIncident.set(incidentId, (perIncident.get(incidentId) ?? 0) + 1);
    metrics.gauge('document_sockets', open.size);
    webSocket.on('error', (error) =>
      log.info({ incidentId, person, err: error }, 'a document socket failed'),
    );
    webSocket.on('pong', () => {
      entry.missedPings = 0;
    });
    const connection = handle.connect(socketOf(webSocket), {
      person,
      sessionId,
      acknowledge: address.acknowledge,
    });
    webSocket.on('message', (data, isBinary) => {
      if (isBinary && data instanceof Buffer) connection.receive(data);
      else refuseText(webSocket, person);
    });
    webSocket.on('close', () => {
      connection.closed();
      for (const end of release) end();
      open.delete(entry);
      const left = (perIncident.get(incidentId) ?? 1) - 1;
      if (left > 0) perIncident.set(incidentId, left);
      else perIncident.delete(incidentId);
      metrics.gauge('document_sockets', open.size);
    });
  }

  function refuseText(webSocket: WebSocket, person: string): void {
    if (webSocket.readyState !== WebSocket.OPEN) return;
    log.warn({ person, code: closeCodes.malformed }, 'a document socket sent text');
    webSocket.close(closeCodes.malformed, 'text is no message of this protocol');
  }

  function ping(): void {
    let lagging = 0;
    for (const entry of open) {
      const { webSocket } = entry;
      if (webSocket.bufferedAmount > LAGGING_BYTES) lagging += 1;
      if (entry.missedPings >= MOST_MISSED_PINGS) webSocket.terminate();
      else if (webSocket.readyState === WebSocket.OPEN) webSocket.ping();
      entry.missedPings += 1;
    }
    metrics.gauge('lagging_sockets', lagging);
    cancelPing = clock.after(PING_MILLISECONDS, ping);
  }
  let cancelPing = clock.after(PING_MILLISECONDS, ping);

  const stopHearing = sessions.onSessionEnded((sessionId) => {
    for (const end of enders.get(sessionId) ?? []) end();
  });

  return {
    upgrade,
    sendAway() {
      for (const { webSocket } of open) webSocket.close(closeCodes.restart, 'the server restarts');
    },
    stop() {
      stopHearing();
      cancelPing();
      for (const { webSocket } of open) webSocket.terminate();
    },
  };
}

/** Who may have a socket of which document. */
async function admit(
  request: IncomingMessage,
  { incidentId, name }: Address,
  parts: DocumentParts,
  perIncident: ReadonlyMap<string, number>,
): Promise<Admitted | UpgradeRefusal> {
  if (parts.isDraining?.()) return 503;
  const found = await parts.sessions.authenticateUpgrade(request, { ticketFor: incidentId });
  if (!found.ok) return found.status;
  const { person, sessionId } = found.principal;
  const room = await parts.rooms.openCurrent(incidentId);
  if (parts.isDraining?.()) return 503;
  if (!room) return 404;
  const release = room.hold();
  try {
    const handle = mayRead(person.id, room, parts) ? await room.document(name) : null;
    const full = (perIncident.get(incidentId) ?? 0) >= parts.limits.socketsPerRoom;
    // Asked again: the right may have gone while the document was loaded.
    if (handle && mayRead(person.id, room, parts) && !full) {
      return { person: person.id, sessionId, handle, release };
    }
    release();
    return handle && full ? 503 : 404;
  } catch (error) {
    release();
    throw error;
  }
}

function mayRead(person: string, room: Room, { directory }: DocumentParts): boolean {
  return mayEnter(person, directory.facts.get(person), room.state);
}

function readAddress(request: IncomingMessage): Address | null {
  const [empty, root, incidentId, name = MAIN_DOCUMENT, ...more] = pathOf(request).split('/');
  if (empty !== '' || root !== 'doc' || more.length > 0) return null;
  if (!isId(incidentId) || !DOCUMENT_NAME_PATTERN.test(name)) return null;
  const query = new URLSearchParams(request.url?.split('?', 2)[1] ?? '');
  return { incidentId, name, acknowledge: query.get('ack') === '1' };
}

/** A WebSocket as a document sees it. */
function socketOf(webSocket: WebSocket): DocumentSocket {
  const isUsable = (): boolean => webSocket.readyState === WebSocket.OPEN;
  return {
    send(frame) {
      if (isUsable()) webSocket.send(frame, { binary: true });
    },
    close(code, reason) {
      webSocket.close(code, shortened(reason));
      // Reading goes on, or the answer to the close would never be seen.
      if (webSocket.isPaused) webSocket.resume();
    },
    bufferedBytes: () => webSocket.bufferedAmount,
    pause() {
      if (isUsable()) webSocket.pause();
    },
    resume() {
      if (isUsable()) webSocket.resume();
    },
  };
}

function shortened(reason: string): string {
  let text = reason.slice(0, MOST_REASON_BYTES);
  while (Buffer.byteLength(text) > MOST_REASON_BYTES) text = text.slice(0, -1);
  return text;
}
