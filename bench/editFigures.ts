import type { Phases } from './load.ts';
import { notReached } from './measure.ts';
import type { Run } from './measure.ts';
import { plotBars } from './plot.ts';
import { keepFigures, median, table } from './report.ts';

/** One way of editing together, and what we set out to reach in it. */
export interface EditCase {
  name: string;
  editors: number;
  rooms: number;
  editsPerSecond: number;
  /** Client ids that wrote in the document before. */
  seenBefore?: number;
  /** Servers that are not run here, since the case says nothing about them. */
  skips?: readonly string[];
  /** CPU-seconds per 1,000 edits, and the time of an edit to a peer in milliseconds: at most. */
  reach: { cpu: number; p50?: number; p99?: number };
}

const RELAYS = ['relay (keeps nothing)', 'relay, 10 ms window'];

/** In the order of their rows. */
export const EDIT_CASES: readonly EditCase[] = [
  { name: '20 × 2/s', editors: 20, rooms: 1, editsPerSecond: 2, reach: { cpu: 0.9, p50: 2.5 } },
  { name: '100 × 2/s', editors: 100, rooms: 1, editsPerSecond: 2, reach: { cpu: 0.65, p99: 15 } },
  { name: '300 × 2/s', editors: 300, rooms: 1, editsPerSecond: 2, reach: { cpu: 0.3, p99: 30 } },
  { name: '1,000 × 2/s', editors: 1_000, rooms: 1, editsPerSecond: 2, reach: { cpu: 0.25, p99: 30 } },
  {
    ...{ name: 'old: 100 × 2/s after 5,000 client ids', editors: 100, rooms: 1, editsPerSecond: 2 },
    ...{ seenBefore: 5_000, skips: RELAYS, reach: { cpu: 0.6, p99: 15 } },
  },
  {
    ...{ name: 'many: 200 rooms × 3 × 1/s', editors: 600, rooms: 200, editsPerSecond: 1 },
    // It knows no rooms.
    ...{ skips: RELAYS, reach: { cpu: 0.2 } },
  },
];

export interface EditResult {
  editCase: EditCase;
  /** Ours first. */
  servers: readonly { name: string; runs: readonly Run[] }[];
}

/**
 * Prints the figures and, where they are kept, writes them into bench/README.md with the data and a picture beside it.
 * A run in which anything was lost does not count; when one of ours did, the exit code says so.
 */
export function publishEdits(found: {
  results: readonly EditResult[];
  conditions: readonly string[];
  phases: Phases;
  isKept: boolean;
}): void {
  const { results, conditions, phases } = found;
  const measuredAt = new Date().toISOString();
  const markdown = [
    table(
      'case, server',
      [
        ['CPU-s per 1,000 edits', cpuPerThousand, 2],
        ['edit to peer p50, ms', (run) => run.peer.p50, 1],
        ['p99, ms', (run) => run.peer.p99, 1],
        ['acknowledged p99, ms', (run) => run.acknowledged.p99, 1],
        ['core, %', (run) => run.serverCpu * 100, 0],
        ['memory, MiB', (run) => run.memory ?? Number.NaN, 0],
        ['generator busy, %', (run) => run.busy * 100, 0],
        ['late at most, ms', (run) => run.latestSend, 1],
      ],
      results.flatMap(({ editCase, servers }) =>
        servers.map(({ name, runs }) => ({
          name: `${editCase.name}, ${name}${lossIn(runs)}`,
          runs: runs.filter(countsFor),
        })),
      ),
    ),
    '',
    ...results.map((result) => `- ${verdict(result)}`),
    ...conditions.map((line) => `- ${line}`),
    `- measured ${measuredAt}: ${phases.measure} s each after ${phases.warmUp} s of warming up, every run on a server that was just started; median (lowest–highest) of the runs, servers alternating`,
  ].join('\n');
  console.log(`\n${markdown}`);
  if (results.some(({ servers }) => !servers[0]?.runs.every(countsFor))) process.exitCode = 1;
  if (!found.isKept) return;
  keepFigures('edit', markdown, { measuredAt, conditions, phases, results });
  plotBars('edit', {
    title: 'CPU-seconds of the server per 1,000 edits',
    groups: results.map(({ editCase, servers }) => ({
      name: editCase.name,
      bars: servers.map(({ name, runs }) => ({
        name,
        value: median(runs.filter(countsFor).map(cpuPerThousand)),
      })),
    })),
  });
}

/** CPU-seconds of the server for every 1,000 edits that were made. */
function cpuPerThousand(run: Run): number {
  return run.editsPerSecond === undefined ? Number.NaN : (run.serverCpu / run.editsPerSecond) * 1000;
}

function countsFor(run: Run): boolean {
  return run.faults.length === 0;
}

function lossIn(runs: readonly Run[]): string {
  const lost = runs.filter((run) => !countsFor(run)).length;
  return lost === 0 ? '' : ` (${lost} of ${runs.length} runs lost something and do not count)`;
}

function verdict({ editCase: { name, reach }, servers }: EditResult): string {
  const [ours, ...others] = servers;
  const runs = ours?.runs.filter(countsFor) ?? [];
  const said = (what: string, value: number, most: number, unit: string): string =>
    `${what} ${value.toFixed(2)}${unit}, target ${most}${unit}: ${value <= most ? 'reached' : notReached()}`;
  const cpu = median(runs.map(cpuPerThousand));
  const beside = others
    .filter(({ name: server }) => !server.startsWith('relay'))
    .map(
      ({ name: server, runs: theirs }) =>
        `${(median(theirs.filter(countsFor).map(cpuPerThousand)) / cpu).toFixed(1)} × ${server}`,
    );
  return [
    `${name}: ${said('CPU-s per 1,000 edits', cpu, reach.cpu, '')}`,
    ...(reach.p50 === undefined
      ? []
      : [said('p50', median(runs.map(({ peer }) => peer.p50)), reach.p50, ' ms')]),
    ...(reach.p99 === undefined
      ? []
      : [said('p99', median(runs.map(({ peer }) => peer.p99)), reach.p99, ' ms')]),
    `what others use: ${beside.join(', ')}`,
  ].join('; ');
}
