import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { createSegments, SEGMENT_BYTES } from '../../server/rooms/segments.ts';
import type { Segment } from '../../server/rooms/ports.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import type { FakeClock } from '../support/fakeClock.ts';
import { createMemoryStore } from '../support/memoryStore.ts';
import type { MemoryStore } from '../support/memoryStore.ts';

const ID = 'incident-one';
const NAME = 'main';
const log = { info() {}, warn() {}, error() {} };

/** A store in which one document was typed, so many batches of one update each. */
async function typed(batches: number) {
  const store = createMemoryStore();
  const clock = createFakeClock();
  store.seed(ID, { actor: 'ada', body: {}, at: new Date(clock.now()).toISOString() });
  const doc = new Y.Doc();
  let update: Uint8Array = new Uint8Array();
  doc.on('update', (made: Uint8Array) => {
    update = made;
  });
  const type = async (count: number): Promise<number> => {
    let bytes = 0;
    for (let n = 0; n < count; n += 1) {
      doc.getText('scratch').insert(0, 'x'.repeat(1_000));
      bytes += update.length;
      await commit(store, clock, update);
    }
    return bytes;
  };
  const bytes = await type(batches);
  const saved: Segment[] = [];
  const save = store.saveSegment.bind(store);
  store.saveSegment = async (segment) => {
    saved.push(segment);
    await save(segment);
  };
  return { store, clock, doc, saved, type, bytes };
}

let made = 0;
async function commit(store: MemoryStore, clock: FakeClock, update: Uint8Array): Promise<void> {
  await store.commit({
    ...{
      incidentId: ID,
      batchId: `batch-${(made += 1)}`,
      now: clock.now(),
      expectedSeq: 0,
      expectedDocSeq: 0,
    },
    ...{ commands: [], erasures: [], deadlines: { set: [], clear: [] }, state: null },
    documents: [{ name: NAME, updates: [{ author: 'ada', update }], newClientIds: [] }],
  });
}

/** Lets the merging go on until nothing of it is left to do. */
async function finish(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await clock.advance(0);
}

test('[A18] what a document recorded is merged in segments one after the other, and the end stays raw', async () => {
  const { store, clock, doc, saved } = await typed(150);
  const segments = createSegments({ store, clock, log });
  segments.fill(ID, NAME);
  await finish(clock);
  expect(saved.map(({ after, docSeq }) => [after, docSeq])).toEqual([
    [0, 65],
    [65, 130],
  ]);
  const again = new Y.Doc();
  for (const { update } of saved) Y.applyUpdate(again, update);
  for (const { updates } of await store.readBatches(ID, NAME, 130, 100)) {
    for (const { update } of updates) Y.applyUpdate(again, update);
  }
  expect(again.getText('scratch').toJSON()).toBe(doc.getText('scratch').toJSON());
  segments.fill(ID, NAME);
  await finish(clock);
  expect(saved).toHaveLength(2);
  await segments.stop();
});

test('[A18] a document that grows is merged once there is enough of it, from where the last segment ended', async () => {
  const { store, clock, saved, type } = await typed(0);
  const segments = createSegments({ store, clock, log });
  segments.grew(ID, NAME, await type(60));
  await finish(clock);
  expect(saved).toEqual([]);
  segments.grew(ID, NAME, await type(10));
  await finish(clock);
  expect(saved).toHaveLength(1);
  segments.grew(ID, NAME, SEGMENT_BYTES - 1);
  await type(100);
  segments.grew(ID, NAME, 1);
  await finish(clock);
  expect(saved.map(({ after }) => after)).toEqual([0, 65]);
  await segments.stop();
});

test('[A18] a store that does not answer costs nothing but the segment, and stopping ends it', async () => {
  const { store, clock, saved } = await typed(70);
  const save = store.saveSegment;
  let warned = 0;
  store.saveSegment = () => Promise.reject(new Error('disk full'));
  const segments = createSegments({ store, clock, log: { ...log, warn: () => (warned += 1) } });
  segments.fill(ID, NAME);
  await finish(clock);
  expect([warned, saved.length]).toEqual([1, 0]);
  store.saveSegment = save;
  segments.fill(ID, NAME);
  await finish(clock);
  expect(saved).toHaveLength(1);
  await segments.stop();
  segments.fill(ID, NAME);
  await finish(clock);
  expect(saved).toHaveLength(1);
});
