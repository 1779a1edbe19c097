import type { Fanout, FanoutListener, FanoutMessage, FanoutNotice } from '../../server/rooms/ports.ts';

/** The fan-out of one instance, with what a test sees and does. */
export interface NetworkFanout extends Fanout {
  /** Everything it said, delivered or not. */
  readonly said: { incidentId: string | null; content: FanoutMessage | FanoutNotice }[];
  /** Cuts it off from the others, or joins it again (and then it doubts, as after a reconnect). */
  setState(state: 'connected' | 'away'): void;
}

/** What becomes of a message or notice on its way to one instance. */
export type Fate = 'deliver' | 'lose' | 'twice';

/** Fan-outs that deliver in the next microtask, in order, as far as the test lets them. */
export interface FanoutNetwork {
  join(instance: string): NetworkFanout;
  /** Decides about each message and notice to each instance. */
  fate: (content: FanoutMessage | FanoutNotice, from: string, to: string) => Fate;
  /** Says something in the name of an instance, as somebody would who reached the network. */
  forge(incidentId: string, message: FanoutMessage, from: string): void;
  /** Cuts all instances off from each other, or joins them again. */
  setState(state: 'connected' | 'away'): void;
}

interface Node {
  fanout: NetworkFanout;
  isAway: boolean;
  listeners: Map<string, Set<FanoutListener>>;
  hearers: Set<(notice: FanoutNotice, from: string) => void>;
}

/** A network of instances in memory. */
export function createFanoutNetwork(): FanoutNetwork {
  const nodes = new Map<string, Node>();
  const network: FanoutNetwork = {
    join,
    fate: () => 'deliver',
    forge: tell,
    setState(state) {
      for (const node of nodes.values()) node.isAway = state === 'away';
      for (const { fanout } of nodes.values()) fanout.setState(state);
    },
  };

  function carry<T extends FanoutMessage | FanoutNotice>(
    from: string,
    content: T,
    deliver: (node: Node, content: T) => void,
  ): void {
    if (nodes.get(from)?.isAway) return;
    for (const [instance, node] of nodes) {
      if (instance === from || node.isAway) continue;
      const times = { lose: 0, deliver: 1, twice: 2 }[network.fate(content, from, instance)];
      for (let time = 0; time < times; time += 1) {
        const copy = structuredClone(content);
        queueMicrotask(() => deliver(node, copy));
      }
    }
  }

  function tell(incidentId: string, message: FanoutMessage, from: string): void {
    carry(from, message, ({ listeners }, heard) => {
      for (const listener of listeners.get(incidentId) ?? []) listener.hear(heard, from);
    });
  }

  function join(instance: string): NetworkFanout {
    const stateHearers = new Set<(state: 'connected' | 'away') => void>();
    const said: NetworkFanout['said'] = [];
    const fanout: NetworkFanout = {
      instance,
      said,
      state: () => (node.isAway ? 'away' : 'connected'),
      onState(hear) {
        stateHearers.add(hear);
        return () => stateHearers.delete(hear);
      },
      setState(state) {
        node.isAway = state === 'away';
        for (const hear of stateHearers) hear(state);
        if (state === 'away') return;
        for (const listener of [...node.listeners.values()].flatMap((set) => [...set])) listener.doubt();
      },
      publish(incidentId, content) {
        said.push({ incidentId, content });
        tell(incidentId, content, instance);
      },
      subscribe(incidentId, listener) {
        const own = node.listeners.get(incidentId) ?? new Set();
        node.listeners.set(incidentId, own.add(listener));
        queueMicrotask(() => {
          if (own.has(listener) && !node.isAway) listener.doubt();
        });
        return () => own.delete(listener);
      },
      announce(content) {
        said.push({ incidentId: null, content });
        carry(instance, content, ({ hearers }, heard) => {
          for (const hear of hearers) hear(heard, instance);
        });
      },
      onNotice(hear) {
        node.hearers.add(hear);
        return () => node.hearers.delete(hear);
      },
      close() {
        nodes.delete(instance);
        return Promise.resolve();
      },
    };
    const node: Node = { fanout, isAway: false, listeners: new Map(), hearers: new Set() };
    nodes.set(instance, node);
    return fanout;
  }

  return network;
}
