import type { IncidentSummary } from '#shared/contract/wire.ts';
import { closeCodes } from '#shared/contract/wire.ts';
import { askTogether } from './askTogether.ts';
import { createBudget } from './budget.ts';
import { fold } from '#shared/incident/evolve.ts';
import { nothingOutside } from '#shared/incident/context.ts';
import type { Outside } from '#shared/incident/context.ts';
import { startHeadWatch } from './headWatch.ts';
import { IncidentRoom } from './room.ts';
import type { RoomParts } from './room.ts';
import { RECENT_ENTRIES } from './recentEntries.ts';
import { createSegments } from './segments.ts';
import { StoreUnavailable } from './ports.ts';
import type { PersonRecord, Rooms } from './ports.ts';

/** How long a room that nobody is in stays in memory. Milliseconds. */
const IDLE_MILLISECONDS = 60_000;
const SWEEP_MILLISECONDS = 10_000;
/** A tick that runs for so long, though the store answers, never ends. Milliseconds. */
const STUCK_MILLISECONDS = 120_000;
/** How long after the store did not answer offers to somebody without access are looked for again. Milliseconds. */
const VOID_AGAIN_MILLISECONDS = 5_000;

/** Open rooms of this instance, with their housekeeping. `stop` ends the housekeeping, `drain` the rooms. */
export interface RunningRooms extends Rooms {
  open(incidentId: string): Promise<IncidentRoom | null>;
  openCurrent(incidentId: string): Promise<IncidentRoom | null>;
  peek(incidentId: string): IncidentRoom | undefined;
}

type RoomsParts = Omit<
  RoomParts,
  'budget' | 'storedHead' | 'summaryChanged' | 'suspect' | 'outside' | 'segments'
> & {
  /** Default: no audience and no service is known. */
  outside?: Outside;
  /** Hears of a room that does not go on: the process must start anew. */
  onStuck?: (error: Error) => void;
};

