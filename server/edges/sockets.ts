import { createServer } from 'node:http';
import { isId } from '#shared/contract/identifiers.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { refuse, toWireError } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { PROTOCOL_VERSION } from '#shared/contract/wire.ts';
import type { ClientToServer, IncidentSummary } from '#shared/contract/wire.ts';
import { mayEnter } from '#shared/incident/can.ts';
import { Server } from 'socket.io';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { Connections } from '../rooms/connections.ts';
import type { RoomMetrics } from '../rooms/metrics.ts';
import type { Clock, Directory, Rooms, Store } from '../rooms/ports.ts';
import type { RoomLog } from '../rooms/room.ts';
import type { RunningRooms } from '../rooms/rooms.ts';
import { inTurn } from './admission.ts';
import type { Admission } from './admission.ts';
import { createBoardNews } from './boardNews.ts';
import { startDeliveryNews } from './deliveryNews.ts';
import { createMemberships } from './memberships.ts';
import type { RoomServer, RoomSocket, SocketData } from './memberships.ts';
import { judgeLink } from './linkedIncident.ts';
import { parseCommand } from './parseCommand.ts';
import { writeTogether } from './upgrade.ts';
import type { UpgradeHandler } from './upgrade.ts';

/** What the sockets need of sessions; `session.ts` keeps them. */
export interface SocketSessions {
  /** Who a handshake is; a token wins over the cookie. Foreign origins, and a cookie without any, are refused. */
  authenticateHandshake(handshake: {
    token: string | undefined;
    cookie: string | undefined;
    origin: string | undefined;
  }): Promise<{ person: string; sessionId: string } | { refusal: Refusal }>;
  /** Null once the session ended or the person was disabled. */
  check(sessionId: string): Promise<object | null>;
  /** Marks a session as in use, which prolongs it, until released. */
  hold(sessionId: string): () => void;
  /** Hears every session that ended, on any path. */
  onSessionEnded(hear: (sessionId: string) => void): () => void;
}

export interface SocketParts {
  rooms: RunningRooms;
  /** Changes of incidents at every instance. */
  board: Pick<Rooms, 'onSummary'>;
  /** How open incidents looked before anybody came. */
  boardAtStart?: readonly IncidentSummary[];
  store: Store;
  directory: Directory;
  connections: Connections;
  sessions: SocketSessions;
  /** Turns for joining an incident. */
  joins: Admission;
  /** Which build of the browser's part this instance serves; null where it serves none. */
  clientBuild?: () => Promise<string | null>;
  limits: Limits;
  clock: Pick<Clock, 'after'>;
  metrics: RoomMetrics;
  log: RoomLog;
}

/** The room sockets of this process; `close` ends all of them. */
export interface RoomSockets {
  upgrade: UpgradeHandler;
  close(): Promise<void>;
}

/** Events per second after which a socket is not answered any more but closed. */
const FLOOD_EVENTS = 500;
/** A dead line shows within the sum of both. Milliseconds. */
const PING_INTERVAL = 8_000;
const PING_TIMEOUT = 6_000;

const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Small = Type.Integer({ minimum: 0, maximum: 20 });
const incidentId = Type.String();

/** Every event a client may send, by name: what is not here is ignored. */
const requests = {
  join: Compile(Type.Object({ incidentId, after: Type.Optional(Seq) })),
  leave: Compile(Type.Object({ incidentId })),
  command: Compile(
    Type.Object({
      incidentId,
      commandId: Type.Unknown(),
      type: Type.Unknown(),
      body: Type.Unknown(),
      epoch: Type.Optional(Type.Unknown()),
    }),
  ),
  away: Compile(Type.Object({ incidentId, away: Type.Boolean() })),
  progress: Compile(Type.Object({ incidentId, offer: Type.String(), read: Small, of: Small })),
} as const satisfies Record<keyof ClientToServer, unknown>;

/** The names of all events a client may send, for the access matrix. */
export const socketEvents = Object.keys(requests) as (keyof ClientToServer)[];

/**
 * The room over Socket.IO. Thin: parse, authenticate, ask the room, answer. A malformed event never ends the process
 * nor anybody else's session.
 */
