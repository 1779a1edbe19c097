import { describe, expect, it } from 'vitest';
import { startConnections } from '../../server/rooms/sharedConnections.ts';
import type { SharedConnections } from '../../server/rooms/sharedConnections.ts';
import { createLocalFanout } from '../../server/fanout/silent.ts';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type { InstanceRecord } from '../../server/rooms/ports.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import { createFanoutNetwork } from '../support/fanoutNetwork.ts';
import type { NetworkFanout } from '../support/fanoutNetwork.ts';

interface Instance {
  connections: SharedConnections;
  fanout: NetworkFanout;
  failures: unknown[];
  /** Everybody its listeners were told of. */
  told: (string | null)[];
}

/** Instances on one store and one network; their machines' clocks differ by hours. */
function createCluster() {
  const clock = createFakeClock();
  const network = createFanoutNetwork();
  const rows = new Map<string, InstanceRecord>();
  const cluster = { clock, network, rows, storeIs: 'there' as 'there' | 'away', storeOf, start, freeze };
  const frozen = new Set<string>();

  function storeOf(instance: string) {
    const answer = async <T>(work: () => T): Promise<T> => {
      await Promise.resolve();
      if (frozen.has(instance)) return new Promise(() => {});
      if (cluster.storeIs === 'away') throw new StoreUnavailable('no answer');
      return work();
    };
    return {
      saveInstance: (row: InstanceRecord) => answer(() => void rows.set(row.id, row)),
      liveInstances: (since: number) =>
        answer(() => {
          for (const row of rows.values()) if (row.seenAt < since) rows.delete(row.id);
          return [...rows.values()];
        }),
      removeInstance: (id: string) => answer(() => void rows.delete(id)),
    };
  }

  /** It does not answer any more, as after SIGSTOP or SIGKILL. */
  function freeze(instance: string): void {
    frozen.add(instance);
    network.fate = (_, from) => (frozen.has(from) ? 'lose' : 'deliver');
  }

  function start(name: string, hoursAhead = 0): Instance {
    const fanout = network.join(name);
    const failures: unknown[] = [];
    const told: Instance['told'] = [];
    const connections = startConnections({
      clock: { ...clock, now: () => clock.now() + hoursAhead * 3_600_000 },
      fanout,
      store: storeOf(name),
      onFailure: (error) => failures.push(error),
    });
    connections.onChange((person) => told.push(person));
    return { connections, fanout, failures, told };
  }

  return cluster;
}

/** Seconds for which a person has been absent, as an instance sees it; null while connected or unknown. */
function absence(
  { connections }: Instance,
  cluster: { clock: { now(): number } },
  person: string,
): number | null {
  const since = connections.absentSince(person);
  return since === null ? null : (cluster.clock.now() - since) / 1_000;
}

describe.each(['messages and rows', 'messages alone', 'rows alone'])('connections by %s', (how) => {
  function twoInstances() {
    const cluster = createCluster();
    if (how === 'rows alone') cluster.network.fate = () => 'lose';
    if (how === 'messages alone') cluster.storeIs = 'away';
    return { cluster, a: cluster.start('a'), b: cluster.start('b') };
  }

  it('[N7] who is connected to any instance is not absent, and is absent since the last of them saw them', async () => {
    const { cluster, a, b } = twoInstances();
    await cluster.clock.advance(60_000);
    expect(absence(b, cluster, 'ida')).toBeGreaterThan(50);
    const leaveA = a.connections.open('ida');
    await cluster.clock.advance(8_000);
    expect(absence(b, cluster, 'ida')).toBeNull();
    expect(b.told).toContain('ida');
    const leaveB = b.connections.open('ida');
    leaveA();
    await cluster.clock.advance(60_000);
    expect(absence(a, cluster, 'ida')).toBeNull();
    leaveB();
    await cluster.clock.advance(30_000);
    expect(absence(b, cluster, 'ida')).toBeCloseTo(30, 0);
    expect(absence(a, cluster, 'ida')).toBeLessThanOrEqual(30);
    expect(absence(a, cluster, 'ida')).toBeGreaterThanOrEqual(22);
  });

  it('[N7] a person who moves from one instance to another is never absent', async () => {
    const { cluster, a, b } = twoInstances();
    let leave = a.connections.open('ida');
    await cluster.clock.advance(10_000);
    for (let turn = 0; turn < 10; turn += 1) {
      const next = (turn % 2 === 0 ? b : a).connections.open('ida');
      await cluster.clock.advance(9_000);
      leave();
      leave = next;
      for (let second = 0; second < 20; second += 1) {
        await cluster.clock.advance(1_000);
        expect(absence(a, cluster, 'ida')).toBeNull();
        expect(absence(b, cluster, 'ida')).toBeNull();
      }
    }
  });
});

