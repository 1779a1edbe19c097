import type { DocumentReplica } from './documentReplica.ts';
import type { RoomMetrics } from './metrics.ts';
import type { DocumentBatch, Store } from './ports.ts';

/** Batches read at a time. */
const PAGE = 500;

interface CatchUpParts {
  incidentId: string;
  name: string;
  store: Pick<Store, 'readBatches'>;
  replica: DocumentReplica;
  metrics: RoomMetrics;
  received(batch: DocumentBatch): void;
}

/**
 * Reads what another instance committed and nobody told us. Everybody who asks gets a reading that begins after they asked,
 * shared with others who wait for it; it rejects when the store does not answer.
 */
export function createCatchUp(parts: CatchUpParts): () => Promise<void> {
  const { incidentId, name, store, replica, metrics, received } = parts;
  let reading: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  async function read(): Promise<void> {
    for (;;) {
      const batches = await store.readBatches(incidentId, name, replica.docSeq, PAGE);
      const missed = batches.filter((batch) => batch.docSeq > replica.docSeq);
      if (missed.length > 0) metrics.gapRepaired();
      for (const batch of missed) received(batch);
      if (batches.length < PAGE) return;
    }
  }

  function begin(): Promise<void> {
    next = null;
    reading = read().finally(() => {
      reading = null;
    });
    return reading;
  }

  // One that runs already may have read before what the doubt is about became durable.
  return () => (reading ? (next ??= reading.then(begin, begin)) : begin());
}
