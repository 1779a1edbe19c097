import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import type { PersonRecord } from '../../rooms/ports.ts';
import { isEmail } from '../emails.ts';
import { readName } from '../names.ts';
import { MINIMUM_PASSWORD_LENGTH, isWeak } from '../passwords.ts';
import type { App, HttpParts } from './parts.ts';
import { localeOf, refuseWith } from './replies.ts';
import { Email, Locale, Name, NewPassword, SessionAnswer, answers, strict } from './schemas.ts';
import { signIn, weakPassword } from './session.ts';

const SecretPath = Type.Object({ token: Type.String() });
const minimumPasswordLength = Type.Integer({ description: 'Characters a password needs at least.' });

/** `/api/setup/:token` makes the first administrator; `/api/invitations/:token` lets an invited person in. */
export function setUpRoutes(app: App, parts: HttpParts): void {
  const { directory, passwords, invitations, setUpLink, audit, limits, clock, chance } = parts;

  app.get(
    '/api/setup/:token',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Does this set-up link still work?',
        params: SecretPath,
        response: answers({ 200: Type.Object({ minimumPasswordLength }) }),
      },
    },
    async (request, reply) => {
      if (!(await isSetUpOpen(request.params.token))) return refuseWith(request, reply, refuse('not_found'));
      return { minimumPasswordLength: MINIMUM_PASSWORD_LENGTH };
    },
  );

  app.post(
    '/api/setup/:token',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Become the first administrator',
        params: SecretPath,
        body: Type.Object(
          { email: Email, name: Name, password: NewPassword, locale: Type.Optional(Locale) },
          strict,
        ),
        response: answers({ 200: SessionAnswer }),
      },
    },
    async (request, reply) => {
      const { token } = request.params;
      const { email, password, locale = localeOf(request) } = request.body;
      if (!(await isSetUpOpen(token))) return refuseWith(request, reply, refuse('not_found'));
      const named = readName(request.body.name, limits.nameGraphemes);
      if ('refusal' in named) return refuseWith(request, reply, named.refusal);
      if (!isEmail(email)) return refuseWith(request, reply, refuse('bad_email'));
      if (isWeak(password)) return refuseWith(request, reply, weakPassword());
      const passwordHash = await passwords.hash(password);
      if (!(await setUpLink.take(token))) return refuseWith(request, reply, refuse('not_found'));
      const person: PersonRecord = {
        id: chance.id(),
        email: email.normalize('NFC'),
        name: named.name,
        access: 'responder',
        admin: true,
        locale,
        disabled: false,
        passwordHash,
        createdAt: new Date(clock.now()).toISOString(),
      };
      if ((await directory.save(person)) === 'taken')
        return refuseWith(request, reply, refuse('email_taken'));
      await audit.record(person.id, 'person.added', { person: person.id, access: 'responder', admin: true });
      return signIn(request, reply, person, parts);
    },
  );

  app.get(
    '/api/invitations/:token',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Whom this invitation is for',
        params: SecretPath,
        response: answers({
          200: Type.Object({
            email: Type.String(),
            name: Type.String(),
            locale: Locale,
            minimumPasswordLength,
          }),
        }),
      },
    },
    async (request, reply) => {
      const person = invitedPerson(await invitations.find(request.params.token));
      if (!person) return refuseWith(request, reply, refuse('not_found'));
      const { email, name, locale } = person;
      return { email, name, locale, minimumPasswordLength: MINIMUM_PASSWORD_LENGTH };
    },
  );

  app.post(
    '/api/invitations/:token',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Choose a password, come in; works once',
        params: SecretPath,
        body: Type.Object(
          { password: NewPassword, name: Type.Optional(Name), locale: Type.Optional(Locale) },
          strict,
        ),
        response: answers({ 200: SessionAnswer }),
      },
    },
    async (request, reply) => {
      const { token } = request.params;
      const { password } = request.body;
      const invited = invitedPerson(await invitations.find(token));
      if (!invited) return refuseWith(request, reply, refuse('not_found'));
      const named = readName(request.body.name ?? invited.name, limits.nameGraphemes);
      if ('refusal' in named) return refuseWith(request, reply, named.refusal);
      if (isWeak(password)) return refuseWith(request, reply, weakPassword());
      const passwordHash = await passwords.hash(password);
      const id = await invitations.take(token);
      const { locale } = request.body;
      const person = await directory.change(id ?? '', (present) =>
        present.disabled
          ? null
          : { ...present, name: named.name, locale: locale ?? present.locale, passwordHash },
      );
      if (!person) return refuseWith(request, reply, refuse('not_found'));
      // A link made for somebody who had a password replaces it: whoever else knew the old one is out.
      await parts.sessions.end(person.id);
      await audit.record(person.id, 'person.joined', { person: person.id });
      return signIn(request, reply, person, parts);
    },
  );

  /** A set-up link works only while there is no administrator, whatever else became of it. */
  async function isSetUpOpen(token: string): Promise<boolean> {
    return !directory.all().some((person) => person.admin) && (await setUpLink.works(token));
  }

  function invitedPerson(id: string | null): PersonRecord | undefined {
    const person = id === null ? undefined : directory.get(id);
    return person?.disabled ? undefined : person;
  }
}
