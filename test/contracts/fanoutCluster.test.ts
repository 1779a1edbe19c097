import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { channelsOf } from '../../server/fanout/channels.ts';
import { slotOf } from '../../server/fanout/redisSlots.ts';
import { startRedisCluster } from '../support/redisCluster.ts';
import type { RedisCluster } from '../support/redisCluster.ts';
import { fanoutContract } from './fanoutContract.ts';
import { HEAD, inState, listenTo, until } from './fanoutSupport.ts';
import { redisFanout } from './redisFanoutHarness.ts';
import type { CountingFanout } from './redisFanoutHarness.ts';

let cluster: RedisCluster;
const joined: CountingFanout[] = [];
const storageEpoch = () => randomBytes(8).toString('hex');

beforeAll(async () => {
  cluster = await startRedisCluster();
}, 60_000);
afterAll(() => cluster.stop());
afterEach(async () => {
  await Promise.all(joined.splice(0).map((fanout) => fanout.close()));
});

async function join(instance: string, epoch: string): Promise<CountingFanout> {
  const fanout = redisFanout(instance, cluster.url, { storageEpoch: epoch });
  joined.push(fanout);
  await inState(fanout, 'connected');
  return fanout;
}

const all = (state: 'connected' | 'away') => Promise.all(joined.map((fanout) => inState(fanout, state)));

fanoutContract('over a Redis Cluster', () => {
  const epoch = storageEpoch();
  return Promise.resolve({
    join: (instance) => join(instance, epoch),
    async interrupt() {
      for (const master of cluster.masters) master.pause();
      await all('away');
    },
    async restore() {
      for (const master of cluster.masters) master.resume();
      await all('connected');
    },
    dispose: () => Promise.resolve(),
  });
});

describe('a Redis Cluster', () => {
  /** Two instances on it; the second listens to incidents of every master. */
  async function listening() {
    const epoch = storageEpoch();
    const here = await join('instance-here', epoch);
    const there = await join('instance-there', epoch);
    const incidents = Array.from({ length: 30 }, (_, index) => `incident-${index}`);
    const heard = await Promise.all(incidents.map((incident) => listenTo(there, incident)));
    /** Heads, since those that are lost with a line are told again over the next one. */
    const everybodyHears = async (): Promise<void> => {
      const before = heard.map(({ messages }) => messages.length);
      for (const incident of incidents) here.publish(incident, { kind: 'head', head: HEAD });
      await until(() => heard.every(({ messages }, index) => messages.length > before[index]!));
    };
    const doubts = () => heard.map((one) => one.doubts);
    const slots = incidents.map((incident) => slotOf(channelsOf(epoch).of(incident)));
    return { here, there, everybodyHears, doubts, slots };
  }

  test('[F11] carries incidents over all of its nodes', async () => {
    const { everybodyHears } = await listening();
    await everybodyHears();
    const channels = await Promise.all(
      cluster.masters.map(async (master) => (await master.ask('PUBSUB', 'SHARDCHANNELS')) as string[]),
    );
    for (const some of channels) expect(some.length).toBeGreaterThan(2);
    expect(channels.flat()).toHaveLength(31);
  });

  test('[F11] whose slot moved to another node is read anew, and everything is doubted', async () => {
    const { there, everybodyHears, doubts, slots } = await listening();
    const [slot = 0] = slots;
    const owner = Math.floor((slot * 3) / 16_384);
    const before = doubts();
    await cluster.move(slot, cluster.masters[(owner + 1) % 3]!);
    await until(() => doubts().every((count, index) => count > before[index]!));
    await all('connected');
    await everybodyHears();
    expect(there.counts.get('state away')).toBeGreaterThan(1);
    await cluster.move(slot, cluster.masters[owner]!);
    await until(() => (there.counts.get('reconnected') ?? 0) >= 2);
  });

  // The last one: it takes a node for good.
  test('[F11] that lost a node goes on with its replica', async () => {
    const { everybodyHears, doubts } = await listening();
    await cluster.masters[0]!.kill();
    await all('away');
    const before = doubts();
    await all('connected');
    await until(() => doubts().every((count, index) => count > before[index]!));
    await everybodyHears();
    expect(await cluster.replica.ask('ROLE')).toContain('master');
  });
});
