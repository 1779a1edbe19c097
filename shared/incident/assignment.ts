import type { CommandBody } from '../contract/commands.ts';
import type { DecideContext, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import { refuseNaming } from './people.ts';
import { effectiveHolder, findRole, holdersAbove, MAX_ROLES } from './roles.ts';
import type { IncidentState } from './state.ts';
import { countGraphemes, isBlank, plainTitle } from './text.ts';

/** Gives a role to a person. Who is above it cannot also be below: a role cannot report to itself. */
export function assignRole(
  body: CommandBody<'role.assign'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const role = findRole(state, body.role);
  if (!role) return refused('unknown_role');
  const refusal = refuseNaming(body.person, state, context);
  if (refusal) return { refusal };
  if (role.holder === body.person) return refused('unchanged');
  if (holdersAbove(state, role.role).includes(body.person)) {
    return refused('delegation_cycle', { person: body.person });
  }
  return happened({ type: 'role.assigned', body: { ...body, from: role.holder } });
}

/** Makes a new role for a part of another one, held by the named person. */
export function delegateRole(
  body: CommandBody<'role.delegate'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const title = plainTitle(body.title);
  if (isBlank(title)) return refused('blank');
  const length = countGraphemes(title);
  const max = context.limits.nameGraphemes;
  if (length > max) return refused('too_large', { n: length, max });
  if (state.roles.length >= MAX_ROLES) return refused('too_many_roles', { max: MAX_ROLES });
  const refusal = refuseNaming(body.person, state, context);
  if (refusal) return { refusal };
  const above = [effectiveHolder(state, body.under), ...holdersAbove(state, body.under)];
  if (above.includes(body.person)) return refused('delegation_cycle', { person: body.person });
  const { under, person } = body;
  return happened({ type: 'role.delegated', body: { role: context.newId, under, title, person } });
}

/** Returns a role upward: the nearest holder above holds it again. */
export function releaseRole(body: CommandBody<'role.release'>, state: IncidentState): Decision {
  const holder = findRole(state, body.role)?.holder;
  if (holder === undefined) return refused('unknown_role');
  if (holder === null) return refused('not_delegated');
  return happened({ type: 'role.released', body: { role: body.role, from: holder } });
}

/** Names who stands by for the commander, or nobody. */
export function setDeputy(
  body: CommandBody<'deputy.set'>,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const { person } = body;
  if (person === state.deputy) return refused('unchanged');
  if (person === null) return happened({ type: 'deputy.set', body });
  const refusal = refuseNaming(person, state, context);
  if (refusal) return { refusal };
  if (person === state.commander) return refused('already_commander', { person });
  return happened({ type: 'deputy.set', body });
}
