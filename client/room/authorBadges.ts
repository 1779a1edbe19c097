import type { Entry } from '#shared/contract/entries.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { rolesOf } from '#shared/incident/roles.ts';
import type { RoleBadge } from '#shared/incident/roles.ts';

/** The roles somebody held by name, highest first, and whether they stood by as next commander. */
export interface HeldRoles {
  roles: readonly RoleBadge[];
  deputy: boolean;
}

/** What a person holds in this state. */
export function heldRoles(state: IncidentState, person: string): HeldRoles {
  return { roles: rolesOf(state, person), deputy: state.deputy === person };
}

/** Who held what when each entry was written. */
export interface AuthorBadges {
  /** The author's roles at that entry; undefined where that part of the history is not known yet. */
  at(seq: number): HeldRoles | undefined;
  /** Notes the entries of a run without a gap, given the state before it; returns the state after it. */
  fold(before: IncidentState | null, run: readonly Entry[]): IncidentState | null;
}

export type Evolve = (state: IncidentState | null, entry: Entry) => IncidentState | null;

/** What a person becomes by the very act of the entry. */
const BECOMES_BY_IT: ReadonlySet<string> = new Set([
  'incident.declared',
  'handoff.accepted',
  'handoff.forced',
]);

/** Badges as the fold of the log that the page holds. `evolve` is the same function that the server uses. */
export function authorBadges(evolve: Evolve): AuthorBadges {
  // One shared object per distinct set of roles: most of 100,000 entries have the same few.
  const distinct = new Map<string, HeldRoles>();
  const known = new Map<number, HeldRoles>();
  const note = (seq: number, held: HeldRoles): void => {
    const key = JSON.stringify(held);
    const same = distinct.get(key) ?? held;
    distinct.set(key, same);
    known.set(seq, same);
  };
  return {
    at: (seq) => known.get(seq),
    fold(before, run) {
      let state = before;
      for (const entry of run) {
        const after = evolve(state, entry);
        const asOf = BECOMES_BY_IT.has(entry.type) || state === null ? after : state;
        if (asOf) note(entry.seq, heldRoles(asOf, entry.actor));
        state = after;
      }
      return state;
    },
  };
}
