import { useQuery } from '@tanstack/react-query';
import { REVIEW_DOCUMENT } from '#shared/draft.ts';
import { readMomentFrame } from '#shared/review/momentFrame.ts';

/** Whether the review's document was written in after a batch; false while that is not known. */
export function useWrittenSince(incidentId: string, docSeq: number | null): boolean {
  const query = useQuery({
    queryKey: ['written', incidentId, docSeq],
    queryFn: async ({ signal }) => {
      const asked = new URLSearchParams({ name: REVIEW_DOCUMENT, after: String(docSeq), limit: '1' });
      const answer = await fetch(`/api/incidents/${incidentId}/replay/batches?${asked.toString()}`, {
        credentials: 'same-origin',
        signal,
      });
      if (!answer.ok) throw new Error(`The document's changes were answered with ${answer.status}.`);
      return readMomentFrame(new Uint8Array(await answer.arrayBuffer())).batches.length > 0;
    },
    enabled: docSeq !== null,
    refetchInterval: (asked) => (asked.state.data === true ? false : 15_000),
  });
  return query.data ?? false;
}
