import { canonicalJson } from '#shared/contract/chain.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import { batchHash, bodyHash, entryHash, sha256 } from './hashing.ts';
import { encodePayload } from './payload.ts';
import type { DocumentBatch } from './ports.ts';

/** One committed batch as another instance tells it. */
export interface ToldBatch {
  head: Head;
  entries: readonly Entry[];
  documents: readonly DocumentBatch[];
}

/**
 * How a told batch stands to a log at `head`. `known`: nothing new. `continues`: exactly what comes next, every hash
 * recomputed. `ahead`: something is missing before it. `broken`: it claims to come next, and its hashes do not.
 */
export type Standing = 'known' | 'continues' | 'ahead' | 'broken';

/** Judges a batch that was only told: a claim that does not continue the chains must never be shown. */
export function standingOf(incidentId: string, head: Head, told: ToldBatch): Standing {
  if (told.head.seq <= head.seq && told.head.docSeq <= head.docSeq) return 'known';
  const isNext =
    told.entries.every((entry, index) => entry.seq === head.seq + 1 + index) &&
    told.documents.every((batch, index) => batch.docSeq === head.docSeq + 1 + index) &&
    told.head.seq === head.seq + told.entries.length &&
    told.head.docSeq === head.docSeq + told.documents.length;
  if (!isNext) return 'ahead';
  const docHash = documentsEnd(incidentId, head, told.documents);
  const hash = entriesEnd(incidentId, head.hash, told.entries);
  return docHash === told.head.docHash && hash === told.head.hash ? 'continues' : 'broken';
}

/** The chain's hash after these batches, or null where it breaks. */
function documentsEnd(incidentId: string, head: Head, batches: readonly DocumentBatch[]): string | null {
  let prevDocHash = head.docHash;
  for (const { name, docSeq, seqBefore, at, updates, docHash } of batches) {
    const payloadHash = sha256(encodePayload(updates));
    const computed = batchHash({ incidentId, name, docSeq, seqBefore, at, payloadHash, prevDocHash });
    if (computed !== docHash) return null;
    prevDocHash = computed;
  }
  return prevDocHash;
}

/** The chain's hash after these entries, or null where it breaks. */
function entriesEnd(incidentId: string, from: string, entries: readonly Entry[]): string | null {
  let hash = from;
  for (const entry of entries) {
    if (entry.incidentId !== incidentId || entry.prevHash !== hash || entry.salt === null) return null;
    if (bodyHash(entry.salt, canonicalJson(entry.body)) !== entry.bodyHash) return null;
    if (entryHash(entry) !== entry.hash) return null;
    hash = entry.hash;
  }
  return hash;
}
