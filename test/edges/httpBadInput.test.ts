import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultLimits } from '#shared/contract/limits.ts';
import { createFakeClock } from '../support/fakeClock.ts';
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
  const declared = await post('/api/incidents', { title: 'Checkout fails' });
  incidentId = declared.json<{ id: string }>().id;
}, 60_000);
afterAll(() => server.close());

function post(url: string, payload: InjectOptions['payload'], headers: Record<string, string> = {}) {
  return server.ask({ method: 'POST', url, payload: payload ?? '', headers, token: ida.token });
}

/** A declaration whose body is sent as it is written here. */
function declareRaw(
  payload: string | Buffer,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) {
  return post('/api/incidents', payload, headers);
}

const INVALID = { status: 400, code: 'invalid' };
const UNSUPPORTED = { status: 415, code: 'unsupported' };

describe('the kind of a body', () => {
  test.each([
    'application/json garbage',
    '\tapplication/json',
    'APPLICATION/JSON;x',
    'application/json; charset=utf-16',
    'application/json, text/plain',
    'application/json;',
    'application/jsonp',
    'application/vnd.api+json',
    'text/plain',
    'text/plain; x=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('[E11] %o is not taken', async (type) => {
    expect(refusal(await declareRaw('{"title":"x"}', { 'content-type': type }))).toEqual(UNSUPPORTED);
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
  ])('[E11] %o is JSON', async (type) => {
    expect((await declareRaw('{"title":"x"}', { 'content-type': type })).statusCode).toBe(201);
  });

  test('[E11] a body without a kind, and a compressed one, are not taken', async () => {
    const untyped = await server.app.inject({
      method: 'POST',
      url: '/api/incidents',
      headers: { authorization: `Bearer ${ida.token}`, 'content-type': '' },
      payload: '{"title":"x"}',
    });
    expect(refusal(untyped)).toEqual(UNSUPPORTED);
    for (const encoding of ['gzip', 'br', 'deflate', 'gzip, identity']) {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      expect(refusal(await declareRaw(Buffer.from([0x1f, 0x8b, 8, 0]), headers))).toEqual(UNSUPPORTED);
    }
  });
});

