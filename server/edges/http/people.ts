import Type from 'typebox';
import type { FastifyRequest } from 'fastify';
import { isId } from '#shared/contract/identifiers.ts';
import { IsoTime } from '#shared/contract/schemas.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { PersonRecord } from '../../rooms/ports.ts';
import { isEmail } from '../emails.ts';
import { readName } from '../names.ts';
import { isWeak } from '../passwords.ts';
import type { App, HttpParts } from './parts.ts';
import { adminView, personView } from './personViews.ts';
import { refuseWith, signedIn } from './replies.ts';
import * as schemas from './schemas.ts';
import { weakPassword } from './session.ts';

const { strict, answers } = schemas;
const WithInvitation = Type.Object({
  ...schemas.PersonForAdmins.properties,
  invitation: Type.Optional(
    Type.String({ description: 'Link with which this person chooses a password, once.' }),
  ),
});
const PersonPath = Type.Object({ id: schemas.PathId });

/** `/api/people`: who there is. Responders see names, since rooms are full of them; all else is for administrators. */
export function peopleRoutes(app: App, parts: HttpParts): void {
  const { directory, passwords, sessions, audit, invitations, clock, chance, limits } = parts;

  const linkOf = (secret: string): string => `${parts.origins.publicUrl()}/invite/${secret}`;

  app.get(
    '/api/people',
    {
      config: { access: 'responder' },
      schema: {
        summary: 'Everybody; e-mail and account details for administrators only',
        querystring: Type.Object({ query: Type.Optional(Type.String({ maxLength: 200 })) }, strict),
        response: answers({
          200: Type.Object({ people: Type.Array(Type.Union([schemas.PersonForAdmins, schemas.Person])) }),
        }),
      },
    },
    async (request, reply) => {
      const forAdmin = signedIn(request).person.admin;
      const wanted = fold(request.query.query ?? '');
      const people = directory
        .all()
        .filter((person) => forAdmin || !person.disabled)
        .filter(
          ({ name, email }) => fold(name).includes(wanted) || (forAdmin && fold(email).includes(wanted)),
        )
        .toSorted((one, other) => one.name.localeCompare(other.name, 'en') || (one.id < other.id ? -1 : 1));
      // Two shapes by right: written as they are, since a serializer of a union would guess between them.
      reply.type('application/json; charset=utf-8').serializer(JSON.stringify);
      return { people: people.map(forAdmin ? adminView : personView) };
    },
  );

  app.post(
    '/api/people',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Add a person; without a password the answer has an invitation link',
        body: Type.Object(
          {
            email: schemas.Email,
            name: schemas.Name,
            access: schemas.Access,
            password: Type.Optional(schemas.NewPassword),
            admin: Type.Optional(Type.Boolean()),
            locale: Type.Optional(schemas.Locale),
          },
          strict,
        ),
        response: answers({ 201: WithInvitation }),
      },
    },
    async (request, reply) => {
      const { email, access, password, admin = false, locale = 'en' } = request.body;
      const named = readName(request.body.name, limits.nameGraphemes);
      if ('refusal' in named) return refuseWith(request, reply, named.refusal);
      if (!isEmail(email)) return refuseWith(request, reply, refuse('bad_email'));
      if (password !== undefined && isWeak(password)) return refuseWith(request, reply, weakPassword());
      const person: PersonRecord = {
        id: chance.id(),
        email: email.normalize('NFC'),
        name: named.name,
        access,
        admin,
        locale,
        disabled: false,
        passwordHash: password === undefined ? null : await passwords.hash(password),
        createdAt: new Date(clock.now()).toISOString(),
      };
      if ((await directory.save(person)) === 'taken')
        return refuseWith(request, reply, refuse('email_taken'));
      const by = signedIn(request).person.id;
      await audit.record(by, 'person.added', { person: person.id, access, admin });
      const invited = password === undefined ? await invitations.invite(person.id, by) : null;
      const view = adminView(person);
      return reply.code(201).send(invited ? { ...view, invitation: linkOf(invited.secret) } : view);
    },
  );

  app.patch(
    '/api/people/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Change a person; disabling ends all sessions and invitations',
        params: PersonPath,
        body: Type.Object(
          {
            name: Type.Optional(schemas.Name),
            access: Type.Optional(schemas.Access),
            admin: Type.Optional(Type.Boolean()),
            disabled: Type.Optional(Type.Boolean()),
            locale: Type.Optional(schemas.Locale),
          },
          strict,
        ),
        response: answers({ 200: schemas.PersonForAdmins }),
      },
    },
    async (request, reply) => {
      let refusal = refuse('not_found');
      const person = await directory.change(personOf(request)?.id ?? '', (before) => {
        const changed = changedPerson(before, request.body);
        if ('person' in changed) return changed.person;
        ({ refusal } = changed);
        return null;
      });
      if (!person) return refuseWith(request, reply, refusal);
      if (person.disabled) {
        await sessions.end(person.id);
        await invitations.withdraw(person.id);
      }
      const { access, admin, disabled } = person;
      await audit.record(signedIn(request).person.id, 'person.changed', {
        person: person.id,
        access,
        admin,
        disabled,
      });
      return adminView(person);
    },
  );

  app.post(
    '/api/people/:id/invitation',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'A new link with which the person chooses a password; earlier links end',
        params: PersonPath,
        response: answers({ 201: Type.Object({ invitation: Type.String(), expiresAt: IsoTime }) }),
      },
    },
    async (request, reply) => {
      const person = personOf(request);
      if (!person || person.disabled) return refuseWith(request, reply, refuse('not_found'));
      const by = signedIn(request).person.id;
      const { secret, expiresAt } = await invitations.invite(person.id, by);
      await audit.record(by, 'person.invited', { person: person.id });
      return reply
        .code(201)
        .send({ invitation: linkOf(secret), expiresAt: new Date(expiresAt).toISOString() });
    },
  );

  app.delete(
    '/api/people/:id/sessions',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Sign a person out everywhere',
        params: PersonPath,
        response: answers({ 204: schemas.NoContent }),
      },
    },
    async (request, reply) => {
      const person = personOf(request);
      if (!person) return refuseWith(request, reply, refuse('not_found'));
      await sessions.end(person.id);
      await audit.record(signedIn(request).person.id, 'sessions.ended', { person: person.id });
      return reply.code(204).send(null);
    },
  );

  function personOf(request: FastifyRequest): PersonRecord | null {
    const { id } = request.params as { id: string };
    return isId(id) ? (directory.get(id) ?? null) : null;
  }

  function changedPerson(
    before: PersonRecord,
    change: Partial<Pick<PersonRecord, 'name' | 'access' | 'admin' | 'disabled' | 'locale'>>,
  ): { person: PersonRecord } | { refusal: Refusal } {
    const named = change.name === undefined ? before : readName(change.name, limits.nameGraphemes);
    if ('refusal' in named) return named;
    const person = { ...before, ...change, name: named.name };
    // Who was invited and has no password yet could not let anybody in.
    const isActiveAdmin = (one: PersonRecord): boolean =>
      one.admin && !one.disabled && one.passwordHash !== null;
    const others = directory.all().filter((one) => one.id !== person.id);
    const losesLast = isActiveAdmin(before) && !isActiveAdmin(person) && !others.some(isActiveAdmin);
    return losesLast ? { refusal: refuse('last_admin') } : { person };
  }
}

/** The form in which names and addresses are searched. */
function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
