import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { createAbsentFanout, createLocalFanout } from '../../server/fanout/silent.ts';
import type { Fanout } from '../../server/rooms/ports.ts';
import { createFanoutNetwork } from '../support/fanoutNetwork.ts';
import { startRedis } from '../support/redisServer.ts';
import type { RedisServer } from '../support/redisServer.ts';
import { fanoutContract, silentFanoutContract } from './fanoutContract.ts';
import { inState } from './fanoutSupport.ts';
import { redisFanout } from './redisFanoutHarness.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis({ own: true });
});
afterAll(() => redis.stop());

fanoutContract('over Redis', async () => {
  const storageEpoch = randomBytes(8).toString('hex');
  const joined: Fanout[] = [];
  const all = (state: 'connected' | 'away') => Promise.all(joined.map((fanout) => inState(fanout, state)));
  return {
    async join(instance) {
      const fanout = redisFanout(instance, redis.url, { storageEpoch });
      joined.push(fanout);
      await inState(fanout, 'connected');
      return fanout;
    },
    async interrupt() {
      await redis.kill();
      await all('away');
    },
    async restore() {
      await redis.start();
      await all('connected');
    },
    async dispose() {
      await Promise.all(joined.map((fanout) => fanout.close()));
    },
  };
});

fanoutContract('in memory, as other tests use it', () => {
  const network = createFanoutNetwork();
  return Promise.resolve({
    join: (instance) => Promise.resolve(network.join(instance)),
    interrupt: () => Promise.resolve(network.setState('away')),
    restore: () => Promise.resolve(network.setState('connected')),
    dispose: () => Promise.resolve(),
  });
});

silentFanoutContract('of one instance alone', 'alone', createLocalFanout);
silentFanoutContract('without Redis', 'away', () => createAbsentFanout('instance-here'));
