import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { Clock, Fanout, Rooms, Store } from './ports.ts';

/** The same incident is told to the other instances at most this often. Milliseconds. */
const SHORTEST_MILLISECONDS = 500;
/** How often the store is compared with what was told, while messages come through and while they do not. Milliseconds. */
const COMPARE_MILLISECONDS = 10_000;
const COMPARE_AWAY_MILLISECONDS = 2_000;
/** Incidents remembered at most; of those that are closed the ones told longest ago are forgotten first. */
const MOST_REMEMBERED = 20_000;

/** Changes of incidents at every instance, for those who look at the board of this one. */
export interface Board extends Pick<Rooms, 'onSummary'> {
  stop(): void;
}

export interface BoardParts {
  rooms: Pick<Rooms, 'onSummary'>;
  store: Pick<Store, 'openIncidents' | 'readSummary'>;
  fanout: Fanout;
  clock: Clock;
  /** Hears that the store could not be compared, once until it works again; it is tried again every time. */
  onFailure(error: unknown): void;
}

/**
 * Tells the other instances what changes here, and listeners here what changes anywhere, each state of an incident once and
 * never an older one after a newer. What nobody told is found in the store. `stop` ends both; alone there is only what
 * happens here.
 */
export function startBoard(parts: BoardParts): Board {
  const { rooms, store, fanout, clock } = parts;
  if (fanout.state() === 'alone') return { onSummary: (hear) => rooms.onSummary(hear), stop() {} };

  const hearers = new Set<Parameters<Rooms['onSummary']>[0]>();
  const told = new Map<string, { seq: number; isClosed: boolean }>();
  const announcer = createAnnouncer(clock, (summary) => fanout.announce({ kind: 'summary', summary }));
  let isPrimed = false;
  let isFailing = false;
  let comparing: Promise<void> | null = null;
  let cancelCompare = (): void => {};
  let stopped = false;

  function take(summary: IncidentSummary, isOwn: boolean): void {
    const { id, head, status } = summary;
    if ((told.get(id)?.seq ?? 0) >= head.seq) return;
    told.delete(id);
    told.set(id, { seq: head.seq, isClosed: status === 'closed' });
    if (told.size > MOST_REMEMBERED) forgetOne();
    for (const hear of hearers) hear(summary, isOwn);
  }

  function forgetOne(): void {
    for (const [id, { isClosed }] of told) {
      if (!isClosed) continue;
      told.delete(id);
      return;
    }
  }

  async function compare(): Promise<void> {
    const open = new Map((await store.openIncidents()).map(({ incidentId, seq }) => [incidentId, seq]));
    if (!isPrimed) {
      // Whoever comes now reads the board as it is; only what changes from here on is news.
      for (const [id, seq] of open) if (!told.has(id)) told.set(id, { seq, isClosed: false });
      isPrimed = true;
      return;
    }
    const changed = [...open].filter(([id, seq]) => seq > (told.get(id)?.seq ?? 0)).map(([id]) => id);
    const closed = [...told].filter(([id, { isClosed }]) => !isClosed && !open.has(id)).map(([id]) => id);
    for (const id of [...changed, ...closed]) {
      const summary = await store.readSummary(id);
      if (summary && !stopped) take(summary, false);
    }
  }

  async function compareSafely(): Promise<void> {
    try {
      await compare();
      isFailing = false;
    } catch (error) {
      if (!isFailing) parts.onFailure(error);
      isFailing = true;
    }
  }

  /** Now, and then again and again. */
  function compareNow(): void {
    cancelCompare();
    comparing ??= compareSafely().finally(() => {
      comparing = null;
      if (stopped) return;
      const pause = fanout.state() === 'connected' ? COMPARE_MILLISECONDS : COMPARE_AWAY_MILLISECONDS;
      cancelCompare = clock.after(pause, compareNow);
    });
  }

  const stops = [
    rooms.onSummary((summary, isOwn) => {
      take(summary, isOwn);
      if (isOwn) announcer.announce(summary);
    }),
    fanout.onNotice((notice) => {
      if (notice.kind === 'summary') take(notice.summary, false);
    }),
    fanout.onState(compareNow),
    () => announcer.stop(),
    () => cancelCompare(),
  ];
  compareNow();

  return {
    onSummary(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    stop() {
      stopped = true;
      for (const stop of stops) stop();
    },
  };
}

/** Announces the latest summary of each incident, the first at once. */
function createAnnouncer(
  clock: Clock,
  announce: (summary: IncidentSummary) => void,
): { announce(summary: IncidentSummary): void; stop(): void } {
  const resting = new Map<string, { latest: IncidentSummary | null; cancel: () => void }>();

  function announceNow(summary: IncidentSummary): void {
    announce(summary);
    const cancel = clock.after(SHORTEST_MILLISECONDS, () => {
      const latest = resting.get(summary.id)?.latest;
      resting.delete(summary.id);
      if (latest) announceNow(latest);
    });
    resting.set(summary.id, { latest: null, cancel });
  }

  return {
    announce(summary) {
      const rest = resting.get(summary.id);
      if (rest) rest.latest = summary;
      else announceNow(summary);
    },
    stop() {
      for (const { cancel } of resting.values()) cancel();
    },
  };
}
