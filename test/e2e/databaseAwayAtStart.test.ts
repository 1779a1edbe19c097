import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, commandOverHttp, declare, eventually, signInAdmin } from '../support/client.ts';
import { startPostgres } from '../support/postgresServer.ts';
import type { PostgresServer } from '../support/postgresServer.ts';
import { startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';

const PAGE = 'public-page';
let postgres: PostgresServer;
let server: ServerProcess;

beforeAll(async () => {
  postgres = await startPostgres({ own: true });
  server = await startServer({ env: { DATABASE_URL: postgres.url } });
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

const status = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${server.url}${path}`, init);
  return { status: answer.status, text: await answer.text() };
};

test('[P19] a process that starts while PostgreSQL is away answers the last state of the public page until it is back', async () => {
  const { url } = server;
  const admin = await signInAdmin(url);
  const page = { name: 'Example', enabled: true, severities: [], locale: 'en' };
  await ask(`${url}/api/settings/page/${PAGE}`, {
    ...{ method: 'PUT', token: admin.token, body: { body: page, revision: 0 } },
  });
  const { id } = await declare(url, admin, { title: 'Checkout fails' });
  const attach = { type: 'audience.attach', body: { audience: PAGE } };
  expect((await commandOverHttp(url, admin, id, attach)).status).toBe(200);
  const send = { type: 'update.send', body: { state: 'identified', text: 'Some cards fail.' } };
  expect((await commandOverHttp(url, admin, id, send)).status).toBe(200);
  const kept = path.join(server.dataDir, 'public-page.json');
  await eventually('the page shows it, and it is kept', async () => {
    const shown = (await status('/status')).text.includes('Some cards fail.');
    return shown && (await readFile(kept, 'utf8').catch(() => '')).includes('Some cards fail.');
  });

  await server.kill();
  await postgres.kill();
  const restarted = server.restart();
  // Awaited below; if the test fails before, that is what is told.
  restarted.catch(() => {});
  await eventually(
    'the last state is answered',
    async () => {
      const found = await status('/status').catch(() => null);
      return found?.status === 200 && found.text.includes('Some cards fail.');
    },
    60_000,
  );
  expect((await status('/api/v2/summary.json')).text).toContain('Some cards fail.');
  expect((await status('/status', { method: 'HEAD' })).status).toBe(200);
  expect((await status('/status/i/77')).status).toBe(404);
  expect((await status('/status/subscribe', { method: 'POST' })).status).toBe(503);
  expect((await status('/healthz')).status).toBe(200);
  expect((await status('/readyz')).status).toBe(503);
  const people = await status('/api/people', { headers: { authorization: `Bearer ${admin.token}` } });
  expect([people.status, JSON.parse(people.text)]).toMatchObject([503, { error: { code: 'unavailable' } }]);

  await postgres.start();
  await restarted;
  expect((await status('/status')).text).toContain('Some cards fail.');
  expect((await commandOverHttp(url, admin, id, send)).status).toBe(200);
});
