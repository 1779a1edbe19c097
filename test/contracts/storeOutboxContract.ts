import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewEntry } from '#shared/contract/entries.ts';
import type { DeliveryResult, NewDelivery, Store, TargetRecord } from '../../server/rooms/ports.ts';
import type { StoreHarness } from './storeContract.ts';
import { ADA, BEN, chat, declared, START } from './storeSupport.ts';

const update: NewEntry = { type: 'update.sent', body: { state: 'Down', text: 'We look', number: 1 } };
const handoff: NewEntry = {
  type: 'handoff.forced',
  body: { from: ADA, to: BEN, reason: 'asleep', epoch: 2 },
};

const target = (id: string, given: Partial<TargetRecord> = {}): TargetRecord => ({
  id,
  list: 'audience-1',
  channel: 'mail',
  address: `${id}@example.org`,
  name: null,
  locale: null,
  secret: null,
  state: 'active',
  createdAt: START,
  createdBy: ADA,
  ...given,
});

const delivery = (id: string, given: Partial<NewDelivery> = {}): NewDelivery => ({
  id,
  incidentId: 'incident-one1',
  seq: 2,
  list: 'audience-1',
  target: 'target-0001',
  channel: 'mail',
  address: `${id}@example.org`,
  locale: 'en',
  queue: 'mail',
  createdAt: START,
  ...given,
});

const MINUTE = 60_000;

