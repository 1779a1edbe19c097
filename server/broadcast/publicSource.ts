import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { Store } from '../rooms/ports.ts';
import { hitsOf, UPTIME_DAYS } from './publicModel.ts';
import type { PublicIncident, PublicModel } from './publicModel.ts';
import type { Collected } from './publishedUpdates.ts';
import type { Settings } from './settings.ts';

/** Incidents that are looked through, newest first. */
const NEWEST = 1_000;
/** Of those that are over and old, so many are shown. */
const SHOWN = 200;

/**
 * Reads what anybody may know: incidents with an update that went to the public page, and of them those updates. Never a
 * private one. Null when there is no public page. What did not change since the last reading is not read again.
 */
export function createPublicSource(parts: {
  store: Pick<Store, 'publishedIncidents'>;
  settings: Pick<Settings, 'get' | 'all'>;
  collect: (incidentId: string, upTo: number) => Promise<Collected>;
  now: () => number;
}): () => Promise<PublicModel | null> {
  const { store, settings, collect, now } = parts;
  let known = new Map<string, { seq: number; incident: PublicIncident | null }>();

  async function read(summary: IncidentSummary): Promise<PublicIncident | null> {
    if (summary.private) return null;
    const { updates, services } = await collect(summary.id, summary.head.seq);
    const shown = updates.filter(({ audiences }) => audiences?.includes(PUBLIC_PAGE));
    if (shown.length === 0) return null;
    const { number, title, declaredAt, resolvedAt } = summary;
    return { number, title, declaredAt, resolvedAt, updates: shown, hits: hitsOf(services, resolvedAt) };
  }

  return async () => {
    const page = settings.get('page', PUBLIC_PAGE)?.body;
    if (!page?.enabled) return null;
    const next: typeof known = new Map();
    const incidents: PublicIncident[] = [];
    const old = now() - UPTIME_DAYS * 86_400_000;
    for (const summary of await store.publishedIncidents(NEWEST)) {
      const before = known.get(summary.id);
      const { seq } = summary.head;
      const incident = before?.seq === seq ? before.incident : await read(summary);
      next.set(summary.id, { seq, incident });
      if (!incident) continue;
      const isRecent = incident.resolvedAt === null || Date.parse(incident.resolvedAt) > old;
      if (isRecent || incidents.length < SHOWN) incidents.push(incident);
    }
    known = next;
    const services = settings
      .all('service')
      .filter(({ body }) => body.public)
      .toSorted((one, other) => one.body.order - other.body.order || (one.id < other.id ? -1 : 1))
      .map(({ id, body }) => ({ id, name: body.name }));
    return { name: page.name, locale: page.locale, services, incidents };
  };
}
