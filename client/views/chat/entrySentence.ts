import type { TFunction } from 'i18next';
import { asKnown } from '#shared/contract/entries.ts';
import type { Entry, KnownEntry } from '#shared/contract/entries.ts';
import type { Status } from '#shared/contract/identifiers.ts';
import type { UpdateBody } from '#shared/contract/updates.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { updateState } from '../../app/updateState.ts';
import { formatTime } from '../../design/time.ts';
import type { TimeStyle } from '../../design/time.ts';
import { recordSentence } from '../records/recordSentence.ts';
import { reviewSentence } from '../review/reviewSentence.ts';
import type { ReviewSentence } from '../review/reviewSentence.ts';

/** What the sentences need from the page. */
export interface SentenceParts {
  t: TFunction<['chat', 'common']>;
  nameOf: (id: string) => string;
  style: TimeStyle;
  roles: IncidentState['roles'];
  audienceName: (id: string) => string;
  serviceName: (id: string) => string;
}

/** A line of the log about something that happened: a sentence, and what somebody wrote about it. */
export interface EntryLine {
  sentence: string;
  detail?: string;
  /** Entry it points at. */
  about?: number;
  tone?: 'command' | 'danger' | 'quiet';
}

/**
 * Isolates a name from the direction of the text around it, as `bdi` does for elements; the joiner keeps what stands
 * right behind it, as 님, on its line.
 */
function isolated(text: string): string {
  return `\u2068${text}\u2069\u2060`;
}

/** What an entry says, in the reader's language. Entries of a newer version and hidden ones say that. */
export function entryLine(entry: Entry, parts: SentenceParts): EntryLine {
  const { t } = parts;
  if (entry.withheld) return { sentence: withheldWords(entry.type, t), tone: 'quiet' };
  const known = asKnown(entry);
  if (!known) return { sentence: t('chat:entry.unknown', { type: entry.type }), tone: 'quiet' };
  const line = knownLine(known, parts);
  return entry.redacted ? { ...line, detail: t('chat:hidden') } : line;
}

function knownLine(entry: KnownEntry, parts: SentenceParts): EntryLine {
  const { t, style } = parts;
  const name = (id: string): string => isolated(parts.nameOf(id));
  switch (entry.type) {
    case 'incident.declared':
      return {
        sentence: t('chat:entry.declared', {
          title: isolated(entry.body.title),
          severity: entry.body.severity,
        }),
        tone: 'command',
      };
    case 'incident.renamed':
      return { sentence: t('chat:entry.renamed', { title: isolated(entry.body.title) }) };
    case 'incident.reopened':
      return withDetail({ sentence: t('chat:entry.reopened'), tone: 'command' }, entry.body.reason);
    case 'severity.set':
      return withDetail(
        {
          sentence: t('chat:entry.severity', { from: entry.body.from, to: entry.body.severity }),
          tone: 'command',
        },
        entry.body.reason,
      );
    case 'status.set':
      return withDetail(
        {
          sentence: t('chat:entry.status', {
            from: statusWord(entry.body.from, t),
            to: statusWord(entry.body.status, t),
          }),
          tone: 'command',
        },
        entry.body.note,
      );
    case 'member.added':
      return { sentence: t('chat:entry.memberAdded', { name: name(entry.body.person) }) };
    case 'member.removed':
      return { sentence: t('chat:entry.memberRemoved', { name: name(entry.body.person) }) };
    case 'access.broken':
      return withDetail({ sentence: t('chat:entry.accessBroken'), tone: 'danger' }, entry.body.reason);
    case 'role.assigned':
      return {
        sentence: t('chat:entry.roleAssigned', {
          role: roleWord(entry.body.role, parts),
          name: name(entry.body.person),
        }),
      };
    case 'role.delegated':
      return {
        sentence: t('chat:entry.roleDelegated', {
          title: isolated(entry.body.title),
          role: roleWord(entry.body.under, parts),
          name: name(entry.body.person),
        }),
      };
    case 'role.released':
      return {
        sentence: t(entry.actor === entry.body.from ? 'chat:entry.roleReturned' : 'chat:entry.roleReleased', {
          role: roleWord(entry.body.role, parts),
          name: name(entry.body.from),
        }),
      };
    case 'deputy.set':
      return {
        sentence:
          entry.body.person === null
            ? t('chat:entry.noDeputy')
            : t('chat:entry.deputy', { name: name(entry.body.person) }),
      };
    case 'handoff.offered':
      return withDetail(
        {
          sentence: t('chat:entry.offered', {
            name: name(entry.body.to),
            until: formatTime(entry.body.expiresAt, style),
          }),
          tone: 'command',
        },
        entry.body.note,
      );
    case 'handoff.accepted':
      return withDetail(
        {
          sentence: t('chat:entry.accepted', { seq: entry.body.briefedSeq }),
          tone: 'command',
        },
        entry.body.next,
      );
    case 'handoff.declined':
      return withDetail({ sentence: t('chat:entry.declined') }, entry.body.reason);
    case 'handoff.withdrawn':
      return withDetail({ sentence: t('chat:entry.withdrawn') }, entry.body.reason);
    case 'handoff.expired':
      return { sentence: t('chat:entry.expired') };
    case 'handoff.voided':
      return { sentence: t('chat:entry.voided') };
    case 'handoff.forced':
      return withDetail(
        {
          sentence: t('chat:entry.forced', { from: name(entry.body.from), to: name(entry.body.to) }),
          tone: 'danger',
        },
        entry.body.reason,
      );
    case 'handoff.confirmed':
      return { sentence: t('chat:entry.confirmed'), tone: 'quiet' };
    case 'chat.posted':
      return { sentence: entry.body.text };
    case 'chat.corrected':
      return withDetail(
        {
          sentence: t('chat:entry.corrected', { seq: entry.body.seq }),
          about: entry.body.seq,
          tone: 'quiet',
        },
        entry.body.text,
      );
    case 'entry.redacted':
      return withDetail(
        { sentence: t('chat:entry.redacted', { seq: entry.body.seq }), about: entry.body.seq },
        entry.body.reason,
      );
    case 'entry.pinned':
      return {
        sentence: t('chat:entry.pinned', { seq: entry.body.seq }),
        about: entry.body.seq,
        tone: 'quiet',
      };
    case 'entry.unpinned':
      return {
        sentence: t('chat:entry.unpinned', { seq: entry.body.seq }),
        about: entry.body.seq,
        tone: 'quiet',
      };
    case 'doing.set':
      return entry.body.text
        ? withDetail({ sentence: t('chat:entry.doing'), tone: 'quiet' }, entry.body.text)
        : { sentence: t('chat:entry.doingNothing'), tone: 'quiet' };
    case 'update.sent':
      return withDetail(
        {
          sentence: updateWords(entry.body, parts),
          tone: 'command',
        },
        updateDetail(entry.body, parts),
      );
    case 'update.overdue':
      return {
        sentence: t('chat:entry.overdue', { time: formatTime(entry.body.dueAt, style) }),
        tone: 'danger',
      };
    case 'update.due':
      return {
        sentence: t('chat:entry.updateDue', { time: formatTime(entry.body.dueAt, style) }),
        tone: 'quiet',
      };
    case 'audience.attached':
      return {
        sentence: t('chat:entry.audienceAttached', {
          name: isolated(parts.audienceName(entry.body.audience)),
        }),
        tone: 'quiet',
      };
    case 'audience.detached':
      return {
        sentence: t('chat:entry.audienceDetached', {
          name: isolated(parts.audienceName(entry.body.audience)),
        }),
        tone: 'quiet',
      };
    case 'service.set':
      return {
        sentence: t('chat:entry.service', {
          service: isolated(parts.serviceName(entry.body.service)),
          impact: t(`common:impact.${entry.body.impact}`),
        }),
        tone: 'quiet',
      };
    case 'question.asked':
      return withDetail({ sentence: t('chat:entry.questionAsked'), tone: 'quiet' }, entry.body.text);
    case 'question.answered':
      return withDetail({ sentence: t('chat:entry.questionAnswered'), tone: 'quiet' }, entry.body.text);
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
      return reviewLine(reviewSentence(entry, name));
    case 'incident.imported':
    case 'attachment.added':
    case 'document.redacted':
      return withDetail({ sentence: recordSentence(entry).sentence }, recordSentence(entry).detail);
    default:
      return entry satisfies never;
  }
}

