import { standingRoles } from '../contract/identifiers.ts';
import type { IncidentState, Role } from './state.ts';

/** The root of the role tree; its holder is the commander, always a person. */
export const COMMANDER_ROLE = 'commander';

/** More roles than this are refused: the state travels with every join, and a brief lists them all. */
export const MAX_ROLES = 60;

const standingTitles = { ops: 'Operations', comms: 'Communications', planning: 'Planning' } as const;

type RoleTree = Pick<IncidentState, 'commander' | 'roles'>;

/** A role shown beside a name: its way down from the commander's, such as OPS > DB. */
export interface RoleBadge {
  role: string;
  path: Pick<Role, 'role' | 'title'>[];
}

/** The standing roles as an incident begins: the commander holds them all. */
export function standingRoleTree(): Role[] {
  return standingRoles.map((role) => ({
    role,
    title: standingTitles[role],
    under: COMMANDER_ROLE,
    holder: null,
  }));
}

/** The role of that id, or undefined; the commander's is not among them. */
export function findRole(tree: RoleTree, role: string): Role | undefined {
  return tree.roles.find((candidate) => candidate.role === role);
}

/** The role and every role above it, nearest first, without the commander's. Ends also if a broken log made a circle. */
export function chainOf(tree: RoleTree, role: string): Role[] {
  const chain: Role[] = [];
  let next = findRole(tree, role);
  while (next && !chain.includes(next)) {
    chain.push(next);
    next = findRole(tree, next.under);
  }
  return chain;
}

/** Who holds the role in effect: its holder, else the nearest holder above, in the end the commander. */
export function effectiveHolder(tree: RoleTree, role: string): string {
  return chainOf(tree, role).find((above) => above.holder !== null)?.holder ?? tree.commander;
}

/** True when the first role is strictly above the second. */
export function isAbove(tree: RoleTree, upper: string, lower: string): boolean {
  if (upper === lower) return false;
  if (upper === COMMANDER_ROLE) return findRole(tree, lower) !== undefined;
  return chainOf(tree, lower).some((role) => role.role === upper);
}

/** Everybody who holds a role strictly above this one, nearest first, the commander last. */
export function holdersAbove(tree: RoleTree, role: string): string[] {
  const above = chainOf(tree, role).slice(1);
  return [...above.flatMap((upper) => upper.holder ?? []), tree.commander];
}

/** The roles a person was given, for badges; `commander` first. What one holds only because nobody else does is left out. */
export function rolesOf(tree: RoleTree, person: string): RoleBadge[] {
  const badges = tree.roles
    .filter((role) => role.holder === person)
    .map((role) => ({
      role: role.role,
      path: chainOf(tree, role.role)
        .map(({ role: id, title }) => ({ role: id, title }))
        .toReversed(),
    }));
  if (tree.commander !== person) return badges;
  return [{ role: COMMANDER_ROLE, path: [{ role: COMMANDER_ROLE, title: 'Commander' }] }, ...badges];
}

/** The roles after a person came to hold one: what they held below it returns upward, so that nobody reports to themselves. */
export function withHolder(tree: RoleTree, role: string, person: string): Role[] {
  return tree.roles.map((candidate) => {
    if (candidate.role === role) return { ...candidate, holder: person };
    if (candidate.holder === person && isAbove(tree, role, candidate.role)) {
      return { ...candidate, holder: null };
    }
    return candidate;
  });
}

/** The roles after a person gave up everything they were given. */
export function withoutHolder(roles: Role[], person: string): Role[] {
  return roles.map((role) => (role.holder === person ? { ...role, holder: null } : role));
}
