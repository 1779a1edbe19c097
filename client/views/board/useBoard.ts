import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { ApiFailure } from '../../app/api.ts';
import type { ApiError } from '../../app/api.ts';
import { useIncidentList } from '../../app/incidentNews.ts';
import { INCIDENTS_KEY } from '../../app/incidents.ts';

export interface BoardData {
  incidents: readonly IncidentSummary[];
  /** Until the first answer. */
  known: boolean;
  /** Why the last question was not answered; what is shown is from `asOf` (milliseconds since 1970). */
  error: ApiError | null;
  asOf: number;
  refresh: () => void;
}

/** All incidents that this person may enter, as the lists of the page have them. */
export function useBoard(): BoardData {
  const queries = useQueryClient();
  const open = useIncidentList('open');
  const closed = useIncidentList('closed');
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
