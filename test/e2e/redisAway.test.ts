import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { declare, request, signInAdmin } from '../support/client.ts';
import { RoomClient } from '../support/clientRoom.ts';
import { startPostgres } from '../support/postgresServer.ts';
import type { PostgresServer } from '../support/postgresServer.ts';
import { startRedis } from '../support/redisServer.ts';
import { firstAdmin, freePort, startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';

/** Milliseconds after which another instance must have shown something while there is no Redis. */
const SHOWN_WITHIN = 2000;
/** What a loaded machine may add to that. */
const SLACK = 1500;

let postgres: PostgresServer;
const stopping: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  postgres = await startPostgres();
});
afterEach(async () => {
  for (const stop of stopping.splice(0).reverse()) await stop();
  await postgres.stop();
});

async function instance(env: Record<string, string>): Promise<ServerProcess> {
  const { email: ADMIN_EMAIL, password: ADMIN_PASSWORD } = firstAdmin;
  const server = await startServer({
    env: { DATABASE_URL: postgres.url, ADMIN_EMAIL, ADMIN_PASSWORD, ...env },
  });
  stopping.push(() => server.stop());
  return server;
}

const readiness = (server: ServerProcess) => request(`${server.url}/readyz`);

/** Says something at one instance and answers after how many milliseconds it was acknowledged, and shown at the other. */
async function saysAndShows(here: RoomClient, there: RoomClient): Promise<{ said: number; shown: number }> {
  const from = performance.now();
  const outcome = await here.command('chat.post', { text: 'Do you hear me?' });
  if (outcome.kind !== 'acknowledged') throw new Error(`It was not said: ${JSON.stringify(outcome)}`);
  const said = performance.now() - from;
  await vi.waitUntil(() => there.entries.some(({ seq }) => seq === outcome.seq), {
    timeout: 15_000,
    interval: 5,
  });
  return { said, shown: performance.now() - from };
}

async function roomsAt(here: ServerProcess, there: ServerProcess): Promise<[RoomClient, RoomClient]> {
  const admin = await signInAdmin(here.url);
  const { id } = await declare(here.url, admin, { title: 'Redis is away' });
  const rooms = [new RoomClient(here.url, admin, id), new RoomClient(there.url, admin, id)] as const;
  stopping.push(() => Promise.resolve(rooms.forEach((room) => room.close())));
  await Promise.all(rooms.map((room) => room.joined()));
  return [...rooms];
}

describe('several instances', () => {
  test('start while Redis is away, show each other everything within two seconds, and hear each other once it comes', async () => {
    const port = await freePort();
    const env = { REDIS_URL: `redis://127.0.0.1:${port}` };
    const [here, there] = [await instance(env), await instance(env)];
    const away = await readiness(here);
    expect([away.status, away.body]).toEqual([200, { degraded: ['fanout'], fanout: 'away' }]);
    const rooms = await roomsAt(here, there);
    const alone = await saysAndShows(...rooms);
    expect(alone.said).toBeLessThan(1000);
    expect(alone.shown).toBeLessThan(SHOWN_WITHIN + SLACK);

    const redis = await startRedis({ port });
    stopping.push(() => redis.stop());
    for (const server of [here, there]) {
      await vi.waitUntil(
        async () => JSON.stringify((await readiness(server)).body) === '{"degraded":[],"fanout":"connected"}',
        { timeout: 15_000 },
      );
    }
    const shown: number[] = [];
    for (let count = 0; count < 5; count += 1) shown.push((await saysAndShows(...rooms)).shown);
    // Heard, not asked for: asking would take up to three seconds each time.
    expect(Math.min(...shown)).toBeLessThan(300);
    expect(rooms.flatMap(({ faults }) => faults)).toEqual([]);
  });

  test('without Redis show each other everything within two seconds, and call that how they were set up', async () => {
    const [here, there] = [await instance({}), await instance({})];
    expect((await readiness(here)).body).toEqual({ degraded: [], fanout: 'away' });
    const { said, shown } = await saysAndShows(...(await roomsAt(here, there)));
    expect(said).toBeLessThan(1000);
    expect(shown).toBeLessThan(SHOWN_WITHIN + SLACK);
    expect(here.output()).toMatch(/DATABASE_URL is set without REDIS_URL/);
  });
});
