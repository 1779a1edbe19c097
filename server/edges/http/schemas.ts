import Type from 'typebox';
import type { TSchema } from 'typebox';
import { IsoTime, Severity, Status } from '#shared/contract/schemas.ts';

/** Objects from outside have exactly the fields they are said to have. */
export const strict = { additionalProperties: false } as const;
/** Objects of ours may gain fields. */
const open = { additionalProperties: true } as const;

export const Locale = Type.Enum(['en', 'ko']);
export const Access = Type.Enum(['responder', 'stakeholder']);

/** An identifier in a path. Its form is checked by hand, since another form is `not_found` and not `invalid`. */
export const PathId = Type.String({ description: 'Identifier; any form but [a-z0-9_-]{8,40} is not found.' });

export const ErrorAnswer = Type.Object(
  {
    error: Type.Object(
      {
        code: Type.String(),
        message: Type.String(),
        retryable: Type.Optional(Type.Boolean()),
        details: Type.Optional(Type.Object({}, open)),
      },
      open,
    ),
  },
  { description: 'Any refusal: a code for programs, a sentence for people.' },
);

export const Person = Type.Object({
  id: Type.String(),
  name: Type.String(),
  access: Access,
  admin: Type.Boolean(),
  locale: Locale,
});

/** A person as administrators see them. */
export const PersonForAdmins = Type.Object({
  ...Person.properties,
  email: Type.String(),
  disabled: Type.Boolean(),
  invited: Type.Boolean({ description: 'True until a password was chosen.' }),
  createdAt: Type.String(),
});

export const SessionAnswer = Type.Object({ token: Type.String(), expiresAt: IsoTime, person: Person });

export const Head = Type.Object({
  seq: Type.Integer(),
  hash: Type.String(),
  docSeq: Type.Integer(),
  docHash: Type.String(),
});

export const Incident = Type.Object({
  id: Type.String(),
  number: Type.Integer(),
  title: Type.String(),
  severity: Severity,
  status: Status,
  private: Type.Boolean(),
  drill: Type.Boolean(),
  commander: Type.String(),
  epoch: Type.Integer(),
  declaredAt: Type.String(),
  head: Head,
  nextUpdateAt: Type.Union([Type.String(), Type.Null()]),
  resolvedAt: Type.Union([Type.String(), Type.Null()]),
  offeredTo: Type.Union([Type.String(), Type.Null()]),
});

/** The state of an incident; `shared/incident/state.ts` says what is in it. */
export const State = Type.Object(
  { id: Type.String(), number: Type.Integer(), commander: Type.String() },
  open,
);
export const Entry = Type.Object({ seq: Type.Integer(), type: Type.String() }, open);

/** A password being chosen; its least length is checked by hand, so that the refusal can say it. */
export const NewPassword = Type.String({ maxLength: 512, description: 'At least 10 characters.' });
export const Email = Type.String({ maxLength: 254 });
export const Name = Type.String({
  maxLength: 2_000,
  description: 'At most 80 characters as readers count them.',
});
export const NoContent = Type.Null({ description: 'Done; no content.' });

/** The answers of a route: its own, and every refusal in the one error shape. */
export function answers<Codes extends Record<number, TSchema>>(own: Codes) {
  return { ...own, '4xx': ErrorAnswer, '5xx': ErrorAnswer };
}
