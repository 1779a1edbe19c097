import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '#shared/contract/wire.ts';
import { ensureFirstAdmin } from '../../server/edges/firstAdmin.ts';
import { createPasswords } from '../../server/edges/passwords.ts';
import { systemChance } from '../../server/rooms/chance.ts';
import { openDirectory } from '../../server/rooms/directory.ts';
import { systemClock } from '../../server/systemClock.ts';
import { PASSWORD, refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer;
let admin: Member;
let ida: Member;

beforeAll(async () => {
  server = await startHttp();
  admin = await server.member({ admin: true });
  ida = await server.member();
}, 60_000);
afterAll(() => server.close());

interface AdminView extends Person {
  email: string;
  disabled: boolean;
  invited: boolean;
  invitation?: string;
}

function add(payload: object, token = admin.token) {
  const whole = { email: `${systemChance.id()}@example.test`, name: 'Ben', access: 'responder', ...payload };
  return server.ask({ method: 'POST', url: '/api/people', token, payload: whole });
}

function change(id: string, payload: object) {
  return server.ask({ method: 'PATCH', url: `/api/people/${id}`, token: admin.token, payload });
}

async function systemLogTypes(): Promise<string[]> {
  const page = await server.store.readSystemLog({ limit: 1_000 });
  return page.entries.map((entry) => entry.type);
}

const secretOf = (link: string | undefined): string => link?.split('/').at(-1) ?? '';

describe('people', () => {
  test('[E20] are added by an administrator, with a password or with an invitation', async () => {
    const withPassword = await add({ password: 'ten characters', locale: 'ko', admin: true });
    expect(withPassword.statusCode).toBe(201);
    expect(withPassword.json()).toMatchObject({
      access: 'responder',
      admin: true,
      locale: 'ko',
      invited: false,
    });
    expect(withPassword.json()).not.toHaveProperty('invitation');
    const invited = await add({ access: 'stakeholder' });
    expect(invited.json()).toMatchObject({ access: 'stakeholder', admin: false, invited: true });
    expect(invited.json<AdminView>().invitation).toMatch(/^http:\/\/localhost:3000\/invite\/[0-9a-z]{32}$/);
    expect(`${withPassword.body}${invited.body}`).not.toMatch(/password|argon2/i);
    expect(await systemLogTypes()).toContain('person.added');
  });

  test('[E20] have one e-mail each, however it is written', async () => {
    const email = '김@example.test';
    expect((await add({ email: email.normalize('NFC') })).statusCode).toBe(201);
    expect(refusal(await add({ email: email.normalize('NFD').toUpperCase() }))).toEqual({
      status: 409,
      code: 'already_exists',
    });
  });

  test.each([
    'no-at',
    'a@b@c',
    'a b@example.test',
    'a@example.test, b@example.test',
    '"a" <b@example.test>',
    'a@example.test\r\nBcc: b@example.test',
    'a(comment)@example.test',
    `${'x'.repeat(65)}@example.test`,
    `a@${'x'.repeat(260)}`,
    'a@.example',
    '\u202ea@example.test',
    '',
  ])('[E20] %o is no e-mail address', async (email) => {
    expect(refusal(await add({ email }))).toEqual({ status: 400, code: 'invalid' });
  });

  test('[E21] have names as readers count them: 80 characters are taken, 81 are too long', async () => {
    for (const letter of ['x', '각', '각'.normalize('NFD'), '🇰🇷']) {
      expect((await add({ name: letter.repeat(80) })).statusCode).toBe(201);
      expect(refusal(await add({ name: letter.repeat(81) }))).toEqual({ status: 413, code: 'too_large' });
    }
  });

  test.each([
    ['\u202eNeb\u202c', 'Neb'],
    ['Be\u200bn', 'Ben'],
    ['\ufeffBen\u2066', 'Ben'],
    ['  Ben \n Kim\t', 'Ben Kim'],
    ['김벤'.normalize('NFD'), '김벤'.normalize('NFC')],
  ])('[E21] %o becomes %o', async (given, kept) => {
    expect((await add({ name: given })).json()).toMatchObject({ name: kept });
  });

  test.each(['', ' ', '\u3164', '\u200b\u200d', '\u115f', `x${'\u0301'.repeat(100)}`])(
    '[E21] %o is no name',
    async (name) => {
      expect(refusal(await add({ name }))).toEqual({ status: 400, code: 'invalid' });
    },
  );

  test('[E22] need passwords of ten characters, and are told so', async () => {
    const answer = await add({ password: 'ninechars' });
    expect(refusal(answer)).toEqual({ status: 400, code: 'invalid' });
    expect(answer.json<{ error: { message: string } }>().error.message).toContain('10');
    expect((await add({ password: 'tenletters' })).statusCode).toBe(201);
  });

  test('[E23] are seen by responders without e-mail, by administrators with it, by stakeholders not at all', async () => {
    const stakeholder = await server.member({ access: 'stakeholder' });
    const list = async (token: string, query = '') =>
      (await server.ask({ url: `/api/people?query=${encodeURIComponent(query)}`, token })).json<{
        people: AdminView[];
      }>().people;
    const seen = (await list(ida.token)).find(({ id }) => id === stakeholder.id);
    expect(Object.keys(seen ?? {}).toSorted()).toEqual(['access', 'admin', 'id', 'locale', 'name']);
    expect((await list(admin.token, stakeholder.email))[0]).toMatchObject({
      id: stakeholder.id,
      email: stakeholder.email,
    });
    // What one may not see, one cannot search either.
    expect(await list(ida.token, stakeholder.email)).toEqual([]);
    expect(refusal(await server.ask({ url: '/api/people', token: stakeholder.token }))).toMatchObject({
      status: 403,
    });
  });

  test('[E24] that are disabled are signed out everywhere at once, and come in by nothing', async () => {
    const ben = await server.member();
    const invitation = await server.ask({
      method: 'POST',
      url: `/api/people/${ben.id}/invitation`,
      token: admin.token,
    });
    const ended: string[] = [];
    const stop = server.app.sessions.onSessionEnded((id) => ended.push(id));
    expect((await change(ben.id, { disabled: true })).json()).toMatchObject({ disabled: true });
    stop();
    expect(ended).toHaveLength(1);
    expect((await server.ask({ url: '/api/session', token: ben.token })).statusCode).toBe(401);
    const secret = secretOf(invitation.json<{ invitation: string }>().invitation);
    expect((await server.ask({ url: `/api/invitations/${secret}` })).statusCode).toBe(404);
    await change(ben.id, { disabled: false });
    expect((await server.ask({ url: '/api/session', token: ben.token })).statusCode).toBe(401);
  });

  test('[E24] can be signed out everywhere without more', async () => {
    const ben = await server.member();
    const out = await server.ask({
      method: 'DELETE',
      url: `/api/people/${ben.id}/sessions`,
      token: admin.token,
    });
    expect(out.statusCode).toBe(204);
    expect((await server.ask({ url: '/api/session', token: ben.token })).statusCode).toBe(401);
    const again = { email: ben.email, password: PASSWORD };
    expect((await server.ask({ method: 'POST', url: '/api/session', payload: again })).statusCode).toBe(200);
  });

  test('[E24] whose rights change have them changed at the next request', async () => {
    const ben = await server.member();
    const declare = () =>
      server.ask({ method: 'POST', url: '/api/incidents', token: ben.token, payload: { title: 'x' } });
    const { id } = (await declare()).json<{ id: string }>();
    await change(ben.id, { access: 'stakeholder' });
    expect((await declare()).statusCode).toBe(403);
    expect((await server.ask({ url: `/api/incidents/${id}`, token: ben.token })).statusCode).toBe(404);
  });

  test('[E24] changed by two at once keep both changes', async () => {
    const ben = await server.member();
    const password = { current: PASSWORD, next: 'another password' };
    const own = server.ask({
      method: 'POST',
      url: '/api/session/password',
      token: ben.token,
      payload: password,
    });
    const changes = [
      change(ben.id, { name: 'Benjamin' }),
      change(ben.id, { disabled: true }),
      change(ben.id, { locale: 'ko' }),
    ];
    await Promise.all([own, ...changes]);
    expect(server.directory.get(ben.id)).toMatchObject({ name: 'Benjamin', disabled: true, locale: 'ko' });
  });

  test('[E25] two administrators who demote each other at once leave one', async () => {
    const pair = await startHttp();
    try {
      const [one, other] = [await pair.member({ admin: true }), await pair.member({ admin: true })];
      const demote = (by: Member, whom: Member) =>
        pair.ask({
          method: 'PATCH',
          url: `/api/people/${whom.id}`,
          token: by.token,
          payload: { admin: false },
        });
      await Promise.all([demote(one, other), demote(other, one)]);
      expect(pair.directory.all().filter((person) => person.admin)).toHaveLength(1);
    } finally {
      await pair.close();
    }
  });

  test('[E25] the last administrator cannot be lost', async () => {
    const alone = await startHttp();
    try {
      const only = await alone.member({ admin: true });
      for (const payload of [{ admin: false }, { disabled: true }]) {
        const answer = await alone.ask({
          method: 'PATCH',
          url: `/api/people/${only.id}`,
          token: only.token,
          payload,
        });
        expect(refusal(answer)).toEqual({ status: 409, code: 'last_admin' });
      }
      await alone.member({ admin: true });
      const answer = await alone.ask({
        method: 'PATCH',
        url: `/api/people/${only.id}`,
        token: only.token,
        payload: { admin: false },
      });
      expect(answer.statusCode).toBe(200);
    } finally {
      await alone.close();
    }
  });
});

describe('an invitation', () => {
  test('[E26] works once, lets choose name and password, and signs in', async () => {
    const invited = (await add({ name: 'New', locale: 'ko' })).json<AdminView>();
    const url = `/api/invitations/${secretOf(invited.invitation)}`;
    expect((await server.ask({ url })).json()).toMatchObject({
      email: invited.email,
      name: 'New',
      locale: 'ko',
      minimumPasswordLength: 10,
    });
    const accept = (password: string) =>
      server.ask({ method: 'POST', url, payload: { password, name: 'Ben' } });
    expect(refusal(await accept('short'))).toMatchObject({ status: 400 });
    const [one, other] = await Promise.all([accept('ten characters'), accept('ten characters')]);
    expect(new Set([one.statusCode, other.statusCode])).toEqual(new Set([200, 404]));
    const session = (one.statusCode === 200 ? one : other).json<{ token: string; person: Person }>();
    expect(session.person).toMatchObject({ id: invited.id, name: 'Ben' });
    expect((await server.ask({ url: '/api/session', token: session.token })).statusCode).toBe(200);
    expect((await server.ask({ url })).statusCode).toBe(404);
  });

  test('[E26] is replaced by a newer one, which also ends what the old password opened', async () => {
    const ben = await server.member();
    const invite = async () => {
      const answer = await server.ask({
        method: 'POST',
        url: `/api/people/${ben.id}/invitation`,
        token: admin.token,
      });
      return `/api/invitations/${secretOf(answer.json<{ invitation: string }>().invitation)}`;
    };
    const [first, second] = [await invite(), await invite()];
    expect((await server.ask({ url: first })).statusCode).toBe(404);
    const payload = { password: 'a new password' };
    expect((await server.ask({ method: 'POST', url: second, payload })).statusCode).toBe(200);
    expect((await server.ask({ url: '/api/session', token: ben.token })).statusCode).toBe(401);
  });

  test.each(['unknown', '0123456789abcdefghjkmnpqrstvwxyz', '__proto__', '%00'])(
    '[E26] %o is none',
    async (secret) => {
      expect((await server.ask({ url: `/api/invitations/${secret}` })).statusCode).toBe(404);
    },
  );
});

describe('the first start', () => {
  const passwords = createPasswords({ memoryKibibytes: 8, passes: 1 });
  const ensure = (fresh: HttpServer, firstAdmin: { email: string; password: string } | null) =>
    ensureFirstAdmin({
      store: fresh.store,
      directory: fresh.directory,
      passwords,
      clock: systemClock,
      chance: systemChance,
      firstAdmin,
    });

  test('[E27] makes the administrator of the configuration, and does nothing later', async () => {
    const fresh = await startHttp();
    try {
      const given = { email: 'root@example.test', password: 'first password' };
      expect(await ensure(fresh, given)).toEqual({ kind: 'created', email: given.email });
      expect(await ensure(fresh, { ...given, password: 'second password' })).toEqual({ kind: 'present' });
      const signIn = (password: string) =>
        fresh.ask({ method: 'POST', url: '/api/session', payload: { email: given.email, password } });
      expect((await signIn('second password')).statusCode).toBe(401);
      expect((await signIn('first password')).json()).toMatchObject({
        person: { admin: true, access: 'responder' },
      });
    } finally {
      await fresh.close();
    }
  });

  test('[E27] of two instances at once makes one administrator', async () => {
    const fresh = await startHttp();
    const directory = await openDirectory({ store: fresh.store, clock: systemClock });
    try {
      const given = { email: 'root@example.test', password: 'first password' };
      const runs = await Promise.all([ensure(fresh, given), ensure({ ...fresh, directory }, given)]);
      expect(runs.map(({ kind }) => kind).toSorted()).toEqual(['created', 'present']);
      expect(await fresh.store.listPeople()).toHaveLength(1);
      const { entries } = await fresh.store.readSystemLog({ limit: 10 });
      expect(entries.map(({ type }) => type)).toEqual(['person.added']);
    } finally {
      directory.close();
      await fresh.close();
    }
  });

  test('[E27] otherwise gives a link that makes one administrator, once; a newer start has a newer link', async () => {
    const fresh = await startHttp();
    try {
      const link = async () => {
        const run = await ensure(fresh, null);
        return run.kind === 'set_up' ? `/api${run.path}` : 'none';
      };
      const [old, url] = [await link(), await link()];
      expect((await fresh.ask({ url: old })).statusCode).toBe(404);
      expect((await fresh.ask({ url })).json()).toEqual({ minimumPasswordLength: 10 });
      const payload = { email: 'ida@example.test', name: 'Ida', password: 'first password', locale: 'ko' };
      const bad = await fresh.ask({ method: 'POST', url, payload: { ...payload, password: 'short' } });
      expect(bad.statusCode).toBe(400);
      const made = await fresh.ask({ method: 'POST', url, payload });
      expect(made.json()).toMatchObject({ person: { name: 'Ida', admin: true, locale: 'ko' } });
      expect(String(made.headers['set-cookie'])).toMatch(/^warroom_session=/);
      expect(
        (await fresh.ask({ method: 'POST', url, payload: { ...payload, email: 'x@example.test' } }))
          .statusCode,
      ).toBe(404);
      expect(await ensure(fresh, null)).toEqual({ kind: 'present' });
    } finally {
      await fresh.close();
    }
  });
});
