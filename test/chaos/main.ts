import { parseArgs } from 'node:util';
import { report, tableOf } from './report.ts';
import { runScenario } from './scenario.ts';
import type { Result, Scenario } from './scenario.ts';
import { scenarios } from './scenarios/all.ts';
import { mix } from './scenarios/mix.ts';

const USAGE = `npm run chaos -- [--scenario F10] [--seed 7] [--runs 1] [--minutes 5] [--quick] [--list]

  --scenario <name>   only scenarios whose name begins with this number; several with commas
  --seed <n>          where chance begins; the next run takes the next one
  --runs <n>          how often each scenario is run
  --minutes <m>       everything at random for so long, in rounds of at most two minutes with the next seed each
  --only single       or cluster: only what needs one instance, or only what needs several
  --quick             the bounded selection of continuous integration
  --list              say which scenarios there are`;

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string' },
    runs: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const runs = Number(values.runs);
const minutes = values.minutes === undefined ? null : Number(values.minutes);
if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1 || (minutes !== null && !(minutes > 0)))
  throw new Error(USAGE);

/** The longest round of the random mix; each begins with fresh parts. Minutes. */
const ROUND = 2;
/** A bounded run takes at most 100 s in all: what would begin later than this is not run. Milliseconds. */
const QUICK_BUDGET = 60_000;

function isWanted({ name, kind, isQuick }: Scenario): boolean {
  const numbers = values.scenario?.split(',');
  const isNamed =
    numbers?.some((number) => name === number || name.startsWith(`${number} `)) ?? !values.quick;
  return (isNamed || (!numbers && isQuick === true)) && (values.only ?? kind) === kind;
}

process.exit(minutes === null ? await main() : await mixed(minutes));

async function mixed(left: number): Promise<number> {
  const results: Result[] = [];
  const scenario = mix(values.only === 'single' ? 'single' : 'cluster', Math.min(ROUND, left) * 60_000);
  const rounds = Math.max(1, Math.round(left / ROUND));
  console.log(
    `chaos: ${rounds} rounds of ${Math.min(ROUND, left)} minutes, seeds ${seed} to ${seed + rounds - 1}`,
  );
  for (let round = 0; round < rounds; round += 1) {
    const result = await runScenario(scenario, seed + round, values.quick);
    results.push(result);
    report(result);
  }
  console.log(`\n${tableOf([scenario], results, [])}`);
  return results.every(({ violations }) => violations.length === 0) ? 0 : 1;
}

async function main(): Promise<number> {
  const wanted = scenarios.filter(isWanted);
  if (values.list) {
    for (const { name, kind, title } of wanted) console.log(`${name.padEnd(22)}${kind.padEnd(9)}${title}`);
    return 0;
  }
  if (wanted.length === 0) throw new Error(`There is no such scenario.\n\n${USAGE}`);
  console.log(`chaos: ${wanted.length} scenarios, seed ${seed}, ${runs} runs each`);
  const from = performance.now();
  const results: Result[] = [];
  const notRun: { name: string; reason: string }[] = [];
  for (const scenario of wanted) {
    const reason =
      scenario.cannot?.() ??
      (values.quick && performance.now() - from > QUICK_BUDGET
        ? 'the time of the bounded run is over'
        : null);
    if (reason !== null) {
      notRun.push({ name: scenario.name, reason });
      continue;
    }
    for (let run = 0; run < runs; run += 1) {
      const result = await runScenario(scenario, seed + run, values.quick);
      results.push(result);
      report(result);
    }
  }
  console.log(`\n${tableOf(wanted, results, notRun)}`);
  console.log(`\nchaos: seed ${seed}, ${((performance.now() - from) / 1000).toFixed(0)} s in all`);
  return results.every(({ violations }) => violations.length === 0) ? 0 : 1;
}
