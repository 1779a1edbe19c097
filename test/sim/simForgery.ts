import { adam, ida, incidentId } from './simPeople.ts';
import type { World } from './world.ts';

/** Somebody who reached the channel tells what never happened, or what did in another form. */
export function forge(world: World): void {
  const { random, network, store } = world;
  if (world.embedded) return;
  world.work.forged += 1;
  const log = store.log(incidentId);
  const batches = store.batches(incidentId);
  const last = log.at(-1)!;
  const head = { seq: last.seq, hash: last.hash, docSeq: batches.length, docHash: batches.at(-1)!.docHash };
  const forgedHash = 'f'.repeat(64);
  switch (random.weighted({ entry: 3, altered: 3, document: 2, head: 2 })) {
    case 'entry': {
      const seq = last.seq + 1 + random.below(2);
      const body = { offer: 'none_0000', from: ida, to: adam, epoch: 99 };
      const entry = { ...last, seq, type: 'handoff.accepted', body, prevHash: last.hash, hash: forgedHash };
      return network.forge(incidentId, {
        kind: 'batch',
        head: { ...head, seq, hash: forgedHash },
        entries: [entry],
        documents: [],
      });
    }
    case 'altered': {
      // The true entry before it is durable everywhere, with another text and the true hashes.
      const entry = { ...last, body: { ...last.body, text: 'never said' } };
      return network.forge(incidentId, { kind: 'batch', head, entries: [entry], documents: [] });
    }
    case 'document': {
      const batch = batches.at(-1)!;
      const documents = [{ ...batch, docSeq: batch.docSeq + 1, docHash: forgedHash }];
      return network.forge(incidentId, {
        kind: 'batch',
        head: { ...head, docSeq: head.docSeq + 1, docHash: forgedHash },
        entries: [],
        documents,
      });
    }
    case 'head':
      return network.forge(incidentId, { kind: 'head', head: { ...head, seq: head.seq + random.below(5) } });
    default:
  }
}
