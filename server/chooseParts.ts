import type { FastifyBaseLogger } from 'fastify';
import type { Config } from './config.ts';
import type { Metrics } from './edges/metrics.ts';
import { createRedisFanout } from './fanout/redis.ts';
import { createAbsentFanout, createLocalFanout } from './fanout/silent.ts';
import type { Chance } from './rooms/chance.ts';
import type { Clock, Fanout, Store } from './rooms/ports.ts';
import { openPostgresStore } from './store/postgres.ts';
import { openSqliteStore } from './store/sqlite.ts';

/** Opens the store that the configuration names. Rejects with one sentence when it cannot be opened. */
export async function chooseStore(config: Config): Promise<Store> {
  return config.databaseUrl === null
    ? openSqliteStore({ folder: config.dataDir })
    : openPostgresStore({ url: config.databaseUrl, anchorFolder: config.dataDir });
}

/** How this instance reaches others that run on the same store: not at all, by Redis, or only by the store itself. */
export async function chooseFanout(
  config: Config,
  parts: { store: Store; clock: Clock; chance: Chance; metrics: Metrics; log: FastifyBaseLogger },
): Promise<Fanout> {
  const { store, clock, chance, metrics, log } = parts;
  if (config.databaseUrl === null) {
    metrics.fanout.state('alone');
    return createLocalFanout();
  }
  const instance = chance.id();
  if (config.redis === null) {
    metrics.fanout.state('away');
    return createAbsentFanout(instance);
  }
  return createRedisFanout({
    ...{ instance, clock, log },
    address: config.redis,
    key: await store.sharedSecret('fanout_key', () => chance.secret() + chance.secret()),
    storageEpoch: store.storageEpoch,
    random: () => Math.random(),
    metrics: metrics.fanout,
  });
}
