import type { History, Violation } from '../history.ts';

/** Within this a lost right is enforced everywhere. Milliseconds. */
export const RIGHTS_WITHIN = 5_000;

/** I9: some seconds after a right was taken away nothing of its scope is heard and nothing is written any more. */
export function authorization({ revocations }: History): Violation[] {
  return revocations.flatMap(({ person, what, at, after }) =>
    after
      .filter((event) => event.at.mono - at.mono > RIGHTS_WITHIN)
      .map((event) => ({
        invariant: 'I9' as const,
        text: `${event.what} ${Math.round(event.at.mono - at.mono)} ms after ${person} lost ${what}`,
      })),
  );
}

/** I10 and whatever a scenario asserts: what should have worked did, and no process ended that was not told to. */
export function alive({ claims, crashes }: History): Violation[] {
  return [
    ...crashes.map((text) => ({ invariant: 'I10' as const, text })),
    ...claims
      .filter(({ held }) => !held)
      .map(({ invariant, text }) => ({ invariant, text: `did not hold: ${text}` })),
  ];
}

/** I11: after a flood memory and file descriptors are back where they were. */
export function bounded({ measured }: History): Violation[] {
  return measured
    .filter(({ before, after, share, noise }) => after > before * (1 + share) + noise)
    .map(({ instance, what, before, after }) => ({
      invariant: 'I11',
      text: `${what} of ${instance} grew from ${Math.round(before)} to ${Math.round(after)} and stayed there`,
    }));
}
