import { canonicalJson, ZERO_HASH } from '#shared/contract/chain.ts';
import { sha256 } from '../../server/rooms/hashing.ts';
import { encodePayload } from '../../server/rooms/payload.ts';
import type { LogEvidence } from '../../server/rooms/verifyLog.ts';
import { incidentId } from './simPeople.ts';
import type { World } from './world.ts';

/** The log as `verify` reads it from a database. */
export function evidence({ store }: World): LogEvidence {
  const log = store.log(incidentId);
  const batches = store.batches(incidentId);
  return {
    incidentId,
    entries: log.map((entry) => ({
      incident_id: entry.incidentId,
      seq: entry.seq,
      at: entry.at,
      actor: entry.actor,
      type: entry.type,
      version: entry.version,
      body: canonicalJson(entry.body),
      command_id: entry.commandId,
      doc_seq: entry.docSeq,
      doc_hash: entry.docHash,
      salt: entry.salt,
      body_hash: entry.bodyHash,
      prev_hash: entry.prevHash,
      hash: entry.hash,
      redacted: entry.redacted ? 1 : 0,
    })),
    batches: batches.map((batch, index) => {
      const payload = encodePayload(batch.updates);
      return {
        incident_id: batch.incidentId,
        doc_seq: batch.docSeq,
        name: batch.name,
        seq_before: batch.seqBefore,
        at: batch.at,
        payload,
        payload_hash: sha256(payload),
        prev_doc_hash: batches[index - 1]?.docHash ?? ZERO_HASH,
        doc_hash: batch.docHash,
      };
    }),
    head: {
      seq: log.length,
      hash: log.at(-1)?.hash ?? ZERO_HASH,
      docSeq: batches.length,
      docHash: batches.at(-1)?.docHash ?? ZERO_HASH,
    },
    anchors: [],
  };
}
