import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { IncidentPage } from './incidents.ts';

/**
 * A list with one incident as it is now: new in it, changed in it, or gone from it. News that is older than what the
 * list has (it travelled slower than an answer) changes nothing.
 */
export function withIncident(
  page: IncidentPage,
  incident: IncidentSummary,
  list: 'open' | 'closed',
): IncidentPage {
  const over = incident.status === 'resolved' || incident.status === 'closed';
  const belongs = over === (list === 'closed');
  const place = page.incidents.findIndex((one) => one.id === incident.id);
  const known = page.incidents[place];
  if (known === undefined) return belongs ? { ...page, incidents: [...page.incidents, incident] } : page;
  if (known.head.seq > incident.head.seq) return page;
  const incidents = belongs ? page.incidents.with(place, incident) : page.incidents.toSpliced(place, 1);
  return { ...page, incidents };
}
