import type { FastifyBaseLogger } from 'fastify';
import type { Config } from './config.ts';
import type { Metrics } from './edges/metrics.ts';
import { createAbsentFanout, createLocalFanout } from './fanout/silent.ts';
import type { Chance } from './rooms/chance.ts';
import type { Clock, Fanout, Store } from './rooms/ports.ts';

/** Opens the store that the configuration names. Rejects with one sentence when it cannot be opened. */
export async function chooseStore(config: Config): Promise<Store> {
  // Only what was chosen is loaded: somebody may be waiting for the start.
  if (config.databaseUrl === null) {
    const { openSqliteStore } = await import('./store/sqlite.ts');
    return openSqliteStore({ folder: config.dataDir });
  }
  const { openPostgresStore } = await import('./store/postgres.ts');
  return openPostgresStore({ url: config.databaseUrl, anchorFolder: config.dataDir });
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
  const { createRedisFanout } = await import('./fanout/redis.ts');
  return createRedisFanout({
    ...{ instance, clock, log },
    address: config.redis,
    key: await store.sharedSecret('fanout_key', () => chance.secret() + chance.secret()),
    storageEpoch: store.storageEpoch,
    random: () => Math.random(),
    metrics: metrics.fanout,
  });
}
