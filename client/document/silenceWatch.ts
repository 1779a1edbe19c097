import type { LineTools } from './lineTools.ts';

/** What is done about a line that has gone silent, in the order in which it is tried. */
export interface SilenceActs {
  /** Ask for a sign of life that costs little. */
  ask(): void;
  /** Ask what every server must answer. */
  insist(): void;
  /** Nothing came: the line is dead. */
  giveUp(): void;
}

/** Watches one line at a time for silence. */
export interface SilenceWatch {
  /** A line is being opened; watching begins anew. */
  start(): void;
  /** Something came over it. */
  heard(): void;
  /** There is reason to doubt the line: look now, as if it had been silent for a while. */
  doubt(): void;
  stop(): void;
}

/** Milliseconds of silence after which each act is due. */
const AFTER = { ask: 6_000, insist: 9_000, giveUp: 12_000 } as const;
const LOOK_EVERY = 1_500;

/** A dead line is known within 15 seconds, also where the network says nothing. */
export function silenceWatch(tools: LineTools, acts: SilenceActs): SilenceWatch {
  let heardAt = 0;
  let done: 'nothing' | 'asked' | 'insisted' = 'nothing';
  let cancel = (): void => undefined;

  function look(): void {
    cancel();
    cancel = tools.after(LOOK_EVERY, look);
    const silence = tools.now() - heardAt;
    if (silence >= AFTER.giveUp) acts.giveUp();
    else if (silence >= AFTER.insist && done !== 'insisted') {
      done = 'insisted';
      acts.insist();
    } else if (silence >= AFTER.ask && done === 'nothing') {
      done = 'asked';
      acts.ask();
    }
  }

  function heard(): void {
    heardAt = tools.now();
    done = 'nothing';
  }

  return {
    start() {
      heard();
      cancel();
      cancel = tools.after(LOOK_EVERY, look);
    },
    heard,
    doubt() {
      heardAt = Math.min(heardAt, tools.now() - AFTER.ask);
      look();
    },
    stop: () => cancel(),
  };
}
