import { useQuery } from '@tanstack/react-query';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { ApiFailure, apiOrThrow } from './api.ts';
import type { ApiError } from './api.ts';
import { useSession } from './session.tsx';

export interface IncidentPage {
  incidents: IncidentSummary[];
  next?: string;
}

/** Lists are cached under this key, with what was asked behind it. */
export const INCIDENTS_KEY = ['incidents'] as const;

export type IncidentLookup =
  | { state: 'loading' }
  | { state: 'found'; incident: IncidentSummary }
  /** There is none of that number, or it is not open to this person: the same on purpose. */
  | { state: 'missing' }
  | { state: 'failed'; error: ApiError; retry: () => void };

/** The incident of a number, as in addresses such as `/i/42`. */
export function useIncidentByNumber(number: number): IncidentLookup {
  const { person } = useSession();
  const query = useQuery({
    queryKey: [...INCIDENTS_KEY, 'number', number],
    queryFn: async ({ signal }) => {
      const page = await apiOrThrow<IncidentPage>('/api/incidents', {
        query: { status: 'all', query: `INC-${number}`, limit: 20 },
        signal,
      });
      return page.incidents.find((incident) => incident.number === number) ?? null;
    },
    enabled: person !== null && Number.isSafeInteger(number) && number > 0,
    staleTime: 30_000,
  });
  if (!Number.isSafeInteger(number) || number <= 0) return { state: 'missing' };
  if (query.data) return { state: 'found', incident: query.data };
  if (query.data === null) return { state: 'missing' };
  if (query.error instanceof ApiFailure && query.error.error.status === 404) return { state: 'missing' };
  if (query.error instanceof ApiFailure)
    return { state: 'failed', error: query.error.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}
