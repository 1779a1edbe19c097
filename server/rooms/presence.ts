import type { PresentPerson } from '#shared/contract/wire.ts';
import { createPeers } from './peers.ts';
import type { Clock } from './ports.ts';

/**
 * Other instances are told at most this often, less often when there are many to list, and again while anybody is here, so
 * that a lost message heals. Milliseconds.
 */
const SHORTEST_MILLISECONDS = 250;
const PER_PERSON_MILLISECONDS = 1;
const REPEAT_MILLISECONDS = 4_000;

interface Arrival {
  /** ISO time. */
  since: string;
  connections: Set<object>;
  /** Connections whose tab is not looked at. */
  away: Set<object>;
}

/** Who is in a room. A person with several tabs, at whatever instance, is one person, away only when all tabs are. */
export interface Presence {
  /** Marks one more connection of a person to this instance; the answer takes it back. */
  arrive(person: string): { away(away: boolean): void; leave(): void };
  /** Everybody, at all instances. */
  list(): PresentPerson[];
  /** How many people are here at this instance. */
  count(): number;
  /** Who is in the room at another instance. */
  hear(people: readonly PresentPerson[], instance: string): void;
  /** Another instance asks who is here. */
  asked(): void;
  /** Another instance says that it is gone. */
  gone(instance: string): void;
  stop(): void;
}

/**
 * Presence of one room; `changed` is called after each change of the list. `publish` tells the other instances who is
 * here; null when there are none. People of an instance that is silent for 12 s vanish within 14 s; while nothing can be
 * heard of others (`hears`), nobody does.
 */
export function createPresence(parts: {
  clock: Clock;
  changed(): void;
  hears?(): boolean;
  publish: ((people: PresentPerson[]) => void) | null;
}): Presence {
  const { clock } = parts;
  const here = new Map<string, Arrival>();
  const elsewhere = new Map<string, readonly PresentPerson[]>();
  const peers = createPeers({ clock, gone: drop, hears: () => parts.hears?.() ?? true });
  /** The list of everybody, as long as nobody comes or goes: each who joins is told it. */
  let everybody: PresentPerson[] | null = null;
  const publishSoon = parts.publish ? createPublisher(clock, listHere, parts.publish) : null;

  function listHere(): PresentPerson[] {
    return [...here].map(([person, arrival]) => {
      const isAway = arrival.away.size === arrival.connections.size;
      const { since } = arrival;
      return isAway ? { person, since, away: true as const } : { person, since };
    });
  }

  function drop(instance: string): void {
    if (elsewhere.delete(instance)) changed();
  }

  function changed(): void {
    everybody = null;
    parts.changed();
  }

  function changedHere(): void {
    changed();
    publishSoon?.request();
  }

  return {
    arrive(person) {
      const connection = {};
      const arrival = here.get(person) ?? {
        since: new Date(clock.now()).toISOString(),
        connections: new Set(),
        away: new Set(),
      };
      arrival.connections.add(connection);
      here.set(person, arrival);
      changedHere();
      return {
        away(away) {
          if (!arrival.connections.has(connection) || arrival.away.has(connection) === away) return;
          if (away) arrival.away.add(connection);
          else arrival.away.delete(connection);
          changedHere();
        },
        leave() {
          if (!arrival.connections.delete(connection)) return;
          arrival.away.delete(connection);
          if (arrival.connections.size === 0) here.delete(person);
          changedHere();
        },
      };
    },
    list: () => (everybody ??= merged([listHere(), ...elsewhere.values()])),
    count: () => here.size,
    hear(people, instance) {
      const before = elsewhere.get(instance) ?? [];
      if (people.length > 0) {
        peers.heard(instance);
        elsewhere.set(instance, people);
      } else {
        peers.forget(instance);
        elsewhere.delete(instance);
      }
      if (JSON.stringify(before) !== JSON.stringify(people)) changed();
    },
    asked() {
      if (here.size > 0) publishSoon?.request();
    },
    gone(instance) {
      peers.forget(instance);
      drop(instance);
    },
    stop() {
      peers.stop();
      publishSoon?.stop();
    },
  };
}

/** One line for each person: there since the earliest arrival, away only when away everywhere. */
function merged(lists: readonly (readonly PresentPerson[])[]): PresentPerson[] {
  const people = new Map<string, PresentPerson>();
  for (const { person, since, away } of lists.flat()) {
    const known = people.get(person);
    const earliest = known && known.since < since ? known.since : since;
    const isAway = away === true && (known === undefined || known.away === true);
    people.set(person, isAway ? { person, since: earliest, away: true } : { person, since: earliest });
  }
  return [...people.values()];
}

/** Publishes soon after a request, never too often, and again and again while anybody is here. */
function createPublisher(
  clock: Clock,
  list: () => PresentPerson[],
  publish: (people: PresentPerson[]) => void,
): { request(): void; stop(): void } {
  let isResting = false;
  let isWanted = false;
  let cancelRest = (): void => {};
  let cancelRepeat = (): void => {};

  function publishNow(): void {
    const people = list();
    isWanted = false;
    isResting = true;
    publish(people);
    const rest = Math.max(SHORTEST_MILLISECONDS, people.length * PER_PERSON_MILLISECONDS);
    cancelRest = clock.after(rest, () => {
      isResting = false;
      if (isWanted) publishNow();
    });
    cancelRepeat();
    if (people.length > 0) cancelRepeat = clock.after(REPEAT_MILLISECONDS, publishNow);
  }

  return {
    request() {
      isWanted = true;
      if (!isResting) publishNow();
    },
    stop() {
      cancelRest();
      cancelRepeat();
    },
  };
}
