/** A seed whose run once broke a promise, and what was wrong. A seed keeps its run only while the steps stay as they are. */
export interface Regression {
  name: string;
  seed: number;
}

/** The first ones that found each fault; all of them in the code of 2026-11-20. */
export const regressions: readonly Regression[] = [
  {
    name: 'a room left memory while the store was asked how it stood, and who came joined a room of the past',
    seed: 32,
  },
  { name: 'the same for a document that was opened meanwhile', seed: 58 },
  {
    name: 'an edit was committed by an instance that had just heard that its author was disabled',
    seed: 331,
  },
  { name: 'a state given for a snapshot had earlier times than the entries it was folded from', seed: 8 },
  { name: 'a deletion was acknowledged and lost, since what it relied on was never stored', seed: 2432 },
  {
    name: 'somebody who had lost the right was heard after more than six seconds, since what was read for the decision was slow',
    seed: 3171,
  },
  {
    name: 'a client that was told of an edit before the one it builds on was hung up on for saying so',
    seed: 58123,
  },
];
