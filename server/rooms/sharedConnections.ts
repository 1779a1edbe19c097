import { createConnections } from './connections.ts';
import type { Connections } from './connections.ts';
import { Elsewhere } from './elsewhere.ts';
import type { Clock, Fanout, FanoutNotice, Store } from './ports.ts';

/** How often silence is judged, and each how many rounds this instance says that it lives. */
const ROUND_MILLISECONDS = 2_000;
const ROUNDS_PER_BEAT = 2;
/** Changes are told at most this often, and a long list of people, all of which is told, at most as often as it is repeated. Milliseconds. */
const SHORTEST_MILLISECONDS = 250;
const PER_PERSON_MILLISECONDS = 1;
const LONGEST_MILLISECONDS = ROUND_MILLISECONDS * ROUNDS_PER_BEAT;
/** How long a store that does not answer keeps an instance from leaving. Milliseconds. */
const LEAVE_MILLISECONDS = 2_000;
/** Rows of instances that stopped without leaving are kept so long: more than clocks of two machines differ. */
const ROW_MILLISECONDS = 24 * 60 * 60_000;

/** Who is connected to any instance. */
export interface SharedConnections extends Connections {
  /** Says goodbye to the other instances: nobody is here any more. Never throws. */
  stop(): Promise<void>;
}

export interface SharedConnectionsParts {
  clock: Clock;
  fanout: Fanout;
  store: Pick<Store, 'saveInstance' | 'liveInstances' | 'removeInstance'>;
  /** Hears that rows could not be written or read; the next round tries again. */
  onFailure(error: unknown): void;
}

/**
 * Starts telling the other instances who is connected here, by messages and, since those may be away, by a row in the
 * store. Alone there is nobody to tell.
 */
export function startConnections(parts: SharedConnectionsParts): SharedConnections {
  const { clock, fanout } = parts;
  const own = createConnections(() => clock.elapsed());
  // Durations are counted in elapsed time and shown as wall time, so that a step of the clock makes nobody absent.
  const wallTime = (elapsed: number): number => Math.round(clock.now() - (clock.elapsed() - elapsed));

  if (fanout.state() === 'alone') {
    return {
      ...own,
      absentSince(person) {
        const since = own.absentSince(person);
        return since === null ? null : wallTime(since);
      },
      stop: () => Promise.resolve(),
    };
  }

  const elsewhere = new Elsewhere();
  const hearers = new Set<(person: string | null) => void>();
  const announce = coalesced(clock, () => {
    const people = own.people();
    fanout.announce({ kind: 'connected', people });
    const pause = Math.max(SHORTEST_MILLISECONDS, people.length * PER_PERSON_MILLISECONDS);
    return Math.min(LONGEST_MILLISECONDS, pause);
  });
  const tell = (person: string | null): void => {
    for (const hear of hearers) hear(person);
  };
  let isEverybodyDue = false;
  let cancelTelling: (() => void) | null = null;
  let rounds = 0;
  let beating: Promise<void> | null = null;
  let stopped = false;

  /** Judges the time that passed. Whoever listens is told later: this may be called by one of them. */
  function look(): void {
    if (elsewhere.look(clock.elapsed(), fanout.state() === 'connected')) isEverybodyDue = true;
    if (isEverybodyDue || elsewhere.hasChanged) cancelTelling ??= clock.after(0, tellChanges);
  }

  function tellChanges(): void {
    cancelTelling = null;
    const changed = elsewhere.takeChanged();
    if (isEverybodyDue) tell(null);
    else for (const person of changed) tell(person);
    isEverybodyDue = false;
  }

  function hear(notice: FanoutNotice, from: string): void {
    if (notice.kind !== 'connected' && notice.kind !== 'goodbye') return;
    look();
    if (notice.kind === 'goodbye') elsewhere.gone(from, clock.elapsed());
    // Who is new here has not heard of us either.
    else if (elsewhere.told(from, notice.people, clock.elapsed())) announce.soon();
    look();
  }

  async function beat(): Promise<void> {
    const { store } = parts;
    try {
      await store.saveInstance({ id: fanout.instance, seenAt: clock.now(), people: own.people() });
      const rows = await store.liveInstances(clock.now() - ROW_MILLISECONDS);
      look();
      elsewhere.read(
        rows.filter(({ id }) => id !== fanout.instance),
        clock.elapsed(),
      );
    } catch (error) {
      parts.onFailure(error);
    }
    look();
  }

  async function leaveStore(): Promise<void> {
    try {
      await beating;
      await parts.store.removeInstance(fanout.instance);
    } catch (error) {
      parts.onFailure(error);
    }
  }

  function round(): void {
    look();
    if (rounds % ROUNDS_PER_BEAT === 0) {
      announce.soon();
      // A store that does not answer is asked once, not again and again.
      beating ??= beat().finally(() => (beating = null));
    }
    rounds += 1;
    cancelRound = clock.after(ROUND_MILLISECONDS, round);
  }

  let cancelRound = (): void => {};
  const stops = [
    own.onChange((person) => {
      tell(person);
      announce.soon();
    }),
    fanout.onNotice(hear),
    fanout.onState(() => {
      look();
      announce.soon();
    }),
    () => announce.stop(),
    () => cancelRound(),
    () => cancelTelling?.(),
  ];
  round();

  return {
    open: (person) => own.open(person),
    absentSince(person) {
      const here = own.absentSince(person);
      look();
      if (here === null || elsewhere.has(person)) return null;
      const there = elsewhere.absentSince(person);
      return there === null ? null : wallTime(Math.max(here, there));
    },
    onChange(hearer) {
      hearers.add(hearer);
      return () => hearers.delete(hearer);
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      for (const stop of stops) stop();
      fanout.announce({ kind: 'goodbye' });
      await inTime(clock, leaveStore());
    },
  };
}

/** Waits for what does not depend on us, but not for ever. */
function inTime(clock: Clock, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(LEAVE_MILLISECONDS, resolve);
    void work.then(() => {
      cancel();
      resolve();
    });
  });
}

/** Does something soon after it is wanted, and not again within the milliseconds that it answers. */
function coalesced(clock: Clock, work: () => number): { soon(): void; stop(): void } {
  let isWanted = false;
  let cancel: (() => void) | null = null;

  function run(): void {
    cancel = null;
    if (!isWanted) return;
    isWanted = false;
    cancel = clock.after(work(), run);
  }

  return {
    soon() {
      isWanted = true;
      cancel ??= clock.after(0, run);
    },
    stop: () => cancel?.(),
  };
}