/** What every store promises about what goes out; two stores on one storage where it allows two, else one. */
export function storeOutboxContract(makeHarness: () => Promise<StoreHarness>): void {
  let harness: StoreHarness;
  let store: Store;
  let other: Store;
  beforeEach(async () => {
    harness = await makeHarness();
    store = await harness.open();
    other = (await harness.another?.()) ?? store;
  });
  afterEach(async () => {
    if (other !== store) await other.close();
    await store.close();
    await harness.dispose();
  });

  const take = (from: Store, queue: string, now: number, limit = 100) =>
    from.claimDeliveries({ queue, now, until: now + MINUTE, limit });
  const came = (id: string, epoch: number, outcome: DeliveryResult['outcome']): DeliveryResult => ({
    id,
    epoch,
    outcome,
    detail: outcome.kind === 'delivered' ? null : 'refused',
  });
  const all = (status?: 'failed' | 'waiting') =>
    store.listDeliveries({
      incidentId: 'incident-one1',
      seq: 2,
      limit: 1_000,
      ...(status ? { status } : {}),
    });

  describe('what goes out', () => {
    const claim = (from: Store, now: number) => from.claimBroadcasts({ now, until: now + MINUTE, limit: 10 });

    test('[S57] an update and a change of command stand in the outbox with their commit, and nothing else does', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit([chat('hello'), update, handoff]);
      expect(await other.unfinishedBroadcasts([room.id, 'incident-none'])).toEqual([
        { incidentId: room.id, seq: 3 },
        { incidentId: room.id, seq: 4 },
      ]);
      const failing = room.request([update], { expectedSeq: 99 });
      await store.commit(failing).catch(() => null);
      await store.commit({ ...room.request([update]), expectedSeq: 1 });
      expect(new Set((await claim(store, START)).map(({ seq }) => seq))).toEqual(new Set([3, 4]));
    });

    test('[S58] one claim at a time has it, until it ends; only the newest one finishes', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit([update]);
      const claims = await Promise.all([claim(store, START), claim(other, START), claim(store, START)]);
      const [first] = claims.flat();
      expect(claims.flat()).toEqual([{ incidentId: room.id, seq: 2, epoch: 1 }]);
      const [second] = await claim(other, START + MINUTE);
      expect(second?.epoch).toBe(2);
      if (!first || !second) throw new Error('claimed');
      await store.finishBroadcast(first);
      expect(await store.unfinishedBroadcasts([room.id])).toHaveLength(1);
      await other.finishBroadcast(second);
      expect(await store.unfinishedBroadcasts([room.id])).toEqual([]);
      expect(await claim(store, START + 9 * MINUTE)).toEqual([]);
    });
  });

  describe('deliveries', () => {
    test('[S59] there is one row per entry and address, however often it is added', async () => {
      const many = Array.from({ length: 1_300 }, (_, n) =>
        delivery(`delivery-${String(n).padStart(4, '0')}`),
      );
      await store.addDeliveries(many);
      await Promise.all([store.addDeliveries(many.slice(0, 700)), other.addDeliveries(many.slice(600))]);
      expect(await store.countDeliveries('incident-one1')).toEqual([
        { seq: 2, status: 'waiting', count: 1_300 },
      ]);
      const [first] = await all();
      expect(first).toEqual({
        ...many[0],
        ...{ status: 'waiting', dueAt: START, attempts: 0, epoch: 0, uncertain: false, detail: null },
        changedAt: START,
      });
      await store.addDeliveries([]);
    });

    test('[S60] what is due is taken by one of all who try, queue by queue', async () => {
      const many = Array.from({ length: 200 }, (_, n) =>
        delivery(`delivery-${n + 1_000}`, { queue: n % 2 === 0 ? 'mail' : 'https://hook.example' }),
      );
      await store.addDeliveries(many);
      expect(await other.dueQueues(START)).toEqual(['https://hook.example', 'mail']);
      expect(await store.dueQueues(START - 1)).toEqual([]);
      const taken = await Promise.all(
        [store, other, store, other, store, other].map((from) => take(from, 'mail', START, 20)),
      );
      const ids = taken.flat().map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBe(100);
      expect(taken.flat().every((row) => row.status === 'sending' && row.attempts === 1)).toBe(true);
      expect(await store.dueQueues(START)).toEqual(['https://hook.example']);
    });

    test('[S61] a claim that ended without a word is taken again, and is uncertain from then on', async () => {
      await store.addDeliveries([delivery('delivery-0001')]);
      await take(store, 'mail', START);
      expect(await take(other, 'mail', START + MINUTE - 1)).toEqual([]);
      const [again] = await take(other, 'mail', START + MINUTE);
      expect(again).toMatchObject({ epoch: 2, attempts: 2, uncertain: true });
      await store.finishDeliveries([came('delivery-0001', 1, { kind: 'failed' })], START);
      expect((await all())[0]).toMatchObject({ status: 'sending', epoch: 2 });
      await other.finishDeliveries([came('delivery-0001', 2, { kind: 'failed' })], START);
      expect((await all())[0]).toMatchObject({ status: 'unknown', dueAt: null, detail: 'refused' });
    });

    test('[S61] that it arrived counts whichever claim says so', async () => {
      await store.addDeliveries([delivery('delivery-0001')]);
      await take(store, 'mail', START);
      await take(other, 'mail', START + MINUTE);
      await store.finishDeliveries([came('delivery-0001', 1, { kind: 'delivered' })], START + MINUTE);
      expect((await all())[0]).toMatchObject({ status: 'delivered', dueAt: null, detail: null });
      await other.finishDeliveries([came('delivery-0001', 2, { kind: 'failed' })], START + MINUTE);
      expect((await all())[0]?.status).toBe('delivered');
    });

    test('[S62] what is tried later waits until then; what is over is taken no more', async () => {
      const ids = [1, 2, 3, 4, 5, 6].map((n) => `delivery-000${n}`);
      await store.addDeliveries(ids.map((id) => delivery(id)));
      await take(store, 'mail', START);
      const outcomes: DeliveryResult['outcome'][] = [
        { kind: 'retry', at: START + 5 * MINUTE, uncertain: false },
        { kind: 'failed' },
        { kind: 'unknown' },
        { kind: 'withdrawn' },
        { kind: 'retry', at: START + 5 * MINUTE, uncertain: true },
        { kind: 'returned' },
      ];
      await store.finishDeliveries(
        ids.map((id, n) => came(id, 1, outcomes[n] ?? { kind: 'failed' })),
        START,
      );
      expect((await all()).map(({ status, uncertain }) => [status, uncertain])).toEqual([
        ['waiting', false],
        ['failed', false],
        ['unknown', false],
        ['withdrawn', false],
        ['waiting', true],
        ['waiting', false],
      ]);
      // Given back unbegun: due at once, and no attempt.
      expect(await take(store, 'mail', START)).toMatchObject([
        { id: 'delivery-0006', attempts: 1, epoch: 2, uncertain: false },
      ]);
      await store.finishDeliveries([came('delivery-0006', 2, { kind: 'delivered' })], START);
      expect(await take(store, 'mail', START + 5 * MINUTE - 1)).toEqual([]);
      expect((await take(store, 'mail', START + 5 * MINUTE)).map(({ id }) => id).toSorted()).toEqual([
        'delivery-0001',
        'delivery-0005',
      ]);
      expect((await all('failed')).map(({ id }) => id)).toEqual(['delivery-0002']);
    });

    test('[S62] what failed or is unknown is put back in line by hand, one or all of an entry', async () => {
      const ids = ['delivery-0001', 'delivery-0002', 'delivery-0003'];
      await store.addDeliveries(ids.map((id) => delivery(id)));
      await take(store, 'mail', START);
      const kinds = ['failed', 'unknown', 'delivered'] as const;
      await store.finishDeliveries(
        ids.map((id, n) => came(id, 1, { kind: kinds[n] ?? 'failed' })),
        START,
      );
      const entry = { incidentId: 'incident-one1', seq: 2, now: START + MINUTE };
      expect(await store.retryDeliveries({ ...entry, id: 'delivery-0003' })).toBe(0);
      expect(await store.retryDeliveries({ ...entry, id: 'delivery-0001' })).toBe(1);
      expect(await store.retryDeliveries(entry)).toBe(1);
      const again = await take(store, 'mail', START + MINUTE);
      expect(new Map(again.map(({ id, attempts }) => [id, attempts]))).toEqual(
        new Map([
          ['delivery-0001', 1],
          ['delivery-0002', 1],
        ]),
      );
      expect(await store.unfinishedBroadcasts(['incident-one1'])).toEqual([
        { incidentId: 'incident-one1', seq: 2 },
      ]);
    });
  });

  describe('settings and targets', () => {
    const audience = { name: 'Support', locale: 'en', severities: ['SEV1'], tellsHandoff: false };
    const change = (body: object | null, revision: number, by: Store = store) =>
      by.saveSetting({ kind: 'audience', id: 'audience-1', body, revision, at: START, by: ADA });

    test('[S63] of two who change a setting at once one is stale, and its epoch rises', async () => {
      const before = await store.settingsEpoch();
      expect(await change(audience, 0)).toBe('saved');
      expect(await store.settingsEpoch()).toBeGreaterThan(before);
      const answers = await Promise.all([
        change({ ...audience, name: 'A' }, 1),
        change({ ...audience, name: 'B' }, 1, other),
      ]);
      expect(answers.toSorted()).toEqual(['saved', 'stale']);
      expect(await other.listSettings()).toMatchObject([
        { kind: 'audience', id: 'audience-1', revision: 2, changedBy: ADA },
      ]);
      expect(await change(null, 1)).toBe('stale');
      expect(await change(null, 2)).toBe('saved');
      expect(await store.listSettings()).toEqual([]);
    });

    test('[S64] an address stands once in a list and channel, in any case and Unicode form of an e-mail', async () => {
      const first = target('target-0001', { address: 'Ops@Example.org' });
      expect(await store.saveTarget(first)).toBe('saved');
      const same = target('target-0002', { address: 'ops@example.ORG' });
      expect(await other.saveTarget(same)).toBe('taken');
      expect(await store.saveTarget({ ...same, list: 'audience-2' })).toBe('saved');
      expect(await store.findTarget('audience-1', 'mail', 'OPS@example.org')).toEqual(first);
      const hook = target('target-0003', { channel: 'webhook', address: 'https://x/A', secret: 'whsec_a' });
      expect(await store.saveTarget(hook)).toBe('saved');
      expect(await store.saveTarget({ ...hook, id: 'target-0004', address: 'https://x/a' })).toBe('saved');
      const racing = await Promise.all(
        [store, other].map((on, n) => on.saveTarget(target(`target-100${n}`, { address: 'one@x.org' }))),
      );
      expect(racing.toSorted()).toEqual(['saved', 'taken']);
    });

    test('[S64] targets are paged over lists, counted while active, changed and removed', async () => {
      for (const n of [1, 2, 3, 4]) {
        await store.saveTarget(target(`target-000${n}`, { list: n === 4 ? 'audience-2' : 'audience-1' }));
      }
      const ended = target('target-0002', { state: 'ended' });
      expect(await store.saveTarget(ended)).toBe('saved');
      expect(await store.readTarget('target-0002')).toEqual(ended);
      const page = await other.listTargets(['audience-1', 'audience-2'], { after: 'target-0001', limit: 2 });
      expect(page.map(({ id }) => id)).toEqual(['target-0002', 'target-0003']);
      expect(await store.listTargets([], { limit: 5 })).toEqual([]);
      expect(await store.countTargets()).toEqual([
        { list: 'audience-1', channel: 'mail', count: 2 },
        { list: 'audience-2', channel: 'mail', count: 1 },
      ]);
      await store.removeTarget('target-0004');
      expect(await store.readTarget('target-0004')).toBeNull();
    });
  });
}
