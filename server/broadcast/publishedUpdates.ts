import type { Entry } from '#shared/contract/entries.ts';
import { asKnown } from '#shared/contract/entries.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { Store } from '../rooms/ports.ts';

/** An update as it went out to stakeholders. */
export interface PublishedUpdate {
  number: number;
  at: string;
  /** The state in the words of the update. */
  state: string;
  /** Null once it was redacted. */
  text: string | null;
  nextUpdateAt: string | null;
}

/** What stakeholders may read of an incident, and nothing else. */
export interface StakeholderView {
  title: string;
  /** The state as last published; null while nothing was. */
  state: string | null;
  /** Newest first. */
  updates: PublishedUpdate[];
  since: string;
  nextUpdateAt: string | null;
  /** True when the promised time of the next update has passed without one. */
  overdue: boolean;
  resolvedAt: string | null;
}

/** Reads what was published. */
export interface PublishedUpdates {
  view(state: IncidentState): Promise<StakeholderView>;
}

interface Collected {
  updates: Map<number, PublishedUpdate>;
  /** Last entry that was looked at. */
  seq: number;
}

const PAGE = 1_000;
/** Incidents whose updates are kept in memory; the one asked for longest ago goes first. */
const REMEMBERED = 200;

/** Collects the updates of an incident once, then only what is new. `now` in milliseconds. */
export function createPublishedUpdates(parts: {
  store: Pick<Store, 'readLog'>;
  now: () => number;
}): PublishedUpdates {
  const incidents = new Map<string, Promise<Collected>>();

  async function collect(
    incidentId: string,
    upTo: number,
    before: Promise<Collected> | undefined,
  ): Promise<Collected> {
    const collected = (await before) ?? { updates: new Map<number, PublishedUpdate>(), seq: 0 };
    while (collected.seq < upTo) {
      const page = await parts.store.readLog(incidentId, { after: collected.seq, limit: PAGE });
      if (!page || page.entries.length === 0) break;
      for (const entry of page.entries) include(collected, entry);
    }
    return collected;
  }

  /** One after another for each incident, so that two readers never collect the same entries into one list twice. */
  function collected(incidentId: string, upTo: number): Promise<Collected> {
    const next = collect(incidentId, upTo, incidents.get(incidentId));
    incidents.delete(incidentId);
    incidents.set(incidentId, next);
    next.catch(() => incidents.delete(incidentId));
    const oldest = incidents.keys().next();
    if (incidents.size > REMEMBERED && !oldest.done) incidents.delete(oldest.value);
    return next;
  }

  return {
    async view(state) {
      const found = state.updateCount === 0 ? null : await collected(state.id, state.seq);
      const updates = [...(found?.updates.values() ?? [])].toReversed();
      const { resolvedAt, nextUpdateAt } = state;
      const isOver = resolvedAt !== null;
      return {
        title: state.title,
        state: updates[0]?.state ?? null,
        updates,
        since: state.declaredAt,
        nextUpdateAt: isOver ? null : nextUpdateAt,
        overdue: !isOver && nextUpdateAt !== null && Date.parse(nextUpdateAt) <= parts.now(),
        resolvedAt,
      };
    },
  };
}

function include(collected: Collected, entry: Entry): void {
  collected.seq = entry.seq;
  const known = asKnown(entry);
  if (known?.type === 'entry.redacted') {
    const update = collected.updates.get(known.body.seq);
    if (update) collected.updates.set(known.body.seq, { ...update, text: null });
  }
  if (known?.type !== 'update.sent') return;
  const { number, state, text, nextUpdateAt } = known.body;
  collected.updates.set(entry.seq, {
    number,
    at: entry.at,
    state,
    text: entry.redacted ? null : text,
    nextUpdateAt: nextUpdateAt ?? null,
  });
}
