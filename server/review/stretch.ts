import type { DocumentBatch, Store } from '../rooms/ports.ts';

/** Batches read at once, and from how many bytes on no more are: an answer stays in proportion. */
const AT_ONCE = 250;
const MOST_BYTES = 2 * 1024 * 1024;

/** Batches of a document after one, at most `limit` and about 2 MiB of them; none: there is nothing more. */
export async function readStretch(
  store: Pick<Store, 'readBatches'>,
  wanted: { incidentId: string; name: string; after: number; limit: number },
): Promise<DocumentBatch[]> {
  const { incidentId, name, limit } = wanted;
  const found: DocumentBatch[] = [];
  let [after, bytes] = [wanted.after, 0];
  while (found.length < limit && bytes < MOST_BYTES) {
    const most = Math.min(AT_ONCE, limit - found.length);
    const page = await store.readBatches(incidentId, name, after, most);
    for (const batch of page) {
      if (bytes >= MOST_BYTES) break;
      found.push(batch);
      bytes += batch.updates.reduce((sum, { update }) => sum + update.length, 0);
    }
    after = found.at(-1)?.docSeq ?? after;
    if (page.length < most) break;
  }
  return found;
}
