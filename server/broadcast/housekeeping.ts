import type { Clock, Store } from '../rooms/ports.ts';

/** A wish to be sent updates that nobody confirmed is forgotten after this time. Milliseconds. */
export const PENDING_MILLISECONDS = 48 * 3_600_000;
/** How soon after a start, when there is other work, and how often it is swept. Milliseconds. */
const FIRST_MILLISECONDS = 5 * 60_000;
const EVERY_MILLISECONDS = 3_600_000;

/** Forgets addresses that are not needed any more: see `sweepTargets`. The answer stops it. */
export function startHousekeeping(parts: {
  store: Pick<Store, 'sweepTargets'>;
  clock: Clock;
  /** Hears that it failed; it is tried again with the next one. */
  onFailure: (error: unknown) => void;
}): () => Promise<void> {
  const { store, clock, onFailure } = parts;
  let sweeping = Promise.resolve();
  let cancel = (): void => {};

  function next(wait: number): void {
    cancel = clock.after(wait, () => {
      const now = clock.now();
      sweeping = store.sweepTargets({ now, pendingBefore: now - PENDING_MILLISECONDS }).catch(onFailure);
      next(EVERY_MILLISECONDS);
    });
  }

  next(FIRST_MILLISECONDS);
  return async () => {
    cancel();
    await sweeping;
  };
}
