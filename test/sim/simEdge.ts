import { defaultLimits } from '#shared/contract/limits.ts';
import type { JoinAnswer, ServerToClient } from '#shared/contract/wire.ts';
import { createMemberships } from '../../server/edges/memberships.ts';
import type { RoomServer, RoomSocket, SocketData } from '../../server/edges/memberships.ts';
import type { Directory, Store } from '../../server/rooms/ports.ts';
import type { RunningRooms } from '../../server/rooms/rooms.ts';

/** What the server says to one socket. */
export type Hear = <Event extends keyof ServerToClient>(
  event: Event,
  message: Parameters<ServerToClient[Event]>[0],
) => void;

/** A socket of a person at an instance. */
export interface SimSocket {
  join(incidentId: string, after: number): Promise<JoinAnswer>;
  leave(): void;
  /** The room it joined. */
  room(): object | undefined;
}

/** The room's sockets of one instance: the server's own memberships over sockets that are only functions. */
export interface SimEdge {
  connect(person: string, hear: Hear): SimSocket;
  close(): void;
}

interface Socket {
  data: SocketData;
  connected: boolean;
  emit(event: string, message: unknown): boolean;
  join(channel: string): void;
  leave(channel: string): void;
}

/** Implements what memberships use of Socket.IO, and nothing else. */
export function createSimEdge(parts: { rooms: RunningRooms; store: unknown; directory: Directory }): SimEdge {
  const channels = new Map<string, Set<Socket>>();
  const inChannel = (name: string) => channels.get(name) ?? new Set<Socket>();
  const server = {
    to: (name: string) => ({
      emit(event: string, message: unknown) {
        for (const socket of [...inChannel(name)]) socket.emit(event, message);
      },
    }),
  };
  const memberships = createMemberships(server as unknown as RoomServer, {
    rooms: parts.rooms,
    store: parts.store as Store,
    directory: parts.directory,
    limits: defaultLimits,
  });

  return {
    connect(person, hear) {
      const socket: Socket = {
        data: {
          person,
          sessionId: `session_${person}`,
          joined: new Map(),
          events: { count: 0, since: 0 },
        },
        connected: true,
        emit(event, message) {
          if (socket.connected) (hear as (event: string, message: unknown) => void)(event, message);
          return true;
        },
        join: (channel) => void channels.set(channel, inChannel(channel).add(socket)),
        leave: (channel) => void inChannel(channel).delete(socket),
      };
      const real = socket as unknown as RoomSocket;
      return {
        join: (incidentId, after) =>
          new Promise((answer, fail) => {
            memberships.join(real, { incidentId, after }, answer).catch(fail);
          }),
        room: () => [...socket.data.joined.values()][0]?.room,
        leave() {
          socket.connected = false;
          memberships.leaveAll(real);
          for (const sockets of channels.values()) sockets.delete(socket);
        },
      };
    },
    close: () => memberships.close(),
  };
}
