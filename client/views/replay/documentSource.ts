import { readMomentFrame } from '#shared/review/momentFrame.ts';
import type { FrameBatch, MomentFrame } from '#shared/review/momentFrame.ts';
import { api } from '../../app/api.ts';

/** Where a replay reads a document from. Everything throws where there is no answer. */
export interface DocumentSource {
  /** The document as of a batch, in pieces. */
  moment(docSeq: number, signal: AbortSignal): Promise<MomentFrame>;
  /** The next batches after one, as they were recorded; none where it was the last. */
  batches(after: number, signal: AbortSignal): Promise<FrameBatch[]>;
  /** Which person each Yjs client was. */
  authors(signal: AbortSignal): Promise<ReadonlyMap<number, string>>;
}

const BATCHES_PER_PAGE = 1_000;

/** The document of an incident on the server. */
export function documentSource(incidentId: string, name: string): DocumentSource {
  const base = `/api/incidents/${incidentId}/replay`;
  return {
    moment: (docSeq, signal) => frame(`${base}/document?name=${name}&docSeq=${docSeq}`, signal),
    batches: async (after, signal) =>
      (await frame(`${base}/batches?name=${name}&after=${after}&limit=${BATCHES_PER_PAGE}`, signal)).batches,
    async authors(signal) {
      const answer = await api<{ clients: { clientId: number; person: string }[] }>(`${base}/authors`, {
        query: { name },
        signal,
      });
      if (!answer.ok) throw new Error(answer.error.message);
      return new Map(answer.value.clients.map(({ clientId, person }) => [clientId, person]));
    },
  };
}

async function frame(address: string, signal: AbortSignal): Promise<MomentFrame> {
  const response = await fetch(address, {
    headers: { Accept: 'application/octet-stream' },
    credentials: 'same-origin',
    signal,
  });
  if (!response.ok) throw new Error(`The document was answered with ${response.status}.`);
  return readMomentFrame(new Uint8Array(await response.arrayBuffer()));
}
