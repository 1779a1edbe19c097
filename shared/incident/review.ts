import type { CommandBody, CommandType } from '../contract/commands.ts';
import type { ReviewRule } from '../contract/review.ts';
import { refuse } from '../contract/refusals.ts';
import type { Refusal } from '../contract/refusals.ts';
import type { DecideContext, Decision } from './context.ts';
import { actorOf, happened, refused } from './decision.ts';
import { isOngoing } from './lifecycle.ts';
import { noReview } from './reviewState.ts';
import type { IncidentState } from './state.ts';
import { isBlank } from './text.ts';
import { ungroundedLeaves } from './whys.ts';

/** Links to other incidents that are kept at most. */
export const MAX_LINKS = 50;

/** Who must sign unless the settings say otherwise: the commander, and of the worst two severities somebody else too. */
export function usualReviewRule(severity: IncidentState['severity']): ReviewRule {
  return { signatures: severity === 'SEV1' || severity === 'SEV2' ? 2 : 1, commander: true };
}

/** What a signature stands under: while a review is signed off these change nothing. */
const partsOfReview: ReadonlySet<CommandType> = new Set([
  'records.import',
  'records.withdraw',
  'fact.record',
  'milestone.set',
  'why.add',
  'why.revise',
  'why.ground',
  'why.remove',
  'action.add',
  'action.reword',
  'review.sign',
]);

/** Null when the command may still change the review. */
export function refuseSignedOff(type: CommandType, state: IncidentState): Refusal | null {
  const isSignedOff = (state.review?.signedOffAt ?? null) !== null;
  return isSignedOff && partsOfReview.has(type) ? refuse('signed_off') : null;
}

/** Signs the review as it stands: with a why-tree of which every leaf has evidence or is an assumption. */
export function signReview(
  body: CommandBody<'review.sign'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const review = state.review ?? noReview;
  const person = actorOf(context);
  if (isOngoing(state.status)) return refused('resolve_before_signing');
  // A root alone explains nothing.
  if (review.whys.length < 2) return refused('why_missing');
  const open = ungroundedLeaves(review).length;
  if (open > 0) return refused('why_without_evidence', { n: open });
  const signers = review.signatures.map((signature) => signature.person);
  if (signers.includes(person)) return refused('signed_already');
  const rule = context.outside.reviews?.get(state.severity) ?? usualReviewRule(state.severity);
  const number = signers.length + 1;
  const hasCommander = !rule.commander || [...signers, person].includes(state.commander);
  const complete = number >= rule.signatures && hasCommander;
  const said = body.note === undefined || isBlank(body.note) ? {} : { note: body.note };
  return happened({
    type: 'review.signed',
    body: { number, of: Math.max(rule.signatures, number + (hasCommander ? 0 : 1)), complete, ...said },
  });
}

/** Lets a review that was signed off be changed; all must sign again. */
export function reopenReview(body: CommandBody<'review.reopen'>, state: IncidentState): Decision {
  if (isBlank(body.reason)) return refused('blank');
  if ((state.review?.signedOffAt ?? null) === null) return refused('not_signed_off');
  return happened({ type: 'review.reopened', body });
}

/** Says that another incident was like this one. Whether it exists, and may be named, the edge has judged. */
export function linkIncident(body: CommandBody<'incident.link'>, state: IncidentState): Decision {
  const { links } = state.review ?? noReview;
  const before = links.find((link) => link.incident === body.incident);
  if (body.incident === state.id) return refused('link_to_itself');
  if (before && before.action === body.action) return refused('unchanged');
  if (!before && links.length >= MAX_LINKS) return refused('too_many_of_these', { max: MAX_LINKS });
  const { note, ...rest } = body;
  const said = note === undefined || isBlank(note) ? {} : { note };
  return happened({ type: 'incident.linked', body: { ...rest, ...said } });
}

export function unlinkIncident(body: CommandBody<'incident.unlink'>, state: IncidentState): Decision {
  const isLinked = state.review?.links.some((link) => link.incident === body.incident);
  return isLinked ? happened({ type: 'incident.unlinked', body }) : refused('unchanged');
}
