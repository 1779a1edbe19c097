import Type from 'typebox';
import type { Static, TSchema } from 'typebox';
import { recordCommandBodies } from './records.ts';
import { reviewCommandBodies } from './review.ts';
import { Id, IsoTime, Severity, Status } from './schemas.ts';
import { serviceImpacts, UpdateBody } from './updates.ts';

const strict = { additionalProperties: false } as const;
const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Epoch = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** A short free text that must say something. */
const Reason = Type.String({ minLength: 1, maxLength: 2_000 });

/**
 * The body of every command a person can give, by type. What follows the rule "schema first, type inferred from it"
 * also follows "not in this table, not a command".
 */
export const commandBodies = {
  'chat.post': Type.Object(
    {
      text: Type.String({ minLength: 1 }),
      replyTo: Type.Optional(Seq),
      mentions: Type.Optional(Type.Array(Id, { maxItems: 50 })),
      /** When it was written, if it waited offline; shown beside the recorded time. */
      writtenAt: Type.Optional(IsoTime),
      /** When the thing it tells of happened; shown beside the recorded time. */
      happenedAt: Type.Optional(IsoTime),
    },
    strict,
  ),
  'chat.correct': Type.Object(
    { seq: Seq, text: Type.String({ minLength: 1 }), happenedAt: Type.Optional(IsoTime) },
    strict,
  ),
  'entry.redact': Type.Object({ seq: Seq, reason: Reason }, strict),
  'entry.pin': Type.Object({ seq: Seq }, strict),
  'entry.unpin': Type.Object({ seq: Seq }, strict),
  'doing.set': Type.Object({ text: Type.String({ maxLength: 280 }) }, strict),
  'role.assign': Type.Object({ role: Type.String({ minLength: 1, maxLength: 40 }), person: Id }, strict),
  'role.delegate': Type.Object(
    {
      under: Type.String({ minLength: 1, maxLength: 40 }),
      title: Type.String({ minLength: 1, maxLength: 80 }),
      person: Id,
    },
    strict,
  ),
  'role.release': Type.Object({ role: Type.String({ minLength: 1, maxLength: 40 }) }, strict),
  'deputy.set': Type.Object({ person: Type.Union([Id, Type.Null()]) }, strict),
  'handoff.offer': Type.Object(
    {
      to: Id,
      note: Type.Optional(Type.String({ maxLength: 4_000 })),
      expiresInSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 3_600 })),
    },
    strict,
  ),
  'handoff.accept': Type.Object(
    {
      offer: Id,
      briefedSeq: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
      words: Type.String({ maxLength: 200 }),
      /** What happens next, in the receiver's words. */
      next: Type.Optional(Type.String({ maxLength: 4_000 })),
    },
    strict,
  ),
  'handoff.decline': Type.Object(
    { offer: Id, reason: Type.Optional(Type.String({ maxLength: 2_000 })) },
    strict,
  ),
  'handoff.withdraw': Type.Object(
    { offer: Id, reason: Type.Optional(Type.String({ maxLength: 2_000 })) },
    strict,
  ),
  'handoff.force': Type.Object({ reason: Reason, to: Type.Optional(Id) }, strict),
  'handoff.confirm': Type.Object({ epoch: Epoch }, strict),
  'severity.set': Type.Object({ severity: Severity, reason: Reason }, strict),
  'status.set': Type.Object(
    { status: Status, note: Type.Optional(Type.String({ maxLength: 2_000 })) },
    strict,
  ),
  'incident.rename': Type.Object({ title: Type.String({ minLength: 1, maxLength: 200 }) }, strict),
  'incident.reopen': Type.Object({ reason: Reason }, strict),
  'member.add': Type.Object({ person: Id }, strict),
  'member.remove': Type.Object({ person: Id }, strict),
  'update.send': UpdateBody,
  'audience.attach': Type.Object({ audience: Id }, strict),
  'audience.detach': Type.Object({ audience: Id }, strict),
  'service.set': Type.Object({ service: Id, impact: Type.Enum(serviceImpacts) }, strict),
  'question.answer': Type.Object(
    {
      /** Of the question. Answered again, the newest answer stands. */
      seq: Seq,
      text: Type.String({ minLength: 1, maxLength: 4_000 }),
      to: Type.Enum(['asker', 'all']),
    },
    strict,
  ),
  'access.break': Type.Object({ reason: Reason }, strict),
  ...reviewCommandBodies,
  ...recordCommandBodies,
} as const satisfies Record<string, TSchema>;

export type CommandType = keyof typeof commandBodies;
export type CommandBody<T extends CommandType> = Static<(typeof commandBodies)[T]>;

/** All command types, in the order of the table. */
export const commandTypes = Object.keys(commandBodies) as CommandType[];

/** A command of one known type. `epoch` is the command epoch under which the sender meant it. */
export type Command = {
  [T in CommandType]: { type: T; body: CommandBody<T>; commandId: string; epoch?: number };
}[CommandType];

/** Commands that only deadlines, lost access and the stakeholder page give; no edge accepts them as a person's. */
export type SystemCommand =
  | { type: 'handoff.expire'; body: { offer: string }; commandId: string }
  | { type: 'handoff.void'; body: { offer: string; reason: string }; commandId: string }
  | { type: 'update.remind'; body: { dueAt: string }; commandId: string }
  | { type: 'update.overdue'; body: { dueAt: string }; commandId: string }
  | { type: 'action.overdue'; body: { action: string; dueAt: string }; commandId: string }
  | { type: 'question.ask'; body: { asker: string; text: string; name?: string }; commandId: string };

/** What declares an incident; it is not a command of a room, because there is none yet. */
export const DeclareBody = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200 }),
    commandId: Type.Optional(Id),
    severity: Type.Optional(Severity),
    private: Type.Optional(Type.Boolean()),
    drill: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type DeclareBody = Static<typeof DeclareBody>;
