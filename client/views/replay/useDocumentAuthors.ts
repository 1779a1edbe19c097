import { useQuery } from '@tanstack/react-query';
import { documentSource } from './documentSource.ts';

const NOBODY: ReadonlyMap<number, string> = new Map();

/** Which person each Yjs client of the document was; empty until known, and where nobody asks. */
export function useDocumentAuthors(incidentId: string, wanted: boolean): ReadonlyMap<number, string> {
  const { data } = useQuery({
    queryKey: ['replay', 'authors', incidentId],
    queryFn: ({ signal }) => documentSource(incidentId, 'main').authors(signal),
    enabled: wanted,
    staleTime: 30_000,
  });
  return data ?? NOBODY;
}
