import type { ServiceImpact } from '#shared/contract/updates.ts';
import { serviceImpacts } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { readerStateOf } from '#shared/contract/readerStates.ts';
import type { CollectedUpdate } from './publishedUpdates.ts';

/** A time during which an incident hit a service. */
export interface Hit {
  service: string;
  impact: ServiceImpact;
  from: string;
  /** Null: it still does. */
  to: string | null;
}

/** An incident as anybody may know it. */
export interface PublicIncident {
  number: number;
  title: string;
  declaredAt: string;
  resolvedAt: string | null;
  /** Those that went to the public page, oldest first. */
  updates: CollectedUpdate[];
  hits: Hit[];
}

/** All that the public page is made of. Plain JSON, so that it can be kept in a file. */
export interface PublicModel {
  name: string;
  locale: Locale;
  services: { id: string; name: Readonly<Record<Locale, string>> }[];
  /** Newest first. */
  incidents: PublicIncident[];
}

/** What status aggregators call a state. */
export type AggregatorStatus = 'investigating' | 'identified' | 'monitoring' | 'resolved';

const statuses: Readonly<Record<string, AggregatorStatus>> = {
  investigating: 'investigating',
  identified: 'identified',
  mitigating: 'identified',
  monitoring: 'monitoring',
  resolved: 'resolved',
};

/** The states of updates in the words of aggregators; what a writer put in own words keeps the state before. */
export function statusesOf(updates: readonly Pick<CollectedUpdate, 'state'>[]): AggregatorStatus[] {
  let last: AggregatorStatus = 'investigating';
  return updates.map(({ state }) => {
    const known = readerStateOf(state);
    last = (known === null ? undefined : statuses[known]) ?? last;
    return last;
  });
}

/** How an incident stands: resolved when the room says so, and not before. */
export function statusOf({ resolvedAt, updates }: PublicIncident): AggregatorStatus {
  if (resolvedAt !== null) return 'resolved';
  const last = statusesOf(updates).at(-1) ?? 'investigating';
  return last === 'resolved' ? 'monitoring' : last;
}

export function isOpen({ resolvedAt }: PublicIncident): boolean {
  return resolvedAt === null;
}

function worse(one: ServiceImpact, other: ServiceImpact): ServiceImpact {
  return serviceImpacts.indexOf(one) > serviceImpacts.indexOf(other) ? one : other;
}

/** How badly a service is hit now, by all open incidents together. */
export function impactNow(model: Pick<PublicModel, 'incidents'>, service: string): ServiceImpact {
  return model.incidents
    .flatMap(({ hits }) => hits)
    .filter((hit) => hit.to === null && hit.service === service)
    .reduce<ServiceImpact>((worst, { impact }) => worse(worst, impact), 'operational');
}

/** How bad an incident is, or was at its worst once it is over; null when no service was named. */
export function worstOf(incident: PublicIncident): ServiceImpact | null {
  const hits = incident.hits.filter(({ to }) => to === null || !isOpen(incident));
  return hits.reduce<ServiceImpact | null>(
    (worst, { impact }) => (worst === null ? impact : worse(worst, impact)),
    null,
  );
}

/** From the changes of services in the log of an incident: when each was hit, and how badly. */
export function hitsOf(
  changes: readonly { at: string; service: string; impact: ServiceImpact }[],
  resolvedAt: string | null,
): Hit[] {
  const hits: Hit[] = [];
  const open = new Map<string, Hit>();
  for (const { at, service, impact } of changes) {
    const before = open.get(service);
    if (before) before.to = at;
    open.delete(service);
    if (impact === 'operational') continue;
    const hit: Hit = { service, impact, from: at, to: null };
    open.set(service, hit);
    hits.push(hit);
  }
  for (const hit of open.values()) hit.to = resolvedAt;
  return hits;
}

/** Days that uptime is counted over. */
export const UPTIME_DAYS = 90;
const DAY = 86_400_000;

export interface Uptime {
  /** Of the time, with two places after the point, never rounded up. */
  percent: string;
  /** The worst of each day (UTC), oldest first. */
  days: { day: string; impact: ServiceImpact }[];
}

/** How much of the last days a service was there: partly down counts as down, slow does not. `now` in milliseconds. */
export function uptimeOf(model: Pick<PublicModel, 'incidents'>, service: string, now: number): Uptime {
  const hits = model.incidents
    .flatMap((incident) => incident.hits)
    .filter((hit) => hit.service === service)
    .map(({ impact, from, to }) => ({
      impact,
      from: Date.parse(from),
      to: to === null ? now : Date.parse(to),
    }));
  const start = now - UPTIME_DAYS * DAY;
  const down = lengthOf(
    hits
      .filter(({ impact }) => impact === 'partial_outage' || impact === 'major_outage')
      .map(({ from, to }) => [Math.max(start, from), Math.min(now, to)]),
  );
  const today = Math.floor(now / DAY);
  const days = Array.from({ length: UPTIME_DAYS }, (_, index) => {
    const begin = (today - UPTIME_DAYS + 1 + index) * DAY;
    const impact = hits
      .filter(({ from, to }) => from < begin + DAY && to > begin)
      .reduce<ServiceImpact>((worst, hit) => worse(worst, hit.impact), 'operational');
    return { day: new Date(begin).toISOString().slice(0, 10), impact };
  });
  const share = 1 - down / (now - start);
  return { percent: (Math.floor(share * 10_000) / 100).toFixed(2), days };
}

/** The time that spans cover together; what two of them cover counts once. */
function lengthOf(spans: [number, number][]): number {
  let covered = -Infinity;
  let length = 0;
  for (const [from, to] of spans.toSorted(([one], [other]) => one - other)) {
    length += Math.max(0, to - Math.max(from, covered));
    covered = Math.max(covered, to);
  }
  return length;
}
