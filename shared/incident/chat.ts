import type { CommandBody } from '../contract/commands.ts';
import { entryTypes, isEntryType } from '../contract/entries.ts';
import { refuse } from '../contract/refusals.ts';
import type { Refusal } from '../contract/refusals.ts';
import type { DecideContext, Decision, TargetEntry } from './context.ts';
import { actorOf, happened, refused } from './decision.ts';
import type { IncidentState } from './state.ts';
import { isBlank, isRealTime } from './text.ts';

/** More pins than this are refused: a pin is for what everybody must find, and every brief lists them. */
export const MAX_PINS = 100;

export function postChat(body: CommandBody<'chat.post'>, context: DecideContext): Decision {
  const { text, replyTo, mentions, writtenAt, happenedAt } = body;
  const refusal =
    refuseText(text, context) ??
    (replyTo === undefined ? null : refuseReply(replyTo, context)) ??
    (writtenAt === undefined ? null : refuseTime(writtenAt)) ??
    (happenedAt === undefined ? null : refuseTime(happenedAt));
  if (refusal) return { refusal };
  if (mentions?.some((person) => !context.people.has(person))) return refused('unknown_person');
  const named = mentions ? { mentions: [...new Set(mentions)] } : {};
  return happened({ type: 'chat.posted', body: { ...body, ...named } });
}

/** A correction stands beside what it corrects; the first text stays in the log. */
export function correctChat(body: CommandBody<'chat.correct'>, context: DecideContext): Decision {
  const target = targetOf(body.seq, context);
  if (target?.type !== 'chat.posted') return refused('unknown_entry', { seq: body.seq });
  if (target.redacted) return refused('redacted_entry', { seq: body.seq });
  const refusal =
    refuseText(body.text, context) ?? (body.happenedAt === undefined ? null : refuseTime(body.happenedAt));
  return refusal ? { refusal } : happened({ type: 'chat.corrected', body });
}

/** Erases the free text of an entry; that it stood there, when and by whom stays. */
export function redactEntry(body: CommandBody<'entry.redact'>, context: DecideContext): Decision {
  if (isBlank(body.reason)) return refused('blank');
  const target = targetOf(body.seq, context);
  if (!target) return refused('unknown_entry', { seq: body.seq });
  const hasFreeText = isEntryType(target.type) && entryTypes[target.type].redactable.length > 0;
  if (!hasFreeText) return refused('nothing_to_redact', { seq: body.seq });
  return target.redacted ? refused('unchanged') : happened({ type: 'entry.redacted', body });
}

export function pinEntry(
  body: CommandBody<'entry.pin'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  if (!targetOf(body.seq, context)) return refused('unknown_entry', { seq: body.seq });
  if (state.pinned.includes(body.seq)) return refused('unchanged');
  if (state.pinned.length >= MAX_PINS) return refused('too_many_pins', { max: MAX_PINS });
  return happened({ type: 'entry.pinned', body });
}

export function unpinEntry(
  body: CommandBody<'entry.unpin'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  if (!targetOf(body.seq, context)) return refused('unknown_entry', { seq: body.seq });
  if (!state.pinned.includes(body.seq)) return refused('unchanged');
  return happened({ type: 'entry.unpinned', body });
}

/** Sets the one line that says what a person is doing now; a blank one takes it away. */
export function setDoing(
  body: CommandBody<'doing.set'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const text = isBlank(body.text) ? '' : body.text;
  const hasLine = state.doing.some((line) => line.person === actorOf(context));
  if (text === '' && !hasLine) return refused('unchanged');
  return happened({ type: 'doing.set', body: { text } });
}

function targetOf(seq: number, context: DecideContext): TargetEntry | null {
  return context.target?.seq === seq ? context.target : null;
}

function refuseText(text: string, context: DecideContext): Refusal | null {
  if (isBlank(text)) return refuse('blank');
  const max = context.limits.chatCharacters;
  return text.length > max ? refuse('too_large', { n: text.length, max }) : null;
}

function refuseReply(seq: number, context: DecideContext): Refusal | null {
  return targetOf(seq, context)?.type.startsWith('chat.') ? null : refuse('unknown_entry', { seq });
}

function refuseTime(time: string): Refusal | null {
  return isRealTime(time) ? null : refuse('no_such_time', { time });
}
