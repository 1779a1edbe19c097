import Type from 'typebox';
import { isId } from '#shared/contract/identifiers.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { PersonRecord } from '../../rooms/ports.ts';
import type { App, HttpParts } from './parts.ts';
import { adminView } from './personViews.ts';
import { refuseWith, signedIn } from './replies.ts';
import { PathId, PersonForAdmins, answers, strict } from './schemas.ts';

/** How an erased person is shown, in the language they read. */
const NAMES = { en: 'Erased person', ko: '삭제된 사용자' } as const;

/** `/api/people/:id/erasure`: takes a person's name and address out of everything but the chain (docs/records.md). */
export function erasureRoutes(app: App, parts: HttpParts): void {
  const { store, directory, sessions, audit, clock } = parts;

  app.post(
    '/api/people/:id/erasure',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Erase a person: name, address and way in, everywhere outside the log; it cannot be undone',
        params: Type.Object({ id: PathId }),
        body: Type.Object(
          {
            email: Type.String({
              maxLength: 320,
              description: 'Their address once more, so that nobody is erased by a slip.',
            }),
          },
          strict,
        ),
        response: answers({ 200: PersonForAdmins }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const by = signedIn(request).person.id;
      const person = isId(id) ? directory.get(id) : undefined;
      if (!person) return refuseWith(request, reply, refuse('not_found'));
      if (person.id === by) return refuseWith(request, reply, refuse('not_oneself'));
      if (comparable(request.body.email) !== comparable(person.email))
        return refuseWith(request, reply, refuse('other_address'));
      // The way in first: nobody may use it while the rest goes.
      await directory.change(id, (now) => ({ ...now, disabled: true, admin: false }));
      await sessions.end(id);
      for (const token of await store.listTokens('invitation', id))
        await store.revokeToken(token.hash, clock.now());
      await store.eraseMailAddress(person.email);
      const erased = await directory.change(id, erasedPerson);
      if (!erased) return refuseWith(request, reply, refuse('not_found'));
      await audit.record(by, 'person.erased', { person: id });
      return adminView(erased);
    },
  );
}

/** What is left: an id that the log names, and that it belongs to nobody any more. */
function erasedPerson(person: PersonRecord): PersonRecord {
  return {
    ...person,
    name: NAMES[person.locale],
    email: `${person.id}@erased.invalid`,
    admin: false,
    disabled: true,
    passwordHash: null,
  };
}

function comparable(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}
