import { describe, expect, it } from 'vitest';
import { mutations } from './mutations.ts';
import { runSeeds, seedsFrom } from './runSeeds.ts';

/** Within so many seeds each variant must be found. */
const MOST_SEEDS = 1_200;

// Who watches the watchers: each of these is a server with one statement broken on purpose.
describe('the simulation finds a server that', () => {
  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s',
    { timeout: 300_000 },
    async (name, { breaks }) => {
      const found: (readonly string[])[] = [];
      await runSeeds({
        seeds: seedsFrom(1, MOST_SEEDS),
        threads: 1,
        mutation: name,
        done({ run, problems }) {
          if (!run) found.push(problems);
          return found.length === 0;
        },
      });
      expect(found).toHaveLength(1);
      expect(found[0]?.[0]).toMatch(breaks);
    },
  );
});
