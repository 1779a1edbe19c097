import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import type { OutsideEvent, Store } from '../../server/rooms/ports.ts';
import type { StoreHarness } from './storeContract.ts';
import { ADA, BEN, chat, declared, START } from './storeSupport.ts';

/** What every store promises about what replay and review read and keep. */
export function storeReviewContract(makeHarness: () => Promise<StoreHarness>): void {
  let harness: StoreHarness;
  let store: Store;
  beforeEach(async () => {
    harness = await makeHarness();
    store = await harness.open();
  });
  afterEach(async () => {
    await store.close();
    await harness.dispose();
  });

  /** An incident in whose review document 12 words were typed, one batch each; what it read after each. */
  async function typed(name = 'review') {
    const room = await declared(store, 'incident-one1');
    const doc = new Y.Doc();
    const texts = new Map<number, string>();
    let update: Uint8Array = new Uint8Array();
    doc.on('update', (made: Uint8Array) => {
      update = made;
    });
    for (let n = 0; n < 12; n += 1) {
      doc.getText('scratch').insert(0, `word${n} `);
      const newClientIds = n === 0 ? [{ clientId: doc.clientID, person: BEN }] : [];
      await room.commit([], { documents: [{ name, updates: [{ author: BEN, update }], newClientIds }] });
      texts.set(room.head.docSeq, doc.getText('scratch').toJSON());
    }
    return { id: room.id, texts, name };
  }

  /** What a document reads at a moment. */
  async function textAt(id: string, name: string, docSeq: number): Promise<string> {
    const { checkpoint, segments, batches } = await store.loadMoment(id, name, docSeq);
    const doc = new Y.Doc();
    if (checkpoint) Y.applyUpdate(doc, checkpoint.state);
    for (const { update } of segments) Y.applyUpdate(doc, update);
    for (const { updates } of batches) for (const { update } of updates) Y.applyUpdate(doc, update);
    return doc.getText('scratch').toJSON();
  }

  /** Merges the batches of a document after one, up to and with another, and keeps them. */
  async function keepSegment(id: string, name: string, after: number, docSeq: number): Promise<void> {
    const batches = (await store.readBatches(id, name, after, 100)).filter((batch) => batch.docSeq <= docSeq);
    const updates = batches.flatMap((batch) => batch.updates.map(({ update }) => update));
    await store.saveSegment({ incidentId: id, name, after, docSeq, update: Y.mergeUpdates(updates) });
  }

  describe('moments', () => {
    test('[S65] a document at any moment is checkpoint, segments and the raw rest, whatever of these is kept', async () => {
      const { id, texts, name } = await typed();
      const [first = 0] = texts.keys();
      await keepSegment(id, name, 0, first + 2);
      await keepSegment(id, name, first + 2, first + 5);
      // Leaves a gap before it: not to be used before something closes that.
      await keepSegment(id, name, first + 7, first + 9);
      for (const [docSeq, text] of texts) expect(await textAt(id, name, docSeq)).toBe(text);
      const moment = await store.loadMoment(id, name, first + 9);
      expect(moment.segments.map((segment) => segment.docSeq)).toEqual([first + 2, first + 5]);
      expect([await store.lastSegment(id, name), await store.lastSegment(id, 'update')]).toEqual([
        first + 9,
        0,
      ]);
      expect(moment.batches.map((batch) => batch.docSeq)).toEqual([6, 7, 8, 9].map((n) => first + n));
      expect(moment.docSeq).toBe(first + 9);

      const doc = new Y.Doc();
      for (const { updates } of await store.readBatches(id, name, 0, 8)) {
        for (const { update } of updates) Y.applyUpdate(doc, update);
      }
      await store.saveCheckpoint(id, name, first + 7, Y.encodeStateAsUpdate(doc), '');
      for (const [docSeq, text] of texts) expect(await textAt(id, name, docSeq)).toBe(text);
      const later = await store.loadMoment(id, name);
      expect(later.checkpoint?.docSeq).toBe(first + 7);
      expect(later.segments.map((segment) => segment.docSeq)).toEqual([first + 9]);
    });

    test('[S65] what does not exist has no pieces', async () => {
      const { id } = await typed();
      expect(await store.loadMoment(id, 'update')).toEqual({
        ...{ checkpoint: null, segments: [], batches: [], docSeq: 0 },
      });
    });
  });

  describe('who wrote when', () => {
    test('[S65] client ids are known by their person, and what was written is counted by the second or minute', async () => {
      const { id, name } = await typed();
      expect(await store.documentClients(id, name)).toEqual([
        { clientId: expect.any(Number) as number, person: BEN },
      ]);
      expect(await store.documentClients(id, 'update')).toEqual([]);
      const { chat, document } = await store.activity(id, name, 'second');
      expect(chat).toEqual([]);
      expect(document.reduce((sum, { count }) => sum + count, 0)).toBe(12);
      const minutes = await store.activity(id, name, 'minute');
      expect(minutes.document[0]?.at).toMatch(/:00\.000Z$/);
      expect(minutes.document.reduce((sum, { count }) => sum + count, 0)).toBe(12);
    });
  });

  describe('deploys and alerts', () => {
    const event = (id: string, given: Partial<OutsideEvent> = {}): OutsideEvent => ({
      ...{ id, kind: 'deploy', service: 'checkout', title: id, at: START, endedAt: null, link: null },
      ...{ createdAt: START, createdBy: ADA, ...given },
    });
    const found = async (from: number, to: number) =>
      (await store.outsideEvents({ from, to, limit: 100 })).map((each) => each.id);

    test('[S66] are found by the time they touch, with the version that was live before, each once', async () => {
      await store.saveOutsideEvent(event('version-40', { at: START - 9_000 }));
      await store.saveOutsideEvent(event('version-41', { at: START - 5_000 }));
      await store.saveOutsideEvent(event('version-42', { at: START + 5_000 }));
      await store.saveOutsideEvent(event('search-7', { service: 'search', at: START - 8_000 }));
      expect(await store.saveOutsideEvent(event('alert-1', { kind: 'alert', at: START - 4_000 }))).toBe(
        'saved',
      );
      expect(await found(START, START + 9_000)).toEqual(['search-7', 'version-41', 'alert-1', 'version-42']);
      expect(await store.saveOutsideEvent(event('version-41', { title: 'other' }))).toBe('repeated');
      await store.saveOutsideEvent(event('alert-1', { kind: 'alert', endedAt: START - 1_000 }));
      expect(await found(START, START + 4_999)).toEqual(['search-7', 'version-41']);
      const [, live] = await store.outsideEvents({ from: START, to: START, limit: 100 });
      expect(live).toEqual(event('version-41', { at: START - 5_000 }));
    });
  });

  describe('attachments', () => {
    test('[S67] are kept once per incident by their hash, and read back byte for byte', async () => {
      const bytes = new Uint8Array([0, 255, 10, 13]);
      const made = { createdAt: START, createdBy: ADA };
      const one = { incidentId: 'incident-one1', hash: 'ab'.repeat(32), type: 'image/png', size: 4, ...made };
      await store.saveAttachment(one, bytes);
      await store.saveAttachment({ ...one, type: 'text/html', createdBy: BEN }, bytes);
      expect(await store.listAttachments(one.incidentId)).toEqual([one]);
      const read = await store.readAttachment(one.incidentId, one.hash);
      expect(read && new Uint8Array(read.bytes)).toEqual(bytes);
      expect(await store.readAttachment('incident-two2', one.hash)).toBeNull();
      expect(await store.listAttachments('incident-two2')).toEqual([]);
    });
  });

  test('[S71] who wrote into a log in which ten minutes is read once each, without what the system wrote', async () => {
    const room = await declared(store, 'incident-one1');
    const TEN = 600_000;
    const writes = (actor: string, now: number) => {
      const id = `said-${now}`;
      const commands = [{ actor, commandId: id, commandHash: id, entries: [chat('x')] }];
      return room.commit([chat('x')], { now, commands });
    };
    await writes(BEN, START + TEN);
    await writes(BEN, START + TEN + 1_000);
    await writes(SYSTEM_ACTOR, START + TEN + 2_000);
    await writes(BEN, START + 3 * TEN);
    const base = Math.floor(START / TEN) * TEN;
    expect(await store.busyTimesOf(room.id)).toEqual([
      { person: ADA, slot: base },
      { person: BEN, slot: base + TEN },
      { person: BEN, slot: base + 3 * TEN },
    ]);
    expect(await store.busyTimesOf('incident-two2')).toEqual([]);
  });
}
