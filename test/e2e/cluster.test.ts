import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { carryOut } from '../../scripts/cluster/orders.ts';
import { startCluster } from '../../scripts/cluster/startCluster.ts';
import type { Cluster } from '../../scripts/cluster/startCluster.ts';
import type { ProxyKind } from '../support/proxyServer.ts';
import { ask, commandOverHttp, declare, readWholeLog, signInAdmin } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { chainFaults } from '../support/clientChain.ts';
import { RoomClient } from '../support/clientRoom.ts';

describe.each<ProxyKind>(['nginx', 'haproxy'])('the topology of compose, behind %s', (proxy) => {
  let cluster: Cluster;
  let admin: Account;
  beforeAll(async () => {
    cluster = await startCluster({ instances: 2, proxy });
    admin = await signInAdmin(cluster.address);
  });
  afterAll(() => cluster.stop());

  async function say(url: string, incidentId: string, text: string): Promise<void> {
    const answer = await commandOverHttp(url, admin, incidentId, { type: 'chat.post', body: { text } });
    expect(answer).toMatchObject({ status: 200 });
  }

  test('one incident is the same on every instance', async () => {
    const { id } = await declare(cluster.address, admin, { title: 'Everywhere at once' });
    for (const { url } of cluster.instances) await say(url, id, `said at ${url}`);
    for (const { url } of [...cluster.instances, { url: cluster.address }]) {
      const entries = await readWholeLog(url, admin, id);
      expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(chainFaults(entries)).toEqual([]);
    }
  });

  test('what is said on one instance is seen on the other', async () => {
    const { id } = await declare(cluster.address, admin, { title: 'Two rooms, one room' });
    const [here, there] = cluster.instances.map(({ url }) => new RoomClient(url, admin, id));
    if (!here || !there) throw new Error('There are not two instances.');
    try {
      await Promise.all([here.joined(), there.joined()]);
      const outcome = await here.command('chat.post', { text: 'Do you hear me?' });
      expect(outcome).toMatchObject({ kind: 'acknowledged', seq: 2 });
      await vi.waitUntil(() => there.entries.some(({ type }) => type === 'chat.posted'), 10_000);
      expect([...here.faults, ...there.faults]).toEqual([]);
    } finally {
      for (const client of [here, there]) client.close();
    }
  });

  test('an instance that is killed is missed by nobody who goes through the proxy', async () => {
    const { id } = await declare(cluster.address, admin, { title: 'One of two' });
    await carryOut({ name: 'kill', part: '1' }, cluster);
    for (let count = 0; count < 6; count++) {
      await ask<IncidentSummary>(`${cluster.address}/api/incidents/${id}`, { token: admin.token });
      await say(cluster.address, id, `after the kill ${count}`);
    }
    await carryOut({ name: 'start', part: '1' }, cluster);
    const entries = await readWholeLog(cluster.instances[0]?.url ?? '', admin, id);
    expect(entries.filter(({ type }) => type === 'chat.posted')).toHaveLength(6);
  });
});

describe('while PostgreSQL does not answer', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ instances: 2, proxy: 'haproxy' });
  });
  afterAll(() => cluster.stop());

  const readiness = () =>
    Promise.all(
      cluster.instances.map(async ({ url }) => {
        const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(10_000) });
        return { status: answer.status, ...((await answer.json()) as { degraded: string[] }) };
      }),
    );
  const away = { status: 200, degraded: ['store'], fanout: 'connected' };
  const well = { status: 200, degraded: [], fanout: 'connected' };

  test.each([
    ['it is gone', 'kill', 'start'],
    ['it is frozen', 'pause', 'resume'],
  ] as const)('instances keep their people, and say what is wrong: %s', async (_why, harm, heal) => {
    expect(await readiness()).toEqual([well, well]);
    await carryOut({ name: harm, part: 'postgres' }, cluster);
    expect(await readiness()).toEqual([away, away]);
    // The proxy judges by the same answer, and sooner than it would have to wait.
    const throughProxy = await fetch(`${cluster.address}/healthz`);
    expect(throughProxy.status).toBe(200);
    await carryOut({ name: heal, part: 'postgres' }, cluster);
    await vi.waitUntil(
      async () => (await readiness()).every(({ degraded }) => degraded.length === 0),
      20_000,
    );
  });
});

test('nothing of a cluster is left when it was stopped', async () => {
  const cluster = await startCluster({ instances: 2 });
  const pids = [cluster.postgres, cluster.redis, cluster.proxy, ...cluster.instances].map((part) =>
    part.pid(),
  );
  expect(pids.filter(isAlive)).toEqual(pids);
  await cluster.stop();
  expect(pids.filter(isAlive)).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
