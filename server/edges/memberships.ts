import { asKnown } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';
import { isId } from '#shared/contract/identifiers.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { outgoingEntries } from '#shared/contract/updates.ts';
import { refuse, toWireError } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { PROTOCOL_VERSION } from '#shared/contract/wire.ts';
import type { ClientToServer, Head, JoinAnswer, ServerToClient } from '#shared/contract/wire.ts';
import { mayEnter } from '#shared/incident/can.ts';
import { entriesFor, isForCommunications } from '#shared/incident/questions.ts';
import type { Server, Socket } from 'socket.io';
import type { Directory, Store } from '../rooms/ports.ts';
import type { IncidentRoom } from '../rooms/room.ts';
import type { RunningRooms } from '../rooms/rooms.ts';

/** What a socket is and where it is. */
export interface SocketData {
  person: string;
  sessionId: string;
  /** By incident: how this socket is present there, and what ends it. */
  joined: Map<string, { room: IncidentRoom; leave(): void; away(away: boolean): void }>;
  /** Events in the running second, and when it began (monotonic milliseconds). */
  events: { count: number; since: number };
}

export type RoomSocket = Socket<ClientToServer, ServerToClient, object, SocketData>;
export type RoomServer = Server<ClientToServer, ServerToClient, object, SocketData>;

/** Entries that a join answers at most, without and with `after`. */
const JOIN_ENTRIES = 200;
const CATCH_UP_ENTRIES = 1_000;

interface Subscription {
  sockets: Set<RoomSocket>;
  stop(): void;
}

/** Which socket is in which incident. One subscription per room serves all its sockets. */
export interface Memberships {
  /** Answers exactly once, and when it takes the socket in, before the socket hears anything live. */
  join(
    socket: RoomSocket,
    request: { incidentId: string; after?: number },
    answer: (answer: JoinAnswer) => void,
  ): Promise<void>;
  leave(socket: RoomSocket, incidentId: string): void;
  leaveAll(socket: RoomSocket): void;
  close(): void;
}

