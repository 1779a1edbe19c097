import type { TFunction } from 'i18next';
import { formatElapsedClock, formatTime } from '../../design/time.ts';
import type { TimeStyle } from '../../design/time.ts';
import type { OutboxItem } from '../../connection/outbox.ts';
import type { ReadingProgress } from '../../room/roomTypes.ts';
import type { HandoffResult } from '../../room/handoffResult.ts';
import type { Waiting } from '../../room/waiting.ts';

/** What the sentences need from the page. */
export interface WordParts {
  t: TFunction<['room', 'handoff']>;
  nameOf: (id: string) => string;
  /** Somebody by role where they have one, else by name. */
  roleOrName: (id: string) => string;
  commander: string;
  commanderSince: string;
  style: TimeStyle;
  progress: ReadingProgress | null;
  /** What was refused and why. */
  refused: (item: OutboxItem) => string;
  /** Milliseconds since 1970. */
  now: number;
}

/** The sentence of a waiting item, for the strip and its list. */
export function waitingSentence(item: Waiting, parts: WordParts): string {
  const { t, nameOf, style, now } = parts;
  switch (item.kind) {
    case 'offerToMe':
      return t('handoff:strip.toMe', {
        name: nameOf(item.offer.from),
        left: timeLeft(item.offer.expiresAt, now),
      });
    case 'offerOfMine': {
      const read = parts.progress?.offer === item.offer.offer ? parts.progress.read : 0;
      const passed = formatElapsedClock(now - Date.parse(item.offer.offeredAt), true);
      return t('handoff:strip.mine', { name: nameOf(item.offer.to), time: passed, n: read });
    }
    case 'offerOfAnother':
      return t('handoff:strip.another', { from: nameOf(item.offer.from), to: nameOf(item.offer.to) });
    case 'confirm':
      return t('handoff:strip.confirm', {
        name: nameOf(parts.commander),
        time: formatTime(parts.commanderSince, style),
      });
    case 'leaving':
      return t('handoff:strip.leaving', { count: item.knowledge.missing.length });
    case 'notAllKnow': {
      const { known, all, missing } = item.knowledge;
      return t('handoff:strip.known', { known, all, roles: missing.map(parts.roleOrName).join(', ') });
    }
    case 'handoffResult':
      return resultSentence(item.result, parts);
    case 'refused':
      return parts.refused(item.item);
    case 'commanderAbsent':
      return t('handoff:strip.absent', { time: formatTime(item.since, style) });
    case 'updateOverdue':
      return t('room:update.late', { m: Math.max(1, Math.floor((now - Date.parse(item.dueAt)) / 60_000)) });
    case 'updateSoon':
      return t('room:update.soon', { m: Math.max(1, Math.ceil((Date.parse(item.dueAt) - now) / 60_000)) });
    case 'questions':
      return t('room:questions.waiting', { count: item.open });
    case 'longInCommand':
      return item.hours >= 3 ? t('handoff:strip.tooLong') : t('handoff:strip.long', { h: item.hours });
    default:
      return item satisfies never;
  }
}

function timeLeft(until: string, now: number): string {
  return formatElapsedClock(Math.max(0, Date.parse(until) - now), true);
}

function resultSentence(result: HandoffResult, { t, nameOf, commander, style }: WordParts): string {
  const name = nameOf(commander);
  switch (result.kind) {
    case 'declined':
      return t('handoff:result.declined', { name: nameOf(result.by), reason: result.reason });
    case 'withdrawn':
      return t('handoff:result.withdrawn', { name });
    case 'expired':
      return t('handoff:result.expired', { name });
    case 'voided':
      return t('handoff:result.voided', { name });
    case 'forced':
      return t('handoff:result.forced', { name: nameOf(result.to), time: formatTime(result.at, style) });
    default:
      return result satisfies never;
  }
}
