import type { Clock } from './ports.ts';

/** How often silence is counted, and how many rounds of it an instance may have. Milliseconds. */
const ROUND_MILLISECONDS = 2_000;
const SILENT_ROUNDS = 6;

/** Which other instances were heard of lately. */
export interface Peers {
  /** This instance lives. */
  heard(instance: string): void;
  /** This instance has nothing to say any more, so that its silence means nothing. */
  forget(instance: string): void;
  stop(): void;
}

/**
 * `gone` hears each instance that was silent for 12 s, within 14 s. Silence is counted in rounds of a timer instead of
 * being read off the clock, so that a clock that is put forward and a process that was stopped take nobody for gone. While
 * `hears` answers no, nobody can be heard, and silence is not counted.
 */
export function createPeers(parts: { clock: Clock; gone(instance: string): void; hears?(): boolean }): Peers {
  const silentRounds = new Map<string, number>();
  let cancel: (() => void) | null = null;

  function round(): void {
    cancel = null;
    if (parts.hears?.() ?? true) countSilence();
    schedule();
  }

  function countSilence(): void {
    for (const [instance, rounds] of silentRounds) {
      if (rounds < SILENT_ROUNDS) {
        silentRounds.set(instance, rounds + 1);
        continue;
      }
      silentRounds.delete(instance);
      parts.gone(instance);
    }
  }

  function schedule(): void {
    if (cancel === null && silentRounds.size > 0) cancel = parts.clock.after(ROUND_MILLISECONDS, round);
  }

  return {
    heard(instance) {
      silentRounds.set(instance, 0);
      schedule();
    },
    forget: (instance) => void silentRounds.delete(instance),
    stop() {
      cancel?.();
      silentRounds.clear();
    },
  };
}
