import i18next from 'i18next';
import type { KnownEntry } from '#shared/contract/entries.ts';
import type { ReviewEntryBodies } from '#shared/contract/review.ts';

type ReviewEntry = Extract<KnownEntry, { type: keyof ReviewEntryBodies }>;

/** What an entry of the review says: a sentence, what somebody wrote, and the entry it points at. */
export interface ReviewSentence {
  sentence: string;
  detail?: string | undefined;
  about?: number;
}

/** The sentence of an entry of the review, in the reader's language. Erased text is left out. */
export function reviewSentence(entry: ReviewEntry, nameOf: (id: string) => string): ReviewSentence {
  const t = i18next.getFixedT(null, 'review');
  switch (entry.type) {
    case 'record.imported': {
      const { who, text } = entry.body;
      const sentence = who === undefined ? t('entry.importedNobody') : t('entry.imported', { who });
      return { sentence, detail: text };
    }
    case 'records.withdrawn':
      return { sentence: t('entry.recordsWithdrawn'), detail: entry.body.reason };
    case 'fact.recorded':
      return { sentence: t('entry.fact'), detail: entry.body.text };
    case 'milestone.set': {
      const { seq } = entry.body;
      const milestone = t(`milestone.${entry.body.milestone}`);
      if (seq === null) return { sentence: t('entry.milestoneNone', { milestone }) };
      return { sentence: t('entry.milestone', { seq, milestone }), about: seq };
    }
    case 'comment.added': {
      const { seq, text } = entry.body;
      return { sentence: t('entry.comment', { seq }), detail: text, about: seq };
    }
    case 'why.added':
      return { sentence: t('entry.whyAdded'), detail: entry.body.text };
    case 'why.revised':
      return { sentence: t('entry.whyRevised'), detail: entry.body.text };
    case 'why.grounded':
      return { sentence: entry.body.assumption ? t('entry.whyAssumption') : t('entry.whyGrounded') };
    case 'why.removed':
      return { sentence: t('entry.whyRemoved') };
    case 'action.added':
      return {
        sentence: t('entry.actionAdded', { name: nameOf(entry.body.owner) }),
        detail: entry.body.text,
      };
    case 'action.reworded':
      return { sentence: t('entry.actionReworded'), detail: entry.body.text };
    case 'action.changed':
      return { sentence: t('entry.actionChanged') };
    case 'action.set': {
      const status = t(`actionStatus.${entry.body.status}`);
      return { sentence: t('entry.actionSet', { status }), detail: entry.body.note };
    }
    case 'action.overdue':
      return { sentence: t('entry.actionOverdue') };
    case 'incident.linked':
      return { sentence: t('entry.linked'), detail: entry.body.note };
    case 'incident.unlinked':
      return { sentence: t('entry.unlinked') };
    case 'review.signed': {
      const { number, of, complete, note } = entry.body;
      return { sentence: complete ? t('entry.signedOff') : t('entry.signed', { number, of }), detail: note };
    }
    case 'review.reopened':
      return { sentence: t('entry.reopened'), detail: entry.body.reason };
    default:
      return entry satisfies never;
  }
}
