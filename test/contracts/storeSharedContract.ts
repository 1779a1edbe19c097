import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewEntry } from '#shared/contract/entries.ts';
import type { Missed, Store } from '../../server/rooms/ports.ts';
import type { StoreHarness } from './storeContract.ts';
import { ADA, BEN, chat, declared, edit, START, StoreRoom, wholeLog } from './storeSupport.ts';

/** What of `missed` a room would apply: entry texts, and the bytes of updates. */
const shown = (missed: Missed) => [
  missed.entries.map((entry) => entry.body['text']),
  missed.documents.map((batch) => batch.updates.map(({ update }) => update[0])),
];

/** What every store promises to rooms that share an incident: two stores on one storage where it allows two, else one. */
export function storeSharedContract(makeHarness: () => Promise<StoreHarness>): void {
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

  /** The same incident as a second room that stands where the first one does. */
  const twin = (room: StoreRoom, name = 'twin') =>
    new StoreRoom(
      other,
      {
        kind: 'created',
        state: structuredClone(room.state),
        summary: { id: room.id, head: room.head } as never,
      },
      name,
    );

  describe('what went outside', () => {
    const update = (number: number): NewEntry => ({
      type: 'update.sent',
      body: { state: 'Down', text: `Update ${number}`, number },
    });

    test('[S81] entries of some types come in order, after a position, also what another instance committed', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit([chat('a'), update(1), chat('b')]);
      await twin(room).commit([update(2)]);
      const read = async (types: string[], after: number) =>
        (await other.readEntriesOf(room.id, types, after)).map(({ seq, type }) => [seq, type]);
      expect(await read(['update.sent'], 0)).toEqual([
        [3, 'update.sent'],
        [5, 'update.sent'],
      ]);
      expect(await read(['update.sent', 'chat.posted'], 3)).toEqual([
        [4, 'chat.posted'],
        [5, 'update.sent'],
      ]);
      expect(await read(['update.sent'], 5)).toEqual([]);
      expect(await read([], 0)).toEqual([]);
      expect(await other.readEntriesOf('incident-none', ['update.sent'], 0)).toEqual([]);
      const [entry] = await store.readEntriesOf(room.id, ['update.sent'], 0);
      expect(entry).toEqual(await store.readEntry(room.id, 3));
    });

    test('[S81] incidents of which anything went outside come newest first, private ones included, each once', async () => {
      const rooms = [];
      for (const [n, given] of [{}, { private: true }, {}, {}].entries()) {
        rooms.push(await declared(store, `incident-one${n}`, given));
      }
      const [first, second, third, silent] = rooms;
      if (!first || !second || !third || !silent) throw new Error('declared');
      await third.commit([update(1), update(2)]);
      await first.commit([update(1)]);
      await second.commit([
        { type: 'handoff.forced', body: { from: ADA, to: BEN, reason: 'asleep', epoch: 2 } },
      ]);
      await silent.commit([chat('inside')]);
      const ids = async (limit: number) => (await other.publishedIncidents(limit)).map(({ id }) => id);
      expect(await ids(10)).toEqual([third.id, second.id, first.id]);
      expect(await ids(2)).toEqual([third.id, second.id]);
      expect((await other.publishedIncidents(1))[0]).toEqual(await other.readSummary(third.id));
    });
  });

  describe('what others committed', () => {
    test('[S39] a commit answers what stands before its own and was not known, entries and batches, in order', async () => {
      const room = await declared(store, 'incident-one1');
      const late = twin(room);
      expect((await room.commit([chat('a')], edit(1))).missed).toEqual({ entries: [], documents: [] });
      await room.commit([chat('b')]);
      await room.commit([], edit(2));
      const result = await late.commit([], edit(3));
      expect(shown(result.missed)).toEqual([
        ['a', 'b'],
        [[1], [2]],
      ]);
      expect(result.documents).toMatchObject([{ docSeq: 4, seqBefore: 3 }]);
      expect(result.head).toMatchObject({ seq: 3, docSeq: 4 });
    });

    test('[S39] a commit whose batches alone were not known is not behind, and learns of them', async () => {
      const room = await declared(store, 'incident-one1');
      const late = twin(room);
      await room.commit([], edit(1));
      const result = await late.commit([chat('a')], edit(2));
      expect(shown(result.missed)).toEqual([[], [[1]]]);
      expect(result.entries).toMatchObject([{ seq: 2, docSeq: 3 }]);
      expect((await other.commit({ ...late.request([], edit(3)), expectedDocSeq: 3 })).kind).toBe(
        'committed',
      );
    });

    test('[S41] what was missed is read with the head it leads to', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit([chat('a')], edit(1));
      await room.commit([chat('b')]);
      const read = await other.readMissed(room.id, { seq: 2, docSeq: 1 });
      expect(read?.head).toEqual(room.head);
      expect(shown(read?.missed ?? { entries: [], documents: [] })).toEqual([['b'], [[1]]]);
      expect(await other.readMissed(room.id, room.head)).toEqual({
        missed: { entries: [], documents: [] },
        head: room.head,
      });
      expect(await other.readMissed('incident-none', { seq: 0, docSeq: 0 })).toBeNull();
    });
  });

  describe('the second try', () => {
    test('[S40] nobody commits between what it is shown and what it commits', async () => {
      const room = await declared(store, 'incident-one1');
      const late = twin(room);
      await room.commit([chat('faster')], edit(1));
      let between: Promise<unknown> = Promise.resolve();
      const result = await other.commitLocked(room.id, late.head, async (missed, head) => {
        expect(shown(missed)).toEqual([['faster'], [[1]]]);
        expect(head).toEqual(room.head);
        between = room.commit([], edit(2));
        // Reading goes on meanwhile, and finds nothing of those who wait.
        expect(await other.head(room.id)).toEqual(head);
        expect(await other.findCommand(room.id, ADA, 'unknown')).toBeNull();
        const known = { expectedSeq: head.seq, expectedDocSeq: head.docSeq, state: null };
        return late.request([chat('second')], { ...edit(3), ...known });
      });
      expect(result).toMatchObject({ kind: 'committed', missed: { entries: [], documents: [] } });
      expect(result).toMatchObject({ entries: [{ seq: 3 }], documents: [{ docSeq: 3 }] });
      expect(await between).toMatchObject({ documents: [{ docSeq: 4, seqBefore: 3 }] });
    });

    test('[S40] second tries of one incident take turns; those of others do not wait for them', async () => {
      const [room, free] = [await declared(store, 'incident-one1'), await declared(store, 'incident-two2')];
      let inside = 0;
      const attempt = (on: Store, text: string) =>
        on.commitLocked(room.id, { seq: 1, docSeq: 1 }, async (missed, head) => {
          inside += 1;
          expect(inside).toBe(1);
          expect(missed.entries.length).toBe(head.seq - 1);
          if (text === '0') await free.commit([chat('meanwhile')]);
          inside -= 1;
          const known = { expectedSeq: head.seq, expectedDocSeq: head.docSeq, state: null };
          return twin(room, `turn-${text}`).request([chat(text)], known);
        });
      const results = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((turn) => attempt(turn % 2 === 0 ? store : other, `${turn}`)),
      );
      expect(results.map((result) => result?.kind)).toEqual(Array(6).fill('committed'));
      expect((await wholeLog(store, room.id)).map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    });

    test('[S40] with nothing left to commit, or a decision that fails, nothing is stored and the incident is free', async () => {
      const room = await declared(store, 'incident-one1');
      expect(await other.commitLocked(room.id, room.head, () => Promise.resolve(null))).toBeNull();
      await expect(
        other.commitLocked(room.id, room.head, () => Promise.reject(new Error('undecided'))),
      ).rejects.toThrow('undecided');
      await expect(
        other.commitLocked('incident-none', room.head, () => Promise.resolve(null)),
      ).rejects.toThrow('no incident');
      expect(await store.head(room.id)).toEqual(room.head);
      await room.commit([chat('and it goes on')]);
    });
  });

  test('[S42] heads of several incidents come in one read, without those that do not exist', async () => {
    const [one, two] = [await declared(store, 'incident-one1'), await declared(store, 'incident-two2')];
    await two.commit([chat('a')], edit(1));
    await store.appendSystemEntry({ now: START, actor: ADA, type: 'person.added', body: {} });
    const heads = await other.heads([one.id, 'incident-none', two.id, 'system-log']);
    expect(heads).toEqual(
      new Map([
        [one.id, one.head],
        [two.id, two.head],
      ]),
    );
    expect(await other.heads([])).toEqual(new Map());
    expect((await other.heads(Array.from({ length: 3_000 }, (_, n) => `incident-${n}`))).size).toBe(0);
  });

  test('[S42] open incidents are all that are not closed, with their last seq', async () => {
    const rooms = [];
    for (const id of ['incident-one1', 'incident-two2', 'incident-tri3']) {
      rooms.push(await declared(store, id));
    }
    const status = (to: 'resolved' | 'closed') => ({
      type: 'status.set' as const,
      body: { status: to, from: 'investigating' as const },
    });
    await rooms[0]?.commit([status('resolved')]);
    await rooms[1]?.commit([status('closed')]);
    expect(await other.openIncidents()).toEqual([
      { incidentId: 'incident-one1', seq: 2 },
      { incidentId: 'incident-tri3', seq: 1 },
    ]);
  });

  test('[S45] instances are those seen lately, each as it last wrote itself; older rows go', async () => {
    await store.saveInstance({ id: 'instance-one1', seenAt: START, people: [ADA] });
    await other.saveInstance({ id: 'instance-two2', seenAt: START + 1_000, people: [] });
    await store.saveInstance({ id: 'instance-one1', seenAt: START + 2_000, people: [ADA, BEN] });
    const both = [
      { id: 'instance-one1', seenAt: START + 2_000, people: [ADA, BEN] },
      { id: 'instance-two2', seenAt: START + 1_000, people: [] },
    ];
    expect(await other.liveInstances(START + 1_000)).toEqual(both);
    expect(await other.liveInstances(START + 1_001)).toEqual([both[0]]);
    expect(await store.liveInstances(0)).toEqual([both[0]]);
    await other.removeInstance('instance-one1');
    await other.removeInstance('instance-none');
    expect(await store.liveInstances(0)).toEqual([]);
  });
}
