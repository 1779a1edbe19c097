import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fold } from '#shared/incident/evolve.ts';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type { Store } from '../../server/rooms/ports.ts';
import type { StoreHarness } from './storeContract.ts';
import { ADA, BEN, chat, declaration, declared, START, StoreRoom, wholeLog } from './storeSupport.ts';

/** What every store promises about reading logs and beginning them. */
export function storeReadingContract(makeHarness: () => Promise<StoreHarness>): void {
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

  describe('reading', () => {
    test('[S11] opening and scrubbing give the full fold at every position, however many snapshots there are', async () => {
      const room = await declared(store, 'incident-one1');
      const severities = ['SEV1', 'SEV2', 'SEV4'] as const;
      while (room.head.seq < 1_240) {
        const severity = severities[room.head.seq % 3] ?? 'SEV1';
        const reason = `at ${room.head.seq}`;
        const entry = {
          type: 'severity.set' as const,
          body: { severity, from: room.state.severity, reason },
        };
        await room.commit([entry, ...Array.from({ length: 36 }, (_, n) => chat(`${n}`))]);
      }
      const log = await wholeLog(store, room.id);
      const stored = await store.loadRoom(room.id);
      expect(stored?.state).not.toBeNull();
      expect(stored?.entries.length).toBeLessThan(540);
      expect(fold(stored?.state ?? null, stored?.entries ?? [])).toEqual(fold(null, log));
      for (const seq of [1, 2, 499, 500, 501, 519, 777, 1_036, 1_200]) {
        const at = await store.stateAt(room.id, seq);
        expect(fold(at?.state ?? null, at?.entries ?? [])).toEqual(fold(null, log.slice(0, seq)));
      }
    });

    test('[S12] pages of the log go forward and backward without gap or overlap', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit(Array.from({ length: 9 }, (_, n) => chat(`${n}`)));
      const seqs = async (range: Parameters<Store['readLog']>[1]) => {
        const page = await store.readLog(room.id, range);
        return [page?.entries.map((entry) => entry.seq), page?.more];
      };
      expect(await seqs({ limit: 4 })).toEqual([[1, 2, 3, 4], true]);
      expect(await seqs({ after: 8, limit: 4 })).toEqual([[9, 10], false]);
      expect(await seqs({ before: 11, limit: 4 })).toEqual([[7, 8, 9, 10], true]);
      expect(await seqs({ before: 3, limit: 4 })).toEqual([[1, 2], false]);
      expect(await seqs({ after: 10, limit: 4 })).toEqual([[], false]);
      expect((await store.readEntry(room.id, 3))?.seq).toBe(3);
      expect(await store.readEntry(room.id, 11)).toBeNull();
    });

    test('[S12] the position at a time is the last entry and the last batch not after it', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit([chat('a')], { now: START + 10_000 });
      room.now = START + 19_000;
      await room.edit([new Uint8Array([1])]);
      const at = (seconds: number) =>
        store.positionAt(room.id, new Date(START + seconds * 1_000).toISOString());
      expect(await at(-1)).toEqual({ seq: 0, docSeq: 0 });
      expect(await at(0)).toEqual({ seq: 1, docSeq: 1 });
      expect(await at(10)).toEqual({ seq: 2, docSeq: 1 });
      expect(await at(19.999)).toEqual({ seq: 2, docSeq: 1 });
      expect(await at(20)).toEqual({ seq: 2, docSeq: 2 });
    });

    test('[S12] what does not exist is null, also the system log under its own id', async () => {
      await store.appendSystemEntry({ now: START, actor: ADA, type: 'person.added', body: {} });
      for (const id of ['incident-none', 'system-log']) {
        expect(await store.head(id)).toBeNull();
        expect(await store.loadRoom(id)).toBeNull();
        expect(await store.readLog(id, { limit: 5 })).toBeNull();
        expect(await store.readEntry(id, 1)).toBeNull();
        expect(await store.stateAt(id, 1)).toBeNull();
        expect(await store.positionAt(id, '2026-03-14T03:00:00.000Z')).toBeNull();
        expect(await store.readSummary(id)).toBeNull();
      }
      const room = await declared(store, 'incident-one1');
      await expect(store.commit(room.request([chat('x')], { incidentId: 'system-log' }))).rejects.toThrow(
        'no incident',
      );
    });

    test('[S12] everything is there after the storage was closed and opened again, under the same epoch', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit([chat('kept')]);
      const before = [store.storageEpoch, await store.loadRoom(room.id), await wholeLog(store, room.id)];
      await store.close();
      await expect(store.commit(room.request([chat('late')]))).rejects.toBeInstanceOf(StoreUnavailable);
      store = await harness.reopen();
      expect([store.storageEpoch, await store.loadRoom(room.id), await wholeLog(store, room.id)]).toEqual(
        before,
      );
      await new StoreRoom(store, {
        kind: 'created',
        state: room.state,
        summary: { ...(await summaryOf(store, room.id)), head: room.head },
      }).commit([chat('and goes on')]);
    });
  });

  describe('declaring', () => {
    test('[S13] an incident begins with its number, entry 1, batch 1 and a commander at once; numbers have no gap', async () => {
      const created = await Promise.all(
        ['a', 'b', 'c'].map((letter) => store.createIncident(declaration(`incident-${letter.repeat(4)}`))),
      );
      const summaries = created.map((result) => (result.kind === 'reused' ? null : result.summary));
      expect(summaries.map((summary) => summary?.number)).toEqual([1, 2, 3]);
      const first = created[0];
      if (first?.kind !== 'created') throw new Error('not created');
      expect(first.summary).toMatchObject({ commander: ADA, epoch: 1, status: 'investigating' });
      expect(first.summary.head).toMatchObject({ seq: 1, docSeq: 1 });
      expect(first.state).toMatchObject({ number: 1, commander: ADA, seq: 1 });
      const [entry] = await wholeLog(store, first.summary.id);
      expect(entry).toMatchObject({ seq: 1, type: 'incident.declared', docSeq: 1, body: { number: 1 } });
      const [batch] = await store.readBatches(first.summary.id, 'main', 0, 5);
      expect(batch).toMatchObject({ docSeq: 1, seqBefore: 0, updates: [{ author: 'system' }] });
      expect(await store.findIncidentByNumber(2)).toBe('incident-bbbb');
      expect(await store.findIncidentByNumber(4)).toBeNull();
    });

    test('[S14] the same declaration again is the same incident; its command id for another one is refused', async () => {
      const request = declaration('incident-one1');
      const [first, second] = await Promise.all([
        store.createIncident(request),
        store.createIncident({ ...request, id: 'incident-two2' }),
      ]);
      expect([first.kind, second.kind]).toEqual(['created', 'repeated']);
      if (first.kind === 'reused' || second.kind === 'reused') throw new Error('reused');
      expect(second.summary).toEqual(first.summary);
      const other = { ...request, id: 'incident-two2', commandHash: 'another title' };
      expect(await store.createIncident(other)).toEqual({ kind: 'reused' });
      expect((await store.createIncident({ ...other, actor: BEN })).kind).toBe('created');
      expect(await store.findIncidentByNumber(2)).toBe('incident-two2');
      expect(await store.findIncidentByNumber(3)).toBeNull();
    });
  });
}

async function summaryOf(store: Store, incidentId: string) {
  const summary = await store.readSummary(incidentId);
  if (!summary) throw new Error(`no incident ${incidentId}`);
  return summary;
}
