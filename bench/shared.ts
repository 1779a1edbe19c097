import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../test/support/postgresServer.ts';
import type { PostgresServer } from '../test/support/postgresServer.ts';
import { startRedis } from '../test/support/redisServer.ts';
import type { RedisServer } from '../test/support/redisServer.ts';

/** What instances share, syncing commits to the disk as in production. */
export interface SharedServices {
  postgres: PostgresServer;
  redis: RedisServer;
  /** The environment of an instance on them. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts PostgreSQL and Redis of this bench's own on free ports. */
export async function startShared(): Promise<SharedServices> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'warroom-bench-'));
  const postgres = await startPostgres({ own: true, fsync: true, settings: ['shared_buffers=128MB'] });
  try {
    const redis = await startRedis({ own: true });
    return {
      ...{ postgres, redis },
      env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url, DATA_DIR: dataDir },
      async stop() {
        await redis.stop();
        await postgres.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
