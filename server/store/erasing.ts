import type { NewEntry } from '#shared/contract/entries.ts';
import type { DocumentErasure } from '../rooms/ports.ts';
import { sha256 } from '../rooms/hashing.ts';
import { indexRanges, redactPayload } from '../rooms/redactUpdate.ts';

/** A batch as an erasure leaves it; the redaction's own entry carries the hash. */
export interface RewrittenBatch {
  docSeq: number;
  payload: Uint8Array<ArrayBuffer>;
  payloadHash: string;
}

/** Rewrites the batches that an erasure names, as they are stored now. Throws when one is not there. */
export function rewriteBatches(
  erasure: DocumentErasure,
  stored: (docSeq: number) => Uint8Array | undefined,
): RewrittenBatch[] {
  const ranges = indexRanges(erasure.ranges);
  return erasure.batches.map((docSeq) => {
    const before = stored(docSeq);
    if (!before) throw new Error(`There is no document batch ${docSeq} to erase from.`);
    const { payload } = redactPayload(before, ranges);
    return { docSeq, payload, payloadHash: sha256(payload) };
  });
}

/**
 * What a redaction's own entry says of what it left: the hash of what is left of an entry, or of each rewritten batch. The
 * document erasures stand in the order of their entries; the first one is taken.
 */
export function leftBy(
  entry: NewEntry,
  { remainders, rewritten }: { remainders: ReadonlyMap<number, string>; rewritten: RewrittenBatch[][] },
): Record<string, unknown> {
  if (entry.type === 'entry.redacted') {
    const remainderHash = remainders.get(entry.body.seq);
    return remainderHash === undefined ? {} : { remainderHash };
  }
  if (entry.type !== 'document.redacted') return {};
  const batches = (rewritten.shift() ?? []).map(({ docSeq, payloadHash }) => ({ docSeq, payloadHash }));
  return { batches };
}

/** The first batch that an erasure touches; everything derived from there on may hold what it erases. */
export function firstTouched({ batches }: DocumentErasure): number {
  return Math.min(...batches);
}

/** The file that an erased entry attached; null when it attached none, or its hash is gone already. */
export function attachedHash({ type, body }: { type: string; body: string }): string | null {
  if (type !== 'attachment.added') return null;
  const { hash } = JSON.parse(body) as { hash?: unknown };
  return typeof hash === 'string' ? hash : null;
}
