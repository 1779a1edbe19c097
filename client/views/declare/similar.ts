import type { IncidentSummary } from '#shared/contract/wire.ts';
import { wordsOf } from '#shared/review/likeness.ts';

const MOST = 3;

/** The open incidents whose titles share most words with the text; none when nothing is shared. */
export function similarIncidents<T extends Pick<IncidentSummary, 'title'>>(
  text: string,
  open: readonly T[],
): T[] {
  const wanted = wordsOf(text);
  return open
    .map((incident) => {
      const shared = [...wordsOf(incident.title)].filter((word) => wanted.has(word)).length;
      return { incident, shared };
    })
    .filter(({ shared }) => shared > 0)
    .toSorted((a, b) => b.shared - a.shared)
    .slice(0, MOST)
    .map(({ incident }) => incident);
}
