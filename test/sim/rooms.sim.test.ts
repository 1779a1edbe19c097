import { describe, expect, it } from 'vitest';
import { simulate } from './simulation.ts';

/** A fresh seed comes from outside (WARROOM_SIM_SEED), so that CI sees runs nobody has seen; the rest repeat. */
const fresh = Number(process.env['WARROOM_SIM_SEED'] ?? 0);
const rounds = Number(process.env['WARROOM_SIM_ROUNDS'] ?? 25);

describe('a room among faults', () => {
  it(
    `[T17] keeps its promises in ${rounds} seeded runs from seed ${fresh + 1} on`,
    { timeout: 240_000 },
    async () => {
      const total = {
        acknowledged: 0,
        refused: 0,
        failedCommits: 0,
        crashes: 0,
        cuts: 0,
        edits: 0,
        handoffs: 0,
      };
      for (let seed = fresh + 1; seed <= fresh + rounds; seed += 1) {
        const work = await simulate(seed, 400).catch((error: unknown) => {
          throw new Error(
            `seed ${seed} failed; run it alone with WARROOM_SIM_SEED=${seed - 1} WARROOM_SIM_ROUNDS=1`,
            {
              cause: error,
            },
          );
        });
        for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += work[key];
      }
      // A simulation in which nothing happened proves nothing.
      expect(total.acknowledged).toBeGreaterThan(rounds * 20);
      expect(total.refused).toBeGreaterThan(rounds);
      expect(total.failedCommits).toBeGreaterThan(rounds);
      expect(total.edits).toBeGreaterThan(rounds * 30);
      expect(total.crashes).toBeGreaterThan(0);
      expect(total.cuts).toBeGreaterThan(rounds);
      expect(total.handoffs).toBeGreaterThan(0);
    },
  );
});
