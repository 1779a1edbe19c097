import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer;
let admin: Member;

beforeAll(async () => {
  server = await startHttp();
  admin = await server.member({ admin: true });
}, 60_000);
afterAll(() => server.close());

const post = (url: string, payload: object, by = admin) =>
  server.ask({ method: 'POST', url, payload, token: by.token });
const stored = async () => server.store.outsideEvents({ from: 0, to: Date.now() + 60_000, limit: 100 });

test('[A16] a deploy is kept once by its id and service, and durable when it is answered', async () => {
  const deploy = { id: 'build-7', service: 'checkout', version: '2.1.0', at: '2026-03-14T03:00:00.000Z' };
  const first = await post('/api/deploys', { ...deploy, link: 'https://ci.example.test/7' });
  const again = await post('/api/deploys', deploy);
  const other = await post('/api/deploys', { ...deploy, service: 'search' });
  expect([first.statusCode, again.statusCode, other.statusCode]).toEqual([201, 200, 201]);
  expect(first.json()).toEqual(again.json());
  expect(await stored()).toContainEqual({
    ...{ id: 'deploy:checkout:build-7', kind: 'deploy', service: 'checkout', title: '2.1.0', endedAt: null },
    ...{ at: Date.parse(deploy.at), link: 'https://ci.example.test/7', createdBy: admin.id },
    createdAt: expect.any(Number) as number,
  });
});

test('[A16] an alert ends when it is sent again with its end, and times are now where none is given', async () => {
  const before = Date.now();
  const alert = { id: 'a1', service: 'checkout', title: 'p99 is high' };
  expect((await post('/api/alerts', alert)).statusCode).toBe(201);
  const endedAt = new Date(before + 60_000).toISOString();
  expect((await post('/api/alerts', { ...alert, endedAt })).statusCode).toBe(200);
  const [kept] = (await stored()).filter(({ kind }) => kind === 'alert');
  expect(kept?.at).toBeGreaterThanOrEqual(before);
  expect(kept?.endedAt).toBe(before + 60_000);
});

test.each([
  ['no version', '/api/deploys', { service: 'x' }],
  ['a blank service', '/api/deploys', { service: ' ', version: '1' }],
  [
    'a time that does not exist',
    '/api/deploys',
    { service: 'x', version: '1', at: '2026-02-30T00:00:00.000Z' },
  ],
  ['a link that runs', '/api/deploys', { service: 'x', version: '1', link: 'javascript:alert(1)' }],
  ['no link at all', '/api/alerts', { service: 'x', title: '1', link: 'https://' }],
  [
    'an end before its beginning',
    '/api/alerts',
    {
      ...{ service: 'x', title: '1', at: '2026-03-14T03:00:00.000Z', endedAt: '2026-03-14T02:00:00.000Z' },
    },
  ],
  ['a field that nobody knows', '/api/alerts', { service: 'x', title: '1', admin: true }],
  ['half a character', '/api/alerts', { service: 'x', title: '\ud83d' }],
])('[A17] %s is invalid', async (_, url, payload) => {
  expect(refusal(await post(url, payload))).toEqual({ status: 400, code: 'invalid' });
});

test('[A17] a body of more than 4 KiB is too large', async () => {
  const answer = await post('/api/deploys', {
    service: 'x',
    version: '1',
    link: `https://x.test/${'x'.repeat(4_096)}`,
  });
  expect(refusal(answer)).toEqual({ status: 413, code: 'too_large' });
});
