import type { ActionStatus } from '#shared/contract/reviewWords.ts';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { ListedAction } from '#shared/review/actionList.ts';
import type { IncidentsQuery, Store } from '../rooms/ports.ts';
import type { IncidentFacts } from './incidentFacts.ts';

/** Incidents whose actions are looked through at most, newest first. */
const MOST_INCIDENTS = 5_000;
/** Actions of one answer. */
const MOST_ACTIONS = 1_000;
const PAGE = 100;

/** Which actions are wanted. */
export interface ActionsQuery {
  reader: IncidentsQuery['reader'];
  status: ActionStatus | 'all';
  owner?: string;
  /** Only those that are open past their time. */
  overdue: boolean;
  now: number;
}

/** Actions of all incidents that the reader may enter, the most urgent first; `truncated` when there were more. */
export async function readActions(
  parts: {
    store: Pick<Store, 'listIncidents'>;
    factsOf: (summary: Pick<IncidentSummary, 'id' | 'head'>) => Promise<IncidentFacts>;
  },
  query: ActionsQuery,
): Promise<{ actions: ListedAction[]; truncated: boolean }> {
  const { reader, now } = query;
  const found: ListedAction[] = [];
  let seen = 0;
  let after: number | undefined;
  let truncated = false;
  for (;;) {
    const page = await parts.store.listIncidents({
      ...{ reader, status: 'all', limit: PAGE },
      ...(after === undefined ? {} : { after }),
    });
    for (const summary of page.incidents) {
      const { actions } = await parts.factsOf(summary);
      const { id, number, title, severity, drill } = summary;
      for (const { overdueOf: _, seq: __, ...action } of actions) {
        const overdue = action.status === 'open' && Date.parse(action.dueAt) <= now;
        const listed = { ...action, overdue, incident: { id, number, title, severity, drill } };
        if (isWanted(listed, query)) found.push(listed);
      }
    }
    seen += page.incidents.length;
    if (page.next === null) break;
    if (seen >= MOST_INCIDENTS) {
      truncated = true;
      break;
    }
    after = page.next;
  }
  const sorted = found.toSorted((a, b) => order(a) - order(b) || (a.dueAt < b.dueAt ? -1 : 1));
  return { actions: sorted.slice(0, MOST_ACTIONS), truncated: truncated || sorted.length > MOST_ACTIONS };
}

function isWanted(action: ListedAction, { status, owner, overdue }: ActionsQuery): boolean {
  if (status !== 'all' && action.status !== status) return false;
  if (owner !== undefined && action.owner !== owner) return false;
  return !overdue || action.overdue;
}

/** What is still to do stands before what is over. */
function order(action: ListedAction): number {
  return action.status === 'open' ? 0 : 1;
}
