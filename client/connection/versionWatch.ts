import type { Clock } from './clock.ts';

/** Whether a reload of this page would bring another build of it. */
export type VersionState =
  | { kind: 'current' }
  /** The server at the other end serves another build; whether a reload brings it is being found out. */
  | { kind: 'asking' }
  /** A reload brings it; a calm moment is waited for. */
  | { kind: 'ready' }
  /** The person is told, until they reload or say later. */
  | { kind: 'shown' }
  | { kind: 'later' };

export interface VersionParts {
  /** The build of this page; null where it does not say, and then nothing is ever told. */
  mine: string | null;
  clock: Clock;
  /** From 0 to 1: spreads what many pages ask after one restart. */
  chance: () => number;
  /** The build that a reload would bring now; null when nobody answered. */
  askServed: () => Promise<string | null>;
  /** True when a word beside the work disturbs nobody. */
  isCalm: () => boolean;
}

export interface VersionWatch {
  state(): VersionState;
  /** Calls back after every change of state; the answer unsubscribes. */
  subscribe(listener: () => void): () => void;
  /** The server that this page is connected to serves this build. */
  told(build: string): void;
  /** The person wants to hear of it again in half an hour. */
  later(): void;
  stop(): void;
}

/** How long the first question waits at least, and over what time the questions of many pages spread. Milliseconds. */
const ASK_AFTER = 5_000;
const ASK_SPREAD = 30_000;
/** As many answers in a row must agree: behind a proxy each may be of another instance. */
const ANSWERS = 3;
const BETWEEN_ANSWERS = 1_000;
/** While instances disagree, this long passes before they are asked again. Milliseconds. */
const ASK_AGAIN = 60_000;
const CALM_STEP = 2_000;
const LATER = 30 * 60_000;

/**
 * Tells of a new version of the page at a calm moment, never by itself twice. While old and new instances answer in
 * turn, nothing is said: a reload might bring the old page back, and a page that is newer than its server is not told
 * of the old one. Once said it stays, whatever the instances do.
 */
export function watchVersion({ mine, clock, chance, askServed, isCalm }: VersionParts): VersionWatch {
  const listeners = new Set<() => void>();
  let state: VersionState = { kind: 'current' };
  let stopped = false;
  let cancel: () => void = () => undefined;

  function become(kind: VersionState['kind']): void {
    if (state.kind === kind) return;
    state = { kind };
    for (const listener of listeners) listener();
  }
  function after(milliseconds: number, work: () => void): void {
    cancel();
    cancel = clock.after(milliseconds, work);
  }
  function askSoon(): void {
    become('asking');
    after(ASK_AFTER + chance() * ASK_SPREAD, () => void ask(null, ANSWERS));
  }
  /** Asks until `missing` more answers agreed with `before`. */
  async function ask(before: string | null, missing: number): Promise<void> {
    const served = await askServed();
    if (stopped || state.kind !== 'asking') return;
    const agrees = served !== null && served !== mine && (before === null || served === before);
    if (!agrees) return after(ASK_AGAIN, () => void ask(null, ANSWERS));
    if (missing > 1) return after(BETWEEN_ANSWERS, () => void ask(served, missing - 1));
    become('ready');
    lookForCalm();
  }
  function lookForCalm(): void {
    if (isCalm()) become('shown');
    else after(CALM_STEP, lookForCalm);
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    told(build) {
      if (mine === null || stopped || state.kind === 'shown') return;
      if (build !== mine) {
        if (state.kind === 'current') askSoon();
        return;
      }
      cancel();
      become('current');
    },
    later() {
      if (state.kind !== 'shown') return;
      become('later');
      after(LATER, askSoon);
    },
    stop() {
      stopped = true;
      cancel();
      listeners.clear();
    },
  };
}
