import type { ActionEffect, ActionStatus } from '#shared/contract/reviewWords.ts';
import type { Severity, Status } from '#shared/contract/identifiers.ts';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { likenessOf } from '#shared/review/likeness.ts';
import type { Comparable } from '#shared/review/likeness.ts';
import type { IncidentsQuery, Store } from '../rooms/ports.ts';
import type { IncidentFacts } from './incidentFacts.ts';

/** How many earlier incidents are compared, newest first, and how many are answered. */
const MOST_COMPARED = 500;
const MOST_ANSWERED = 5;
const PAGE = 100;

/** An earlier incident that was like this one. */
export interface SimilarIncident {
  incident: {
    id: string;
    number: number;
    title: string;
    severity: Severity;
    status: Status;
    declaredAt: string;
  };
  /** Words and services that both have. */
  words: string[];
  services: string[];
  linked: boolean;
  /** What was meant to keep it from coming back. */
  actions: { action: string; text: string; effect: ActionEffect; status: ActionStatus; dueAt: string }[];
}

/** The earlier incidents most like one, of those that the reader may enter; drills are like nothing. */
export async function readSimilar(
  parts: {
    store: Pick<Store, 'listIncidents'>;
    factsOf: (summary: Pick<IncidentSummary, 'id' | 'head'>) => Promise<IncidentFacts>;
  },
  state: IncidentState,
  own: Pick<IncidentSummary, 'id' | 'head'>,
  reader: IncidentsQuery['reader'],
): Promise<SimilarIncident[]> {
  const earlier: IncidentSummary[] = [];
  let after: number | undefined = state.number;
  while (after !== undefined && earlier.length < MOST_COMPARED) {
    const page = await parts.store.listIncidents({ reader, status: 'all', limit: PAGE, after });
    earlier.push(...page.incidents.filter(({ drill }) => !drill));
    after = page.next ?? undefined;
  }
  const facts = await Promise.all(earlier.map((summary) => parts.factsOf(summary)));
  const others = earlier.map((summary, nth) => ({ summary, facts: facts[nth] }));
  const compared = others.flatMap((other) => (other.facts ? [{ ...other, facts: other.facts }] : []));
  const likeness = likenessOf(
    comparable(state.title, await parts.factsOf(own)),
    compared.map((other) => comparable(other.summary.title, other.facts)),
  );
  const linked = new Set(state.review?.links.map(({ incident }) => incident));
  return compared
    .flatMap((other, nth) => {
      const found = likeness[nth];
      return found && found.score > 0 ? [{ ...other, likeness: found }] : [];
    })
    .toSorted((a, b) => b.likeness.score - a.likeness.score)
    .slice(0, MOST_ANSWERED)
    .map(({ summary, facts: { actions }, likeness: { words, services } }) => {
      const { id, number, title, severity, status, declaredAt } = summary;
      return {
        incident: { id, number, title, severity, status, declaredAt },
        ...{ words, services, linked: linked.has(id) },
        actions: actions
          .filter((each) => each.effect === 'prevents')
          .map(({ action, text, effect, status: done, dueAt }) => ({
            action,
            text,
            effect,
            status: done,
            dueAt,
          })),
      };
    });
}

function comparable(title: string, { words, services }: IncidentFacts): Comparable {
  return { title, words, services };
}
