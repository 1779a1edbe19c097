import Type from 'typebox';
import { IsoTime } from '#shared/contract/schemas.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PersonRecord } from '../../rooms/ports.ts';
import { comparableEmail } from '../emails.ts';
import { MINIMUM_PASSWORD_LENGTH, isWeak } from '../passwords.ts';
import { clearSessionCookie, setSessionCookie } from './cookie.ts';
import type { App, HttpParts } from './parts.ts';
import { personView } from './personViews.ts';
import { refuseWith, signedIn } from './replies.ts';
import { Email, NewPassword, NoContent, Person, SessionAnswer, answers, strict } from './schemas.ts';

/** `/api/session`: signing in, out, and one's own password. */
export function sessionRoutes(app: App, parts: HttpParts): void {
  const { sessions, directory, passwords, signInLimits, audit } = parts;

  app.post(
    '/api/session',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Sign in',
        body: Type.Object({ email: Email, password: Type.String({ maxLength: 512 }) }, strict),
        response: answers({ 200: SessionAnswer }),
      },
    },
    async (request, reply) => {
      const { email, password } = request.body;
      const account = comparableEmail(email);
      const seconds = signInLimits.attempt(account, request.ip);
      if (seconds > 0) return refuseWith(request, reply, refuse('rate_limited', { seconds }));
      const person = directory.findByEmail(email);
      const usable = person && !person.disabled ? person : undefined;
      // Compared for unknown accounts too, so that the time taken says nothing.
      const matches = await passwords.verify(usable?.passwordHash ?? null, password);
      if (!usable || !matches) {
        signInLimits.failed(request.ip);
        return refuseWith(request, reply, refuse('wrong_credentials'));
      }
      signInLimits.succeeded(account, request.ip);
      return signIn(request, reply, usable, parts);
    },
  );

  app.get(
    '/api/session',
    {
      config: { access: 'person' },
      schema: {
        summary: 'Who is signed in',
        description:
          'Programs that came with a bearer token get a fresh one; browsers get it as their cookie.',
        response: answers({
          200: Type.Object({ person: Person, expiresAt: IsoTime, token: Type.Optional(Type.String()) }),
        }),
      },
    },
    async (request) => {
      const principal = signedIn(request);
      return {
        person: personView(principal.person),
        expiresAt: new Date(principal.expiresAt).toISOString(),
        ...(principal.via === 'bearer' ? { token: sessions.tokenFor(principal) } : {}),
      };
    },
  );

  app.delete(
    '/api/session',
    { config: { access: 'person' }, schema: { summary: 'Sign out', response: answers({ 204: NoContent }) } },
    async (request, reply) => {
      const { person, sessionId } = signedIn(request);
      await sessions.end(person.id, { only: sessionId });
      clearSessionCookie(reply, parts.origins);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/session/password',
    {
      config: { access: 'person' },
      schema: {
        summary: 'Change my password; my other sessions end',
        body: Type.Object({ current: Type.String({ maxLength: 512 }), next: NewPassword }, strict),
        response: answers({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const { person, sessionId } = signedIn(request);
      const { current, next } = request.body;
      const seconds = signInLimits.attempt(comparableEmail(person.email), request.ip);
      if (seconds > 0) return refuseWith(request, reply, refuse('rate_limited', { seconds }));
      if (!(await passwords.verify(person.passwordHash, current))) {
        return refuseWith(request, reply, refuse('wrong_password'));
      }
      if (isWeak(next)) return refuseWith(request, reply, weakPassword());
      const passwordHash = await passwords.hash(next);
      await directory.change(person.id, (present) => ({ ...present, passwordHash }));
      await sessions.end(person.id, { except: sessionId });
      await audit.record(person.id, 'password.changed', { person: person.id });
      return reply.code(204).send(null);
    },
  );
}

/** Begins a session and answers it, as token and as cookie. */
export async function signIn(
  request: FastifyRequest,
  reply: FastifyReply,
  person: PersonRecord,
  parts: Pick<HttpParts, 'sessions' | 'origins'>,
) {
  const { token, expiresAt } = await parts.sessions.begin(person);
  request.log.info({ person: person.id }, 'signed in');
  setSessionCookie(reply, token, parts.origins);
  return { token, expiresAt: new Date(expiresAt).toISOString(), person: personView(person) };
}

/** The refusal of a password that is too short. */
export function weakPassword() {
  return refuse('weak_password', { min: MINIMUM_PASSWORD_LENGTH });
}
