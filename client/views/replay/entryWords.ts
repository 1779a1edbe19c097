import type { TFunction } from 'i18next';
import { asKnown } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';
import { updateState } from '../../app/updateState.ts';
import { recordSentence } from '../records/recordSentence.ts';
import { reviewSentence } from '../review/reviewSentence.ts';

/** What words need of the world around an entry. */
export interface WordsAround {
  t: TFunction<['replay', 'common']>;
  nameOf: (person: string | null) => string;
  /** Title of a role at that moment. */
  roleTitle: (role: string) => string;
  /** Names of audiences and services as they are called now. */
  audienceName: (id: string) => string;
  serviceName: (id: string) => string;
}

/** One sentence for an entry that is no chat message; unknown types are named as they are. */
export function entryWords(entry: Entry, words: WordsAround): string {
  const { t, nameOf, roleTitle, audienceName, serviceName } = words;
  if (entry.withheld) return t('entry.withheld');
  const known = asKnown(entry);
  if (!known) return t('entry.unknown', { type: entry.type });
  const actor = nameOf(known.actor);
  switch (known.type) {
    case 'chat.posted':
      return known.redacted ? t('entry.hidden') : known.body.text;
    case 'chat.corrected':
      return known.redacted
        ? t('entry.hidden')
        : t('entry.corrected', { seq: known.body.seq, text: known.body.text });
    case 'incident.declared':
      return t('entry.declared', { actor, title: known.body.title, severity: known.body.severity });
    case 'incident.renamed':
      return t('entry.renamed', { title: known.body.title });
    case 'incident.reopened':
      return withReason(t('entry.reopened', { actor }), known.body.reason);
    case 'severity.set':
      return withReason(
        t('entry.severity', { from: known.body.from, to: known.body.severity }),
        known.body.reason,
      );
    case 'status.set':
      return withReason(
        t('entry.status', {
          from: t(`common:status.${known.body.from}`),
          to: t(`common:status.${known.body.status}`),
        }),
        known.body.note,
      );
    case 'member.added':
      return t('entry.memberAdded', { name: nameOf(known.body.person) });
    case 'member.removed':
      return t('entry.memberRemoved', { name: nameOf(known.body.person) });
    case 'access.broken':
      return withReason(t('entry.accessBroken', { actor }), known.body.reason);
    case 'role.assigned':
      return t('entry.assigned', { role: roleTitle(known.body.role), name: nameOf(known.body.person) });
    case 'role.delegated':
      return t('entry.delegated', {
        title: known.body.title,
        role: roleTitle(known.body.under),
        name: nameOf(known.body.person),
      });
    case 'role.released':
      return t('entry.released', { role: roleTitle(known.body.role), name: nameOf(known.body.from) });
    case 'deputy.set':
      return known.body.person === null
        ? t('entry.noDeputy')
        : t('entry.deputy', { name: nameOf(known.body.person) });
    case 'handoff.offered':
      return withReason(
        t('entry.offered', { from: nameOf(known.body.from), to: nameOf(known.body.to) }),
        known.redacted ? undefined : known.body.note,
      );
    case 'handoff.accepted':
      return withReason(
        t('entry.accepted', { from: nameOf(known.body.from), to: nameOf(known.body.to) }),
        known.redacted ? undefined : known.body.next,
      );
    case 'handoff.declined':
      return withReason(t('entry.declined', { actor }), known.body.reason);
    case 'handoff.withdrawn':
      return withReason(t('entry.withdrawn', { actor }), known.body.reason);
    case 'handoff.expired':
      return t('entry.expired');
    case 'handoff.voided':
      return t('entry.voided');
    case 'handoff.forced':
      return withReason(
        t('entry.forced', { from: nameOf(known.body.from), to: nameOf(known.body.to) }),
        known.body.reason,
      );
    case 'handoff.confirmed':
      return t('entry.confirmed', { actor });
    case 'entry.redacted':
      return withReason(t('entry.redacted', { seq: known.body.seq }), known.body.reason);
    case 'entry.pinned':
      return t('entry.pinned', { seq: known.body.seq });
    case 'entry.unpinned':
      return t('entry.unpinned', { seq: known.body.seq });
    case 'doing.set':
      return known.redacted || known.body.text === ''
        ? t('entry.doingNothing', { actor })
        : t('entry.doing', { actor, text: known.body.text });
    case 'update.sent':
      return known.redacted
        ? t('entry.hidden')
        : t('entry.updateSent', {
            number: known.body.number,
            state: updateState(known.body.state, t),
            text: known.body.text,
          });
    case 'update.overdue':
      return t('entry.updateOverdue');
    case 'update.due':
      return t('entry.updateDue');
    case 'audience.attached':
      return t('entry.audienceAttached', { actor, name: audienceName(known.body.audience) });
    case 'audience.detached':
      return t('entry.audienceDetached', { actor, name: audienceName(known.body.audience) });
    case 'service.set':
      return t('entry.service', {
        service: serviceName(known.body.service),
        impact: t(`common:impact.${known.body.impact}`),
      });
    case 'question.asked':
      return t('entry.questionAsked');
    case 'question.answered':
      return t('entry.questionAnswered');
    case 'record.imported':
    case 'records.withdrawn':
    case 'fact.recorded':
    case 'milestone.set':
    case 'comment.added':
    case 'why.added':
    case 'why.revised':
    case 'why.grounded':
    case 'why.removed':
    case 'action.added':
    case 'action.reworded':
    case 'action.changed':
    case 'action.set':
    case 'action.overdue':
    case 'incident.linked':
    case 'incident.unlinked':
    case 'review.signed':
    case 'review.reopened':
      return reviewWords(known, nameOf);
    case 'incident.imported':
    case 'attachment.added':
    case 'document.redacted':
      return withReason(
        recordSentence(known).sentence,
        known.redacted ? undefined : recordSentence(known).detail,
      );
    default:
      // A known type of a later version of this table: named as it stands.
      return t('entry.unknown', { type: (known satisfies never as Entry).type });
  }
}

function reviewWords(entry: Parameters<typeof reviewSentence>[0], nameOf: WordsAround['nameOf']): string {
  const { sentence, detail } = reviewSentence(entry, nameOf);
  return withReason(sentence, entry.redacted ? undefined : detail);
}

function withReason(sentence: string, reason: string | undefined): string {
  return reason === undefined || reason === '' ? sentence : `${sentence} — ${reason}`;
}
