import Type from 'typebox';
import type { Static } from 'typebox';
import { strict } from './schemas.ts';

const OrNone = Type.Union([Type.String(), Type.Null()]);
const NumberOrNone = Type.Union([Type.Integer(), Type.Null()]);

const Update = Type.Object({
  number: Type.Integer(),
  at: Type.String(),
  state: Type.String(),
  text: OrNone,
  impact: OrNone,
  known: OrNone,
  ruledOut: OrNone,
  doing: OrNone,
  locale: OrNone,
  nextUpdateAt: OrNone,
  nothingNew: Type.Boolean(),
  corrects: NumberOrNone,
  correctedBy: NumberOrNone,
});

const Question = Type.Object({
  text: OrNone,
  at: Type.String(),
  mine: Type.Boolean(),
  answer: Type.Union([Type.Object({ text: OrNone, at: Type.String(), toAll: Type.Boolean() }), Type.Null()]),
});

export const Questions = Type.Object({ questions: Type.Array(Question) });

/** What stakeholders read of an incident. */
export const View = Type.Object({
  title: Type.String(),
  state: OrNone,
  updates: Type.Array(Update),
  services: Type.Array(Type.Object({ name: Type.String(), impact: Type.String(), since: Type.String() })),
  questions: Type.Array(Question),
  since: Type.String(),
  nextUpdateAt: OrNone,
  overdue: Type.Boolean(),
  resolvedAt: OrNone,
});

/** A question from a program. */
export const QuestionJson = Type.Object(
  { text: Type.String(), name: Type.Optional(Type.String()), once: Type.Optional(Type.String()) },
  strict,
);
/** The same from a form, which may lack anything. */
export const QuestionForm = Type.Object({
  text: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  once: Type.Optional(Type.String()),
});

/** What was written. Browsers end lines of a form with two characters. */
export function readQuestion({ text = '', name, once }: Static<typeof QuestionForm>) {
  return { text: text.replaceAll('\r\n', '\n'), name: name ?? null, once: once ?? null };
}
