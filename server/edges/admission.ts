import type { Clock } from '../rooms/ports.ts';

/** How much of one kind of work goes on at once, how much may wait for it, and how long. */
export interface AdmissionLimits {
  atOnce: number;
  /** How much of that may be about one thing (an incident), so that one that is slow leaves turns to the others. */
  ofOneTopic: number;
  waiting: number;
  /** Longest wait for a turn. Milliseconds. */
  patience: number;
}

/** Why somebody gets no turn: too many wait already, or the turn did not come in time. */
export type NoTurn = 'full' | 'late';

/** Turns for work that many ask for at once, such as everybody who lost their line to a server that restarted. */
export interface Admission {
  /**
   * Asks for a turn, given in order of arrival. Exactly one of the two is called, once: `begin`, now or later, which calls
   * `leave` when its work ended, or `refused`, before any of the work. Without a topic only the turns of all count.
   */
  ask(begin: (leave: () => void) => void, refused: (why: NoTurn) => void, topic?: string): void;
  /** How much goes on and how much waits now. */
  load(): { running: number; waiting: number };
}

export interface AdmissionParts {
  clock: Pick<Clock, 'after'>;
  limits: AdmissionLimits;
  /** Hears how many wait, after each change. */
  onWaiting?: (waiting: number) => void;
  /** Hears that somebody found the queue full, once until it is empty again. */
  onFull?: () => void;
}

/** Openings at the door: of each kind so many at once, and room in the queue for everybody of a large instance. */
export const doorLimits: AdmissionLimits = {
  atOnce: 16,
  ofOneTopic: 12,
  waiting: 5_000,
  patience: 10_000,
};

interface Waiting {
  begin: (leave: () => void) => void;
  topic: string | null;
  cancel: () => void;
}

/** Starts with nobody. Between two who waited, the process turns to everybody else: who is in already is served meanwhile. */
export function createAdmission(parts: AdmissionParts): Admission {
  const { clock, limits } = parts;
  const queue = new Set<Waiting>();
  const runningOf = new Map<string, number>();
  let running = 0;
  let scheduled = false;
  let saidFull = false;

  const of = (topic: string | null): number => (topic === null ? 0 : (runningOf.get(topic) ?? 0));
  const hasTurn = (topic: string | null): boolean => running < limits.atOnce && of(topic) < limits.ofOneTopic;

  function count(topic: string | null, by: 1 | -1): void {
    running += by;
    if (topic === null) return;
    const left = of(topic) + by;
    if (left > 0) runningOf.set(topic, left);
    else runningOf.delete(topic);
  }

  function start({ begin, topic }: Pick<Waiting, 'begin' | 'topic'>): void {
    count(topic, 1);
    let left = false;
    begin(() => {
      if (left) return;
      left = true;
      count(topic, -1);
      schedule();
    });
  }

  function remove(waiting: Waiting): void {
    queue.delete(waiting);
    if (queue.size === 0) saidFull = false;
    parts.onWaiting?.(queue.size);
  }

  function schedule(): void {
    if (scheduled || queue.size === 0) return;
    scheduled = true;
    clock.after(0, () => {
      scheduled = false;
      for (const next of queue) {
        if (running >= limits.atOnce) return;
        // Whoever waits for a crowded incident lets the others pass.
        if (!hasTurn(next.topic)) continue;
        next.cancel();
        remove(next);
        start(next);
      }
    });
  }

  return {
    ask(begin, refused, topic) {
      const wanted = { begin, topic: topic ?? null };
      if (hasTurn(wanted.topic) && queue.size === 0) return start(wanted);
      if (queue.size >= limits.waiting) {
        if (!saidFull) parts.onFull?.();
        saidFull = true;
        return refused('full');
      }
      const waiting: Waiting = {
        ...wanted,
        cancel: clock.after(limits.patience, () => {
          remove(waiting);
          refused('late');
        }),
      };
      queue.add(waiting);
      parts.onWaiting?.(queue.size);
      schedule();
      return undefined;
    },
    load: () => ({ running, waiting: queue.size }),
  };
}

/** Does the work in its turn, and answers what it answers; null when there is no turn for it. Rejects as the work does. */
export function inTurn<T>(admission: Admission, work: () => Promise<T>, topic?: string): Promise<T | null> {
  return new Promise((resolve, reject) => {
    admission.ask(
      (leave) => void work().then(resolve, reject).finally(leave),
      () => resolve(null),
      topic,
    );
  });
}