export function createSockets(parts: SocketParts): RoomSockets {
  const { board, directory, connections, sessions, joins, limits, metrics, log } = parts;
  // It never listens: the server's upgrades come from edges/upgrade.ts, each in its turn.
  const engine = createServer();
  const io: RoomServer = new Server(engine, {
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: limits.socketFrameBytes,
    connectTimeout: limits.upgradeMilliseconds,
    pingInterval: PING_INTERVAL,
    pingTimeout: PING_TIMEOUT,
    perMessageDeflate: false,
    httpCompression: false,
  });
  const deliveries = startDeliveryNews({
    ...{ store: parts.store, clock: parts.clock },
    watched: () =>
      [...io.of('/').adapter.rooms.keys()].flatMap((name) => /^incident:(.*)/.exec(name)?.[1] ?? []),
    tell: (incidentId, updates) =>
      io.to(`incident:${incidentId}`).emit('deliveries', { incidentId, updates }),
    onFailure: (error) =>
      log.warn({ err: error }, 'what became of deliveries could not be read; tried again'),
  });
  const memberships = createMemberships(io, { ...parts, wentOut: deliveries.wentOut });

  io.use((socket, next) => {
    admit(socket, sessions).then(
      (refusal) => next(refusal ? connectError(refusal) : undefined),
      (error: unknown) => {
        log.error({ err: error }, 'a handshake could not be judged');
        next(connectError(refuse('not_saved')));
      },
    );
  });

  io.on('connection', (socket) => {
    const { person, sessionId } = socket.data;
    const releases = [connections.open(person), sessions.hold(sessionId)];
    void socket.join([`person:${person}`, `session:${sessionId}`]);
    endIfOver(io, sessionId, sessions, log);
    tellBuild(socket, parts);
    endWithPing(socket);
    if (directory.facts.get(person)?.access === 'responder') void socket.join('responders');
    metrics.gauge('room_sockets', io.engine.clientsCount);
    socket.use((_, next) => {
      if (!isFlood(socket.data)) return next();
      log.warn({ person }, 'socket closed: more events than a person can make');
      socket.disconnect(true);
    });
    listen(socket, 'join', (request, answer) => join(socket, request, answer), log);
    listen(socket, 'leave', (request) => done(memberships.leave(socket, request.incidentId)), log);
    listen(socket, 'command', (request) => submit(socket, request, parts), log);
    listen(
      socket,
      'away',
      (request) => done(socket.data.joined.get(request.incidentId)?.away(request.away)),
      log,
    );
    listen(socket, 'progress', (request) => done(progress(socket, request)), log);
    socket.onAny((event: string, ...args: unknown[]) => answerUnknown(event, args));
    socket.on('disconnect', () => {
      for (const release of releases) release();
      memberships.leaveAll(socket);
      metrics.gauge('room_sockets', io.engine.clientsCount);
    });
  });

  /** In its turn: each reads the log and writes a whole state. */
  async function join(
    socket: RoomSocket,
    request: Parameters<ClientToServer['join']>[0],
    answer: (value: object) => void,
  ): Promise<object | void> {
    const work = async () => {
      await memberships.join(socket, request, answer);
      return true;
    };
    const done = await inTurn(joins, work, request.incidentId);
    return done ? undefined : { ok: false, error: toWireError(refuse('overloaded')) };
  }

  const isNews = createBoardNews(undefined, parts.boardAtStart);
  const stops = [
    board.onSummary((summary) => {
      if (isNews(summary)) tellBoard(io, summary);
    }),
    directory.onChange((person) => {
      const { id, name, access, admin, locale, disabled } = person;
      io.to('responders').emit('people', { person: { id, name, access, admin, locale } });
      const sockets = io.in(`person:${id}`);
      if (access === 'responder' && !disabled) sockets.socketsJoin('responders');
      else sockets.socketsLeave('responders');
    }),
    sessions.onSessionEnded((sessionId) => endSession(io, sessionId)),
  ];

  return {
    upgrade(request, socket, head, leave) {
      writeTogether(socket);
      engine.emit('upgrade', request, socket, head);
      setImmediate(leave);
    },
    async close() {
      for (const stop of stops) stop();
      deliveries.stop();
      // The transports are closed, not the sockets: a client told to disconnect would not come back by itself.
      memberships.close();
      await io.close();
    },
  };
}

/** Judges a handshake; null admits it. */
async function admit(socket: RoomSocket, sessions: SocketSessions): Promise<Refusal | null> {
  const auth: unknown = socket.handshake.auth;
  const { token, protocol } = (typeof auth === 'object' && auth !== null ? auth : {}) as Record<
    string,
    unknown
  >;
  if (token !== undefined && typeof token !== 'string') return refuse('unauthenticated');
  if (protocol !== undefined && protocol !== PROTOCOL_VERSION) {
    return refuse('invalid', { problem: `this server speaks protocol ${PROTOCOL_VERSION}, reload` });
  }
  const { cookie, origin } = socket.handshake.headers;
  const found = await sessions.authenticateHandshake({ token, cookie, origin });
  if ('refusal' in found) return found.refusal;
  socket.data = { ...found, joined: new Map(), events: { count: 0, since: 0 } };
  return null;
}

function connectError(refusal: Refusal): Error {
  const error = toWireError(refusal);
  return Object.assign(new Error(error.message), { data: error });
}

/**
 * Listens to one event. Whatever is sent, the answer is typed and nothing is thrown out of the handler. What the handler
 * resolves to is the answer; one that resolves to nothing has answered itself.
 */
