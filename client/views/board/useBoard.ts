import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { announce } from '../../app/announce.ts';
import { ApiFailure, apiOrThrow } from '../../app/api.ts';
import type { ApiError } from '../../app/api.ts';
import { INCIDENTS_KEY } from '../../app/incidents.ts';
import type { IncidentPage } from '../../app/incidents.ts';
import { getSocket } from '../../connection/socket.ts';
import { useTranslation } from '../../i18n/index.ts';
import { withIncident } from './boardLists.ts';

const REFRESH = 30_000;

export interface BoardData {
  incidents: readonly IncidentSummary[];
  /** Until the first answer. */
  known: boolean;
  /** Why the last question was not answered; what is shown is from `asOf` (milliseconds since 1970). */
  error: ApiError | null;
  asOf: number;
  refresh: () => void;
}

/** All incidents that this person may enter: asked once, kept up to date by the server's events, asked again in between. */
export function useBoard(): BoardData {
  const queries = useQueryClient();
  const { t } = useTranslation('board');
  const open = useIncidents('open');
  const closed = useIncidents('closed');

  useEffect(() => {
    const socket = getSocket();
    const changed = ({ incident }: { incident: IncidentSummary }): void => {
      const known = queries
        .getQueriesData<IncidentPage>({ queryKey: INCIDENTS_KEY })
        .some(([, page]) => page?.incidents?.some((one) => one.id === incident.id));
      if (!known && incident.status === 'investigating')
        announce(
          'polite',
          t('new', { number: incident.number, severity: incident.severity, title: incident.title }),
        );
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
  }, [queries, t]);

  const incidents = useMemo(() => {
    const all = [...(closed.data?.incidents ?? []), ...(open.data?.incidents ?? [])];
    return [...new Map(all.map((incident) => [incident.id, incident])).values()];
  }, [open.data, closed.data]);
  const failure = open.error ?? closed.error;

  return {
    incidents,
    known: open.data !== undefined,
    error: failure instanceof ApiFailure ? failure.error : null,
    asOf: open.dataUpdatedAt,
    refresh: () => void queries.invalidateQueries({ queryKey: INCIDENTS_KEY }),
  };
}

function useIncidents(status: 'open' | 'closed') {
  return useQuery({
    queryKey: [...INCIDENTS_KEY, status],
    queryFn: ({ signal }) =>
      apiOrThrow<IncidentPage>('/api/incidents', { query: { status, limit: 100 }, signal }),
    refetchInterval: REFRESH,
  });
}
