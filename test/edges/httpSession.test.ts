import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPasswords } from '../../server/edges/passwords.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import { PASSWORD, refusal, sessionCookie, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';
import { watchStore } from '../support/quietStore.ts';

const OUR_ORIGIN = 'http://localhost:3000';
const SECRET = 'the-session-secret-of-these-tests-0123456789';
const HOUR = 3_600_000;

let server: HttpServer;
let ida: Member;
/** Waits for the disk, which the clock of the tests does not. */
let quiet: () => Promise<void>;
const clock = createFakeClock(Date.now());

beforeAll(async () => {
  server = await startHttp({
    ...{ clock, config: { sessionSecret: SECRET } },
    wrapStore(opened) {
      const watched = watchStore(opened);
      ({ quiet } = watched);
      return watched.store;
    },
  });
}, 60_000);
// Tests move the clock past what a session lasts.
beforeEach(async () => {
  ida = await server.member();
});
afterAll(() => server.close());

function signIn(email: string, password: string, headers: Record<string, string> = {}) {
  return server.ask({ method: 'POST', url: '/api/session', payload: { email, password }, headers });
}

function whoAmI(headers: Record<string, string>) {
  return server.ask({ url: '/api/session', headers });
}

/** A token as somebody with the key, or without it, could make one. */
function forge(claims: object, { alg = 'HS256', key = SECRET }: { alg?: string; key?: string } = {}): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  if (alg === 'none') return `${input}.`;
  return `${input}.${createHmac(alg === 'HS512' ? 'sha512' : 'sha256', key)
    .update(input)
    .digest('base64url')}`;
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}

describe('signing in', () => {
  test('answers token, person and a cookie that scripts and other sites cannot use', async () => {
    const answer = await signIn(ida.email.toUpperCase(), PASSWORD);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      person: { id: ida.id, access: 'responder', admin: false, locale: 'en' },
      expiresAt: new Date(clock.now() + 12 * HOUR).toISOString(),
    });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^warroom_session=[\w.-]+;/);
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Lax');
    expect(cookie).not.toContain('Secure');
    expect(answer.body).not.toContain('passwordHash');
  });

  test('[E3] is refused alike for a wrong password, an unknown, an invited and a disabled account', async () => {
    const person = await server.person();
    await server.directory.save({ ...person, disabled: true });
    const invited = await server.person();
    await server.directory.save({ ...invited, passwordHash: null });
    const answers = await Promise.all([
      signIn(ida.email, 'not the password'),
      signIn('nobody@example.test', PASSWORD),
      signIn(person.email, PASSWORD),
      signIn(invited.email, PASSWORD),
    ]);
    for (const answer of answers) expect(refusal(answer)).toEqual({ status: 401, code: 'unauthenticated' });
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
  });

  test('[E3] an unknown account costs the hashing that a known one costs', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash(PASSWORD);
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const time = async (stored: string | null): Promise<number> => {
      const begin = performance.now();
      expect(await passwords.verify(stored, 'wrong')).toBe(false);
      return performance.now() - begin;
    };
    await time(null);
    const known = Math.min(await time(hash), await time(hash), await time(hash));
    const unknown = Math.min(await time(null), await time(null), await time(null));
    expect(unknown).toBeGreaterThan(known / 3);
  });

  test('a password is compared composed: 한글 typed in parts is the same', async () => {
    const passwords = createPasswords({ memoryKibibytes: 8, passes: 1 });
    const hash = await passwords.hash('한글비밀번호열자이상'.normalize('NFC'));
    expect(await passwords.verify(hash, '한글비밀번호열자이상'.normalize('NFD'))).toBe(true);
  });
});

