import type { Clock } from './ports.ts';

/** Shortest and longest time between two tellings while people come and go. Milliseconds. */
const SHORTEST_MILLISECONDS = 100;
const LONGEST_MILLISECONDS = 2_000;
/** What each person in the room adds to it: the list goes to everybody, so its cost grows with the square. */
const PER_PERSON_MILLISECONDS = 50;

/** When a room is told who is in it. */
export interface PresenceTelling {
  /** The list changed: told at once when it has been quiet, else with whatever else changes until the pause is over. */
  changed(): void;
  /** Told now, whatever the pause. */
  now(): void;
  stop(): void;
}

/**
 * Somebody who comes is seen at once; a room that everybody enters at the same time after a restart is told a few times
 * instead of once per person.
 */
export function createPresenceTelling(parts: {
  clock: Pick<Clock, 'after'>;
  /** How many people are here. */
  count(): number;
  tell(): void;
}): PresenceTelling {
  const { clock } = parts;
  let cancelPause: (() => void) | null = null;
  let isWanted = false;

  function now(): void {
    isWanted = false;
    parts.tell();
    cancelPause?.();
    const pause = Math.max(SHORTEST_MILLISECONDS, parts.count() * PER_PERSON_MILLISECONDS);
    cancelPause = clock.after(Math.min(LONGEST_MILLISECONDS, pause), () => {
      cancelPause = null;
      if (isWanted) now();
    });
  }

  return {
    changed() {
      isWanted = true;
      if (!cancelPause) now();
    },
    now,
    stop() {
      cancelPause?.();
      cancelPause = null;
    },
  };
}