describe('the content of a body', () => {
  test.each([
    ['a prototype key', '{"title":"x","__proto__":{"admin":true}}'],
    ['a prototype key written by code', '{"title":"x","\\u005f_proto__":{"admin":true}}'],
    ['a constructor with a prototype', '{"title":"x","constructor":{"prototype":{"admin":true}}}'],
    ['an unknown field', '{"title":"x","commander":"somebody"}'],
    ['a number for an object', '10'],
    ['a text for an object', '"10"'],
    ['a list for an object', '[]'],
    ['null', 'null'],
    ['nothing', ''],
    ['half of it', '{"title":'],
    ['two of them', '{"title":"x"}{"title":"y"}'],
    ['a number for a text', '{"title":1}'],
    ['a list for a text', '{"title":["x"]}'],
    ['a text for a truth value', '{"title":"x","private":"true"}'],
    ['1 for a truth value', '{"title":"x","private":1}'],
    ['a severity there is not', '{"title":"x","severity":"SEV0"}'],
    ['a title in which nothing is to be read', '{"title":"\\u3164\\u200b "}'],
    ['a title past its length', JSON.stringify({ title: 'x'.repeat(201) })],
    ['NUL', '{"title":"a\\u0000b"}'],
    ['half a surrogate pair', '{"title":"a\\ud83d"}'],
    ['NUL in a key', '{"title":"x","\\u0000":1}'],
    ['nesting 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['a command id of another form', '{"title":"x","commandId":"UPPER-CASE"}'],
  ])('[E12] %s is invalid', async (_, payload) => {
    expect(refusal(await declareRaw(payload))).toEqual(INVALID);
  });

  test('[E12] brackets inside of text are not nesting', async () => {
    expect((await declareRaw(JSON.stringify({ title: '\\"[{'.repeat(40) }))).statusCode).toBe(201);
  });

  test('[E12] a field given twice cannot give what the last one may not', async () => {
    const answer = await declareRaw('{"title":"x","drill":true,"title":"y","commander":"somebody"}');
    expect(refusal(answer)).toEqual(INVALID);
  });

  test('[E13] a body at the limit is read, one past it is too large', async () => {
    const sized = (bytes: number): string => {
      const frame = JSON.stringify({ title: '' }).length;
      return JSON.stringify({ title: 'x'.repeat(bytes - frame) });
    };
    expect(refusal(await declareRaw(sized(defaultLimits.httpBodyBytes)))).toEqual(INVALID);
    expect(refusal(await declareRaw(sized(defaultLimits.httpBodyBytes + 1)))).toEqual({
      status: 413,
      code: 'too_large',
    });
  });

  test('[E12] nothing of all that reached the prototype of anything', () => {
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('a command over HTTP', () => {
  const send = (payload: object) => post(`/api/incidents/${incidentId}/commands`, payload);

  test.each([
    ['no type', { body: {} }],
    ['a type there is not', { type: 'chat.destroy', body: {} }],
    ['__proto__ as type', { type: '__proto__', body: {} }],
    ['constructor as type', { type: 'constructor', body: {} }],
    ['a type as a list', { type: ['chat.post'], body: { text: 'x' } }],
    ['a system command', { type: 'handoff.expire', body: { offer: 'offer-0001' } }],
    ['no body', { type: 'chat.post' }],
    ['a body that is null', { type: 'chat.post', body: null }],
    ['an unknown field in the body', { type: 'chat.post', body: { text: 'x', author: 'somebody' } }],
    ['a field beside the body', { type: 'chat.post', body: { text: 'x' }, actor: 'somebody' }],
    ['an epoch as text', { type: 'status.set', body: { status: 'identified' }, epoch: '1' }],
    ['an epoch of 1.5', { type: 'status.set', body: { status: 'identified' }, epoch: 1.5 }],
    ['no epoch where one is needed', { type: 'status.set', body: { status: 'identified' } }],
    ['a null command id', { type: 'chat.post', body: { text: 'x' }, commandId: null }],
    ['a blank chat', { type: 'chat.post', body: { text: ' \n' } }],
  ])('[E12] with %s is invalid', async (_, payload) => {
    expect(refusal(await send(payload))).toEqual(INVALID);
  });

  test('[E13] chat at its limit is taken, one character more is too large', async () => {
    const say = (length: number) => send({ type: 'chat.post', body: { text: 'x'.repeat(length) } });
    expect((await say(defaultLimits.chatCharacters)).statusCode).toBe(200);
    expect(refusal(await say(defaultLimits.chatCharacters + 1))).toEqual({ status: 413, code: 'too_large' });
  });

  test('[E14] 100 at once with one id have one effect, and the id with another body is refused', async () => {
    const before = await server.store.head(incidentId);
    const command = { type: 'chat.post', body: { text: 'once' }, commandId: 'the-one-id' };
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(command)));
    expect(new Set(answers.map((answer) => answer.body))).toEqual(
      new Set([`{"seq":${(before?.seq ?? 0) + 1}}`]),
    );
    expect((await server.store.head(incidentId))?.seq).toBe((before?.seq ?? 0) + 1);
    const reused = await send({ ...command, body: { text: 'twice' } });
    expect(refusal(reused)).toEqual({ status: 409, code: 'command_id_reused' });
  });

  test('[E14] so with declaring', async () => {
    const declare = (title: string) => post('/api/incidents', { title, commandId: 'declare-one' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => declare('Once')));
    expect(new Set(answers.map((answer) => answer.json<{ id: string }>().id)).size).toBe(1);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 201));
    expect(refusal(await declare('Twice'))).toEqual({ status: 409, code: 'command_id_reused' });
  });
});

describe('what the server says of it', () => {
  test('[E17] one line for each request, without what was sent', async () => {
    const from = server.log.length;
    await declareRaw('{"title":"x","password":"hunter2","__proto__":{}}');
    await server.ask({ url: '/api/s/0123456789abcdefghjkmnpqrstvwxyz' });
    await server.ask({
      url: `/doc/x?ticket=secret-ticket`,
      headers: { cookie: 'warroom_session=secret-cookie' },
    });
    const lines = server.log.slice(from);
    expect(lines).toHaveLength(3);
    for (const secret of [
      'hunter2',
      '0123456789abcdefghjkmnpqrstvwxyz',
      'secret-ticket',
      'secret-cookie',
      ida.token,
    ]) {
      expect(lines.join('')).not.toContain(secret);
    }
  });

  test('[E17] it lives on, and everybody else is served', async () => {
    expect((await server.ask({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
    expect((await server.ask({ url: '/api/session', token: admin.token })).statusCode).toBe(200);
    expect(server.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  test('a forwarding header is believed from nobody unless configured, and then only from the proxy', async () => {
    const seen = async (trusted: HttpServer, remoteAddress: string) => {
      const from = trusted.log.length;
      const headers = { 'x-forwarded-for': '203.0.113.5' };
      await trusted.ask({ url: '/unknown', headers, remoteAddress });
      return trusted.log.slice(from).join('');
    };
    expect(await seen(server, '127.0.0.1')).not.toContain('203.0.113.5');
    const behind = await startHttp({ config: { trustProxy: ['10.0.0.0/8'] } });
    try {
      expect(await seen(behind, '10.1.2.3')).toContain('203.0.113.5');
      expect(await seen(behind, '192.0.2.1')).not.toContain('203.0.113.5');
    } finally {
      await behind.close();
    }
  });

  test('a Host header is not where links point', async () => {
    const payload = { email: 'new@example.test', name: 'New', access: 'responder' };
    const headers = { host: 'evil.example' };
    const added = await server.ask({
      method: 'POST',
      url: '/api/people',
      token: admin.token,
      payload,
      headers,
    });
    expect(added.json<{ invitation: string }>().invitation).toMatch(/^http:\/\/localhost:3000\/invite\//);
  });

  test('[E18] too many requests are told when to come back', async () => {
    const small = await startHttp({ limits: { requestsPerSecond: 2 }, clock: createFakeClock(Date.now()) });
    try {
      const ben = await small.member();
      const answers = await Promise.all(
        Array.from({ length: 14 }, () => small.ask({ url: '/api/session', token: ben.token })),
      );
      const refused = answers.filter(({ statusCode }) => statusCode === 429);
      expect(refused.length).toBe(4);
      expect(Number(refused[0]?.headers['retry-after'])).toBe(1);
      expect((await small.ask({ url: '/api/session', token: (await small.member()).token })).statusCode).toBe(
        200,
      );
    } finally {
      await small.close();
    }
  });
});
