import type { CommandBody, SystemCommand } from '../contract/commands.ts';
import type { ActionParts } from '../contract/review.ts';
import { refuse } from '../contract/refusals.ts';
import type { Refusal } from '../contract/refusals.ts';
import type { DecideContext, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import type { ReviewAction } from './reviewState.ts';
import type { IncidentState } from './state.ts';
import { isBlank, isRealTime } from './text.ts';
import { findWhy } from './whys.ts';

/** More actions than this are refused: the state travels with every join. */
export const MAX_ACTIONS = 200;

/** Says what is to be done, by whom, until when, and which answer of the why-tree it cuts. */
export function addAction(
  body: CommandBody<'action.add'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  if (isBlank(body.text)) return refused('blank');
  if ((state.review?.actions.length ?? 0) >= MAX_ACTIONS) {
    return refused('too_many_of_these', { max: MAX_ACTIONS });
  }
  const refusal = refuseParts(body, state, context);
  return refusal ? { refusal } : happened({ type: 'action.added', body: { action: context.newId, ...body } });
}

export function rewordAction(body: CommandBody<'action.reword'>, state: IncidentState): Decision {
  const { action, text, known } = body;
  const found = findAction(state, action);
  if (!found) return refused('unknown_action');
  if (isBlank(text)) return refused('blank');
  if (found.seq !== known) return refused('reworded_meanwhile');
  return found.text === text
    ? refused('unchanged')
    : happened({ type: 'action.reworded', body: { action, text } });
}

/** Changes owner, time or kind; also after the review is signed off, since actions live on. */
export function changeAction(
  body: CommandBody<'action.change'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const { action, ...parts } = body;
  const found = findAction(state, action);
  if (!found) return refused('unknown_action');
  const refusal = refuseParts(parts, state, context);
  if (refusal) return { refusal };
  const named = Object.keys(parts) as (keyof ActionParts)[];
  const isSame = named.every((part) => parts[part] === found[part]);
  return isSame ? refused('unchanged') : happened({ type: 'action.changed', body });
}

export function setAction(body: CommandBody<'action.set'>, state: IncidentState): Decision {
  const found = findAction(state, body.action);
  if (!found) return refused('unknown_action');
  const { note, ...rest } = body;
  if (found.status === body.status) return refused('unchanged');
  const said = note === undefined || isBlank(note) ? {} : { note };
  return happened({ type: 'action.set', body: { ...rest, ...said } });
}

/** The time of an open action passed; recorded once for each time it is given. */
export function noteActionOverdue(
  body: Extract<SystemCommand, { type: 'action.overdue' }>['body'],
  state: IncidentState,
  context: DecideContext,
): Decision {
  const found = findAction(state, body.action);
  if (!found || !awaitsAction(found) || found.dueAt !== body.dueAt) return refused('unchanged');
  if (context.now < Date.parse(body.dueAt)) return refused('not_due');
  return happened({ type: 'action.overdue', body });
}

/** True while somebody has to do it and its lateness is not recorded yet. */
export function awaitsAction(action: ReviewAction): boolean {
  return action.status === 'open' && action.overdueOf !== action.dueAt;
}

function findAction(state: IncidentState, action: string): ReviewAction | undefined {
  return state.review?.actions.find((each) => each.action === action);
}

function refuseParts(
  { owner, dueAt, why }: Partial<ActionParts>,
  state: IncidentState,
  { people }: DecideContext,
): Refusal | null {
  if (owner !== undefined && !people.has(owner)) return refuse('unknown_person');
  if (dueAt !== undefined && !isRealTime(dueAt)) return refuse('no_such_time', { time: dueAt });
  if (why !== undefined && why !== null && !findWhy(state, why)) return refuse('unknown_why');
  return null;
}