/** Its number, state and to whom it went; and what it corrects. */
function updateWords(body: UpdateBody & { number: number }, { t, audienceName }: SentenceParts): string {
  const state = isolated(updateState(body.state, t));
  const values = { number: body.number, state };
  const sentence =
    body.corrects === undefined
      ? t('chat:entry.update', values)
      : t('chat:entry.updateCorrects', { ...values, corrected: body.corrects });
  if (body.audiences === undefined) return sentence;
  const names = body.audiences.map((id) => isolated(audienceName(id))).join(', ');
  return `${sentence} ${t('chat:entry.updateTo', { names })}`;
}

/** All that it said, in the language of who reads it where it was said in it. */
function updateDetail(body: UpdateBody, { t, style }: SentenceParts): string {
  const { nothingNew, nextUpdateAt, locale, translations } = body;
  if (nothingNew && nextUpdateAt !== undefined) {
    return t('chat:entry.nothingNew', { time: formatTime(nextUpdateAt, style) });
  }
  const words = (style.locale === locale ? undefined : translations?.[style.locale]) ?? body;
  const said = (['impact', 'known', 'ruledOut', 'doing'] as const).flatMap((part) =>
    words[part] === undefined ? [] : [t(`chat:entry.updatePart.${part}`, { text: words[part] })],
  );
  return [words.text, ...said].join('\n');
}

/** What is kept for Communications still says what it is. */
function withheldWords(type: string, t: SentenceParts['t']): string {
  if (type === 'question.asked') return t('chat:entry.questionAsked');
  return t(type === 'question.answered' ? 'chat:entry.questionAnswered' : 'chat:entry.withheld');
}

function reviewLine({ sentence, detail, about }: ReviewSentence): EntryLine {
  const line = withDetail({ sentence, tone: 'quiet' }, detail);
  return about === undefined ? line : { ...line, about };
}

function withDetail(line: EntryLine, detail: string | undefined): EntryLine {
  return detail === undefined || detail === '' ? line : { ...line, detail };
}

function statusWord(status: Status, t: SentenceParts['t']): string {
  return t(`common:status.${status}`);
}

function roleWord(role: string, { t, roles }: SentenceParts): string {
  if (role === 'ops' || role === 'comms' || role === 'planning' || role === 'commander')
    return t(`common:role.${role}`);
  return isolated(roles.find((each) => each.role === role)?.title ?? role);
}
