import type { CommandBody } from '../contract/commands.ts';
import type { DecideContext, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import { noReview } from './reviewState.ts';
import type { ReviewState, Why } from './reviewState.ts';
import type { IncidentState } from './state.ts';
import { isBlank } from './text.ts';

/** More answers than this are refused: the state travels with every join. */
export const MAX_WHYS = 300;

/** Adds an answer below another one, or the root: the effect on the customer. */
export function addWhy(body: CommandBody<'why.add'>, state: IncidentState, context: DecideContext): Decision {
  const { whys } = state.review ?? noReview;
  if (isBlank(body.text)) return refused('blank');
  if (whys.length >= MAX_WHYS) return refused('too_many_of_these', { max: MAX_WHYS });
  if (body.under === null && whys.length > 0) return refused('why_root_exists');
  if (body.under !== null && !findWhy(state, body.under)) return refused('unknown_why');
  return happened({ type: 'why.added', body: { why: context.newId, ...body } });
}

export function reviseWhy(body: CommandBody<'why.revise'>, state: IncidentState): Decision {
  const { why, text, known } = body;
  const found = findWhy(state, why);
  if (!found) return refused('unknown_why');
  if (isBlank(text)) return refused('blank');
  if (found.seq !== known) return refused('reworded_meanwhile');
  return found.text === text ? refused('unchanged') : happened({ type: 'why.revised', body: { why, text } });
}

/** Says what an answer rests on: entries, or nothing but an assumption. */
export function groundWhy(body: CommandBody<'why.ground'>, state: IncidentState): Decision {
  const found = findWhy(state, body.why);
  if (!found) return refused('unknown_why');
  // The log has no gap: every position up to the head is an entry.
  const unknown = body.cites.find((seq) => seq > state.seq);
  if (unknown !== undefined) return refused('unknown_entry', { seq: unknown });
  const cites = body.cites.toSorted((a, b) => a - b);
  const isSame = found.assumption === body.assumption && found.cites.join() === cites.join();
  return isSame ? refused('unchanged') : happened({ type: 'why.grounded', body: { ...body, cites } });
}

export function removeWhy(body: CommandBody<'why.remove'>, state: IncidentState): Decision {
  return findWhy(state, body.why) ? happened({ type: 'why.removed', body }) : refused('unknown_why');
}

export function findWhy(state: IncidentState, why: string): Why | undefined {
  return state.review?.whys.find((each) => each.why === why);
}

/** Answers that nothing further explains, and that neither cite an entry nor are marked as assumption. */
export function ungroundedLeaves({ whys }: Pick<ReviewState, 'whys'>): Why[] {
  const explained = new Set(whys.map((each) => each.under));
  return whys.filter((each) => !explained.has(each.why) && each.cites.length === 0 && !each.assumption);
}
