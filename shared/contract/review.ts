import Type from 'typebox';
import type { Static } from 'typebox';
import {
  actionEffects,
  actionKinds,
  actionStatuses,
  horizons,
  importSources,
  milestones,
  recordKinds,
} from './reviewWords.ts';
import { Id, IsoTime } from './schemas.ts';

const strict = { additionalProperties: false } as const;
const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Sentence = Type.String({ minLength: 1, maxLength: 2_000 });
const Reason = Type.String({ minLength: 1, maxLength: 2_000 });
/** A name as a source wrote it; it stands for nobody in the directory. */
const OutsideName = Type.String({ minLength: 1, maxLength: 120 });
const WhyRef = Type.Union([Id, Type.Null()]);

/** Records that one command brings at most; a longer import is several commands of one `importId`. */
export const RECORDS_PER_COMMAND = 100;

/** One dated record from outside. Whatever else a source said of it (ids, roles, hashes, tokens) has no place here. */
export const OutsideRecord = Type.Object(
  {
    /** Its own time, as its source says. */
    happenedAt: IsoTime,
    text: Type.String({ minLength: 1, maxLength: 8_000 }),
    who: Type.Optional(OutsideName),
    kind: Type.Optional(Type.Enum(recordKinds)),
    /** The channel or file it stood in. */
    place: Type.Optional(OutsideName),
  },
  strict,
);
export type OutsideRecord = Static<typeof OutsideRecord>;

/** The body of an entry `record.imported`. */
export interface ImportedRecord extends OutsideRecord {
  importId: string;
  source: (typeof importSources)[number];
  /** Nobody here saw it happen. */
  unverified: true;
}

const FactBody = Type.Object(
  {
    happenedAt: IsoTime,
    text: Sentence,
    kind: Type.Optional(Type.Enum(recordKinds)),
    /** Who said or did it. */
    who: Type.Optional(OutsideName),
    /** Who was told of it outside the room, and when. */
    told: Type.Array(Type.Object({ who: OutsideName, at: IsoTime }, strict), { maxItems: 20 }),
  },
  strict,
);
export type FactBody = Static<typeof FactBody>;

const actionParts = {
  owner: Id,
  dueAt: IsoTime,
  horizon: Type.Enum(horizons),
  kind: Type.Enum(actionKinds),
  effect: Type.Enum(actionEffects),
  /** The answer of the why-tree that it cuts. */
  why: WhyRef,
};
const ActionParts = Type.Object(actionParts, strict);
export type ActionParts = Static<typeof ActionParts>;

/** The bodies of the commands of reviews and of records from outside. */
export const reviewCommandBodies = {
  'records.import': Type.Object(
    {
      importId: Id,
      source: Type.Enum(importSources),
      records: Type.Array(OutsideRecord, { minItems: 1, maxItems: RECORDS_PER_COMMAND }),
    },
    strict,
  ),
  'records.withdraw': Type.Object({ importId: Id, reason: Reason }, strict),
  'fact.record': FactBody,
  'milestone.set': Type.Object(
    {
      milestone: Type.Enum(milestones),
      /** The entry that shows it; null: back to what the log proposes. */
      seq: Type.Union([Seq, Type.Null()]),
    },
    strict,
  ),
  'comment.add': Type.Object(
    {
      /** The moment it is about: an entry, and with `docSeq` the document batch after it. */
      seq: Seq,
      docSeq: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
      text: Sentence,
    },
    strict,
  ),
  'why.add': Type.Object({ under: WhyRef, text: Sentence }, strict),
  'why.revise': Type.Object(
    {
      why: Id,
      text: Sentence,
      /** `seq` of the wording that was read; an older one is refused, so that nobody overwrites what they did not see. */
      known: Seq,
    },
    strict,
  ),
  'why.ground': Type.Object(
    {
      why: Id,
      /** The entries that show it. */
      cites: Type.Array(Seq, { maxItems: 50, uniqueItems: true }),
      assumption: Type.Boolean(),
    },
    strict,
  ),
  /** With everything below it. */
  'why.remove': Type.Object({ why: Id }, strict),
  'action.add': Type.Object({ text: Sentence, ...actionParts }, strict),
  'action.reword': Type.Object({ action: Id, text: Sentence, known: Seq }, strict),
  'action.change': Type.Object({ action: Id, ...Type.Partial(ActionParts).properties }, strict),
  'action.set': Type.Object(
    {
      action: Id,
      status: Type.Enum(actionStatuses),
      note: Type.Optional(Type.String({ maxLength: 2_000 })),
    },
    strict,
  ),
  'incident.link': Type.Object(
    {
      /** The other incident. */
      incident: Id,
      note: Type.Optional(Type.String({ maxLength: 2_000 })),
      /** An action of the other incident that was meant to prevent this one. */
      action: Type.Optional(Id),
    },
    strict,
  ),
  'incident.unlink': Type.Object({ incident: Id }, strict),
  'review.sign': Type.Object({ note: Type.Optional(Type.String({ maxLength: 2_000 })) }, strict),
  'review.reopen': Type.Object({ reason: Reason }, strict),
} as const;

type Body<T extends keyof typeof reviewCommandBodies> = Static<(typeof reviewCommandBodies)[T]>;

/** The bodies of the entries of reviews. Free text stands alone in its entry, so that its redaction takes all of it. */
export interface ReviewEntryBodies {
  'record.imported': ImportedRecord;
  'records.withdrawn': Body<'records.withdraw'>;
  'fact.recorded': FactBody;
  'milestone.set': Body<'milestone.set'>;
  'comment.added': Body<'comment.add'>;
  'why.added': { why: string; under: string | null; text: string };
  'why.revised': { why: string; text: string };
  'why.grounded': Body<'why.ground'>;
  'why.removed': Body<'why.remove'>;
  'action.added': { action: string; text: string } & ActionParts;
  'action.reworded': { action: string; text: string };
  'action.changed': Body<'action.change'>;
  'action.set': Body<'action.set'>;
  /** Its time passed while it was open. */
  'action.overdue': { action: string; dueAt: string };
  'incident.linked': Body<'incident.link'>;
  'incident.unlinked': Body<'incident.unlink'>;
  /** `complete`: with this signature the review is signed off. */
  'review.signed': { number: number; of: number; complete: boolean; note?: string };
  'review.reopened': Body<'review.reopen'>;
}

/** How many must sign a review, and whether the commander must be among them. */
export interface ReviewRule {
  signatures: number;
  commander: boolean;
}
