import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer;
let ida: Member;
let admin: Member;
let incidentId: string;

beforeAll(async () => {
  server = await startHttp();
  ida = await server.member();
  admin = await server.member({ admin: true });
  incidentId = (await post('/api/incidents', { title: 'Checkout fails' })).json<{ id: string }>().id;
}, 60_000);
afterAll(() => server.close());

function post(url: string, payload: object) {
  return server.ask({ method: 'POST', url, payload, token: ida.token });
}

const INVALID = { status: 400, code: 'invalid' };
const NOT_FOUND = { status: 404, code: 'not_found' };

describe('a query', () => {
  const log = (query: string) =>
    server.ask({ url: `/api/incidents/${incidentId}/log?${query}`, token: ida.token });

  test.each([
    'after=-1',
    'after=1e309',
    'after=1e2',
    'after=1.5',
    'after=9007199254740993',
    'after=99999999999999999999',
    'after=0x10',
    'after=',
    'after=NaN',
    'after=%20',
    'after[]=1',
    'after=1&after=2',
    'limit=0',
    'limit=1e9',
    'limit=1001',
    'limit[]=1',
    'before=1&after=1',
    '__proto__=1',
    'unknown=1',
  ])('[E15] log?%s is invalid', async (query) => {
    expect(refusal(await log(query))).toEqual(INVALID);
  });

  test('[E15] the largest page is 1,000 entries', async () => {
    expect((await log('limit=1000')).statusCode).toBe(200);
  });

  test.each([
    '/api/incidents?limit=101',
    '/api/incidents?limit=1e9',
    '/api/incidents?after=-1',
    '/api/incidents?after[]=1',
    '/api/incidents?status=everything',
    '/api/incidents?status=open&status=closed',
    '/api/search?query=',
    '/api/search?query=%20',
    '/api/search',
    '/api/search?query=x&limit=0',
    `/api/people?query=${'x'.repeat(201)}`,
  ])('[E15] %s is invalid', async (url) => {
    expect(refusal(await server.ask({ url, token: ida.token }))).toEqual(INVALID);
  });

  test.each([
    'docSeq=0',
    'docSeq=-1',
    'at=yesterday',
    'at=2026-02-30T00:00:00.000Z',
    'at=2026-01-01T00:00:00.000Z&docSeq=1',
  ])('[E15] document?%s is invalid', async (query) => {
    const answer = await server.ask({
      url: `/api/incidents/${incidentId}/document?${query}`,
      token: ida.token,
    });
    expect(refusal(answer)).toEqual(INVALID);
  });
});

describe('an identifier of another form', () => {
  const forms = [
    'unknown_incident',
    'short',
    'x'.repeat(41),
    'x'.repeat(500),
    '%00',
    'incident%00',
    '..%2f',
    '..%5c..%5c',
    '%2e%2e%2fpeople',
    'note:1',
    'UPPERCASE',
    'trailing%20',
    'trailing.',
    '%ED%95%9C%EA%B8%80%ED%95%9C%EA%B8%80',
    '__proto__',
    'constructor',
    '%zz',
    '%ff',
  ];

  test.each(forms)('[E16] incident %o is not found, as an unknown one is', async (id) => {
    const unknown = await server.ask({ url: '/api/incidents/unknown_incident', token: ida.token });
    for (const suffix of ['', '/log', '/document', '/replay?seq=1', '/links']) {
      const answer = await server.ask({ url: `/api/incidents/${id}${suffix}`, token: ida.token });
      expect(refusal(answer)).toEqual(NOT_FOUND);
      expect(answer.body).toBe(unknown.body);
    }
    const posts: [string, object][] = [
      ['/commands', { type: 'chat.post', body: { text: 'x' } }],
      ['/ticket', {}],
      ['/links', {}],
    ];
    for (const [suffix, payload] of posts) {
      expect(refusal(await post(`/api/incidents/${id}${suffix}`, payload))).toEqual(NOT_FOUND);
    }
  });

  test.each(forms)('[E16] person %o is not found', async (id) => {
    const patch = await server.ask({
      method: 'PATCH',
      url: `/api/people/${id}`,
      token: admin.token,
      payload: {},
    });
    expect(refusal(patch)).toEqual(NOT_FOUND);
    const signOut = await server.ask({
      method: 'DELETE',
      url: `/api/people/${id}/sessions`,
      token: admin.token,
    });
    expect(refusal(signOut)).toEqual(NOT_FOUND);
  });

  test.each(['MAIN', 'main.', '..%2fmain', 'x'.repeat(41), '__proto__', 'unknown'])(
    '[E16] document %o is not found',
    async (name) => {
      const answer = await server.ask({
        url: `/api/incidents/${incidentId}/document?name=${name}`,
        token: ida.token,
      });
      expect(refusal(answer)).toEqual(NOT_FOUND);
    },
  );

  test.each(['0', '-1', '1e3', 'x', '%00', '999999', '99999999999999999999'])(
    '[E16] number %o is not found',
    async (number) => {
      expect(refusal(await server.ask({ url: `/api/incidents/number/${number}`, token: ida.token }))).toEqual(
        NOT_FOUND,
      );
    },
  );

  test.each([
    '/api/unknown',
    '/api',
    '/api/session/',
    '/api//session',
    '/unknown.html',
    '/..%2f..%2fpackage.json',
    '/.env',
  ])('[E16] address %o is not found', async (url) => {
    expect(refusal(await server.ask({ url, token: ida.token }))).toEqual(NOT_FOUND);
  });
});
