import type { CommandBody, SystemCommand } from '../contract/commands.ts';
import type { DecideContext, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import { isOngoing } from './lifecycle.ts';
import type { IncidentState } from './state.ts';
import { isBlank, isRealTime } from './text.ts';

/** Tells stakeholders where things stand, and when they hear next. */
export function sendUpdate(
  body: CommandBody<'update.send'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const { nextUpdateAt } = body;
  if (isBlank(body.state) || isBlank(body.text)) return refused('blank');
  if (nextUpdateAt !== undefined) {
    if (!isRealTime(nextUpdateAt)) return refused('no_such_time', { time: nextUpdateAt });
    if (Date.parse(nextUpdateAt) <= context.now) return refused('next_update_past');
  }
  return happened({ type: 'update.sent', body: { ...body, number: state.updateCount + 1 } });
}

/** True while a promised update is waited for: the incident goes on and its passing is not recorded yet. */
export function awaitsUpdate(state: IncidentState): state is IncidentState & { nextUpdateAt: string } {
  return isOngoing(state.status) && state.nextUpdateAt !== null && state.nextUpdateAt !== state.overdueAt;
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
