import { connect } from 'node:net';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { program } from '../../scripts/programs.ts';
import { startPostgres } from '../support/postgresServer.ts';
import type { PostgresServer } from '../support/postgresServer.ts';
import { startRedis } from '../support/redisServer.ts';
import { root } from '../support/serverProcess.ts';

function sql(url: string, statement: string): string {
  return execFileSync(program('psql'), ['-XAtqc', statement, url], { encoding: 'utf8' }).trim();
}

describe('a throw-away PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ own: true, synchronousStandby: true });
  });
  afterAll(() => server.stop());

  test('gives each call a database of its own', async () => {
    const other = await server.createDatabase();
    sql(server.url, 'create table only_here (id int)');
    expect(sql(server.url, `select to_regclass('only_here')`)).toBe('only_here');
    expect(sql(other, `select to_regclass('only_here')`)).toBe('');
  });

  test('has a standby that confirms commits, and that takes over with everything confirmed', async () => {
    expect(sql(server.url, 'select sync_state from pg_stat_replication')).toBe('sync');
    sql(server.url, 'create table confirmed (id int); insert into confirmed values (7)');
    await server.crash();
    expect(server.isRunning()).toBe(false);
    await server.standby?.promote();
    expect(sql(server.standby?.url ?? '', 'select id from confirmed')).toBe('7');
    await server.start();
    expect(sql(server.url, 'select id from confirmed')).toBe('7');
  });
});

test('a PostgreSQL that the environment names gives databases, is not killed, and is left clean', async () => {
  const given = await startPostgres({ own: true });
  const databases = (): string => sql(given.url, 'select count(*) from pg_database');
  try {
    const before = databases();
    vi.stubEnv('TEST_DATABASE_URL', given.url);
    const server = await startPostgres();
    expect(server.port).toBe(given.port);
    expect(sql(server.url, 'select current_database()')).toBe(new URL(server.url).pathname.slice(1));
    expect(() => server.kill()).toThrow('not ours');
    await server.createDatabase();
    expect(Number(databases())).toBe(Number(before) + 2);
    await server.stop();
    expect(databases()).toBe(before);
  } finally {
    vi.unstubAllEnvs();
    await given.stop();
  }
});

test.runIf(process.platform === 'linux')(
  'servers end with the process that started them, even when it is killed',
  async () => {
    const script = `
    import { startRedis } from './test/support/redisServer.ts';
    console.log((await startRedis({ own: true })).pid());
    setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { cwd: root });
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (text: Buffer) => resolve(Number(text.toString())));
    });
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitUntil(() => !isAlive(pid), { timeout: 10_000, interval: 20 });
  },
);

function isAlive(pid: number): boolean {
  try {
    // A zombie that nobody waits for yet has ended too.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('a throw-away Redis can be killed and comes back at the same address, empty', async () => {
  const server = await startRedis({ own: true });
  try {
    expect(await ask(server.port, 'SET key value')).toBe('+OK');
    await server.kill();
    await expect(ask(server.port, 'PING')).rejects.toThrow('ECONNREFUSED');
    await server.start();
    expect(await ask(server.port, 'GET key')).toBe('$-1');
  } finally {
    await server.stop();
  }
});

function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${command}\r\n`));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().trim());
    });
  });
}
