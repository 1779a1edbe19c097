import Type from 'typebox';
import type { Static } from 'typebox';
import { Id, IsoTime } from './schemas.ts';

const strict = { additionalProperties: false } as const;
/** One part of an update, in words that people outside understand. */
const Part = Type.String({ minLength: 1, maxLength: 4_000 });

/** What an update says, in one language; `text` is what happened. */
const words = {
  text: Type.String({ minLength: 1, maxLength: 8_000 }),
  /** Who notices what, since when. */
  impact: Type.Optional(Part),
  known: Type.Optional(Part),
  ruledOut: Type.Optional(Part),
  doing: Type.Optional(Part),
};
export const UpdateWords = Type.Object(words, strict);
export type UpdateWords = Static<typeof UpdateWords>;

/** The fields of an update that are words of the writer, in the order in which they are read. */
export const updateWordFields = ['text', 'impact', 'known', 'ruledOut', 'doing'] as const;

/** The body of `update.send`. With `state`, `text` and perhaps `nextUpdateAt` alone it is a whole update. */
export const UpdateBody = Type.Object(
  {
    /** The state as stakeholders read it: a word of `readerStates`, or the writer's own. */
    state: Type.String({ minLength: 1, maxLength: 80 }),
    ...words,
    nextUpdateAt: Type.Optional(IsoTime),
    /** The language of the words above. */
    locale: Type.Optional(Type.Enum(['en', 'ko'])),
    /** The same words in other languages; who reads another one gets those above. */
    translations: Type.Optional(
      Type.Object({ en: Type.Optional(UpdateWords), ko: Type.Optional(UpdateWords) }, strict),
    ),
    /** Nothing changed since the last update: readers are told so in their own language. Needs `nextUpdateAt`. */
    nothingNew: Type.Optional(Type.Literal(true)),
    /** The number of an earlier update that this one corrects. */
    corrects: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    /**
     * Exactly these audiences, of those the incident has; default: all of them. In the entry: those it went to, absent
     * when there were none.
     */
    audiences: Type.Optional(Type.Array(Id, { maxItems: 100, uniqueItems: true })),
  },
  strict,
);
export type UpdateBody = Static<typeof UpdateBody>;

/** How badly a service is hit, worst last; the words that readers of status pages know. */
export const serviceImpacts = [
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
] as const;
export type ServiceImpact = (typeof serviceImpacts)[number];

/**
 * The public page as an audience: always there, for incidents whose updates anybody may read. Never reached by a private
 * incident, whatever is attached.
 */
export const PUBLIC_PAGE = 'public-page';

/** Where actions of all incidents go, so that they are followed up in a tracker: a list of addresses like an audience. */
export const ACTION_EXPORT = 'action-export';

/** Entries that go out to people outside: a row of the outbox stands for each, in the transaction of the entry. */
export const outgoingEntries: ReadonlySet<string> = new Set([
  'update.sent',
  'handoff.accepted',
  'handoff.forced',
  // To who follows actions up: their owners, and a tracker.
  'action.added',
  'action.reworded',
  'action.changed',
  'action.set',
  'action.overdue',
]);
