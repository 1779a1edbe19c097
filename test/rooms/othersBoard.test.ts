import { describe, expect, it } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { createLocalFanout } from '../../server/fanout/silent.ts';
import { startBoard } from '../../server/rooms/board.ts';
import type { Board } from '../../server/rooms/board.ts';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type { Rooms } from '../../server/rooms/ports.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import { createFanoutNetwork } from '../support/fanoutNetwork.ts';
import type { NetworkFanout } from '../support/fanoutNetwork.ts';

function summaryAt(id: string, seq: number, change: Partial<IncidentSummary> = {}): IncidentSummary {
  return {
    id,
    number: 1,
    title: `Title at ${seq}`,
    severity: 'SEV3',
    status: 'investigating',
    private: false,
    drill: false,
    commander: 'ida',
    epoch: 1,
    declaredAt: '2026-03-14T03:00:00.000Z',
    head: { seq, hash: '', docSeq: 1, docHash: '' },
    nextUpdateAt: null,
    resolvedAt: null,
    offeredTo: null,
    ...change,
  };
}

interface Instance {
  board: Board;
  fanout: NetworkFanout;
  /** What its board told, as incident and seq. */
  told: string[];
  failures: unknown[];
  /** A change that this instance committed. */
  commit(id: string, seq: number, change?: Partial<IncidentSummary>): void;
  /** A change that another instance committed, in a room that is open here as well. */
  follow(id: string, seq: number): void;
}

function createCluster() {
  const clock = createFakeClock();
  const network = createFanoutNetwork();
  const stored = new Map<string, IncidentSummary>();
  const reads = { summaries: 0 };
  const cluster = { clock, network, stored, reads, isStoreAway: false, start };
  const answer = async <T>(work: () => T): Promise<T> => {
    await Promise.resolve();
    if (cluster.isStoreAway) throw new StoreUnavailable('no answer');
    return work();
  };
  const store = {
    openIncidents: () =>
      answer(() =>
        [...stored.values()]
          .filter(({ status }) => status !== 'closed')
          .map(({ id, head }) => ({ incidentId: id, seq: head.seq })),
      ),
    readSummary: (id: string) =>
      answer(() => {
        reads.summaries += 1;
        return stored.get(id) ?? null;
      }),
  };

  async function start(name: string): Promise<Instance> {
    const fanout = network.join(name);
    const failures: unknown[] = [];
    const hearers = new Set<Parameters<Rooms['onSummary']>[0]>();
    const rooms: Pick<Rooms, 'onSummary'> = {
      onSummary(hear) {
        hearers.add(hear);
        return () => hearers.delete(hear);
      },
    };
    const board = startBoard({ rooms, store, fanout, clock, onFailure: (error) => failures.push(error) });
    const told: string[] = [];
    board.onSummary(({ id, head }) => told.push(`${id}@${head.seq}`));
    await clock.advance(0);
    const tell = (summary: IncidentSummary, isOwn: boolean): void => {
      for (const hear of hearers) hear(summary, isOwn);
    };
    return {
      ...{ board, fanout, told, failures },
      commit(id, seq, change) {
        stored.set(id, summaryAt(id, seq, change));
        tell(summaryAt(id, seq, change), true);
      },
      follow: (id, seq) => tell(summaryAt(id, seq), false),
    };
  }

  return cluster;
}

function summariesSaid({ fanout }: Instance): number {
  return fanout.said.filter(({ content }) => content.kind === 'summary').length;
}

describe('the board across instances', () => {
  it('[N12] shows what changed at another instance, each state once and no older one after a newer', async () => {
    const cluster = createCluster();
    const a = await cluster.start('a');
    const b = await cluster.start('b');
    a.commit('one', 1);
    b.follow('one', 1);
    await cluster.clock.advance(1_000);
    b.follow('one', 3);
    a.commit('one', 2);
    await cluster.clock.advance(1_000);
    expect(b.told).toEqual(['one@1', 'one@3']);
    expect(a.told).toEqual(['one@1', 'one@2']);
    expect(summariesSaid(b)).toBe(0);
  });

  it('[N12] a busy incident is told at most every 500 ms, the last state of it included', async () => {
    const cluster = createCluster();
    const a = await cluster.start('a');
    const b = await cluster.start('b');
    for (let seq = 1; seq <= 100; seq += 1) {
      a.commit('one', seq);
      await cluster.clock.advance(20);
    }
    await cluster.clock.advance(500);
    expect(a.told).toHaveLength(100);
    expect(b.told.at(-1)).toBe('one@100');
    expect(b.told.length).toBeLessThanOrEqual(6);
  });

  it('[N12] what was not told is found in the store within 10 s, closed and new incidents included', async () => {
    const cluster = createCluster();
    const a = await cluster.start('a');
    a.commit('one', 1);
    a.commit('two', 1);
    const b = await cluster.start('b');
    cluster.network.fate = () => 'lose';
    a.commit('one', 7);
    a.commit('two', 2, { status: 'closed' });
    a.commit('three', 1);
    await cluster.clock.advance(10_000);
    expect(b.told.toSorted()).toEqual(['one@7', 'three@1', 'two@2']);
    cluster.reads.summaries = 0;
    await cluster.clock.advance(60_000);
    expect(cluster.reads.summaries).toBe(0);
    a.commit('two', 3);
    await cluster.clock.advance(10_000);
    expect(b.told.at(-1)).toBe('two@3');
  });

  it('[N12] while messages are away the store is asked every 2 s, and at once when they come back', async () => {
    const cluster = createCluster();
    const a = await cluster.start('a');
    const b = await cluster.start('b');
    b.fanout.setState('away');
    await cluster.clock.advance(0);
    a.commit('one', 1);
    await cluster.clock.advance(2_000);
    expect(b.told).toEqual(['one@1']);
    a.commit('one', 2);
    b.fanout.setState('connected');
    await cluster.clock.advance(0);
    expect(b.told).toEqual(['one@1', 'one@2']);
  });

  it('[N12] a store that is away is said once, and asked again until it answers', async () => {
    const cluster = createCluster();
    const a = await cluster.start('a');
    const b = await cluster.start('b');
    cluster.network.fate = () => 'lose';
    cluster.isStoreAway = true;
    a.commit('one', 1);
    await cluster.clock.advance(60_000);
    expect(b.failures).toHaveLength(1);
    cluster.isStoreAway = false;
    await cluster.clock.advance(10_000);
    expect(b.told).toEqual(['one@1']);
  });

  it('[N12] after it was stopped it tells nothing', async () => {
    const cluster = createCluster();
    const a = await cluster.start('a');
    const b = await cluster.start('b');
    b.board.stop();
    a.commit('one', 1);
    await cluster.clock.advance(20_000);
    expect(b.told).toEqual([]);
  });

  it('[N12] alone it is what the rooms tell', () => {
    const hears: unknown[] = [];
    const rooms = { onSummary: (hear: unknown) => () => void hears.push(hear) };
    const board = startBoard({
      rooms,
      store: { openIncidents: () => Promise.reject(new Error()), readSummary: () => Promise.resolve(null) },
      fanout: createLocalFanout(),
      clock: createFakeClock(),
      onFailure: (error) => {
        throw error;
      },
    });
    const hear = (): void => {};
    board.onSummary(hear)();
    expect(hears).toEqual([hear]);
  });
});
