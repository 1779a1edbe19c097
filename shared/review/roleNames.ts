import { asKnown } from '../contract/entries.ts';
import type { Entry } from '../contract/entries.ts';
import { COMMANDER_ROLE } from '../incident/roles.ts';

export interface RoleWords {
  /** A standing role as it is called. */
  role(role: string): string;
  /** Somebody with a role that others have, too. */
  numbered(role: string, n: number): string;
  /** Somebody without a role in the incident. */
  colleague(n: number): string;
  /** Somebody who is in no directory. */
  outsider(n: number): string;
}

const standing = [COMMANDER_ROLE, 'ops', 'comms', 'planning'];

/**
 * What to call people instead of by name: by the highest role that they ever held in the incident, with a number where
 * several held it. Numbers are given as names come up, so that they tell nothing of who else there is.
 */
export function roleNames(
  entries: readonly Entry[],
  people: readonly { id: string; name: string }[],
  words: RoleWords,
): (name: string) => string {
  const held = rolesHeld(entries);
  const idOf = new Map(people.map(({ id, name }) => [name, id]));
  const holders = Map.groupBy(held.keys(), (person) => held.get(person) ?? '');
  const given = new Map<string, string>();
  const counts = { colleague: 0, outsider: 0 };
  const call = (name: string): string => {
    const id = idOf.get(name);
    if (id === undefined) return words.outsider((counts.outsider += 1));
    const role = held.get(id);
    if (role === undefined) return words.colleague((counts.colleague += 1));
    const title = standing.includes(role) ? words.role(role) : role;
    const beside = holders.get(role) ?? [];
    return beside.length > 1 ? words.numbered(title, beside.indexOf(id) + 1) : title;
  };
  return (name) => {
    const called = given.get(name) ?? call(name);
    given.set(name, called);
    return called;
  };
}

/** The highest role of each person, in the order in which people came to one; parts of roles by their titles. */
function rolesHeld(entries: readonly Entry[]): Map<string, string> {
  const held = new Map<string, string>();
  const rank = (role: string | undefined): number => {
    if (role === undefined) return standing.length + 1;
    return standing.includes(role) ? standing.indexOf(role) : standing.length;
  };
  const give = (person: string, role: string): void => {
    if (rank(role) < rank(held.get(person))) held.set(person, role);
  };
  for (const entry of entries) {
    const known = asKnown(entry);
    if (known?.type === 'incident.declared') give(known.body.commander, COMMANDER_ROLE);
    if (known?.type === 'handoff.accepted' || known?.type === 'handoff.forced') {
      give(known.body.to, COMMANDER_ROLE);
    }
    if (known?.type === 'role.assigned') give(known.body.person, known.body.role);
    if (known?.type === 'role.delegated') give(known.body.person, known.body.title);
  }
  return held;
}
