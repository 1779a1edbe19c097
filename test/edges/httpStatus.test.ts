import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UpdateBody } from '#shared/contract/updates.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { createPublicFile } from '../../server/broadcast/publicFile.ts';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type { Store } from '../../server/rooms/ports.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';
import { openPublicPage, say } from '../support/stakeholders.ts';

const CHECKOUT = 'service-checkout';
const SEARCH = 'service-search';
const INTERNAL = 'service-internal';

let server: HttpServer;
let ida: Member;
let folder: string;
let file: string;
/** What the database does now. */
let away = false;
let readings = 0;

function failing(store: Store): Store {
  return new Proxy(store, {
    get(of, name: keyof Store) {
      const method: unknown = of[name];
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        if (name === 'publishedIncidents') readings += 1;
        if (away && name !== 'close') return Promise.reject(new StoreUnavailable('away'));
        return (method as (...all: unknown[]) => unknown).apply(of, given);
      };
    },
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warroom-status-'));
  file = join(folder, 'data', 'public-page.json');
  server = await startHttp({ wrapStore: failing, publicFile: createPublicFile(file) });
  ida = await server.member();
  await openPublicPage(server, {
    [SEARCH]: { name: { en: 'Search', ko: '검색' }, order: 2 },
    [CHECKOUT]: { name: { en: 'Checkout', ko: '결제' }, order: 1 },
    [INTERNAL]: { public: false },
  });
}, 60_000);
afterAll(async () => {
  away = false;
  await server.close();
  await rm(folder, { recursive: true });
});

async function declare(title: string, given: object = {}): Promise<{ id: string; number: number }> {
  const payload = { title, ...given };
  return (await server.ask({ method: 'POST', url: '/api/incidents', token: ida.token, payload })).json();
}

const attach = (id: string) =>
  say(server, ida, id, { type: 'audience.attach', body: { audience: PUBLIC_PAGE } });
const send = (id: string, body: UpdateBody) => say(server, ida, id, { type: 'update.send', body });

