import { ZERO_HASH } from '#shared/contract/chain.ts';
import type { Head } from '#shared/contract/wire.ts';
import { batchHash, bodyHash, entryHash, newSalt, sha256 } from '../rooms/hashing.ts';
import type { StoredBatch, StoredEntry } from '../rooms/verifyLog.ts';

/** A log with the chains it would have had, had it been written here. */
export interface Rechained {
  batches: StoredBatch[];
  entries: StoredEntry[];
  head: Head;
}

/**
 * Gives entries and batches whose proof is broken new chains, so that what follows them here can be proved; that they came
 * unproved stands in the entry of the import. Nothing of what they say is changed.
 */
export function rechain(
  incidentId: string,
  { batches, entries }: { batches: readonly StoredBatch[]; entries: readonly StoredEntry[] },
): Rechained {
  let prevDocHash = ZERO_HASH;
  const docHashes = [ZERO_HASH];
  const erased = erasedHashes(entries);
  const newBatches = batches.map((batch) => {
    const found = sha256(batch.payload);
    // Erased text leaves the hash of what was there; a redaction says what is there now.
    const payloadHash = erased.get(batch.doc_seq) === found ? batch.payload_hash : found;
    const docHash = batchHash({
      incidentId,
      name: batch.name,
      docSeq: batch.doc_seq,
      seqBefore: batch.seq_before,
      at: batch.at,
      payloadHash,
      prevDocHash,
    });
    const made = { ...batch, payload_hash: payloadHash, prev_doc_hash: prevDocHash, doc_hash: docHash };
    docHashes.push((prevDocHash = docHash));
    return made;
  });
  let prevHash = ZERO_HASH;
  const newEntries = entries.map((entry) => {
    const salt = entry.redacted === 1 ? null : (entry.salt ?? newSalt());
    const made = {
      ...entry,
      salt,
      body_hash: salt === null ? entry.body_hash : bodyHash(salt, entry.body),
      doc_hash: docHashes[entry.doc_seq] ?? ZERO_HASH,
      prev_hash: prevHash,
    };
    const hash = entryHash({
      incidentId,
      seq: made.seq,
      at: made.at,
      actor: made.actor,
      type: made.type,
      version: made.version,
      commandId: made.command_id,
      docSeq: made.doc_seq,
      docHash: made.doc_hash,
      bodyHash: made.body_hash,
      prevHash,
    });
    prevHash = hash;
    return { ...made, hash };
  });
  const head = { seq: entries.length, hash: prevHash, docSeq: batches.length, docHash: prevDocHash };
  return { batches: newBatches, entries: newEntries, head };
}

/** What redactions of documents say of the batches they rewrote. */
function erasedHashes(entries: readonly StoredEntry[]): Map<number, string> {
  const said = new Map<number, string>();
  for (const { type, body } of entries) {
    if (type !== 'document.redacted') continue;
    const { batches } = JSON.parse(body) as { batches?: { docSeq: number; payloadHash: string }[] };
    for (const { docSeq, payloadHash } of batches ?? []) said.set(docSeq, payloadHash);
  }
  return said;
}
