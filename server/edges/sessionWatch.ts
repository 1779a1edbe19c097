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
  close(): void;
}

/** A session that is neither held nor watched again is forgotten after this long. Milliseconds. */
const WATCHED_MILLISECONDS = 180_000;

/**
 * Checks sessions in use every interval, so that one ended elsewhere (another instance, the command line, its time
 * being up) closes its connections too. `check` answers false for one that has ended.
 */
export function createSessionWatch(parts: {
  clock: Clock;
  intervalMilliseconds: number;
  check: (sessionId: string) => Promise<boolean>;
  onFailure: (error: unknown) => void;
}): SessionWatch {
  const { clock } = parts;
  const watched = new Map<string, { holders: number; until: number }>();
  const listeners = new Set<(sessionId: string) => void>();
  let cancel: (() => void) | null = null;
  let closed = false;

  function watch(sessionId: string): { holders: number; until: number } {
    const entry = watched.get(sessionId) ?? { holders: 0, until: 0 };
    entry.until = clock.now() + WATCHED_MILLISECONDS;
    watched.set(sessionId, entry);
    schedule();
    return entry;
  }

  function ended(sessionId: string): void {
    watched.delete(sessionId);
    for (const hear of listeners) hear(sessionId);
  }

  async function checkAll(): Promise<void> {
    for (const [sessionId, { holders, until }] of watched) {
      try {
        if (!(await parts.check(sessionId))) ended(sessionId);
        else if (holders === 0 && until < clock.now()) watched.delete(sessionId);
      } catch (error) {
        // The store is away: whoever is connected stays so until it answers.
        parts.onFailure(error);
      }
    }
    cancel = null;
    schedule();
  }

  function schedule(): void {
    if (cancel !== null || closed || watched.size === 0) return;
    cancel = clock.after(parts.intervalMilliseconds, () => void checkAll());
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
    close() {
      closed = true;
      cancel?.();
      watched.clear();
      listeners.clear();
    },
  };
}
