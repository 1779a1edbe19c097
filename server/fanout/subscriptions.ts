import type { Clock, FanoutListener, FanoutMessage } from '../rooms/ports.ts';

/** Milliseconds between two doubts about one incident that what comes in can cause. */
const DOUBT_AT_MOST_EVERY = 1000;

/** Who here listens to which incident. */
export interface Subscriptions {
  /** Adds a listener; true when it is the first one of that incident. */
  add(incidentId: string, listener: FanoutListener): boolean;
  /** Removes a listener; true when it was the last one of that incident. */
  remove(incidentId: string, listener: FanoutListener): boolean;
  incidents(): string[];
  hear(incidentId: string, message: FanoutMessage, from: string): void;
  /** Something about the incident may have been missed. */
  doubt(incidentId: string): void;
  /** Something unreadable came in: a doubt, and however many come, one each second. */
  suspect(incidentId: string): void;
  close(): void;
}

interface Subscription {
  listeners: Set<FanoutListener>;
  /** Set from one suspicion until the next may count. */
  resting: (() => void) | null;
  suspectedAgain: boolean;
}

/** Nobody yet. `failed` hears of a listener that threw, which must neither end the process nor hold up the others. */
export function createSubscriptions(clock: Clock, failed: (error: unknown) => void): Subscriptions {
  const subscriptions = new Map<string, Subscription>();

  function tell(incidentId: string, what: (listener: FanoutListener) => void): void {
    for (const listener of subscriptions.get(incidentId)?.listeners ?? []) {
      try {
        what(listener);
      } catch (error) {
        failed(error);
      }
    }
  }
  function doubt(incidentId: string): void {
    tell(incidentId, (listener) => listener.doubt());
  }
  function suspect(incidentId: string): void {
    const subscription = subscriptions.get(incidentId);
    if (!subscription) return;
    if (subscription.resting) {
      subscription.suspectedAgain = true;
      return;
    }
    subscription.resting = clock.after(DOUBT_AT_MOST_EVERY, () => {
      subscription.resting = null;
      if (!subscription.suspectedAgain) return;
      subscription.suspectedAgain = false;
      suspect(incidentId);
    });
    doubt(incidentId);
  }

  return {
    add(incidentId, listener) {
      const known = subscriptions.get(incidentId);
      if (known) known.listeners.add(listener);
      else {
        const listeners = new Set([listener]);
        subscriptions.set(incidentId, { listeners, resting: null, suspectedAgain: false });
      }
      return !known;
    },
    remove(incidentId, listener) {
      const subscription = subscriptions.get(incidentId);
      if (!subscription?.listeners.delete(listener) || subscription.listeners.size > 0) return false;
      subscription.resting?.();
      return subscriptions.delete(incidentId);
    },
    incidents: () => [...subscriptions.keys()],
    hear(incidentId, message, from) {
      tell(incidentId, (listener) => listener.hear(message, from));
    },
    doubt,
    suspect,
    close() {
      for (const { resting } of subscriptions.values()) resting?.();
      subscriptions.clear();
    },
  };
}