/** Asks until the answer is of now: what is a second old may be answered once more. */
async function fresh(url: string, isFresh: (body: string) => boolean) {
  for (;;) {
    const answer = await server.ask({ url });
    if (isFresh(answer.body)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('the public page', () => {
  test('[P11] shows what went to it and nothing else, and nothing of a private incident', async () => {
    const open = await declare('Cards fail');
    await send(open.id, { state: 'investigating', text: 'For partners alone.' });
    await attach(open.id);
    await send(open.id, {
      ...{ state: 'mitigating', text: 'Some cards fail.', locale: 'en' },
      translations: { ko: { text: '일부 카드 결제가 되지 않습니다.' } },
    });
    await say(server, ida, open.id, {
      type: 'service.set',
      body: { service: CHECKOUT, impact: 'partial_outage' },
    });
    const silent = await declare('Nobody hears of this');
    const hidden = await declare('Secret matter', { private: true });
    await send(hidden.id, { state: 'investigating', text: 'Very secret.' });
    const attached = await server.ask({
      ...{ method: 'POST', url: `/api/incidents/${hidden.id}/commands`, token: ida.token },
      payload: { type: 'audience.attach', body: { audience: PUBLIC_PAGE } },
    });
    expect(attached.statusCode).not.toBe(200);
    const page = await fresh('/status', (body) => body.includes('Partly down'));
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    for (const shown of [
      'Cards fail',
      'Some cards fail.',
      'Being repaired',
      'Checkout',
      'Search',
      'Parts are down',
    ]) {
      expect(page.body).toContain(shown);
    }
    const history = await server.ask({ url: '/status/history' });
    const one = await server.ask({ url: `/status/i/${open.number}` });
    expect(one.body).toContain('Some cards fail.');
    const feeds = await Promise.all(
      ['/status/feed.rss', '/status/feed.atom', '/status/feed.json'].map((url) => server.ask({ url })),
    );
    const apis = await Promise.all(
      ['summary', 'incidents', 'status'].map((name) => server.ask({ url: `/api/v2/${name}.json` })),
    );
    for (const { body } of [page, history, one, ...feeds, ...apis]) {
      for (const never of [
        'For partners',
        'Nobody hears',
        'Secret',
        'secret',
        open.id,
        ida.id,
        INTERNAL,
        'SEV',
      ]) {
        expect(body).not.toContain(never);
      }
    }
    for (const { number } of [silent, hidden]) {
      expect((await server.ask({ url: `/status/i/${number}` })).statusCode).toBe(404);
    }
    const korean = await server.ask({ url: '/status?lang=ko' });
    for (const shown of ['일부 카드 결제가 되지 않습니다.', '결제', '일부 중단', '복구 중']) {
      expect(korean.body).toContain(shown);
    }
    const text = korean.body.replace(/<head>.*?<\/head>/s, '').replace(/<[^>]+>/g, ' ');
    const foreign = new Set(text.match(/[A-Za-z]{2,}/g));
    // A title is its writer's; the rest is the names of things.
    for (const known of ['Cards', 'fail', 'Example', 'UTC', 'RSS', 'Atom', 'JSON', 'English'])
      foreign.delete(known);
    expect([...foreign]).toEqual([]);
  });

  test('[P12] is answered from memory, compressed, with a strong tag for each encoding', async () => {
    const plain = await server.ask({ url: '/status' });
    expect(plain.headers['cache-control']).toBe('public, max-age=5, stale-if-error=86400');
    expect(plain.headers['set-cookie']).toBeUndefined();
    const encoded = async (accept: string) =>
      server.ask({ url: '/status', headers: { 'accept-encoding': accept } });
    const [br, gzip] = [await encoded('gzip, deflate, br'), await encoded('gzip')];
    expect(brotliDecompressSync(br.rawPayload).toString()).toBe(plain.body);
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(plain.body);
    const tags = [plain, br, gzip].map(({ headers }) => headers.etag);
    expect(new Set(tags).size).toBe(3);
    for (const tag of tags) expect(tag).toMatch(/^"[\w-]+"$/);
    expect((await encoded('br;q=0, identity')).headers['content-encoding']).toBeUndefined();
    const again = (tag: string) =>
      server.ask({ url: '/status', headers: { 'if-none-match': tag, 'accept-encoding': 'br' } });
    const known = await again(`"other", W/${br.headers.etag}`);
    expect([known.statusCode, known.body, known.headers.etag]).toEqual([304, '', br.headers.etag]);
    expect((await again('"other"')).statusCode).toBe(200);
  });

  test('[P12] asks the store at most once a second, however many ask', async () => {
    readings = 0;
    const began = performance.now();
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 20 }, () => server.ask({ url: '/api/v2/status.json' })));
    }
    expect(readings).toBeLessThanOrEqual(Math.ceil((performance.now() - began) / 1_000) + 1);
  });

  test('[P12] goes on from its last state while the store is away, also in a process that starts then', async () => {
    const before = await fresh('/status', (body) => body.includes('Some cards fail.'));
    const kept = () => readFile(file, 'utf8').catch(() => '');
    await expect.poll(kept).toContain('Some cards fail.');
    away = true;
    const clock = createFakeClock();
    const { createPublicAnswers } = await import('../../server/broadcast/publicAnswers.ts');
    const failures: unknown[] = [];
    const answers = createPublicAnswers({
      read: () => Promise.reject(new StoreUnavailable('away')),
      file: createPublicFile(file),
      clock,
      onFailure: (error) => failures.push(error),
    });
    const make = (model: { name: string }) => ({ type: 'text/plain', text: model.name });
    expect((await answers.answer('x', make))?.body.identity.toString()).toBe('Example');
    expect(failures).toHaveLength(1);
    // Longer than a reading counts as good.
    await new Promise((resolve) => setTimeout(resolve, 5_200));
    const during = await server.ask({ url: '/status' });
    expect([during.statusCode, during.body.includes('Some cards fail.')]).toEqual([200, true]);
    // But for the minutes that went by.
    const timeless = (body: string) => body.replace(/\d+/g, '#');
    expect(timeless(during.body)).toBe(timeless(before.body));
    away = false;
  }, 20_000);

  test('[P13] tells status aggregators in the shapes that they read', async () => {
    const { number } = await declare('Search is slow').then(async ({ id, number: found }) => {
      await attach(id);
      await send(id, { state: 'identified', text: 'Search is slow.' });
      await say(server, ida, id, {
        type: 'service.set',
        body: { service: SEARCH, impact: 'degraded_performance' },
      });
      await send(id, { state: 'monitoring', text: 'Faster again.' });
      return { number: found };
    });
    const url = '/api/v2/summary.json';
    const summary = (await fresh(url, (body) => body.includes('Faster again.'))).json<
      Record<string, unknown>
    >();
    expect(summary).toMatchObject({
      page: { id: 'public-page', name: 'Example', url: 'http://localhost:3000/status', time_zone: 'Etc/UTC' },
      status: { indicator: 'major', description: 'Partial System Outage' },
      components: [
        { id: CHECKOUT, name: 'Checkout', status: 'partial_outage', position: 1, group: false },
        { id: SEARCH, name: 'Search', status: 'degraded_performance', position: 2 },
      ],
      scheduled_maintenances: [],
      incidents: [
        {
          ...{ id: `inc-${number}`, name: 'Search is slow', status: 'monitoring', impact: 'minor' },
          ...{ resolved_at: null, shortlink: `http://localhost:3000/status/i/${number}` },
          components: [{ id: SEARCH }],
          incident_updates: [
            {
              id: `inc-${number}-2`,
              status: 'monitoring',
              body: 'Faster again.',
              incident_id: `inc-${number}`,
              affected_components: [
                {
                  ...{ code: SEARCH, name: 'Search' },
                  ...{ old_status: 'operational', new_status: 'degraded_performance' },
                },
              ],
            },
            {
              ...{ id: `inc-${number}-1`, status: 'identified', body: 'Search is slow.' },
              affected_components: null,
            },
          ],
        },
        { status: 'identified', impact: 'major' },
      ],
    });
  });

  test('[P13] takes an incident that is over out of the open ones, and its services work again', async () => {
    const { id } = await declare('Short one');
    await attach(id);
    await send(id, { state: 'investigating', text: 'Something is wrong.' });
    await fresh('/status', (body) => body.includes('Short one'));
    await say(server, ida, id, { type: 'status.set', body: { status: 'resolved' }, epoch: 1 });
    await fresh('/api/v2/summary.json', (body) => !body.includes('Short one'));
    const list = (await server.ask({ url: '/api/v2/incidents.json' })).json<{ incidents: object[] }>();
    expect(list.incidents[0]).toMatchObject({ name: 'Short one', status: 'resolved', impact: 'minor' });
    expect((await server.ask({ url: '/status' })).body).toContain('Last 14 days');
  });

  test('[P11] does not show a text that was redacted, wherever it was before', async () => {
    const { id } = await declare('Leaky');
    await attach(id);
    const seq = await send(id, { state: 'investigating', text: 'password hunter2' });
    await fresh('/status/feed.json', (body) => body.includes('hunter2'));
    await say(server, ida, id, { type: 'entry.redact', body: { seq, reason: 'secret' }, epoch: 1 });
    await fresh('/status', (body) => !body.includes('hunter2'));
    for (const url of ['/status/feed.json', '/status/feed.rss', '/api/v2/summary.json', '/status/history']) {
      expect((await server.ask({ url })).body).not.toContain('hunter2');
    }
    await expect.poll(() => readFile(file, 'utf8')).not.toContain('hunter2');
  });

  test('[P11] is not there until an administrator switches it on', async () => {
    const other = await startHttp();
    for (const url of ['/status', '/status/history', '/status/i/1', '/status/feed.rss']) {
      expect((await other.ask({ url })).statusCode).toBe(404);
    }
    expect(refusal(await other.ask({ url: '/api/v2/summary.json' }))).toEqual({
      status: 404,
      code: 'not_found',
    });
    const wish = { address: 'x@example.test' };
    const subscribed = await other.ask({ method: 'POST', url: '/status/subscribe', payload: wish });
    expect(subscribed.statusCode).toBe(404);
    await other.close();
  });

  test('[P12] is the same when it is sent before anything else looks at the request', async () => {
    const other = await startHttp();
    await openPublicPage(other);
    await other.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = other.app.server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/status`;
    const ask = async (more: Record<string, string> = {}) => {
      const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip', ...more } });
      const { date, 'keep-alive': _, ...headers } = Object.fromEntries(answer.headers);
      return { status: answer.status, headers, text: await answer.text(), date };
    };
    const logged = () => other.log.filter((line) => line.includes('/status')).length;
    const first = await ask();
    const before = logged();
    const second = await ask();
    // Or else nothing was sent early, and nothing is tried here.
    expect(logged()).toBe(before);
    expect({ ...second, date: '' }).toEqual({ ...first, date: '' });
    expect(second.headers['content-security-policy']).toContain("default-src 'self'");
    // Monitoring asks by HEAD, which is the same without a body: ready or not.
    for (const path of ['/status', '/status/history', '/api/v2/summary.json']) {
      const asked = await fetch(new URL(path, url), { method: 'HEAD' });
      const read = await fetch(new URL(path, url));
      expect([asked.status, await asked.text()]).toEqual([200, '']);
      expect(asked.headers.get('etag')).toBe(read.headers.get('etag'));
    }
    const known = await ask({ 'if-none-match': first.headers['etag'] ?? '' });
    expect([known.status, known.text, known.headers['etag']]).toEqual([304, '', first.headers['etag']]);
    await other.close();
  });
});
