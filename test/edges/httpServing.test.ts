import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultLimits, readPageLimits } from '#shared/contract/limits.ts';
import type { Store } from '../../server/rooms/ports.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer } from '../support/httpServer.ts';

let folder: string;
let server: HttpServer;
let isDraining = false;
let health: () => Promise<boolean> = () => Promise.resolve(true);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warroom-client-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>warroom</title>');
  await writeFile(join(folder, 'assets', 'main-4f2a.js'), 'export {};');
  await writeFile(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  server = await startHttp({
    clientFolder: folder,
    isDraining: () => isDraining,
    wrapStore: (store): Store => ({ ...store, healthy: () => health() }),
  });
}, 60_000);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('the browser client', () => {
  test.each([
    '/',
    '/board',
    '/declare',
    '/i/42',
    '/i/42/review?at=412',
    '/signin',
    '/setup/abc',
    '/invite/abc',
    '/settings/people',
  ])('[E36] %s is the one page, fetched anew each time', async (url) => {
    const answer = await server.ask({ url });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
    expect(answer.body).toContain('<title>warroom</title>');
  });

  test('[E36] carries the limits that a browser has to know, as this server has them', async () => {
    const limits = { chatCharacters: 500, documentWarningBytes: 1_000 };
    const small = await startHttp({ clientFolder: folder, limits });
    try {
      const { body } = await small.ask({ url: '/board' });
      const [, told = ''] = /<meta name="warroom-limits" content="([\w= ]+)">/.exec(body) ?? [];
      expect(readPageLimits(told)).toEqual({ ...limits, documentBytes: defaultLimits.documentBytes });
      const { chatCharacters, documentBytes, documentWarningBytes } = defaultLimits;
      expect(readPageLimits('chatCharacters=-1 documentBytes=1e3 other=5 documentWarningBytes')).toEqual({
        ...{ chatCharacters, documentBytes, documentWarningBytes },
      });
    } finally {
      await small.close();
    }
  });

  test('[E36] files named by their content are kept for ever, others are asked for again', async () => {
    const hashed = await server.ask({ url: '/assets/main-4f2a.js' });
    expect(hashed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(hashed.headers['content-type']).toMatch(/javascript/);
    expect((await server.ask({ url: '/icon.svg' })).headers['cache-control']).toBe('no-cache');
  });

  test('[E36] a client that is built anew under the server is served from then on, with what the one before had', async () => {
    const next = await mkdtemp(join(tmpdir(), 'warroom-client-'));
    try {
      await mkdir(join(next, 'assets'));
      await writeFile(join(next, 'index.html'), '<meta name="warroom-build" content="one"><title>1</title>');
      await writeFile(join(next, 'assets', 'main-1.js'), 'export {};');
      const clock = createFakeClock();
      const one = await startHttp({ clientFolder: next, clock });
      try {
        expect(await one.app.clientBuild()).toBe('one');
        await rm(join(next, 'index.html'));
        expect((await one.ask({ url: '/board' })).body).toContain('<title>1</title>');
        await writeFile(
          join(next, 'index.html'),
          '<meta name="warroom-build" content="two"><title>second</title>',
        );
        await writeFile(join(next, 'assets', 'main-2.js'), 'export {};');
        expect((await one.ask({ url: '/board' })).body).toContain('<title>second</title>');
        await clock.advance(1_000);
        expect(await one.app.clientBuild()).toBe('two');
        for (const url of ['/assets/main-1.js', '/assets/main-2.js'])
          expect((await one.ask({ url })).statusCode).toBe(200);
      } finally {
        await one.close();
      }
    } finally {
      await rm(next, { recursive: true });
    }
  });

  test.each([
    '/assets/.hidden',
    '/assets/gone.js',
    '/index.htm',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/index.html',
    '/i',
    '/api/i/42',
  ])('[E36] %s is not found, in the one shape of errors', async (url) => {
    expect(refusal(await server.ask({ url }))).toEqual({ status: 404, code: 'not_found' });
  });
});

describe('every answer', () => {
  test.each(['/', '/api/session', '/api/unknown', '/healthz', '/s/unknown', '/assets/main-4f2a.js'])(
    '[E37] of %s runs nothing inline, is framed by nobody and is not guessed at',
    async (url) => {
      const { headers } = await server.ask({ url });
      const policy = new Map(
        String(headers['content-security-policy'])
          .split(';')
          .map((part) => part.trim().split(' '))
          .map(([name, ...values]) => [name, values.join(' ')]),
      );
      expect(Object.fromEntries(policy)).toMatchObject({
        'default-src': "'self'",
        'script-src': "'self'",
        'style-src': "'self' 'unsafe-inline'",
        'object-src': "'none'",
        'base-uri': "'none'",
        'frame-ancestors': "'none'",
        'connect-src': "'self' ws://localhost:3000 ws://127.0.0.1:3000",
      });
      expect(headers['x-content-type-options']).toBe('nosniff');
      // The forms of a reader's page need an origin; other sites are told nothing either way.
      expect(headers['referrer-policy']).toBe(url.startsWith('/s/') ? 'same-origin' : 'no-referrer');
      expect(headers['strict-transport-security']).toBeUndefined();
    },
  );

  test('[E37] under an https address asks for https, in policy and cookie', async () => {
    const secure = await startHttp({ config: { publicUrl: 'https://warroom.example.org' } });
    try {
      const answer = await secure.ask({ url: '/healthz' });
      expect(answer.headers['strict-transport-security']).toMatch(/^max-age=/);
      expect(answer.headers['content-security-policy']).toContain(
        "connect-src 'self' wss://warroom.example.org;",
      );
      const { email } = await secure.person();
      const payload = { email, password: 'correct horse battery' };
      const headers = { origin: 'https://warroom.example.org' };
      const signedIn = await secure.ask({ method: 'POST', url: '/api/session', payload, headers });
      expect(String(signedIn.headers['set-cookie'])).toContain('Secure');
      const local = await secure.ask({
        method: 'POST',
        url: '/api/session',
        payload,
        headers: { origin: 'http://localhost:3000' },
      });
      expect(local.statusCode).toBe(403);
    } finally {
      await secure.close();
    }
  });

  test("of a refusal speaks the reader's language", async () => {
    const korean = await server.ask({ url: '/api/session', headers: { 'accept-language': 'ko' } });
    expect(korean.json()).toMatchObject({
      error: { code: 'unauthenticated', message: '먼저 로그인하세요.' },
    });
  });
});

describe('whoever runs it', () => {
  test('[E38] learns that it lives, and whether it is ready', async () => {
    for (const url of ['/healthz', '/readyz', '/metrics'])
      expect((await server.ask({ method: 'HEAD', url })).statusCode).toBe(200);
    expect((await server.ask({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
    expect((await server.ask({ url: '/readyz' })).json()).toEqual({ degraded: [] });
  });

  test('[E38] is told of a store that is away, and keeps getting traffic; not so without its schema', async () => {
    health = () => Promise.reject(new Error('away'));
    const away = await server.ask({ url: '/readyz' });
    expect([away.statusCode, away.json()]).toEqual([200, { degraded: ['store'] }]);
    health = () => Promise.resolve(false);
    expect((await server.ask({ url: '/readyz' })).statusCode).toBe(503);
    health = () => Promise.resolve(true);
  });

  test.each([
    ['connected', true, { degraded: [], fanout: 'connected' }],
    ['away', true, { degraded: ['fanout'], fanout: 'away' }],
    ['away', false, { degraded: [], fanout: 'away' }],
  ] as const)(
    '[E38] is told that the others are %s (wanted: %s), and sends traffic all the same',
    async (state, mustConnect, body) => {
      const one = await startHttp({ fanout: { state: () => state, mustConnect } });
      const answer = await one.ask({ url: '/readyz' });
      expect([answer.statusCode, answer.json()]).toEqual([200, body]);
      await one.close();
    },
  );

  test('[E38] sees a draining server refuse everything but its health, retryably', async () => {
    const ida = await server.member();
    isDraining = true;
    try {
      expect((await server.ask({ url: '/readyz' })).statusCode).toBe(503);
      expect((await server.ask({ url: '/healthz' })).statusCode).toBe(200);
      const answer = await server.ask({ url: '/api/incidents', token: ida.token });
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ error: { code: 'unavailable', retryable: true } });
    } finally {
      isDraining = false;
    }
  });

  test('[E39] reads counts as Prometheus text that names no secret and no incident', async () => {
    const ida = await server.member();
    const declared = await server.ask({
      method: 'POST',
      url: '/api/incidents',
      token: ida.token,
      payload: { title: 'Secret title' },
    });
    const { id } = declared.json<{ id: string }>();
    const chat = { type: 'chat.post', body: { text: 'x' } };
    await server.ask({
      method: 'POST',
      url: `/api/incidents/${id}/commands`,
      token: ida.token,
      payload: chat,
    });
    const answer = await server.ask({ url: '/metrics' });
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    for (const name of [
      'warroom_commit_seconds_count 1',
      'warroom_commit_batch_size_bucket',
      'warroom_document_frame_edits_bucket',
      'warroom_room_sockets',
      'warroom_document_sockets',
      'warroom_lagging_sockets',
      'warroom_gap_repairs_total',
      'warroom_rooms 1',
      'nodejs_eventloop_lag_seconds',
      'route="/api/incidents/:id/commands"',
    ]) {
      expect(answer.body).toContain(name);
    }
    for (const secret of [id, ida.id, 'Secret title']) expect(answer.body).not.toContain(secret);
  });

  test('[E40] a failure of the store is a retryable answer in the one shape, with one error in the log', async () => {
    let isBroken = false;
    const failing = await startHttp({
      wrapStore: (store): Store => ({
        ...store,
        readSummary: (id) => (isBroken ? Promise.reject(new Error('disk gone')) : store.readSummary(id)),
        listIncidents: (query) =>
          isBroken ? Promise.reject(new Error('disk gone')) : store.listIncidents(query),
      }),
    });
    try {
      const ida = await failing.member();
      isBroken = true;
      const answer = await failing.ask({ url: '/api/incidents', token: ida.token });
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ error: { code: 'unavailable', retryable: true } });
      expect(answer.body).not.toContain('disk gone');
      expect(failing.log.filter((line) => line.includes('disk gone'))).toHaveLength(1);
    } finally {
      await failing.close();
    }
  });

  test('[E41] the description of the API names every route with its schema, in OpenAPI 3.1', async () => {
    const { openapi, paths } = (await server.ask({ url: '/api/openapi.json' })).json<{
      openapi: string;
      paths: Record<string, Record<string, { summary?: string; responses: object }>>;
    }>();
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/api/session',
        '/api/people/{id}',
        '/api/incidents/{id}/commands',
        '/api/s/{token}',
      ]),
    );
    for (const operations of Object.values(paths)) {
      for (const operation of Object.values(operations)) expect(operation.summary).toBeTruthy();
    }
  });
});