/** Starts with no room open; rooms open on first use and leave when idle. Their stop is `drain`. */
export function createRooms(given: RoomsParts): RunningRooms {
  const opening = new Map<string, Promise<IncidentRoom | null>>();
  const rooms = new Map<string, IncidentRoom>();
  const listeners = new Set<Parameters<Rooms['onSummary']>[0]>();
  let draining = false;

  const summaryChanged = (summary: IncidentSummary, isOwn: boolean) => {
    for (const hear of listeners) hear(summary, isOwn);
  };
  const budget = createBudget(given.limits.commandsPerSecond, () => given.clock.elapsed());
  const segments = createSegments(given);
  const watch = startHeadWatch({ ...given, rooms: () => rooms.values() });
  const parts: RoomParts = {
    ...{ ...given, budget, summaryChanged, segments },
    storedHead: askTogether((ids) => given.store.heads(ids)),
    outside: given.outside ?? nothingOutside,
    suspect: (room) => watch.suspect(room),
  };

  async function load(incidentId: string): Promise<IncidentRoom | null> {
    try {
      const room = await openRoom(incidentId, parts);
      if (room) rooms.set(incidentId, room);
      given.metrics.gauge('rooms', rooms.size);
      return room;
    } finally {
      opening.delete(incidentId);
    }
  }

  function open(incidentId: string): Promise<IncidentRoom | null> {
    // Never null, which would say that there is no such incident: whoever asked would not ask again.
    if (draining) return Promise.reject(new StoreUnavailable('The rooms are closing.'));
    const present = rooms.get(incidentId);
    if (present) return Promise.resolve(present);
    let pending = opening.get(incidentId);
    if (!pending) {
      pending = load(incidentId);
      opening.set(incidentId, pending);
    }
    return pending;
  }

  async function openCurrent(incidentId: string): Promise<IncidentRoom | null> {
    const isFresh = !rooms.has(incidentId) && !opening.has(incidentId);
    const room = await open(incidentId);
    if (!room || isFresh || given.fanout.state() === 'alone') return room;
    // Held, or it could leave memory while the store is asked, and the caller would be given a room of the past.
    const release = room.hold();
    await room.remote.current().finally(release);
    // A room that closes meanwhile stands still: whoever comes is to come to another instance.
    if (draining) throw new StoreUnavailable('The rooms are closing.');
    return room;
  }

  /** An idle room leaves at once and in one step, so that nobody can be given a room that is leaving. */
  function sweep(): void {
    for (const [incidentId, room] of rooms) {
      if (room.tickingFor > STUCK_MILLISECONDS && given.directory.isCurrent()) {
        given.onStuck?.(new Error(`The room of ${incidentId} does not go on.`));
      }
      if (!room.idle() || given.clock.elapsed() - room.usedAt < IDLE_MILLISECONDS) continue;
      rooms.delete(incidentId);
      room.close(closeCodes.restart, 'room left memory').catch((error: unknown) => {
        given.log.error({ incidentId, err: error }, 'closing an idle room failed');
      });
    }
    given.metrics.gauge('rooms', rooms.size);
    cancelSweep = given.clock.after(SWEEP_MILLISECONDS, sweep);
  }
  let cancelSweep = given.clock.after(SWEEP_MILLISECONDS, sweep);

  const again = new Map<string, () => void>();
  function voidOffers({ id }: PersonRecord): void {
    const person = given.directory.get(id);
    again.get(id)?.();
    again.delete(id);
    if (!person || draining) return;
    voidOffersTo(person, openCurrent, given).catch((error: unknown) => {
      given.log.error({ person: id, err: error }, 'offers to a person without access could not be voided');
      if (!(error instanceof StoreUnavailable)) return;
      again.set(
        id,
        given.clock.after(VOID_AGAIN_MILLISECONDS, () => voidOffers(person)),
      );
    });
  }
  const stopHearing = given.directory.onChange(voidOffers);

  return {
    open,
    openCurrent,
    peek: (incidentId) => rooms.get(incidentId),
    onSummary(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    created: (summary) => summaryChanged(summary, true),
    async drain() {
      draining = true;
      cancelSweep();
      watch.stop();
      stopHearing();
      for (const cancel of again.values()) cancel();
      await Promise.allSettled(opening.values());
      await Promise.all(
        [...rooms.values()].map((room) => room.close(closeCodes.restart, 'the server restarts')),
      );
      rooms.clear();
      await segments.stop();
    },
  };
}

/** An offer to a person who lost access ends as void, in open rooms and in those not in memory. */
async function voidOffersTo(
  person: PersonRecord,
  open: (incidentId: string) => Promise<IncidentRoom | null>,
  parts: Pick<RoomParts, 'store'>,
): Promise<void> {
  if (!person.disabled && person.access === 'responder') return;
  for (const incidentId of await parts.store.incidentsOfferedTo(person.id)) {
    const room = await open(incidentId);
    const offer = room?.state.offer;
    if (!room || offer?.to !== person.id) continue;
    const answer = await room.submit(
      {
        type: 'handoff.void',
        body: { offer: offer.offer, reason: 'access_lost' },
        commandId: `void-${offer.offer}`.slice(0, 40),
      },
      { kind: 'system' },
    );
    if (!answer.ok && answer.refusal.reason === 'not_saved') throw new StoreUnavailable('not saved');
  }
}

/** Opens a room from the store: the newest snapshot, the entries after it, and the last entries for joins. */
async function openRoom(incidentId: string, parts: RoomParts): Promise<IncidentRoom | null> {
  const stored = await parts.store.loadRoom(incidentId);
  if (!stored) return null;
  const page = await parts.store.readLog(incidentId, { before: stored.head.seq + 1, limit: RECENT_ENTRIES });
  const state = fold(stored.state, stored.entries);
  if (!state) return null;
  return new IncidentRoom({ ...stored, state }, page?.entries ?? [], parts);
}