/** Starts with nobody anywhere; `close` ends every subscription. */
export function createMemberships(
  io: RoomServer,
  parts: {
    rooms: RunningRooms;
    store: Store;
    directory: Directory;
    limits: Limits;
    /** Hears that something of an incident goes out to people outside. */
    wentOut?: (incidentId: string) => void;
  },
): Memberships {
  const { rooms, store, directory, limits, wentOut } = parts;
  const subscriptions = new Map<string, Subscription>();

  function mayEnterNow(socket: RoomSocket, room: IncidentRoom): boolean {
    const facts = directory.facts.get(socket.data.person);
    return facts !== undefined && mayEnter(socket.data.person, facts, room.state);
  }

  function subscribe(room: IncidentRoom): Subscription {
    const { incidentId } = room;
    const sockets = new Set<RoomSocket>();
    const channel = io.to(`incident:${incidentId}`);
    const stop = room.subscribe({
      entries(entries, head) {
        // Before anything is told: what was said after somebody was removed may come in the same list.
        if (entries.some((entry) => entry.type === 'member.removed')) expel(room, sockets, entries);
        if (entries.some((entry) => outgoingEntries.has(entry.type))) wentOut?.(incidentId);
        if (!entries.some(isForCommunications)) return channel.emit('entries', { incidentId, entries, head });
        for (const socket of sockets) {
          const theirs = entriesFor(socket.data.person, entries, room.state);
          socket.emit('entries', { incidentId, entries: theirs, head });
        }
      },
      presence: (people, commanderAbsentSince) =>
        channel.emit('presence', { incidentId, people, commanderAbsentSince }),
      progress: (progress) => channel.emit('progress', { incidentId, ...progress }),
    });
    const subscription = { sockets, stop };
    subscriptions.set(incidentId, subscription);
    return subscription;
  }

  /** Sockets of people who may not be here any more leave, and are told; of `news` they hear what was still for them. */
  function expel(room: IncidentRoom, sockets: Set<RoomSocket>, news: readonly Entry[] = []): void {
    for (const socket of sockets) {
      if (mayEnterNow(socket, room)) continue;
      leave(socket, room.incidentId);
      const entries = entriesFor(socket.data.person, untilRemoved(news, socket.data.person), room.state);
      const last = entries.at(-1);
      if (last) socket.emit('entries', { incidentId: room.incidentId, entries, head: headAt(last) });
      socket.emit('left', { incidentId: room.incidentId, code: 'not_found' });
    }
  }

  function leave(socket: RoomSocket, incidentId: string): void {
    const membership = socket.data.joined.get(incidentId);
    if (!membership) return;
    socket.data.joined.delete(incidentId);
    void socket.leave(`incident:${incidentId}`);
    membership.leave();
    const subscription = subscriptions.get(incidentId);
    subscription?.sockets.delete(socket);
    if (subscription?.sockets.size !== 0) return;
    subscription.stop();
    subscriptions.delete(incidentId);
  }

  /** Takes the socket in; everything from here to the answer is synchronous, so that no entry falls between. */
  function enter(socket: RoomSocket, room: IncidentRoom): Refusal | null {
    const { incidentId } = room;
    if (socket.data.joined.has(incidentId)) return null;
    const subscription = subscriptions.get(incidentId) ?? subscribe(room);
    if (subscription.sockets.size >= limits.socketsPerRoom) return refuse('room_full', { seconds: 10 });
    subscription.sockets.add(socket);
    void socket.join(`incident:${incidentId}`);
    socket.data.joined.set(incidentId, { room, ...room.arrive(socket.data.person) });
    return null;
  }

  async function join(
    socket: RoomSocket,
    request: { incidentId: string; after?: number },
    answer: (answer: JoinAnswer) => void,
  ): Promise<void> {
    const no = (refusal: Refusal): void => answer({ ok: false, error: toWireError(refusal) });
    const { incidentId, after } = request;
    const room = isId(incidentId) ? await rooms.openCurrent(incidentId) : null;
    if (!room || !mayEnterNow(socket, room)) return no(refuse('not_found'));
    const release = room.hold();
    try {
      const read = await readForJoin(room, after, store);
      // Judged again: rights may have changed and the socket may have gone while the log was read.
      if (!read || !mayEnterNow(socket, room)) return no(refuse('not_found'));
      if (!socket.connected) return no(refuse('session_ended'));
      const refusal = enter(socket, room);
      if (refusal) return no(refusal);
      // No await from here on: a commit between the page and the answer would be heard by nobody, or heard too early.
      const page = completed(read, room, after);
      const { state, head } = room;
      answer({
        ok: true,
        protocol: PROTOCOL_VERSION,
        storageEpoch: store.storageEpoch,
        state,
        head,
        ...page,
        entries: entriesFor(socket.data.person, page.entries, state),
      });
      const commanderAbsentSince = room.commanderAbsentSince();
      socket.emit('presence', { incidentId, people: room.present(), commanderAbsentSince });
    } finally {
      release();
    }
  }

  const stopHearing = directory.onChange(() => {
    for (const [incidentId, { sockets }] of subscriptions) {
      const room = rooms.peek(incidentId);
      if (room) expel(room, sockets);
    }
  });

  return {
    join,
    leave,
    leaveAll(socket) {
      for (const incidentId of [...socket.data.joined.keys()]) leave(socket, incidentId);
    },
    close() {
      stopHearing();
      for (const { stop } of subscriptions.values()) stop();
      subscriptions.clear();
    },
  };
}

/** The entries up to the one that removed a person; none when there is no such entry. */
function untilRemoved(entries: readonly Entry[], person: string): Entry[] {
  const removal = entries.findLastIndex((entry) => {
    const known = asKnown(entry);
    return known?.type === 'member.removed' && known.body.person === person;
  });
  return entries.slice(0, removal + 1);
}

/** Where the log stood when this entry was its last. */
function headAt({ seq, hash, docSeq, docHash }: Entry): Head {
  return { seq, hash, docSeq, docHash };
}

interface JoinPage {
  entries: Entry[];
  more: boolean;
}

/** Entries for a join, as the log stood when it was read; null when there is no such log. */
async function readForJoin(
  room: IncidentRoom,
  after: number | undefined,
  store: Store,
): Promise<JoinPage | null> {
  return after === undefined ? room.lastEntries(JOIN_ENTRIES) : readAfter(room, after, store);
}

/** The page with what was committed since it was read, from memory. */
function completed(page: JoinPage, room: IncidentRoom, after: number | undefined): JoinPage {
  if (after !== undefined && page.more) return page;
  const tail = room.recentAfter(page.entries.at(-1)?.seq ?? after ?? 0);
  // Memory does not reach back that far: the client reads on.
  if (!tail) return { entries: page.entries, more: true };
  return { entries: [...page.entries, ...tail], more: page.more };
}

async function readAfter(room: IncidentRoom, after: number, store: Store): Promise<JoinPage | null> {
  const inMemory = room.recentAfter(after);
  if (inMemory) {
    return { entries: inMemory.slice(0, CATCH_UP_ENTRIES), more: inMemory.length > CATCH_UP_ENTRIES };
  }
  return store.readLog(room.incidentId, { after, limit: CATCH_UP_ENTRIES });
}
