import type { Entry, KnownEntry } from '#shared/contract/entries.ts';
import { asKnown } from '#shared/contract/entries.ts';
import type { ActionStatus } from '#shared/contract/reviewWords.ts';
import { reviewEntryTypes } from '#shared/contract/reviewWords.ts';
import { foldReview } from '#shared/incident/reviewFold.ts';
import type { ReviewState } from '#shared/incident/reviewState.ts';
import { delaysOf, milestonesOf } from '#shared/review/delays.ts';
import { insightDelays } from '#shared/review/insights.ts';
import type { IncidentInsight } from '#shared/review/insights.ts';
import type { BusyTime, Store } from '../rooms/ports.ts';

/** What a log says that figures are made of; the same as long as the log is. */
export interface IncidentFacts {
  delays: IncidentInsight['delays'];
  handoffs: IncidentInsight['handoffs'];
  /** Each promised time of an update with when the next one came, or it was over; null while neither. Milliseconds. */
  promises: { dueAt: number; metAt: number | null }[];
  actions: { status: ActionStatus; dueAt: string }[];
  services: string[];
  /** Who wrote in which ten minutes. */
  busyTimes: BusyTime[];
  /** Who commanded from when on (milliseconds), in order. */
  commanders: { person: string; from: number }[];
  /** When it was over, milliseconds; null while it is not. */
  endedAt: number | null;
}

const reviewTypes: ReadonlySet<string> = new Set(Object.keys(reviewEntryTypes));

/** What figures are made of besides the review. */
const courseTypes = [
  'incident.declared',
  'incident.reopened',
  'status.set',
  'update.sent',
  'update.overdue',
  'handoff.offered',
  'handoff.accepted',
  'handoff.forced',
  'service.set',
] as const;
type CourseEntry = Extract<KnownEntry, { type: (typeof courseTypes)[number] }>;
const ofCourse: ReadonlySet<string> = new Set(courseTypes);

/** Reads the facts of an incident from its log. */
export async function readFacts(
  store: Pick<Store, 'readEntriesOf' | 'readEntry' | 'busyTimesOf'>,
  incidentId: string,
): Promise<IncidentFacts> {
  const [entries, busyTimes] = await Promise.all([
    store.readEntriesOf(incidentId, [...courseTypes, ...reviewTypes], 0),
    store.busyTimesOf(incidentId),
  ]);
  const review = reviewOf(entries);
  const known = new Set(entries.map((entry) => entry.seq));
  const named = Object.values(review?.milestones ?? {}).filter((seq) => !known.has(seq));
  const others = await Promise.all(named.map((seq) => store.readEntry(incidentId, seq)));
  const shown = milestonesOf([...entries, ...others.filter((entry) => entry !== null)], review);
  return {
    delays: knownDelays(shown),
    ...courseOf(entries.flatMap((entry) => asKnown(entry) ?? []).filter(isOfCourse)),
    actions: (review?.actions ?? []).map(({ status, dueAt }) => ({ status, dueAt })),
    busyTimes,
  };
}

/** Without what the log merely assumes: that the team noticed when it declared says nothing of how long declaring took. */
function knownDelays(shown: ReturnType<typeof milestonesOf>): IncidentFacts['delays'] {
  const noticed = shown.find(({ milestone }) => milestone === 'noticed');
  const declared = shown.find(({ milestone }) => milestone === 'declared');
  const isAssumed = noticed?.seq === declared?.seq && noticed?.chosen !== true;
  const delays = new Map(delaysOf(shown).map(({ delay, milliseconds }) => [delay, milliseconds]));
  if (isAssumed) delays.delete('noticed_until_declared');
  return Object.fromEntries(
    insightDelays.flatMap((delay) => {
      const milliseconds = delays.get(delay);
      return milliseconds === undefined ? [] : [[delay, milliseconds]];
    }),
  );
}

function reviewOf(entries: readonly Entry[]): ReviewState | undefined {
  let review: ReviewState | undefined;
  for (const entry of entries) {
    const known = reviewTypes.has(entry.type) ? asKnown(entry) : null;
    if (known) review = foldReview(review, known as Parameters<typeof foldReview>[1]);
  }
  return review;
}

function isOfCourse(entry: KnownEntry): entry is CourseEntry {
  return ofCourse.has(entry.type);
}

/** What entry after entry says of handoffs, promises, services, command and the end. */
function courseOf(
  entries: readonly CourseEntry[],
): Pick<IncidentFacts, 'handoffs' | 'promises' | 'services' | 'commanders' | 'endedAt'> {
  const handoffs: IncidentFacts['handoffs'] = { offered: 0, accepted: 0, forced: 0, waits: [] };
  const promises: IncidentFacts['promises'] = [];
  const commanders: IncidentFacts['commanders'] = [];
  const services = new Set<string>();
  const offeredAt = new Map<string, number>();
  let endedAt: number | null = null;
  let updates = 0;

  const meet = (at: number): void => {
    const open = promises.at(-1);
    if (open?.metAt === null) open.metAt = at;
  };

  for (const entry of entries) {
    const at = Date.parse(entry.at);
    switch (entry.type) {
      case 'incident.declared':
        commanders.push({ person: entry.body.commander, from: at });
        break;
      case 'handoff.offered':
        handoffs.offered += 1;
        offeredAt.set(entry.body.offer, at);
        break;
      case 'handoff.accepted':
        handoffs.accepted += 1;
        handoffs.waits.push(at - (offeredAt.get(entry.body.offer) ?? at));
        commanders.push({ person: entry.body.to, from: at });
        break;
      case 'handoff.forced':
        handoffs.forced += 1;
        commanders.push({ person: entry.body.to, from: at });
        break;
      case 'update.overdue':
        // Before any update this was the first one, which a cadence let people expect.
        if (updates === 0) promises.push({ dueAt: Date.parse(entry.body.dueAt), metAt: null });
        break;
      case 'update.sent':
        updates += 1;
        meet(at);
        if (entry.body.nextUpdateAt !== undefined) {
          promises.push({ dueAt: Date.parse(entry.body.nextUpdateAt), metAt: null });
        }
        break;
      case 'service.set':
        services.add(entry.body.service);
        break;
      case 'status.set':
        if (entry.body.status === 'resolved') {
          endedAt = at;
          meet(at);
        }
        break;
      case 'incident.reopened':
        endedAt = null;
        break;
      default:
        entry satisfies never;
    }
  }
  return { handoffs, promises, commanders, services: [...services].toSorted(), endedAt };
}