describe('connections when instances and clocks fail', () => {
  it('[N8] people of an instance that died are absent since it was last heard, after it was silent for 12 s', async () => {
    const cluster = createCluster();
    const b = cluster.start('b');
    cluster.start('a').connections.open('ida');
    await cluster.clock.advance(60_000);
    cluster.freeze('a');
    await cluster.clock.advance(8_000);
    expect(absence(b, cluster, 'ida')).toBeNull();
    await cluster.clock.advance(7_000);
    expect(absence(b, cluster, 'ida')).toBeGreaterThan(12);
    expect(absence(b, cluster, 'ida')).toBeLessThanOrEqual(19);
    expect(b.told.at(-1)).toBe('ida');
    // Its row is still there, and nobody takes it for a sign.
    await cluster.clock.advance(60_000);
    expect(cluster.rows.has('a')).toBe(true);
    expect(absence(b, cluster, 'ida')).toBeGreaterThan(72);
  });

  it('[N8] an instance that leaves says so, takes its row away, and its people are absent at once', async () => {
    const cluster = createCluster();
    const b = cluster.start('b');
    const a = cluster.start('a');
    a.connections.open('ida');
    await cluster.clock.advance(60_000);
    const leaving = a.connections.stop();
    await cluster.clock.advance(1_000);
    await leaving;
    expect([...cluster.rows.keys()]).toEqual(['b']);
    expect(absence(b, cluster, 'ida')).toBeCloseTo(1, 0);
  });

  it('[N8] what is recorded of an instance that left and played again makes nobody connected for long', async () => {
    const cluster = createCluster();
    const b = cluster.start('b');
    const a = cluster.start('a');
    a.connections.open('ida');
    await cluster.clock.advance(20_000);
    await a.connections.stop();
    await cluster.clock.advance(20_000);
    for (let second = 0; second < 60; second += 2) {
      a.fanout.announce({ kind: 'connected', people: ['ida'] });
      await cluster.clock.advance(2_000);
    }
    expect(absence(b, cluster, 'ida')).toBeGreaterThan(50);
    // While no rows can be read, messages are all there is.
    cluster.storeIs = 'away';
    await cluster.clock.advance(20_000);
    a.fanout.announce({ kind: 'connected', people: ['ida'] });
    await cluster.clock.advance(0);
    expect(absence(b, cluster, 'ida')).toBeNull();
  });

  it('[N8] clocks of machines that differ by hours, or are put forward and back, change nothing', async () => {
    const cluster = createCluster();
    const b = cluster.start('b');
    const a = cluster.start('a', -7);
    const late = cluster.start('c', 9);
    const leave = a.connections.open('ida');
    for (const hours of [0, 5, -11]) {
      cluster.clock.step(hours * 3_600_000);
      for (let second = 0; second < 40; second += 1) {
        await cluster.clock.advance(1_000);
        expect(b.connections.absentSince('ida')).toBeNull();
        expect(late.connections.absentSince('ida')).toBeNull();
      }
    }
    leave();
    await cluster.clock.advance(20_000);
    cluster.clock.step(10 * 3_600_000);
    expect(absence(b, cluster, 'ida')).toBeCloseTo(20, 0);
    cluster.clock.step(-20 * 3_600_000);
    expect(absence(b, cluster, 'ida')).toBeCloseTo(20, 0);
  });

  it('[N9] while neither messages nor rows come through nobody becomes absent, and afterwards absence counts anew', async () => {
    const cluster = createCluster();
    const b = cluster.start('b');
    const a = cluster.start('a');
    const leave = a.connections.open('ida');
    await cluster.clock.advance(60_000);
    expect(absence(b, cluster, 'cleo')).toBeGreaterThan(50);
    cluster.storeIs = 'away';
    b.fanout.setState('away');
    for (let second = 0; second < 120; second += 1) {
      await cluster.clock.advance(1_000);
      expect(absence(b, cluster, 'ida')).toBeNull();
    }
    expect(b.failures.length).toBeGreaterThan(0);
    // Who was absent before may have come elsewhere meanwhile.
    expect(absence(b, cluster, 'cleo')).toBeNull();
    expect(b.told).toContain(null);
    leave();
    cluster.storeIs = 'there';
    await cluster.clock.advance(10_000);
    for (const person of ['ida', 'cleo']) expect(absence(b, cluster, person)).toBeLessThanOrEqual(10);
    await cluster.clock.advance(60_000);
    for (const person of ['ida', 'cleo']) expect(absence(b, cluster, person)).toBeGreaterThan(60);
  });

  it('[N9] with the store away, an instance that falls silent takes nobody away', async () => {
    const cluster = createCluster();
    const b = cluster.start('b');
    const a = cluster.start('a');
    a.connections.open('ida');
    await cluster.clock.advance(20_000);
    cluster.storeIs = 'away';
    a.fanout.setState('away');
    await cluster.clock.advance(120_000);
    expect(absence(b, cluster, 'ida')).toBeNull();
    expect(absence(b, cluster, 'cleo')).toBeNull();
    cluster.storeIs = 'there';
    await cluster.clock.advance(30_000);
    expect(absence(b, cluster, 'ida')).toBeNull();
    expect(absence(b, cluster, 'cleo')).toBeGreaterThan(20);
  });

  it('[N9] after a start absence counts from the start, and an old row is nobody for long', async () => {
    const cluster = createCluster();
    cluster.rows.set('old', { id: 'old', seenAt: cluster.clock.now() - 5_000, people: ['ida'] });
    const b = cluster.start('b');
    await cluster.clock.advance(20_000);
    expect(absence(b, cluster, 'ida')).toBeLessThanOrEqual(20);
    expect(absence(b, cluster, 'ida')).toBeGreaterThan(15);
    expect(absence(b, cluster, 'cleo')).toBeLessThanOrEqual(20);
  });

  it('[N7] changes are told at most every 250 ms, however many come and go', async () => {
    const cluster = createCluster();
    const a = cluster.start('a');
    await cluster.clock.advance(1_000);
    const before = a.fanout.said.length;
    for (let turn = 0; turn < 100; turn += 1) {
      a.connections.open(`person${turn}`);
      await cluster.clock.advance(10);
    }
    expect(a.fanout.said.length - before).toBeLessThanOrEqual(5);
    await cluster.clock.advance(300);
    const everybody = Array.from({ length: 100 }, (_, turn) => `person${turn}`);
    expect(a.fanout.said.at(-1)?.content).toEqual({ kind: 'connected', people: everybody });
  });

  it('[N7] many people are told the more rarely the more there are, at least every four seconds', async () => {
    const cluster = createCluster();
    const a = cluster.start('a');
    const lists: number[] = [];
    const b = cluster.network.join('b');
    b.onNotice((notice) => {
      if (notice.kind === 'connected') lists.push(notice.people.length);
    });
    for (let person = 0; person < 3_000; person += 1) a.connections.open(`person-${person}`);
    await cluster.clock.advance(3_100);
    lists.length = 0;
    for (let second = 0; second < 12; second += 1) {
      a.connections.open(`late-${second}`);
      await cluster.clock.advance(1_000);
    }
    expect(lists.length).toBeGreaterThanOrEqual(3);
    expect(lists.length).toBeLessThanOrEqual(5);
    expect(lists.at(-1)).toBeGreaterThanOrEqual(3_008);
  });

  it('[N8] a store that never answers does not keep an instance from leaving', async () => {
    const cluster = createCluster();
    const a = cluster.start('a');
    await cluster.clock.advance(1_000);
    cluster.freeze('a');
    let isOver = false;
    const leaving = a.connections.stop().then(() => (isOver = true));
    await cluster.clock.advance(1_500);
    expect(isOver).toBe(false);
    await cluster.clock.advance(1_000);
    await leaving;
    expect(isOver).toBe(true);
  });

  it('[N7] alone it tells nobody and writes no row', async () => {
    const cluster = createCluster();
    const connections = startConnections({
      clock: cluster.clock,
      fanout: createLocalFanout(),
      store: cluster.storeOf('alone'),
      onFailure: (error) => {
        throw error;
      },
    });
    const leave = connections.open('ida');
    expect(connections.absentSince('ida')).toBeNull();
    leave();
    await cluster.clock.advance(10_000);
    cluster.clock.step(3_600_000);
    expect(cluster.clock.now() - (connections.absentSince('ida') ?? 0)).toBe(10_000);
    await connections.stop();
    expect(cluster.rows.size).toBe(0);
  });
});
