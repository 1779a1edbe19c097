import type { CommandBody } from '../contract/commands.ts';
import { mayEnter } from './can.ts';
import type { DecideContext, Decision } from './context.ts';
import { actorOf, happened, refused } from './decision.ts';
import { voidOffer, voidReasons } from './handoff.ts';
import type { IncidentState } from './state.ts';
import { isBlank } from './text.ts';

/** Lets a responder into a private incident. */
export function addMember(
  body: CommandBody<'member.add'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const { person } = body;
  if (!state.private) return refused('not_private');
  const facts = context.people.get(person);
  if (!facts) return refused('unknown_person');
  if (state.members?.includes(person)) return refused('unchanged');
  if (facts.disabled || facts.access !== 'responder') return refused('person_cannot_enter', { person });
  return happened({ type: 'member.added', body });
}

/** Shows a person the door of a private incident, also an admin who broke the glass; an offer to them becomes void. */
export function removeMember(body: CommandBody<'member.remove'>, state: IncidentState): Decision {
  const { person } = body;
  if (!state.private) return refused('not_private');
  if (person === state.commander) return refused('commander_is_member');
  const isInside = state.members?.includes(person) || state.brokenBy?.includes(person);
  if (!isInside) return refused('not_a_member', { person });
  const voided = state.offer?.to === person ? voidOffer(state, voidReasons.accessLost) : [];
  return happened({ type: 'member.removed', body }, ...voided);
}

/** An admin enters a private incident without being a member, for everybody in it to see. */
export function breakAccess(
  body: CommandBody<'access.break'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  if (isBlank(body.reason)) return refused('blank');
  if (!state.private) return refused('not_private');
  const person = actorOf(context);
  if (mayEnter(person, context.people.get(person), state)) return refused('unchanged');
  return happened({ type: 'access.broken', body: { ...body, person } });
}
