import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program } from '../../scripts/programs.ts';
import { commandOverHttp, declare, readWholeLog, request, signInAdmin } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { chainFaults } from '../support/clientChain.ts';
import { openSocket } from '../support/clientRoom.ts';
import { startPostgres } from '../support/postgresServer.ts';
import type { PostgresServer } from '../support/postgresServer.ts';
import { root, startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';

const run = promisify(execFile);
let postgres: PostgresServer;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
  folder = await mkdtemp(path.join(tmpdir(), 'warroom-dump-'));
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function onDatabase<T>(url: string, work: (server: ServerProcess) => Promise<T>): Promise<T> {
  const server = await startServer({ env: { DATABASE_URL: url } });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function epochOf(server: ServerProcess, who: Account, incidentId: string): Promise<string> {
  const socket = openSocket(server.url, who.token);
  try {
    const answer = await socket.emitWithAck('join', { incidentId });
    if (!answer.ok) throw new Error(`The join was refused: ${answer.error.code}.`);
    return answer.storageEpoch;
  } finally {
    socket.close();
  }
}

const say = (server: ServerProcess, who: Account, incidentId: string, text: string) =>
  commandOverHttp(server.url, who, incidentId, { type: 'chat.post', body: { text } });

test('a dump by the steps of the guide is the state of its moment, as new storage in which nobody is signed in', async () => {
  const dump = path.join(folder, 'warroom.dump');
  const before = await onDatabase(postgres.url, async (server) => {
    const admin = await signInAdmin(server.url);
    const { id } = await declare(server.url, admin, { title: 'Kept' });
    await say(server, admin, id, 'before the dump');
    await run(program('pg_dump'), ['--format=custom', `--file=${dump}`, postgres.url]);
    await say(server, admin, id, 'after the dump');
    return { id, admin, epoch: await epochOf(server, admin, id) };
  });

  const restored = await postgres.createDatabase();
  await run(program('pg_restore'), ['--exit-on-error', '--no-owner', `--dbname=${restored}`, dump]);
  const script = path.join(root, 'deploy/postgres/after-restore.sql');
  await run(program('psql'), [
    ...['--no-psqlrc', '--single-transaction', '--set', 'ON_ERROR_STOP=1'],
    ...['--file', script, restored],
  ]);

  await onDatabase(restored, async (server) => {
    const { id } = before;
    const ended = await request(`${server.url}/api/incidents/${id}`, { token: before.admin.token });
    expect(ended.status).toBe(401);
    const admin = await signInAdmin(server.url);
    const entries = await readWholeLog(server.url, admin, id);
    expect(entries.map(({ body }) => body?.['text'])).toEqual([undefined, 'before the dump']);
    expect(chainFaults(entries)).toEqual([]);
    expect(await epochOf(server, admin, id)).not.toBe(before.epoch);
    expect(await say(server, admin, id, 'life goes on')).toMatchObject({ status: 200, body: { seq: 3 } });
  });
});
