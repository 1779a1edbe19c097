import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runSeeds, seedsFrom } from './runSeeds.ts';

/** Prints how far it is this often. Milliseconds. */
const REPORT_MILLISECONDS = 30_000;

/**
 * `npm run sim:soak -- --seeds 100000 [--from 1] [--threads 1] [--mutation <name>]`: runs seeds for as long as it takes,
 * and ends with 1 when one of them broke a promise. A failing seed belongs into `regressions.ts`, by a name.
 */
async function soak(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100000' },
      from: { type: 'string', default: '1' },
      threads: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
      mutation: { type: 'string' },
    },
  });
  const count = Number(values.seeds);
  const from = Number(values.from);
  const started = performance.now();
  const totals = new Map<string, number>();
  let finished = 0;
  let broken = 0;
  const report = (): void => {
    const seconds = Math.round((performance.now() - started) / 1_000);
    console.log(`${finished} of ${count} seeds, ${broken} broken, ${seconds} s`);
  };
  const reporting = setInterval(report, REPORT_MILLISECONDS);
  await runSeeds({
    seeds: seedsFrom(from, count),
    threads: Number(values.threads),
    ...(values.mutation === undefined ? {} : { mutation: values.mutation }),
    done({ seed, run, problems }) {
      finished += 1;
      for (const [key, number] of Object.entries(run?.work ?? {}))
        totals.set(key, (totals.get(key) ?? 0) + number);
      if (run) return true;
      broken += 1;
      console.log(`seed ${seed} broke a promise:\n  ${problems.join('\n  ')}`);
      return true;
    },
  });
  clearInterval(reporting);
  report();
  console.log([...totals].map(([key, number]) => `${key} ${number}`).join(', '));
  return broken === 0 ? 0 : 1;
}

process.exitCode = await soak();
