import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { regressions } from './regressions.ts';
import { runSeeds, seedsFrom } from './runSeeds.ts';
import type { Run } from './simulation.ts';

/** A fresh seed comes from outside (WARROOM_SIM_SEED), so that CI sees runs nobody has seen; the rest repeat. */
const first = Number(process.env['WARROOM_SIM_SEED'] ?? 1);
const count = Number(process.env['WARROOM_SIM_SEEDS'] ?? 2_000);

describe('instances among faults', () => {
  it(
    `[T17] keep their promises in ${count} seeded runs from seed ${first} on`,
    { timeout: 600_000 },
    async () => {
      const total = new Map<keyof Run['work'], number>();
      const broken: string[] = [];
      await runSeeds({
        seeds: seedsFrom(first, count),
        threads: Math.min(2, availableParallelism()),
        done({ seed, run, problems }) {
          if (!run)
            broken.push(
              `seed ${seed} (npm run sim:soak -- --from ${seed} --seeds 1): ${problems.join('; ')}`,
            );
          for (const [key, number] of Object.entries(run?.work ?? {}) as [keyof Run['work'], number][])
            total.set(key, (total.get(key) ?? 0) + number);
          return broken.length < 5;
        },
      });
      expect(broken).toEqual([]);
      // A simulation in which nothing happened proves nothing.
      const perRun = (key: keyof Run['work']) => (total.get(key) ?? 0) / count;
      expect(perRun('acknowledged')).toBeGreaterThan(10);
      expect(perRun('repeated')).toBeGreaterThan(1);
      expect(perRun('refused')).toBeGreaterThan(4);
      expect(perRun('failedCalls')).toBeGreaterThan(4);
      expect(perRun('gaps')).toBeGreaterThan(4);
      expect(perRun('crashes')).toBeGreaterThan(0.5);
      expect(perRun('drains')).toBeGreaterThan(0.3);
      expect(perRun('edits')).toBeGreaterThan(10);
      expect(perRun('saved')).toBeGreaterThan(5);
      expect(perRun('snapshots')).toBeGreaterThan(5);
      expect(perRun('handoffs')).toBeGreaterThan(0.1);
      expect(perRun('forced')).toBeGreaterThan(0.1);
      const rare = ['expired', 'overdue', 'removed', 'redacted'] as const;
      expect(rare.filter((key) => !total.get(key))).toEqual([]);
    },
  );

  it.each(regressions.map(({ name, seed }) => [name, seed] as const))(
    '[T17] %s (seed %i)',
    async (_, seed) => {
      const broken: (readonly string[])[] = [];
      await runSeeds({
        seeds: [seed],
        threads: 1,
        done({ run, problems }) {
          if (!run) broken.push(problems);
          return true;
        },
      });
      expect(broken).toEqual([]);
    },
  );

  it('[T17] a seed gives the same run each time, bit for bit', async () => {
    const digests = new Map<number, Set<string>>();
    await runSeeds({
      seeds: [1, 2, 3, 4, 5, 1, 2, 3, 4, 5],
      threads: 1,
      done({ seed, run }) {
        digests.set(seed, (digests.get(seed) ?? new Set()).add(run?.digest ?? 'broken'));
        return true;
      },
    });
    expect([...digests.values()].map((found) => found.size)).toEqual([1, 1, 1, 1, 1]);
  });
});
