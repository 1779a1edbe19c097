import type { UpdateDeliveries } from '#shared/contract/wire.ts';
import type { Clock, DeliveryCount, Store } from '../rooms/ports.ts';

/** How often it is asked what became of deliveries. Milliseconds. */
const ROUND_MILLISECONDS = 1_000;
/** So many rounds after an entry went out its incident is looked at, even if nothing of it is on its way any more. */
const ROUNDS_AFTER = 5;
/** Every so many rounds each incident is looked at: what was tried again by hand may be over between two rounds. */
const ROUNDS_OF_ALL = 5;

/** The counts of entries that went out, in the order of their seq. `unfinished`: those with something on its way. */
export function updateDeliveries(
  rows: readonly DeliveryCount[],
  unfinished: ReadonlySet<number>,
): UpdateDeliveries[] {
  const updates = new Map<number, UpdateDeliveries>();
  const of = (seq: number): UpdateDeliveries => {
    const counts = { delivered: 0, failed: 0, unknown: 0, waiting: 0, sending: 0, withdrawn: 0 };
    const update = updates.get(seq) ?? { seq, counts, settled: !unfinished.has(seq) };
    updates.set(seq, update);
    return update;
  };
  for (const seq of unfinished) of(seq);
  for (const { seq, status, count } of rows) of(seq).counts[status] += count;
  return [...updates.values()].toSorted((one, other) => one.seq - other.seq);
}

/** What went out of one incident, as it stands now. */
export async function readDeliveries(
  store: Pick<Store, 'countDeliveries' | 'unfinishedBroadcasts'>,
  incidentId: string,
): Promise<UpdateDeliveries[]> {
  // What is unfinished first: an entry that ends between the two reads is looked at once more.
  const open = await store.unfinishedBroadcasts([incidentId]);
  return updateDeliveries(await store.countDeliveries(incidentId), new Set(open.map(({ seq }) => seq)));
}

/** Tells rooms what becomes of what they sent. */
export interface DeliveryNews {
  /** Something of this incident goes out now. */
  wentOut(incidentId: string): void;
  stop(): void;
}

/**
 * Asks once a second what is on its way in the incidents that are looked at here, at whatever instance it is sent, and
 * tells what changed.
 */
export function startDeliveryNews(parts: {
  store: Pick<Store, 'countDeliveries' | 'unfinishedBroadcasts'>;
  clock: Pick<Clock, 'after'>;
  /** Incidents that somebody looks at here. */
  watched: () => string[];
  tell: (incidentId: string, updates: UpdateDeliveries[]) => void;
  onFailure: (error: unknown) => void;
}): DeliveryNews {
  const { store, clock, watched, tell, onFailure } = parts;
  /** Rounds for which an incident is still looked at. */
  const rounds = new Map<string, number>();
  const told = new Map<string, Map<number, string>>();
  let round = 0;
  let stopped = false;
  let cancel = (): void => {};

  async function look(): Promise<void> {
    const here = watched();
    for (const id of [...told.keys()]) if (!here.includes(id)) told.delete(id);
    if (here.length === 0) return rounds.clear();
    round += 1;
    if (round % ROUNDS_OF_ALL === 0) for (const id of here) rounds.set(id, Math.max(rounds.get(id) ?? 0, 1));
    for (const { incidentId } of await store.unfinishedBroadcasts(here)) rounds.set(incidentId, ROUNDS_AFTER);
    for (const [incidentId, left] of [...rounds]) {
      if (left === 0 || !here.includes(incidentId)) rounds.delete(incidentId);
      else {
        rounds.set(incidentId, left - 1);
        const news = changed(incidentId, await readDeliveries(store, incidentId));
        if (news.length > 0 && !stopped) tell(incidentId, news);
      }
    }
  }

  function changed(incidentId: string, updates: UpdateDeliveries[]): UpdateDeliveries[] {
    const before = told.get(incidentId) ?? new Map<number, string>();
    told.set(incidentId, new Map(updates.map((update) => [update.seq, JSON.stringify(update)])));
    return updates.filter((update) => before.get(update.seq) !== JSON.stringify(update));
  }

  function next(): void {
    cancel = clock.after(ROUND_MILLISECONDS, () => {
      look()
        .catch(onFailure)
        .finally(() => {
          if (!stopped) next();
        });
    });
  }

  next();
  return {
    wentOut: (incidentId) => rounds.set(incidentId, ROUNDS_AFTER),
    stop() {
      stopped = true;
      cancel();
    },
  };
}
