import type { Entry } from '#shared/contract/entries.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { evolve } from '#shared/incident/evolve.ts';
import { api, apiOrThrow } from '../app/api.ts';
import { newId } from '../app/ids.ts';
import { browserClock } from '../connection/clock.ts';
import { createOutbox } from '../connection/outbox.ts';
import type { Connection } from '../connection/socket.ts';
import { outboxStore } from './outboxStore.ts';
import { createRoomStore } from './roomStore.ts';
import type { RoomLine, RoomStore } from './roomTypes.ts';

/** Joins the room of an incident over the tab's connection, as this person. The answer's `stop` leaves it. */
export function openRoom(incidentId: string, me: string, connection: Connection): RoomStore {
  const outbox = createOutbox({ person: me, incidentId, store: outboxStore, clock: browserClock, newId });
  const store = createRoomStore({
    incidentId,
    me,
    line: lineOver(connection),
    outbox,
    clock: browserClock,
    evolve,
  });
  const stops = [follow(connection, store), tellAway(connection, incidentId)];
  // What waits from an earlier visit goes first, so the room is joined after it was read.
  const ready = outbox.restore().catch(() => undefined);
  let live = false;
  let stopped = false;
  const follows = (): void => {
    const now = connection.state().kind === 'live';
    if (stopped || now === live) return;
    live = now;
    if (now) void ready.then(() => (live && !stopped ? store.online() : undefined));
    else store.offline();
  };
  stops.push(connection.subscribe(follows));
  follows();
  return {
    ...store,
    stop() {
      stopped = true;
      for (const stop of stops) stop();
      store.stop();
    },
  };
}

function lineOver(connection: Connection): RoomLine {
  return {
    join: connection.join,
    leave: connection.leave,
    command: connection.command,
    async log(incidentId, after, limit) {
      const page = await apiOrThrow<{ entries: Entry[] }>(`/api/incidents/${incidentId}/log`, {
        query: { after, limit },
      });
      return page.entries;
    },
    async stateAt(incidentId, seq) {
      const answer = await api<{ state: IncidentState }>(`/api/incidents/${incidentId}/replay`, {
        query: { seq },
      });
      return answer.ok ? answer.value.state : null;
    },
    sendProgress(incidentId, progress) {
      connection.socket.volatile.emit('progress', { incidentId, ...progress });
    },
  };
}

/** Brings what the server sends about this room into its store. */
function follow(connection: Connection, store: RoomStore): () => void {
  const { socket } = connection;
  const isOurs = (message: { incidentId: string }): boolean => message.incidentId === store.incidentId;
  const onEntries = (message: { incidentId: string; entries: Entry[] }): void => {
    if (isOurs(message)) store.received(message.entries);
  };
  const onPresence: Parameters<typeof socket.on<'presence'>>[1] = (message) => {
    if (isOurs(message)) store.presenceIs(message.people, message.commanderAbsentSince);
  };
  const onProgress: Parameters<typeof socket.on<'progress'>>[1] = (message) => {
    if (isOurs(message)) store.progressIs({ offer: message.offer, read: message.read, of: message.of });
  };
  const onLeft = (message: { incidentId: string; code: string }): void => {
    if (isOurs(message)) store.lost(message.code);
  };
  socket.on('entries', onEntries);
  socket.on('presence', onPresence);
  socket.on('progress', onProgress);
  socket.on('left', onLeft);
  return () => {
    socket.off('entries', onEntries);
    socket.off('presence', onPresence);
    socket.off('progress', onProgress);
    socket.off('left', onLeft);
  };
}

/** Says when nobody looks at this tab, and after each reconnection again. */
function tellAway(connection: Connection, incidentId: string): () => void {
  const tell = (): void => {
    if (connection.socket.connected) connection.socket.emit('away', { incidentId, away: document.hidden });
  };
  const tellAfterJoin = (): void => {
    if (connection.state().kind === 'live' && document.hidden) setTimeout(tell, 1_000);
  };
  document.addEventListener('visibilitychange', tell);
  const stop = connection.subscribe(tellAfterJoin);
  return () => {
    document.removeEventListener('visibilitychange', tell);
    stop();
  };
}
