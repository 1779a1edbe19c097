import type { CommandBody, SystemCommand } from '../contract/commands.ts';
import { updateWordFields } from '../contract/updates.ts';
import type { UpdateBody } from '../contract/updates.ts';
import { audiencesOf } from './audiences.ts';
import type { DecideContext, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import { isOngoing } from './lifecycle.ts';
import type { IncidentState } from './state.ts';
import { isBlank, isRealTime } from './text.ts';

/** So long before a promised time Communications is reminded of it. Milliseconds. */
export const REMINDER_MILLISECONDS = 5 * 60_000;

/** Tells stakeholders where things stand, and when they hear next. */
export function sendUpdate(
  body: CommandBody<'update.send'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const { nextUpdateAt, nothingNew, corrects } = body;
  if (isBlank(body.state) || !saysSomething(body)) return refused('blank');
  if (nextUpdateAt !== undefined) {
    if (!isRealTime(nextUpdateAt)) return refused('no_such_time', { time: nextUpdateAt });
    if (Date.parse(nextUpdateAt) <= context.now) return refused('next_update_past');
  }
  if (nothingNew && state.lastUpdate === null) return refused('no_update_yet');
  if (nothingNew && nextUpdateAt === undefined) return refused('next_update_missing');
  if (corrects !== undefined && corrects > state.updateCount) return refused('no_update_yet');
  const reached = audiencesOf(state, context.outside.audiences);
  const { audiences = reached, ...said } = body;
  if (audiences.some((audience) => !reached.includes(audience))) return refused('audience_not_attached');
  return happened({
    type: 'update.sent',
    body: {
      ...said,
      ...(audiences.length === 0 ? {} : { audiences: audiences.toSorted() }),
      number: state.updateCount + 1,
    },
  });
}

/** Every part that is given says something, in every language. */
function saysSomething(body: UpdateBody): boolean {
  const { en, ko } = body.translations ?? {};
  return [body, en, ko].every((words) =>
    updateWordFields.every((field) => words?.[field] === undefined || !isBlank(words[field])),
  );
}

/** True while a promised update is waited for: the incident goes on and its passing is not recorded yet. */
export function awaitsUpdate(state: IncidentState): state is IncidentState & { nextUpdateAt: string } {
  return isOngoing(state.status) && state.nextUpdateAt !== null && state.nextUpdateAt !== state.overdueAt;
}

/** When Communications is to be reminded of the promised update (milliseconds); null when that is done, or too near to it. */
export function reminderAt(state: IncidentState): number | null {
  if (!awaitsUpdate(state) || state.remindedOf === state.nextUpdateAt) return null;
  const dueAt = Date.parse(state.nextUpdateAt);
  const promisedAt = Date.parse(state.lastUpdate?.at ?? state.declaredAt);
  return dueAt - promisedAt < 2 * REMINDER_MILLISECONDS ? null : dueAt - REMINDER_MILLISECONDS;
}

/** Reminds of a promised update, once. */
export function remindOfUpdate(
  body: Extract<SystemCommand, { type: 'update.remind' }>['body'],
  state: IncidentState,
  context: DecideContext,
): Decision {
  const at = reminderAt(state);
  if (at === null || state.nextUpdateAt !== body.dueAt) return refused('unchanged');
  return context.now < at ? refused('not_due') : happened({ type: 'update.due', body });
}

/** The promised time of the next update passed without one; recorded once for each promise. */
export function noteOverdue(
  body: Extract<SystemCommand, { type: 'update.overdue' }>['body'],
  state: IncidentState,
  context: DecideContext,
): Decision {
  if (!awaitsUpdate(state) || state.nextUpdateAt !== body.dueAt) return refused('unchanged');
  if (context.now < Date.parse(body.dueAt)) return refused('not_due');
  return happened({ type: 'update.overdue', body });
}
