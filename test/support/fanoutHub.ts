import type { Fanout, FanoutListener, FanoutMessage, FanoutNotice } from '../../server/rooms/ports.ts';

/** What a test does to a message between two instances. */
export type Fate = 'deliver' | 'lose' | 'twice';

/** Fan-outs of several instances in one process. Everything is heard at once, as far as the test lets it. */
export interface FanoutHub {
  join(instance: string): Fanout;
  /** Decides about each message to each instance. */
  fate: (message: FanoutMessage, from: string, to: string) => Fate;
  /** Says something in the name of an instance, as somebody would who reached the bus. */
  forge(incidentId: string, message: FanoutMessage, from: string): void;
  /** Takes the bus away, and gives it back. */
  setState(state: 'connected' | 'away'): void;
}

interface Member {
  instance: string;
  rooms: Map<string, Set<FanoutListener>>;
  notices: Set<(notice: FanoutNotice, from: string) => void>;
  states: Set<(state: 'connected' | 'away') => void>;
}

/** Starts connected and empty. */
export function createFanoutHub(): FanoutHub {
  const members = new Set<Member>();
  let state: 'connected' | 'away' = 'connected';

  function tell(incidentId: string, message: FanoutMessage, from: string): void {
    if (state === 'away') return;
    for (const member of members) {
      if (member.instance === from) continue;
      const fate = hub.fate(message, from, member.instance);
      const times = { lose: 0, deliver: 1, twice: 2 }[fate];
      for (let time = 0; time < times; time += 1)
        for (const listener of member.rooms.get(incidentId) ?? [])
          listener.hear(structuredClone(message), from);
    }
  }

  const hub: FanoutHub = {
    fate: () => 'deliver',
    forge: tell,
    setState(next) {
      state = next;
      for (const member of members) {
        for (const hear of member.states) hear(next);
        if (next === 'connected')
          for (const listeners of member.rooms.values()) for (const listener of listeners) listener.doubt();
      }
    },
    join(instance) {
      const member: Member = { instance, rooms: new Map(), notices: new Set(), states: new Set() };
      members.add(member);
      return {
        instance,
        state: () => state,
        onState(hear) {
          member.states.add(hear);
          return () => member.states.delete(hear);
        },
        publish: (incidentId, message) => tell(incidentId, message, instance),
        subscribe(incidentId, listener) {
          const listeners = member.rooms.get(incidentId) ?? new Set();
          member.rooms.set(incidentId, listeners.add(listener));
          queueMicrotask(() => {
            if (state === 'connected' && listeners.has(listener)) listener.doubt();
          });
          return () => listeners.delete(listener);
        },
        announce(notice) {
          if (state === 'away') return;
          for (const other of members)
            if (other !== member) for (const hear of other.notices) hear(structuredClone(notice), instance);
        },
        onNotice(hear) {
          member.notices.add(hear);
          return () => member.notices.delete(hear);
        },
        close() {
          members.delete(member);
          return Promise.resolve();
        },
      };
    },
  };
  return hub;
}
