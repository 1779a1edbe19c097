import type { Fanout, FanoutListener, FanoutMessage, FanoutNotice } from '../../server/rooms/ports.ts';

/** The fan-out of one instance, with what a test sees and does. */
export interface NetworkFanout extends Fanout {
  /** Everything it said, delivered or not. */
  readonly said: { incidentId: string | null; content: FanoutMessage | FanoutNotice }[];
  /** Cuts it off from the others, or joins it again (and then it doubts, as after a reconnect). */
  setState(state: 'connected' | 'away'): void;
}

/** Fan-outs that deliver in the next microtask, in order, what `lose` does not swallow. */
export interface FanoutNetwork {
  join(instance: string): NetworkFanout;
  lose: (content: FanoutMessage | FanoutNotice, from: string, to: string) => boolean;
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
  const network: FanoutNetwork = { lose: () => false, join };

  function carry(from: string, content: FanoutMessage | FanoutNotice, deliver: (node: Node) => void): void {
    if (nodes.get(from)?.isAway) return;
    for (const [instance, node] of nodes) {
      if (instance === from || node.isAway || network.lose(content, from, instance)) continue;
      queueMicrotask(() => deliver(node));
    }
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
        carry(instance, content, ({ listeners }) => {
          for (const listener of listeners.get(incidentId) ?? []) listener.hear(content, instance);
        });
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
        carry(instance, content, ({ hearers }) => {
          for (const hear of hearers) hear(content, instance);
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