function listen<Event extends keyof ClientToServer>(
  socket: RoomSocket,
  event: Event,
  handle: (
    request: Parameters<ClientToServer[Event]>[0],
    answer: (value: object) => void,
  ) => Promise<object | void>,
  log: RoomLog,
): void {
  const hear = (...args: unknown[]) => {
    const last = args.at(-1);
    const answer = (value: object): void => {
      if (typeof last === 'function') (last as (value: object) => void)(value);
    };
    const [request] = args;
    if (args.length > 2 || !requests[event].Check(request)) {
      log.warn({ event, person: socket.data.person }, 'malformed event');
      answer({ ok: false, error: toWireError(refuse('invalid', { problem: `not the form of ${event}` })) });
      return;
    }
    handle(request as Parameters<ClientToServer[Event]>[0], answer).then(
      (value) => {
        if (value) answer(value);
      },
      (error: unknown) => {
        log.error({ event, err: error }, 'an event could not be handled');
        answer({ ok: false, error: toWireError(refuse('not_saved')) });
      },
    );
  };
  (socket as { on(event: string, hear: (...args: unknown[]) => void): void }).on(event, hear);
}

/** Events that nobody listens to are malformed ones: answered where an answer is wanted, ignored where not. */
function answerUnknown(event: string, args: readonly unknown[]): void {
  const last = args.at(-1);
  if (Object.hasOwn(requests, event) || typeof last !== 'function') return;
  const error = toWireError(refuse('invalid', { problem: 'there is no event of this name' }));
  (last as (answer: object) => void)({ ok: false, error });
}

/** The answer to what needs none but that it was heard. */
function done(_: void): Promise<object> {
  return Promise.resolve({ ok: true });
}

/** Counts an event; true when this second already had more than any person makes. */
function isFlood(data: SocketData): boolean {
  const now = performance.now();
  if (now - data.events.since > 1_000) data.events = { count: 0, since: now };
  data.events.count += 1;
  return data.events.count > FLOOD_EVENTS;
}

function progress(socket: RoomSocket, request: Parameters<ClientToServer['progress']>[0]): void {
  const { incidentId: incident, offer, read, of } = request;
  socket.data.joined.get(incident)?.room.progress(socket.data.person, { offer, read, of });
}

async function submit(
  socket: RoomSocket,
  request: Parameters<ClientToServer['command']>[0],
  parts: SocketParts,
): Promise<object> {
  const { person } = socket.data;
  const no = (refusal: Refusal) => ({
    ok: false,
    error: toWireError(refusal, parts.directory.get(person)?.locale, (id) => parts.directory.get(id)?.name),
  });
  const parsed = parseCommand(request);
  const room = isId(request.incidentId) ? await parts.rooms.open(request.incidentId) : null;
  const facts = parts.directory.facts.get(person);
  if (!room || !facts) return no(refuse('not_found'));
  // Who may not know of the incident learns nothing from the form of the command either.
  const breaksGlass = 'command' in parsed && parsed.command.type === 'access.break';
  if (!mayEnter(person, facts, room.state) && !breaksGlass) return no(refuse('not_found'));
  if ('refusal' in parsed) return no(parsed.refusal);
  const unlinkable = await judgeLink(parsed.command, person, parts);
  if (unlinkable) return no(unlinkable);
  const answer = await room.submit(parsed.command, { kind: 'person', id: person });
  return answer.ok ? { ok: true, seq: answer.seq } : no(answer.refusal);
}

/** A board change reaches everybody who may see the incident, and nobody else. */
function tellBoard(io: RoomServer, incident: IncidentSummary): void {
  const { members, ...shown } = incident;
  if (!incident.private) io.to('responders').emit('board', { incident: shown });
  else if (members?.length)
    io.to(members.map((person) => `person:${person}`)).emit('board', { incident: shown });
}

/** A line that is silent in one direction: its closing frame never comes, and must not be waited for. */
function endWithPing(socket: RoomSocket): void {
  socket.conn.once('close', (reason: string) => {
    if (reason !== 'ping timeout') return;
    const { socket: line } = socket.conn.transport as unknown as { socket?: { terminate?(): void } };
    line?.terminate?.();
  });
}

function endSession(io: RoomServer, sessionId: string): void {
  io.to(`session:${sessionId}`).emit('session', { code: 'session_ended' });
  io.in(`session:${sessionId}`).disconnectSockets(true);
}

/** A page of another build learns so, and tells its reader when it suits them. */
function tellBuild(socket: RoomSocket, { clientBuild, log }: SocketParts): void {
  clientBuild?.().then(
    (build) => {
      if (build !== null) socket.emit('build', { build });
    },
    (error: unknown) => log.error({ err: error }, 'a page could not be told which build is served'),
  );
}

/** It may have ended between the handshake and the moment at which the socket could be told. */
function endIfOver(io: RoomServer, sessionId: string, sessions: SocketSessions, log: RoomLog): void {
  sessions.check(sessionId).then(
    (principal) => {
      if (!principal) endSession(io, sessionId);
    },
    (error: unknown) => log.error({ err: error }, 'the session of a socket could not be checked'),
  );
}
