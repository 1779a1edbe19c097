import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { PROTOCOL_VERSION } from '#shared/contract/wire.ts';
import type { ClientToServer, CommandAnswer, JoinAnswer, ServerToClient } from '#shared/contract/wire.ts';
import { afterLineEvent } from './connectionState.ts';
import type { ConnectionState, LineEvent } from './connectionState.ts';

export type RoomSocket = Socket<ServerToClient, ClientToServer>;
export type CommandRequest = Parameters<ClientToServer['command']>[0];

/** The one line of this tab to the server. */
export interface Connection {
  /** For events of other views (`board`, `people`); rooms use the methods below. */
  readonly socket: RoomSocket;
  state(): ConnectionState;
  /** Which build of the page the server serves, as it said last; null before it said. */
  build(): string | null;
  /** Calls back after every change of state or build; the answer unsubscribes. */
  subscribe(listener: () => void): () => void;
  /** Rejects when the line dies or the server is silent for 10 s. */
  join(incidentId: string, after?: number): Promise<JoinAnswer>;
  leave(incidentId: string): void;
  /** Rejects when nobody can know whether the command arrived: send it again with the same id. */
  command(request: CommandRequest): Promise<CommandAnswer>;
  /** Connects again at once, also after the session had ended. */
  retry(): void;
  stop(): void;
}

const ANSWER_MILLISECONDS = 10_000;
/** A line without any sign of life for this long is dead, whatever the operating system believes. */
const SILENCE_MILLISECONDS = 12_000;
const WATCH_MILLISECONDS = 1_000;
/** A line that was closed under us is back within this time when another instance is there; longer is called offline. */
const BACK_SOON_MILLISECONDS = 3_000;

function makeSocket(): RoomSocket {
  return io({
    path: '/socket.io',
    transports: ['websocket'],
    withCredentials: true,
    autoConnect: false,
    auth: { protocol: PROTOCOL_VERSION },
    reconnectionDelay: 250,
    reconnectionDelayMax: 2_000,
    // Half of each wait is left to chance, so that a room of people does not come back in the same instant.
    randomizationFactor: 0.5,
    // Short: behind a proxy without health checks a frozen instance takes the try and answers nothing.
    timeout: 5_000,
  });
}

/**
 * Opens the line and keeps it open: reconnects by itself, finds a dead line within 15 s (the browser's own offline
 * event at once, silence by a watch), and says which state it is in. Never recovers missed events by itself: rooms
 * ask for what they missed by `seq`.
 */
export function openConnection(socket: RoomSocket = makeSocket()): Connection {
  const listeners = new Set<() => void>();
  let state: ConnectionState = { kind: 'connecting' };
  let lastSign = Date.now();
  /** This page itself found the line dead. */
  let givenUp = false;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let build: string | null = null;

  const happened = (event: LineEvent): void => {
    const next = afterLineEvent(state, event);
    if (next === state || JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    for (const listener of listeners) listener();
  };
  const heard = (): void => {
    lastSign = Date.now();
  };
  const dropLine = (): void => {
    if (!socket.connected) return;
    givenUp = true;
    socket.io.engine.close();
  };
  const connectNow = (): void => {
    if (socket.connected || state.kind === 'sessionEnded' || state.kind === 'newVersion') return;
    socket.disconnect().connect();
  };

  const isAway = (): boolean => state.kind === 'offline' || state.kind === 'reconnecting';
  const stillAway = (): void => {
    if (state.kind === 'reconnecting') happened({ kind: 'lost', lastSign });
  };

  socket.on('connect', () => {
    heard();
    givenUp = false;
    clearTimeout(patience);
    socket.io.engine.on('packet', heard);
    happened({ kind: 'connected' });
  });
  socket.on('disconnect', (reason) => {
    happened({ kind: givenUp ? 'lost' : 'dropped', lastSign });
    if (state.kind === 'reconnecting') patience = setTimeout(stillAway, BACK_SOON_MILLISECONDS);
    // The server hung up on purpose (restart, drain): Socket.IO leaves coming back to us.
    if (reason === 'io server disconnect' && isAway()) socket.connect();
  });
  socket.on('connect_error', (error) => {
    const code = (error as { data?: { code?: unknown } }).data?.code;
    happened({ kind: 'refused', code: typeof code === 'string' ? code : null, at: lastSign });
    if (!socket.active && isAway()) setTimeout(connectNow, 2_000 + Math.random() * 2_000);
  });
  socket.on('session', () => {
    happened({ kind: 'sessionEnded' });
    socket.disconnect();
  });

  socket.on('build', (message) => {
    if (message.build === build) return;
    build = message.build;
    for (const listener of listeners) listener();
  });

  const watch = setInterval(() => {
    if (socket.connected && pingsOften(socket) && Date.now() - lastSign > SILENCE_MILLISECONDS) dropLine();
  }, WATCH_MILLISECONDS);
  window.addEventListener('offline', dropLine);
  window.addEventListener('online', connectNow);
  socket.connect();

  return {
    socket,
    state: () => state,
    build: () => build,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    join: (incidentId, after) =>
      socket
        .timeout(ANSWER_MILLISECONDS)
        .emitWithAck('join', { incidentId, ...(after === undefined ? {} : { after }) }),
    leave(incidentId) {
      if (socket.connected) socket.emit('leave', { incidentId }, () => undefined);
    },
    command: (request) => socket.timeout(ANSWER_MILLISECONDS).emitWithAck('command', request),
    retry() {
      if (socket.connected) return;
      happened({ kind: 'retrying' });
      socket.disconnect().connect();
    },
    stop() {
      clearInterval(watch);
      clearTimeout(patience);
      window.removeEventListener('offline', dropLine);
      window.removeEventListener('online', connectNow);
      listeners.clear();
      socket.removeAllListeners();
      socket.disconnect();
    },
  };
}

/** True when the server pings more often than our patience; else silence means nothing. */
function pingsOften(socket: RoomSocket): boolean {
  const interval = (socket.io.engine as unknown as { _pingInterval?: number })._pingInterval;
  return interval !== undefined && interval > 0 && interval < SILENCE_MILLISECONDS - 2_000;
}

let connection: Connection | null = null;

/** The tab's one connection; opened at the first call. */
export function getConnection(): Connection {
  connection ??= openConnection();
  return connection;
}

/** The tab's one socket, for views that only listen (`board`, `people`). */
export function getSocket(): RoomSocket {
  return getConnection().socket;
}

/** Ends the tab's connection, so that the next person who signs in here gets one of their own. */
export function closeConnection(): void {
  connection?.stop();
  connection = null;
}
