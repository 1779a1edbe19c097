import type { IncidentSummary } from '#shared/contract/wire.ts';

export type BoardGroup = 'mine' | 'open' | 'drills' | 'resolved';
export const boardGroups: readonly BoardGroup[] = ['mine', 'open', 'drills', 'resolved'];

const WEEK = 7 * 24 * 3_600_000;

/** The group an incident stands in; null for what was resolved more than a week before `now`. */
export function groupOf(incident: IncidentSummary, me: string, now: number): BoardGroup | null {
  if (incident.status === 'resolved' || incident.status === 'closed') {
    const resolved = Date.parse(incident.resolvedAt ?? incident.declaredAt);
    return now - resolved <= WEEK ? 'resolved' : null;
  }
  if (incident.commander === me) return 'mine';
  return incident.drill ? 'drills' : 'open';
}

/** Worst first, then what has been open longest; what is resolved by when it was. */
function compare(group: BoardGroup, a: IncidentSummary, b: IncidentSummary): number {
  if (group === 'resolved')
    return (b.resolvedAt ?? '').localeCompare(a.resolvedAt ?? '') || b.number - a.number;
  return (
    a.severity.localeCompare(b.severity) || a.declaredAt.localeCompare(b.declaredAt) || a.number - b.number
  );
}

export interface Placed {
  id: string;
  group: BoardGroup;
}

/** Where every incident belongs, in the order of the board. */
export function arrangeBoard(incidents: readonly IncidentSummary[], me: string, now: number): Placed[] {
  return boardGroups.flatMap((group) =>
    incidents
      .filter((incident) => groupOf(incident, me, now) === group)
      .toSorted((a, b) => compare(group, a, b))
      .map(({ id }) => ({ id, group })),
  );
}

/** How many incidents stand elsewhere, are new or are gone: what "n changes, show" counts. */
export function countChanges(shown: readonly Placed[], wanted: readonly Placed[]): number {
  const key = ({ id, group }: Placed): string => `${group}/${id}`;
  const [before, after] = [shown.map(key), wanted.map(key)];
  const ids = new Set([...shown, ...wanted].map(({ id }) => id));
  const common = before.filter((one) => after.includes(one));
  const kept = longestInOrder(common.map((one) => after.indexOf(one)));
  return ids.size - kept;
}

/** The length of the longest rising run within the numbers: those that did not move. */
function longestInOrder(numbers: readonly number[]): number {
  const lengths: number[] = [];
  numbers.forEach((number, index) => {
    const before = lengths.filter((_, earlier) => earlier < index && (numbers[earlier] ?? Infinity) < number);
    lengths.push(1 + Math.max(0, ...before));
  });
  return Math.max(0, ...lengths);
}
