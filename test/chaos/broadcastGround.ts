import { Client } from 'pg';
import { startPostgres } from '../support/postgresServer.ts';
import { startRedis } from '../support/redisServer.ts';
import { delay, startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';

/** Longer than any claim lasts. Milliseconds. */
const PATIENCE = 120_000;

/** The servers that tell people outside, and what they stand on. */
export interface Ground {
  /** One on SQLite, or two on PostgreSQL and Redis that share the work. */
  readonly servers: readonly ServerProcess[];
  /**
   * Which attempts are claimed now. The answer waits until each of them came to something or was claimed anew, and says how
   * long the last one took, in milliseconds. Null on SQLite, where whoever starts again goes on at once.
   */
  readonly claimed: (() => Promise<() => Promise<number>>) | null;
  stop(): Promise<void>;
}

export async function openGround(on: 'sqlite' | 'postgres', env: Record<string, string>): Promise<Ground> {
  if (on === 'sqlite') {
    const server = await startServer({ env });
    return { servers: [server], claimed: null, stop: () => server.stop() };
  }
  const parts: { stop(): Promise<unknown> }[] = [];
  const keep = <T extends { stop(): Promise<unknown> }>(part: T): T => {
    parts.unshift(part);
    return part;
  };
  async function stop(): Promise<void> {
    for (const part of parts) await part.stop();
  }
  try {
    const postgres = keep(await startPostgres({ own: true }));
    const redis = keep(await startRedis({ own: true }));
    const shared = { ...env, DATABASE_URL: postgres.url, REDIS_URL: redis.url };
    // One after the other: the first one makes the tables and the administrator.
    const servers = [
      keep(await startServer({ env: shared })),
      keep(await startServer({ env: shared })),
    ] as const;
    return { servers, claimed: () => watchClaims(postgres.url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function watchClaims(url: string): Promise<() => Promise<number>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const sending = `select id, epoch from deliveries where status = 'sending'`;
  const { rows } = await client.query<{ id: string; epoch: number }>(sending);
  const claims = new Set(rows.map(({ id, epoch }) => `${id} ${epoch}`));
  const from = performance.now();
  return async () => {
    try {
      while (performance.now() - from < PATIENCE) {
        const now = await client.query<{ id: string; epoch: number }>(sending);
        if (!now.rows.some(({ id, epoch }) => claims.has(`${id} ${epoch}`))) return performance.now() - from;
        await delay(250);
      }
      throw new Error(`Of ${claims.size} attempts some were never taken over.`);
    } finally {
      await client.end();
    }
  };
}