describe('tokens', () => {
  const cases: [string, (good: Record<string, unknown>) => string][] = [
    ['no exp', ({ exp: _, ...rest }) => forge(rest)],
    ['exp in the past', (claims) => forge({ ...claims, exp: Math.floor(clock.now() / 1000) - 1 })],
    ['exp as text', (claims) => forge({ ...claims, exp: '9999999999' })],
    ['exp null', (claims) => forge({ ...claims, exp: null })],
    ['no sub', ({ sub: _, ...rest }) => forge(rest)],
    ['no jti', ({ jti: _, ...rest }) => forge(rest)],
    ['no iss', ({ iss: _, ...rest }) => forge(rest)],
    ['no aud', ({ aud: _, ...rest }) => forge(rest)],
    ['a foreign aud', (claims) => forge({ ...claims, aud: 'warroom:invitation' })],
    ['aud as a list', (claims) => forge({ ...claims, aud: ['warroom:session'] })],
    ['a foreign iss', (claims) => forge({ ...claims, iss: 'elsewhere' })],
    ['iat in the year 2286', (claims) => forge({ ...claims, iat: 9_999_999_999 })],
    ['another person in sub', (claims) => forge({ ...claims, sub: 'somebody_else_0' })],
    ['a session that never was', (claims) => forge({ ...claims, jti: 'session_unknown_1' })],
    ['jti as __proto__', (claims) => forge({ ...claims, jti: '__proto__' })],
    ['HS512 with our key', (claims) => forge(claims, { alg: 'HS512' })],
    ['alg none', (claims) => forge(claims, { alg: 'none' })],
    ['another key', (claims) => forge(claims, { key: `${SECRET}x` })],
    ['a list as payload', () => forge([1, 2])],
    ['not a token', () => 'warroom'],
    ['nothing', () => ''],
    ['900 kB', () => 'x'.repeat(900_000)],
  ];

  test.each(cases)('[E4] with %s is refused', async (_, make) => {
    const good = claimsOf(ida.token);
    expect((await whoAmI({ authorization: `Bearer ${forge(good)}` })).statusCode).toBe(200);
    const answer = await whoAmI({ authorization: `Bearer ${make(good)}` });
    expect(refusal(answer)).toEqual({ status: 401, code: 'unauthenticated' });
  });

  test('[E4] a payload with its own __proto__ gives nothing', async () => {
    const claims = JSON.stringify({ ...claimsOf(ida.token) }).replace('{', '{"__proto__":{"admin":true},');
    const input = `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.${Buffer.from(claims).toString('base64url')}`;
    const token = `${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`;
    const answer = await server.ask({ method: 'POST', url: '/api/people', token, payload: {} });
    expect([400, 401, 403]).toContain(answer.statusCode);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('[E5] a bearer token has precedence over a cookie, also when it is no good', async () => {
    const ben = await server.member();
    const both = await whoAmI({ ...sessionCookie(ida.token), authorization: `Bearer ${ben.token}` });
    expect(both.json()).toMatchObject({ person: { id: ben.id } });
    const bad = await whoAmI({ ...sessionCookie(ida.token), authorization: 'Bearer nonsense' });
    expect(bad.statusCode).toBe(401);
    const basic = await whoAmI({ ...sessionCookie(ida.token), authorization: 'Basic eDp5' });
    expect(basic.json()).toMatchObject({ person: { id: ida.id } });
  });

  test('[E5] a session cookie sent twice names nobody', async () => {
    const ben = await server.member();
    const cookie = `${sessionCookie(ida.token).cookie}; ${sessionCookie(ben.token).cookie}`;
    expect((await whoAmI({ cookie })).statusCode).toBe(401);
  });
});

describe('a session', () => {
  test('[E6] lasts 12 hours without use, and is prolonged while in use', async () => {
    const ben = await server.member();
    const idle = await server.member();
    for (let hour = 0; hour < 13; hour += 1) {
      await clock.advance(HOUR);
      expect((await whoAmI(sessionCookie(ben.token))).statusCode).toBe(200);
    }
    expect((await whoAmI(sessionCookie(idle.token))).statusCode).toBe(401);
  });

  test('[E6] gives the browser a fresh cookie when it was prolonged, at most every few minutes', async () => {
    const ben = await server.member();
    expect((await whoAmI(sessionCookie(ben.token))).headers['set-cookie']).toBeUndefined();
    await clock.advance(6 * 60_000);
    const renewed = await whoAmI(sessionCookie(ben.token));
    expect(String(renewed.headers['set-cookie'])).toMatch(/^warroom_session=/);
    expect(renewed.json()).toMatchObject({ expiresAt: new Date(clock.now() + 12 * HOUR).toISOString() });
    expect((await whoAmI(sessionCookie(ben.token))).headers['set-cookie']).toBeUndefined();
  });

  test('[E6] a token that only a connection kept in use is still good after a night', async () => {
    const ben = await server.member();
    const handshake = { token: ben.token, cookie: undefined, origin: undefined };
    const found = await server.app.sessions.authenticateHandshake(handshake);
    if ('refusal' in found) throw new Error('refused');
    const release = server.app.sessions.hold(found.sessionId);
    for (let hour = 0; hour < 20; hour += 1) {
      await clock.advance(HOUR);
      await quiet();
      expect(await server.app.sessions.check(found.sessionId)).not.toBeNull();
    }
    release();
    expect((await whoAmI({ authorization: `Bearer ${ben.token}` })).statusCode).toBe(200);
  });

  test('[E7] ends on signing out, at once and for every transport', async () => {
    const ben = await server.member();
    const other = (await signIn(ben.email, PASSWORD)).json<{ token: string }>().token;
    const ended: string[] = [];
    const stop = server.app.sessions.onSessionEnded((sessionId) => ended.push(sessionId));
    const out = await server.ask({ method: 'DELETE', url: '/api/session', token: ben.token });
    stop();
    expect(out.statusCode).toBe(204);
    expect(String(out.headers['set-cookie'])).toMatch(/^warroom_session=;/);
    expect(ended).toEqual([claimsOf(ben.token)['jti']]);
    expect((await whoAmI({ authorization: `Bearer ${ben.token}` })).statusCode).toBe(401);
    expect((await whoAmI({ authorization: `Bearer ${other}` })).statusCode).toBe(200);
  });

  test('[E7] one ended elsewhere is ended here within 5 seconds', async () => {
    const ben = await server.member();
    const sessionId = String(claimsOf(ben.token)['jti']);
    const release = server.app.sessions.hold(sessionId);
    const ended = new Promise<string>((resolve) => {
      server.app.sessions.onSessionEnded((id) => (id === sessionId ? resolve(id) : undefined));
    });
    await server.store.revokeSessions(ben.id, clock.now(), {});
    await clock.advance(5_000);
    expect(await ended).toBe(sessionId);
    expect((await whoAmI({ authorization: `Bearer ${ben.token}` })).statusCode).toBe(401);
    release();
  });

  test('[E7] what another process changed of people is known here within 5 seconds', async () => {
    const ben = await server.member();
    const record = server.directory.get(ben.id);
    if (!record) throw new Error('nobody');
    await server.store.savePerson({ ...record, disabled: true });
    expect((await whoAmI({ authorization: `Bearer ${ben.token}` })).statusCode).toBe(200);
    const known = new Promise<void>((resolve) => {
      const stop = server.directory.onChange(() => {
        stop();
        resolve();
      });
    });
    await clock.advance(5_000);
    await known;
    expect((await whoAmI({ authorization: `Bearer ${ben.token}` })).statusCode).toBe(401);
  });

  test('[E7] changing the password ends the other sessions and keeps this one', async () => {
    const ben = await server.member();
    const other = (await signIn(ben.email, PASSWORD)).json<{ token: string }>().token;
    const change = (payload: object) =>
      server.ask({ method: 'POST', url: '/api/session/password', token: ben.token, payload });
    expect(refusal(await change({ current: 'wrong', next: 'another password' }))).toMatchObject({
      status: 403,
    });
    expect(refusal(await change({ current: PASSWORD, next: 'ninechars' }))).toMatchObject({ status: 400 });
    expect((await change({ current: PASSWORD, next: 'another password' })).statusCode).toBe(204);
    expect((await whoAmI({ authorization: `Bearer ${ben.token}` })).statusCode).toBe(200);
    expect((await whoAmI({ authorization: `Bearer ${other}` })).statusCode).toBe(401);
    expect((await signIn(ben.email, PASSWORD)).statusCode).toBe(401);
    expect((await signIn(ben.email, 'another password')).statusCode).toBe(200);
  });
});

describe('the origin of a request', () => {
  const foreign = { origin: 'https://evil.example' };
  const declare = (headers: Record<string, string>) =>
    server.ask({ method: 'POST', url: '/api/incidents', payload: { title: 'x' }, headers });

  test.each([
    ['our page', { origin: OUR_ORIGIN }, 201],
    ['our page by address', { origin: 'http://127.0.0.1:3000' }, 201],
    ['another site', foreign, 403],
    ['another port', { origin: 'http://localhost:3001' }, 403],
    ['another scheme', { origin: 'https://localhost:3000' }, 403],
    ['a sandboxed page', { origin: 'null' }, 403],
    ['a look-alike', { origin: 'http://localhost:3000.evil.example' }, 403],
    ['nowhere', {}, 403],
  ])('[E8] a cookie from %s', async (_, headers: { origin?: string }, status) => {
    const answer = await declare({ ...sessionCookie(ida.token), ...headers });
    expect(answer.statusCode).toBe(status);
    if (status === 403) expect(refusal(answer).code).toBe('forbidden');
  });

  test('[E8] does not matter beside a bearer token', async () => {
    expect((await declare({ authorization: `Bearer ${ida.token}`, ...foreign })).statusCode).toBe(201);
    const both = { ...sessionCookie(ida.token), authorization: `Bearer ${ida.token}` };
    expect((await declare({ ...both, ...foreign })).statusCode).toBe(201);
  });

  test('[E8] is asked for on signing in too', async () => {
    expect((await signIn(ida.email, PASSWORD, foreign)).statusCode).toBe(403);
    expect((await signIn(ida.email, PASSWORD, { origin: OUR_ORIGIN })).statusCode).toBe(200);
    expect((await signIn(ida.email, PASSWORD, sessionCookie(ida.token))).statusCode).toBe(403);
  });

  test('[E8] is asked for at an upgrade, where a cookie alone is not enough', async () => {
    const upgrade = (headers: Record<string, string>) =>
      server.app.sessions.authenticateUpgrade({ headers, url: '/doc/x' });
    expect(await upgrade({ ...sessionCookie(ida.token), origin: OUR_ORIGIN })).toMatchObject({ ok: true });
    expect(await upgrade({ ...sessionCookie(ida.token), ...foreign })).toEqual({ ok: false, status: 403 });
    expect(await upgrade(sessionCookie(ida.token))).toEqual({ ok: false, status: 403 });
    expect(await upgrade({ authorization: `Bearer ${ida.token}` })).toMatchObject({ ok: true });
    expect(await upgrade({})).toEqual({ ok: false, status: 401 });
  });

  test('[E8] no answer invites another site to read it', async () => {
    const answer = await server.ask({
      url: '/api/session',
      headers: { ...sessionCookie(ida.token), ...foreign },
    });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });
});

describe('a ticket', () => {
  test('[E9] opens the documents of its incident once, within 30 seconds, for who asked', async () => {
    const { id } = (await declareOne()).json<{ id: string }>();
    const other = (await declareOne()).json<{ id: string }>();
    const get = async () =>
      (await server.ask({ method: 'POST', url: `/api/incidents/${id}/ticket`, token: ida.token })).json<{
        ticket: string;
      }>();
    const use = (ticket: string, incident = id) =>
      server.app.sessions.authenticateUpgrade(
        { headers: {}, url: `/doc/${incident}?ticket=${ticket}` },
        { ticketFor: incident },
      );

    const { ticket } = await get();
    expect(await use(ticket)).toMatchObject({
      ok: true,
      principal: { person: { id: ida.id }, via: 'ticket' },
    });
    expect(await use(ticket)).toEqual({ ok: false, status: 401 });
    expect(await use((await get()).ticket, other.id)).toEqual({ ok: false, status: 401 });
    const late = await get();
    await clock.advance(30_001);
    expect(await use(late.ticket)).toEqual({ ok: false, status: 401 });
    expect(await use('__proto__')).toEqual({ ok: false, status: 401 });
  });

  function declareOne() {
    return server.ask({ method: 'POST', url: '/api/incidents', token: ida.token, payload: { title: 'x' } });
  }
});
