import type { IncidentSummary } from '#shared/contract/wire.ts';

const MOST = 3;

/** Words worth comparing: at least two letters, or a Korean word without its particle. */
function wordsOf(text: string): Set<string> {
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) =>
      word.replace(/(?<=\p{Script=Hangul}{2})(?:에서|으로|이|가|은|는|을|를|에|의|도|로)$/u, ''),
    );
  return new Set(words.filter((word) => word.length >= 2 && !COMMON.has(word)));
}

const COMMON = new Set([
  'the',
  'is',
  'are',
  'in',
  'on',
  'for',
  'of',
  'and',
  'not',
  'to',
  'it',
  'at',
  '장애',
  '문제',
]);

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
