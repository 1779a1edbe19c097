import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { getSocket } from '../connection/socket.ts';
import { apiOrThrow } from './api.ts';
import { withIncident } from './incidentLists.ts';
import { INCIDENTS_KEY } from './incidents.ts';
import type { IncidentPage } from './incidents.ts';

/** Lists are asked again after this, should an event have been lost. Milliseconds. */
const REFRESH = 30_000;

/** A list of the incidents that this person may enter; `useIncidentNews` keeps it up to date in between. */
export function useIncidentList(status: 'open' | 'closed'): UseQueryResult<IncidentPage> {
  return useQuery({
    queryKey: [...INCIDENTS_KEY, status],
    queryFn: ({ signal }) =>
      apiOrThrow<IncidentPage>('/api/incidents', { query: { status, limit: 100 }, signal }),
    refetchInterval: REFRESH,
  });
}

/** Brings the server's events into the lists, once for all views. `onNew` hears of incidents that no list had. */
export function useIncidentNews(onNew: (incident: IncidentSummary) => void): void {
  const queries = useQueryClient();
  const latest = useRef(onNew);
  useEffect(() => {
    latest.current = onNew;
  }, [onNew]);

  useEffect(() => {
    const socket = getSocket();
    const changed = ({ incident }: { incident: IncidentSummary }): void => {
      const known = queries
        .getQueriesData<IncidentPage>({ queryKey: INCIDENTS_KEY })
        .some(([, page]) => page?.incidents?.some((one) => one.id === incident.id));
      if (!known) latest.current(incident);
      for (const list of ['open', 'closed'] as const)
        queries.setQueryData<IncidentPage>(
          [...INCIDENTS_KEY, list],
          (page) => page && withIncident(page, incident, list),
        );
    };
    const again = (): void => void queries.invalidateQueries({ queryKey: INCIDENTS_KEY });
    socket.on('board', changed);
    socket.on('connect', again);
    return () => {
      socket.off('board', changed);
      socket.off('connect', again);
    };
  }, [queries]);
}
