import type { ServiceImpact } from '#shared/contract/updates.ts';
import { textOfUpdate } from './feeds.ts';
import { impactNow, isOpen, statusOf, statusesOf, worstOf } from './publicModel.ts';
import type { PublicIncident, PublicModel } from './publicModel.ts';
import { publishedOf } from './publishedUpdates.ts';

/** Most incidents that one answer holds. */
const MOST = 50;

const indicators = {
  operational: 'minor',
  degraded_performance: 'minor',
  partial_outage: 'major',
  major_outage: 'critical',
} as const satisfies Record<ServiceImpact, string>;

const descriptions = {
  none: 'All Systems Operational',
  minor: 'Partially Degraded Service',
  major: 'Partial System Outage',
  critical: 'Major System Outage',
} as const;

type Indicator = keyof typeof descriptions;
const order: readonly Indicator[] = ['none', 'minor', 'major', 'critical'];

/** An open incident that names no service is minor, not none: something is wrong. */
function indicatorOf(incident: PublicIncident): Indicator {
  const worst = worstOf(incident);
  return worst === null ? 'minor' : indicators[worst];
}

/** How bad it is all in all. */
export function overallOf({ incidents }: Pick<PublicModel, 'incidents'>): Indicator {
  return incidents
    .filter(isOpen)
    .map(indicatorOf)
    .reduce<Indicator>((worst, one) => (order.indexOf(one) > order.indexOf(worst) ? one : worst), 'none');
}

/** What status aggregators read, in the shapes of Statuspage's API version 2. */
export function statusJson(
  model: PublicModel,
  origin: string,
): Record<'summary' | 'incidents' | 'status', object> {
  const indicator = overallOf(model);
  const status = { indicator, description: descriptions[indicator] };
  const incidents = model.incidents.map((incident) => incidentOf(incident, model, origin));
  const page = {
    ...{ id: PAGE_ID, name: model.name, url: `${origin}/status`, time_zone: 'Etc/UTC' },
    updated_at: incidents.reduce((last, { updated_at: at }) => (at > last ? at : last), EPOCH),
  };
  return {
    summary: {
      ...{ page, status },
      components: model.services.map((service, index) => componentOf(model, service, index)),
      incidents: incidents.filter(({ resolved_at: resolvedAt }) => resolvedAt === null),
      scheduled_maintenances: [],
    },
    incidents: { page, incidents: incidents.slice(0, MOST) },
    status: { page, status },
  };
}

const PAGE_ID = 'public-page';
const EPOCH = new Date(0).toISOString();

function componentOf(model: PublicModel, { id, name }: PublicModel['services'][number], index: number) {
  const changes = model.incidents.flatMap(({ hits }) =>
    hits
      .filter(({ service }) => service === id)
      .flatMap(({ from, to }) => (to === null ? [from] : [from, to])),
  );
  return {
    ...{ id, name: name[model.locale], status: impactNow(model, id), position: index + 1 },
    ...{ created_at: EPOCH, updated_at: changes.reduce((last, at) => (at > last ? at : last), EPOCH) },
    ...{ description: null, showcase: true, start_date: null, group_id: null, page_id: PAGE_ID },
    ...{ group: false, only_show_if_degraded: false },
  };
}

/** Services that were hit when an update was sent, or whose state changed since the update before; null: none. */
function affectedBy({ updates, hits }: PublicIncident, { services, locale }: PublicModel, index: number) {
  const now = updates[index]?.at ?? '';
  const before = updates[index - 1]?.at ?? '';
  const stateAt = (service: string, at: string): ServiceImpact => {
    const hit = hits.findLast(
      ({ service: of, from, to }) => of === service && from <= at && (to === null || to > at),
    );
    return hit?.impact ?? 'operational';
  };
  const affected = services.flatMap(({ id, name }) => {
    const [from, to] = [stateAt(id, before), stateAt(id, now)];
    if (from === 'operational' && to === 'operational') return [];
    return [{ code: id, name: name[locale], old_status: from, new_status: to }];
  });
  return affected.length === 0 ? null : affected;
}

function incidentOf(incident: PublicIncident, model: PublicModel, origin: string) {
  const { number, title, declaredAt, resolvedAt, updates, hits } = incident;
  const id = `inc-${number}`;
  const states = statusesOf(updates);
  const monitored = updates[states.indexOf('monitoring')];
  const last = updates.at(-1)?.at ?? declaredAt;
  const named = new Set(hits.map(({ service }) => service));
  return {
    ...{ id, name: title, status: statusOf(incident), impact: indicatorOf(incident), page_id: PAGE_ID },
    ...{ created_at: declaredAt, started_at: declaredAt, monitoring_at: monitored?.at ?? null },
    updated_at: resolvedAt !== null && resolvedAt > last ? resolvedAt : last,
    resolved_at: resolvedAt,
    shortlink: `${origin}/status/i/${number}`,
    incident_updates: publishedOf(updates, model.locale, null)
      .map((update, index) => ({
        ...{ id: `${id}-${update.number}`, incident_id: id, status: states[index] ?? 'investigating' },
        body: textOfUpdate(update, model.locale),
        ...{ created_at: update.at, updated_at: update.at, display_at: update.at },
        affected_components: affectedBy(incident, model, index),
        ...{ deliver_notifications: true, custom_tweet: null, tweet_id: null },
      }))
      .toReversed(),
    components: model.services.flatMap((service, index) =>
      named.has(service.id) ? [componentOf(model, service, index)] : [],
    ),
    reminder_intervals: null,
  };
}
