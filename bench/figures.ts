import type { Phases } from './load.ts';
import type { Run } from './measure.ts';
import { keepFigures, median, spread } from './report.ts';

/** What we set out to reach: the median of a time over all runs, below so many milliseconds. */
export interface Target {
  name: string;
  milliseconds: number;
  of(run: Run): number;
}

/** Everything that was measured of one bench; the first server of each case is ours. */
export interface Findings {
  /** What is sent: an edit, a message. */
  unit: string;
  target: Target;
  conditions: readonly string[];
  phases: Phases;
  /** A short look: printed and not kept. */
  quick: boolean;
  cases: readonly { name: string; servers: readonly { name: string; runs: readonly Run[] }[] }[];
}

/** Prints one run as it ends, and says when it does not count. */
export function show(name: string, run: Run): Run {
  const lost = countsFor(run)
    ? ''
    : ` DOES NOT COUNT: ${run.faults.slice(0, 3).join('; ')} (${run.faults.length})`;
  console.log(
    `${name}: to peer p50 ${run.peer.p50} p99 ${run.peer.p99} ms, acknowledged p50 ${run.acknowledged.p50} p99 ${run.acknowledged.p99} ms, ` +
      `server ${percent(run.serverCpu)} %, generator ${percent(run.busy)} %, late by at most ${run.latestSend} ms${lost}`,
  );
  return run;
}

/**
 * Prints the figures and, unless it was a quick look, writes them into bench/README.md and the data beside it as JSON.
 * Sets a failing exit code when a run of ours lost something.
 */
export function publish(name: string, findings: Findings): void {
  const measuredAt = new Date().toISOString();
  const markdown = [
    table(findings),
    '',
    ...findings.cases.map((each) => `- ${verdict(each, findings.target)}`),
    ...findings.conditions.map((line) => `- ${line}`),
    `- measured ${measuredAt}: ${findings.phases.measure} s each after ${findings.phases.warmUp} s of warming up; median (lowest–highest) of the runs, servers alternating`,
  ].join('\n');
  console.log(`\n${markdown}`);
  if (!findings.cases.every(({ servers }) => servers[0]?.runs.every(countsFor))) process.exitCode = 1;
  if (findings.quick) return;
  const { conditions, phases, cases } = findings;
  keepFigures(name, markdown, { measuredAt, conditions, phases, cases });
}

/** A run with loss does not count. */
function countsFor(run: Run): boolean {
  return run.faults.length === 0;
}

function table({ cases, unit }: Findings): string {
  const columns: [string, (run: Run) => number, number][] = [
    [`${unit} to peer p50, ms`, (run) => run.peer.p50, 1],
    [`${unit} to peer p99, ms`, (run) => run.peer.p99, 1],
    ['acknowledged p50, ms', (run) => run.acknowledged.p50, 1],
    ['acknowledged p99, ms', (run) => run.acknowledged.p99, 1],
    ['server CPU, % of a core', (run) => run.serverCpu * 100, 0],
    [`CPU per delivered ${unit}, µs`, (run) => run.cpuPerDelivery, 2],
    ['generator busy, %', (run) => run.busy * 100, 0],
    ['generator late at most, ms', (run) => run.latestSend, 1],
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['case', 'server', ...columns.map(([title]) => title), 'runs that count']),
    line(['---', '---', ...columns.map(() => '---:'), '---:']),
    ...cases.flatMap((each) =>
      each.servers.map(({ name, runs }) => {
        const good = runs.filter(countsFor);
        const cells = columns.map(([, value, digits]) => spread(good.map(value), digits));
        return line([each.name, name, ...cells, `${good.length} of ${runs.length}`]);
      }),
    ),
  ].join('\n');
}

function verdict({ name, servers }: Findings['cases'][number], target: Target): string {
  const runs = servers[0]?.runs ?? [];
  const good = runs.filter(countsFor);
  const value = median(good.map((run) => target.of(run)));
  const late = median(good.map((run) => run.latestSend));
  const said = `${name}: ${target.name} ${value} ms, target under ${target.milliseconds} ms: `;
  if (good.length < runs.length || runs.length === 0) return `${said}NOT reached, messages were lost`;
  if (value < target.milliseconds) return `${said}reached`;
  // A generator that could not even send in time waited for the machine, and so did the server.
  if (late > target.milliseconds)
    return `${said}cannot be told, the generator itself was ${late} ms late: a busy machine`;
  return `${said}NOT reached`;
}

function percent(share: number): string {
  return (share * 100).toFixed(0);
}
