import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Recomputes the chain of a whole log from what anybody can read, without the server's code. Answers what is wrong,
 * nothing when it holds: gapless from 1, each body under its salted hash, each entry over the one before, the head last.
 */
export function chainFaults(entries: readonly Entry[], head?: Head): string[] {
  const faults: string[] = [];
  let before = '0'.repeat(64);
  for (const [index, entry] of entries.entries()) {
    const { incidentId, seq, at, actor, type, version, commandId, docSeq, docHash, bodyHash, prevHash } =
      entry;
    if (seq !== index + 1) faults.push(`entry ${index + 1} has seq ${seq}`);
    if (prevHash !== before) faults.push(`entry ${seq} does not continue the one before`);
    if (entry.salt !== null && !entry.withheld) {
      if (sha256(entry.salt + canonicalize(entry.body)) !== bodyHash)
        faults.push(`body of entry ${seq} is not what was hashed`);
    }
    const covered = {
      incidentId,
      seq,
      at,
      actor,
      type,
      version,
      commandId,
      docSeq,
      docHash,
      bodyHash,
      prevHash,
    };
    if (sha256(canonicalize(covered) ?? '') !== entry.hash)
      faults.push(`entry ${seq} is not what was hashed`);
    before = entry.hash;
  }
  if (head && (head.seq !== entries.length || head.hash !== before))
    faults.push(`the head is not the last entry`);
  return faults;
}
