import type { PresentPerson } from '#shared/contract/wire.ts';

interface Arrival {
  since: number;
  connections: Set<object>;
  /** Connections whose tab is not looked at. */
  away: Set<object>;
}

/** Who is in a room. A person with several tabs is one person, away only when all tabs are. */
export interface Presence {
  /** Marks one more connection of a person; the answer takes it back. */
  arrive(person: string): { away(away: boolean): void; leave(): void };
  list(): PresentPerson[];
  count(): number;
}

/** Presence of one room; `changed` is called after each change of the list. */
export function createPresence(now: () => number, changed: () => void): Presence {
  const people = new Map<string, Arrival>();

  return {
    arrive(person) {
      const connection = {};
      const arrival = people.get(person) ?? { since: now(), connections: new Set(), away: new Set() };
      arrival.connections.add(connection);
      people.set(person, arrival);
      changed();
      return {
        away(away) {
          if (!arrival.connections.has(connection) || arrival.away.has(connection) === away) return;
          if (away) arrival.away.add(connection);
          else arrival.away.delete(connection);
          changed();
        },
        leave() {
          if (!arrival.connections.delete(connection)) return;
          arrival.away.delete(connection);
          if (arrival.connections.size === 0) people.delete(person);
          changed();
        },
      };
    },
    list() {
      return [...people].map(([person, arrival]) => {
        const isAway = arrival.away.size === arrival.connections.size;
        const since = new Date(arrival.since).toISOString();
        return isAway ? { person, since, away: true as const } : { person, since };
      });
    },
    count: () => people.size,
  };
}
