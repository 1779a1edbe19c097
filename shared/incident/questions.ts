import type { CommandBody, SystemCommand } from '../contract/commands.ts';
import type { Entry } from '../contract/entries.ts';
import type { DecideContext, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import { effectiveHolder } from './roles.ts';
import type { IncidentState } from './state.ts';
import { hasMalformedText, isBlank } from './text.ts';

/** A question from outside the room. It is given as the system, since who asks may not enter. */
export function askQuestion(
  body: Extract<SystemCommand, { type: 'question.ask' }>['body'],
  state: IncidentState,
): Decision {
  if (state.status === 'closed') return refused('closed');
  if (hasMalformedText(body)) return refused('malformed_text');
  if (isBlank(body.text)) return refused('blank');
  return happened({ type: 'question.asked', body });
}

/** Answers a question; answered again, the newest answer stands. */
export function answerQuestion(body: CommandBody<'question.answer'>, { target }: DecideContext): Decision {
  if (isBlank(body.text)) return refused('blank');
  if (target?.type !== 'question.asked') return refused('unknown_entry');
  return happened({ type: 'question.answered', body });
}

/**
 * True when the body of an entry is for Communications and the commander alone: what was asked, and what was answered to
 * the asker alone.
 */
export function isForCommunications(entry: Pick<Entry, 'type' | 'body'>): boolean {
  if (entry.type === 'question.asked') return true;
  return entry.type === 'question.answered' && entry.body['to'] !== 'all';
}

/** True of a person who may read what is for Communications. */
export function mayReadQuestions(person: string, state: IncidentState): boolean {
  return person === state.commander || person === effectiveHolder(state, 'comms');
}

/**
 * The entry as a person in the room may read it. A body that is not for them is withheld, with the salt, without which its
 * hash says nothing of it; the envelope stays, so that `seq` has no gap for anybody.
 */
export function entryFor(person: string, entry: Entry, state: IncidentState): Entry {
  if (!isForCommunications(entry) || mayReadQuestions(person, state)) return entry;
  return { ...entry, body: {}, salt: null, withheld: true };
}

/** The same for a list; the list itself when nothing of it is withheld. */
export function entriesFor(person: string, entries: Entry[], state: IncidentState): Entry[] {
  if (!entries.some(isForCommunications) || mayReadQuestions(person, state)) return entries;
  return entries.map((entry) => entryFor(person, entry, state));
}
