import type { Severity } from '#shared/contract/identifiers.ts';
import type { ActionStatus } from '#shared/contract/reviewWords.ts';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { groupsOf, loadOf, summaryOf } from '#shared/review/insights.ts';
import type { IncidentInsight, Insights } from '#shared/review/insights.ts';
import type { Clock, IncidentsQuery, Store } from '../rooms/ports.ts';
import { readFacts } from './incidentFacts.ts';
import type { IncidentFacts } from './incidentFacts.ts';
import { loadOfIncident } from './personLoad.ts';
import type { ZoneClock } from './personLoad.ts';

/** More incidents than this are not counted in one answer. */
const MOST_INCIDENTS = 2_000;
/** Logs whose facts are kept in memory. */
const MOST_KEPT = 4_000;
const PAGE = 100;
/** Logs that are read at once, so that others get their turn. */
const AT_ONCE = 4;

/** Of which incidents figures are wanted. */
export interface InsightsQuery {
  reader: IncidentsQuery['reader'];
  /** Declared from then on, and before `to`; milliseconds. */
  from: number;
  to: number;
  severity?: Severity;
  service?: string;
  zone: { name: string; clock: ZoneClock };
}

export interface InsightsReader {
  /** The figures of the incidents that the reader may enter; a log is read again once it has grown. */
  read(query: InsightsQuery): Promise<Insights>;
  /** What one log says, read again once it has grown. */
  factsOf(summary: Pick<IncidentSummary, 'id' | 'head'>): Promise<IncidentFacts>;
}

type InsightsStore = Pick<Store, 'listIncidents' | 'readEntriesOf' | 'readEntry' | 'busyTimesOf'>;

/** Reads figures, and keeps what logs said as long as they say the same. */
export function createInsights({ store, clock }: { store: InsightsStore; clock: Clock }): InsightsReader {
  const kept = new Map<string, { seq: number; facts: IncidentFacts }>();

  async function factsOf({ id, head }: Pick<IncidentSummary, 'id' | 'head'>): Promise<IncidentFacts> {
    const known = kept.get(id);
    if (known?.seq === head.seq) return known.facts;
    const facts = await readFacts(store, id);
    kept.delete(id);
    kept.set(id, { seq: head.seq, facts });
    const oldest = kept.keys().next();
    if (kept.size > MOST_KEPT && !oldest.done) kept.delete(oldest.value);
    return facts;
  }

  async function listed({ reader, from, to, severity }: InsightsQuery): Promise<IncidentSummary[]> {
    const found: IncidentSummary[] = [];
    let after: number | undefined;
    while (found.length <= MOST_INCIDENTS) {
      const page = await store.listIncidents({
        ...{ reader, status: 'all', limit: PAGE },
        ...(after === undefined ? {} : { after }),
      });
      const isOf = ({ declaredAt, severity: own }: IncidentSummary): boolean => {
        const at = Date.parse(declaredAt);
        return at >= from && at < to && (severity === undefined || own === severity);
      };
      found.push(...page.incidents.filter(isOf));
      const last = page.incidents.at(-1);
      // Numbers rise with time, so that all further ones are older.
      if (page.next === null || !last || Date.parse(last.declaredAt) < from) break;
      after = page.next;
    }
    return found;
  }

  return {
    factsOf,
    async read(query) {
      const { from, to, service, zone } = query;
      const summaries = await listed(query);
      const counted = summaries.slice(0, MOST_INCIDENTS);
      const rows: IncidentInsight[] = [];
      for (let index = 0; index < counted.length; index += AT_ONCE) {
        const some = counted.slice(index, index + AT_ONCE);
        const read = some.map(async (each) => insightOf(each, await factsOf(each), clock.now(), zone.clock));
        rows.push(...(await Promise.all(read)));
      }
      const incidents = rows.filter((row) => service === undefined || row.services.includes(service));
      const real = incidents.filter((row) => !row.drill);
      return {
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        zone: zone.name,
        incidents,
        truncated: summaries.length > counted.length,
        real: summaryOf(real),
        drills: summaryOf(incidents.filter((row) => row.drill)),
        groups: {
          severity: groupsOf(real, 'severity'),
          service: groupsOf(real, 'service'),
          month: groupsOf(real, 'month'),
        },
        load: loadOf(real),
      };
    },
  };
}

/** What one incident adds to the figures at a time. */
function insightOf(
  summary: IncidentSummary,
  facts: IncidentFacts,
  now: number,
  zone: ZoneClock,
): IncidentInsight {
  const { id, number, title, severity, status, drill, declaredAt } = summary;
  const { delays, handoffs, services, actions } = facts;
  // A promise whose time has not come says nothing yet.
  const judged = facts.promises.filter(({ dueAt, metAt }) => metAt !== null || dueAt <= now);
  const counted = (of: ActionStatus): number => actions.filter((action) => action.status === of).length;
  return {
    ...{ id, number, title, severity, status, drill, declaredAt, delays, handoffs, services },
    month: zone.monthOf(Date.parse(declaredAt)),
    updates: {
      promised: judged.length,
      onTime: judged.filter(({ dueAt, metAt }) => metAt !== null && metAt <= dueAt).length,
    },
    actions: {
      total: actions.length,
      done: counted('done'),
      dropped: counted('dropped'),
      overdue: actions.filter((action) => action.status === 'open' && Date.parse(action.dueAt) <= now).length,
    },
    people: loadOfIncident(facts, now, zone),
  };
}
