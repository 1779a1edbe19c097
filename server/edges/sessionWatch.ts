import type { Clock } from '../rooms/ports.ts';

/** Sessions that open connections depend on. */
export interface SessionWatch {
  /** Looks after a session for the next minutes. */
  watch(sessionId: string): void;
  /** Looks after a session until released. */
  hold(sessionId: string): () => void;
  /** Hears every session that ended. */
  onEnded(hear: (sessionId: string) => void): () => void;
  /** This one ended here: tells everybody now. */
  ended(sessionId: string): void;
  /** Sessions may have ended elsewhere: asks the store about all of them now. Resolves when that is done or failed. */
  check(): Promise<void>;
  close(): void;
}

/** A session that is neither held nor watched again is forgotten after this long. Milliseconds. */
const WATCHED_MILLISECONDS = 180_000;
/** How often sessions are looked after without a reason, so that those in use do not run out. Milliseconds. */
const ROUND_MILLISECONDS = 60_000;
/** How long after a check that failed the next one begins. Milliseconds. */
const RETRY_MILLISECONDS = 1_000;

interface Watched {
  holders: number;
  /** Elapsed milliseconds. */
  until: number;
}

/**
 * Watches over sessions in use, so that one ended elsewhere (another instance, the command line, its time being up) closes
 * its connections too. `live` answers which of these are not over, in one read; `prolong` renews those in use. While the
 * store is away whoever is connected stays so.
 */
export function createSessionWatch(parts: {
  clock: Clock;
  live(sessionIds: readonly string[]): Promise<ReadonlySet<string>>;
  prolong(sessionIds: readonly string[]): Promise<void>;
  onFailure(error: unknown): void;
}): SessionWatch {
  const { clock } = parts;
  const watched = new Map<string, Watched>();
  const listeners = new Set<(sessionId: string) => void>();
  let checking: Promise<void> | null = null;
  let isAskedAgain = false;
  let cancelRetry = (): void => {};
  let cancelRound: (() => void) | null = null;
  let closed = false;

  function watch(sessionId: string): Watched {
    const entry = watched.get(sessionId) ?? { holders: 0, until: 0 };
    entry.until = clock.elapsed() + WATCHED_MILLISECONDS;
    watched.set(sessionId, entry);
    schedule();
    return entry;
  }

  function ended(sessionId: string): void {
    watched.delete(sessionId);
    for (const hear of listeners) hear(sessionId);
  }

  async function checkNow(): Promise<void> {
    const asked = [...watched.keys()];
    if (asked.length === 0) return;
    const live = await parts.live(asked);
    for (const sessionId of asked) if (!live.has(sessionId)) ended(sessionId);
  }

  /** One check after another; one that is asked for meanwhile sees what the running one may have missed. */
  function check(): Promise<void> {
    isAskedAgain = true;
    checking ??= checkAll().finally(() => {
      checking = null;
    });
    return checking;
  }

  async function checkAll(): Promise<void> {
    while (isAskedAgain && !closed) {
      isAskedAgain = false;
      cancelRetry();
      try {
        await checkNow();
      } catch (error) {
        parts.onFailure(error);
        if (!closed) cancelRetry = clock.after(RETRY_MILLISECONDS, () => void check());
      }
    }
  }

  async function round(): Promise<void> {
    for (const [sessionId, { holders, until }] of watched) {
      if (holders === 0 && until < clock.elapsed()) watched.delete(sessionId);
    }
    await parts.prolong([...watched.keys()]);
    await check();
  }

  function schedule(): void {
    if (cancelRound !== null || closed || watched.size === 0) return;
    cancelRound = clock.after(ROUND_MILLISECONDS, () => {
      void round()
        .catch((error: unknown) => parts.onFailure(error))
        .then(() => {
          cancelRound = null;
          schedule();
        });
    });
  }

  return {
    watch: (sessionId) => void watch(sessionId),
    hold(sessionId) {
      const entry = watch(sessionId);
      entry.holders += 1;
      let released = false;
      return () => {
        if (!released) entry.holders -= 1;
        released = true;
      };
    },
    onEnded(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    ended,
    check,
    close() {
      closed = true;
      cancelRound?.();
      cancelRetry();
      watched.clear();
      listeners.clear();
    },
  };
}
