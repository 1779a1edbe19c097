import type { CommandType } from '#shared/contract/commands.ts';

/** The people of the play, by what they are in it. */
export type Character = 'commander' | 'ops' | 'comms' | 'planning' | 'database' | 'next';

/** Headings of the starting template, by place: Summary, Status, Command, Impact, Exit criteria, To do, Timeline. */
export type Section = 'summary' | 'status' | 'command' | 'impact' | 'exit' | 'todo' | 'timeline';

/** One thing somebody does. `after` is the pause before it, in milliseconds at speed 1. */
export type Step = { after: number; who: Character } & (
  | { kind: 'say'; text: string }
  | { kind: 'doing'; text: string }
  | { kind: 'write'; section: Section; text: string }
  | { kind: 'scratch'; text: string }
  | { kind: 'delegate'; role: 'ops' | 'comms' | 'planning'; to: Character }
  | { kind: 'subDelegate'; under: 'ops'; title: string; to: Character }
  | { kind: 'deputy'; to: Character }
  | { kind: 'command'; type: CommandType; body: Record<string, unknown>; needsEpoch?: true }
  | { kind: 'update'; state: string; text: string; nextInMinutes: number }
  | { kind: 'handoff'; note: string; next: string }
  | { kind: 'confirm' }
  /** Whoever commands resolves: the next commander does, the visitor is asked to and waited for. */
  | { kind: 'resolve'; note: string; ask: string }
);

/** A play in one language. */
export interface Play {
  title: string;
  /** Names of the characters. */
  names: Record<Character, string>;
  /** How the visitor is called until they say otherwise. */
  visitor: string;
  /** What the new commander says when command passes. */
  words: string;
  steps: Step[];
  /** What the terminal says. */
  terminal: {
    ready: (link: string, room: string) => string;
    offeredToVisitor: string;
    notTaken: string;
    notResolved: (room: string) => string;
    finished: (room: string) => string;
  };
}
