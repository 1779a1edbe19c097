import { COMMANDER_ROLE, effectiveHolder } from '#shared/incident/roles.ts';
import type { IncidentState, Role } from '#shared/incident/state.ts';

/** A role in the order in which the tree is drawn. */
export interface RoleNode {
  role: Role;
  /** 0 for the standing roles. */
  depth: number;
  /** The standing role it is or hangs under; null for what hangs under the commander alone. */
  standing: 'ops' | 'comms' | 'planning' | null;
  /** Who acts in it: its holder, or whoever holds it on behalf. */
  actor: string;
}

function standingOf(role: string): RoleNode['standing'] {
  return role === 'ops' || role === 'comms' || role === 'planning' ? role : null;
}

/** The tree, depth first, each role once however broken the log is. */
export function roleNodes(state: Pick<IncidentState, 'commander' | 'roles'>): RoleNode[] {
  const seen = new Set<string>();
  const below = (under: string, depth: number, standing: RoleNode['standing']): RoleNode[] =>
    state.roles
      .filter((role) => role.under === under && !seen.has(role.role))
      .flatMap((role) => {
        seen.add(role.role);
        const its = standingOf(role.role) ?? standing;
        const node: RoleNode = { role, depth, standing: its, actor: effectiveHolder(state, role.role) };
        return [node, ...below(role.role, depth + 1, its)];
      });
  return below(COMMANDER_ROLE, 0, null);
}
