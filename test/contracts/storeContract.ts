import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  batchHashText,
  bodyHashText,
  canonicalJson,
  entryHashText,
  ZERO_HASH,
} from '#shared/contract/chain.ts';
import type { CommitRequest, Store } from '../../server/rooms/ports.ts';
import { ADA, BEN, chat, declared, START, wholeLog } from './storeSupport.ts';

/** A store under test. */
export interface StoreHarness {
  /** An empty store. */
  open(): Promise<Store>;
  /** The same storage again, after `close`. */
  reopen(): Promise<Store>;
  /** A second store on the same storage, where it allows more than one at a time. */
  another?(): Promise<Store>;
  /** Removes everything. */
  dispose(): Promise<void>;
}

/** What every store promises about logs and commits. */
export function storeLogContract(makeHarness: () => Promise<StoreHarness>): void {
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

  describe('numbering', () => {
    test('[S1] seq and docSeq have no gap in any of 20 rooms that commit at once', async () => {
      const rooms = await Promise.all(
        Array.from({ length: 20 }, (_, index) => declared(store, `incident-${index + 10}`)),
      );
      await Promise.all(
        rooms.map(async (room, index) => {
          for (let turn = 0; turn < 15; turn += 1) {
            const documents = [
              { name: 'main', updates: [{ author: BEN, update: new Uint8Array([turn]) }], newClientIds: [] },
            ];
            await room.commit(
              Array.from({ length: 1 + ((index + turn) % 3) }, (_, n) => chat(`${turn}.${n}`)),
              turn % 2 === 0 ? { documents } : {},
            );
          }
        }),
      );
      for (const room of rooms) {
        const log = await wholeLog(store, room.id);
        expect(log.map((entry) => entry.seq)).toEqual(log.map((_, index) => index + 1));
        expect(log.length).toBe(room.head.seq);
        const batches = await store.readBatches(room.id, 'main', 0, 100);
        expect(batches.map((batch) => batch.docSeq)).toEqual(batches.map((_, index) => index + 1));
        expect(batches.length).toBe(9);
      }
    });

    test('[S2] a request that fails takes nothing of the others of its transaction, and nothing of itself', async () => {
      const [good, bad, late] = await Promise.all(
        ['incident-good', 'incident-bad0', 'incident-late'].map((id) => declared(store, id)),
      );
      if (!good || !bad || !late) throw new Error('three rooms');
      const poisoned = bad.request([chat('fine'), chat('half a pair \ud83d')], { state: null });
      const outcomes = await Promise.allSettled([
        good.commit([chat('before')]),
        store.commit(poisoned),
        late.commit([chat('after')]),
      ]);
      expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await store.head(bad.id))?.seq).toBe(1);
      expect((await wholeLog(store, late.id)).at(-1)?.body).toEqual({ text: 'after' });
      await bad.commit([chat('and it goes on')]);
      expect(await store.findCommand(bad.id, ADA, poisoned.commands[0]?.commandId ?? '')).toBeNull();
    });
  });

  describe('commands', () => {
    test('[S3] a command id is stored once: a request that uses it again answers behind', async () => {
      const room = await declared(store, 'incident-one1');
      const first = room.request([chat('once')]);
      await room.send(first);
      const again = room.request([chat('twice')], { commands: first.commands });
      const result = await store.commit(again);
      expect(result).toMatchObject({ kind: 'behind', missed: { entries: [] }, head: { seq: 2 } });
      const known = { seq: 2, commandHash: first.commands[0]?.commandHash };
      expect(await store.findCommand(room.id, ADA, first.commands[0]?.commandId ?? '')).toEqual(known);
      expect(await store.findCommand(room.id, BEN, first.commands[0]?.commandId ?? '')).toBeNull();
      expect(await wholeLog(store, room.id)).toHaveLength(2);
    });

    test('[S3] a command id belongs to one actor and one incident', async () => {
      const [one, two] = [await declared(store, 'incident-one1'), await declared(store, 'incident-two2')];
      const command = { actor: ADA, commandId: 'same-command', commandHash: 'x', entries: [chat('hello')] };
      await one.commit([chat('x')], { commands: [command], state: null });
      await two.commit([chat('x')], { commands: [command], state: null });
      await one.commit([chat('x')], { commands: [{ ...command, actor: BEN }], state: null });
      expect((await store.head(one.id))?.seq).toBe(3);
      expect((await store.head(two.id))?.seq).toBe(2);
    });

    test('[S4] what was decided against an older position answers everything missed, and nothing of it is taken', async () => {
      const room = await declared(store, 'incident-one1');
      const late = room.request([chat('too late')], {
        documents: [
          { name: 'main', updates: [{ author: BEN, update: new Uint8Array([9]) }], newClientIds: [] },
        ],
      });
      await room.commit([chat('faster')]);
      await room.edit([new Uint8Array([1]), new Uint8Array([2])]);
      const result = await store.commit(late);
      if (result.kind !== 'behind') throw new Error(result.kind);
      expect(result.missed.entries.map((entry) => entry.body)).toEqual([{ text: 'faster' }]);
      expect(result.missed.documents.map((batch) => batch.docSeq)).toEqual([2]);
      expect(result.missed.documents[0]?.updates.map(({ update }) => [...update])).toEqual([[1], [2]]);
      expect(result.head).toEqual(room.head);
      expect(await store.head(room.id)).toEqual(room.head);
    });

    test('[S5] a request with documents only is never behind', async () => {
      const room = await declared(store, 'incident-one1');
      const edit = room.request([], {
        documents: [
          { name: 'main', updates: [{ author: BEN, update: new Uint8Array([9]) }], newClientIds: [] },
        ],
      });
      await room.commit([chat('faster')]);
      const result = await store.commit(edit);
      expect(result).toMatchObject({ kind: 'committed', documents: [{ docSeq: 2, seqBefore: 2 }] });
    });
  });

  describe('documents', () => {
    test('[S6] a client id belongs to one person per document; another person’s claim refuses that request alone', async () => {
      const room = await declared(store, 'incident-one1');
      const other = await declared(store, 'incident-two2');
      await room.edit([new Uint8Array([1])], 'main', [{ clientId: 7, person: ADA }]);
      const claim = (name: string, person: string): Partial<CommitRequest> => ({
        documents: [
          {
            name,
            updates: [{ author: person, update: new Uint8Array([1]) }],
            newClientIds: [
              { clientId: 8, person },
              { clientId: 7, person },
            ],
          },
        ],
      });
      const [taken, fine] = await Promise.all([
        store.commit(room.request([chat('with it')], claim('main', BEN))),
        store.commit(other.request([chat('unrelated')])),
      ]);
      expect(taken).toEqual({ kind: 'client_id_taken', name: 'main', clientId: 7 });
      expect(fine.kind).toBe('committed');
      expect(await store.head(room.id)).toEqual(room.head);
      await room.commit([], claim('review', BEN));
      await room.commit([], claim('main', ADA));
      expect((await store.loadDocument(room.id, 'main')).clientIds).toEqual([
        { clientId: 7, person: ADA },
        { clientId: 8, person: ADA },
      ]);
    });

    test('[S7] in a commit the batches stand before the entries, which carry their number and hash', async () => {
      const room = await declared(store, 'incident-one1');
      const result = await room.commit([chat('a'), chat('b')], {
        documents: [
          { name: 'main', updates: [{ author: BEN, update: new Uint8Array([1]) }], newClientIds: [] },
          { name: 'review', updates: [{ author: BEN, update: new Uint8Array([2]) }], newClientIds: [] },
        ],
      });
      expect(result.documents.map((batch) => [batch.name, batch.docSeq, batch.seqBefore])).toEqual([
        ['main', 2, 1],
        ['review', 3, 1],
      ]);
      const last = result.documents.at(-1)?.docHash;
      expect(result.entries.map((entry) => [entry.docSeq, entry.docHash])).toEqual([
        [3, last],
        [3, last],
      ]);
      expect(result.head).toMatchObject({ seq: 3, docSeq: 3, docHash: last });
    });

    test('[S8] a document at any position is its newest checkpoint not after it, and the batches from there', async () => {
      const room = await declared(store, 'incident-one1');
      for (let turn = 0; turn < 6; turn += 1) await room.edit([new Uint8Array([turn])]);
      await room.edit([new Uint8Array([99])], 'review');
      await store.saveCheckpoint(room.id, 'main', 4, new Uint8Array([44]), 'four');
      const now = await store.loadDocument(room.id, 'main');
      expect(now.checkpoint).toMatchObject({ docSeq: 4 });
      expect([...(now.checkpoint?.state ?? [])]).toEqual([44]);
      expect(now.batches.map((batch) => batch.docSeq)).toEqual([5, 6, 7]);
      expect(now.docSeq).toBe(7);
      const before = await store.loadDocument(room.id, 'main', 3);
      expect([before.checkpoint, before.docSeq, before.batches.length]).toEqual([null, 3, 3]);
      expect((await store.loadDocument(room.id, 'nothing')).docSeq).toBe(0);
      expect((await store.loadRoom(room.id))?.documents).toEqual([
        { name: 'main', docSeq: 7 },
        { name: 'review', docSeq: 8 },
      ]);
    });

    test('[S8] updates come back as they were given, whatever buffer they lived in', async () => {
      const room = await declared(store, 'incident-one1');
      const pool = Buffer.alloc(64, 7);
      const large = new Uint8Array(300_000).fill(5);
      const given = [pool.subarray(3, 9), new Uint8Array(0), large];
      const result = await room.edit(given);
      expect(pool.length).toBe(64);
      expect(large.length).toBe(300_000);
      const [batch] = await store.readBatches(room.id, 'main', 1, 10);
      expect(batch?.updates.map(({ update }) => update.length)).toEqual([6, 0, 300_000]);
      expect(batch?.updates[0]).toEqual({ author: ADA, update: new Uint8Array(6).fill(7) });
      expect({ ...batch, updates: [] }).toEqual({ ...result.documents[0], updates: [] });
    });
  });

  describe('time and proof', () => {
    test('[S9] recorded time never goes back within an incident', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit([chat('now')], { now: START + 5_000 });
      await room.commit([chat('a clock that went back')], { now: START - 60_000 });
      const { documents } = await room.commit([], {
        now: START,
        documents: [
          { name: 'main', updates: [{ author: BEN, update: new Uint8Array([1]) }], newClientIds: [] },
        ],
      });
      await room.commit([chat('on')], { now: START + 9_000 });
      const times = (await wholeLog(store, room.id)).map((entry) => Date.parse(entry.at) - START);
      expect(times).toEqual([0, 5_000, 5_000, 9_000]);
      expect(documents[0]?.at).toBe(new Date(START + 5_000).toISOString());
    });

    test('[S10] every entry and every batch continues the one before it, by hashes anybody can recompute', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit([
        chat('가'),
        { type: 'severity.set', body: { severity: 'SEV1', from: 'SEV3', reason: 'é' } },
      ]);
      const edits = await room.edit([new Uint8Array([1, 2])]);
      await room.commit([chat('b')]);
      const sha = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');
      let previous = ZERO_HASH;
      for (const entry of await wholeLog(store, room.id)) {
        expect(entry.salt).toMatch(/^[0-9a-f]{32}$/);
        expect(entry.bodyHash).toBe(sha(bodyHashText(entry.salt ?? '', canonicalJson(entry.body))));
        expect(entry.prevHash).toBe(previous);
        expect(entry.hash).toBe(sha(entryHashText(entry)));
        previous = entry.hash;
      }
      expect((await store.head(room.id))?.hash).toBe(previous);
      const [first] = await store.readBatches(room.id, 'main', 0, 1);
      // One update of two bytes by `ada-commander` in lib0's encoding.
      const payload = new Uint8Array([1, ADA.length, ...Buffer.from(ADA), 2, 1, 2]);
      const batch = {
        incidentId: room.id,
        name: 'main',
        docSeq: 2,
        seqBefore: 3,
        at: edits.documents[0]?.at ?? '',
      };
      const text = batchHashText({ ...batch, payloadHash: sha(payload), prevDocHash: first?.docHash ?? '' });
      expect(edits.documents[0]?.docHash).toBe(sha(text));
    });
  });
}
