import { Redis } from 'ioredis';
import * as Y from 'yjs';
import { readDocument } from '../test/support/client.ts';
import type { Account } from '../test/support/client.ts';
import { scratchText } from '../test/support/clientDocuments.ts';
import { startServer } from '../test/support/serverProcess.ts';
import type { EditTask } from './editLoad.ts';
import { REPETITIONS, conditions, cpuOfFamily, measure, notReached, startBeside } from './measure.ts';
import type { Run } from './measure.ts';
import { installPeers, peerVersion } from './peerServers.ts';
import { keepFigures, median, table } from './report.ts';
import { declareMany, seedPeople } from './seed.ts';
import type { Seeded } from './seed.ts';
import { startShared } from './shared.ts';

const EDITORS = 100;
const EDITS_PER_SECOND = 2;
/** In how many rooms they are: all together, and in teams of four. */
const ONE_ROOM = 1;
const TEAMS = 25;
const quick = process.argv.includes('--quick');
const repetitions = quick ? 1 : REPETITIONS;
const phases = quick ? { warmUp: 1, measure: 4, drain: 5 } : { warmUp: 3, measure: 10, drain: 10 };
/** What a second instance may add to the 99th percentile of an edit's way to a peer. */
const ADDED_MILLISECONDS = 10;

/** A server that editors may be at. */
interface Target {
  url: string;
  port: number;
  pid: number;
}

/** How the editors of each room are placed: in turn on all servers, or all of a room on the same one. */
type Placing = 'spread' | 'sticky';

interface Case {
  name: string;
  rooms: number;
  runs: Run[];
  run(): Promise<Run>;
}

installPeers();
const before = conditions(['yjs', 'ws', 'ioredis', 'pg'], false);
const services = await startShared();
const redis = new Redis(services.redis.url);
/** So many documents Hocuspocus had; each run has new ones. */
let documents = 0;
const stops: (() => Promise<void>)[] = [
  async () => {
    redis.disconnect();
    await services.stop();
  },
];
try {
  const { env, admin, people } = await seedPeople(services.env, EDITORS);
  const warroom = async (): Promise<Target> => {
    const started = await startServer({ env });
    stops.unshift(() => started.stop());
    return { url: started.url, port: started.port, pid: started.pid() };
  };
  const hocuspocus = async (): Promise<Target> => {
    const started = await startBeside('peers/hocuspocus.js', ['redis', String(services.redis.port)], []);
    stops.unshift(() => Promise.resolve(started.stop()));
    return { url: '', port: started.port, pid: started.pid };
  };
  const ours = (name: string, rooms: number, targets: readonly Target[], placing: Placing): Case => ({
    ...{ name: `warroom, ${name}`, rooms, runs: [] },
    run: () => runWarroom(targets, rooms, placing, admin, people),
  });
  const theirs = (name: string, rooms: number, targets: readonly Target[], placing: Placing): Case => ({
    ...{ name: `Hocuspocus, ${name}`, rooms, runs: [] },
    run: () => runHocuspocus(targets, rooms, placing),
  });

  // With one instance running, nobody hears what it publishes.
  const [first, peer] = [await warroom(), await hocuspocus()];
  const single = ours('one instance', ONE_ROOM, [first], 'spread');
  const alone = [
    single,
    theirs('one instance', ONE_ROOM, [peer], 'spread'),
    ours(`one instance, ${TEAMS} rooms`, TEAMS, [first], 'spread'),
  ];
  await repeat(alone);
  const both = [first, await warroom()];
  const peers = [peer, await hocuspocus()];
  const spread = ours('two instances, half on each', ONE_ROOM, both, 'spread');
  const together = [
    spread,
    theirs('two instances, half on each', ONE_ROOM, peers, 'spread'),
    ours(`two instances, ${TEAMS} rooms, half of each room on each`, TEAMS, both, 'spread'),
    ours(`two instances, ${TEAMS} rooms, each room on one`, TEAMS, both, 'sticky'),
    theirs(`two instances, ${TEAMS} rooms, half of each room on each`, TEAMS, peers, 'spread'),
  ];
  await repeat(together);
  publish({ single, spread, all: [...alone, ...together] });
} finally {
  for (const stop of stops) await stop();
}

async function repeat(cases: readonly Case[]): Promise<void> {
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    for (const each of cases) each.runs.push(show(each.name, await each.run()));
  }
}

async function runWarroom(
  targets: readonly Target[],
  rooms: number,
  placing: Placing,
  admin: Seeded,
  people: readonly Seeded[],
): Promise<Run> {
  const [first] = targets;
  if (!first) throw new Error('There is no server.');
  const incidents = await declareMany(first.url, admin, rooms);
  const task: EditTask = {
    editors: people.map(({ token }, index) => ({ token, ...placed(index, targets, rooms, placing) })),
    rooms: incidents.map((id) => ({ path: `/doc/${id}?ack=1`, envelope: null })),
    ...{ editsPerSecond: EDITS_PER_SECOND, phases },
  };
  const run = await measureAll(task, targets);
  const lost: string[] = [];
  for (const target of targets) {
    let kept = 0;
    for (const id of incidents) {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, await readDocument(target.url, admin as Account, id));
      kept += scratchText(doc).length;
    }
    if (kept !== run.sent) lost.push(`port ${target.port} keeps ${kept} of ${run.sent} edits`);
  }
  return { ...run, faults: [...run.faults, ...lost] };
}

function runHocuspocus(targets: readonly Target[], rooms: number, placing: Placing): Promise<Run> {
  const task: EditTask = {
    editors: Array.from({ length: EDITORS }, (_, index) => ({
      token: '',
      ...placed(index, targets, rooms, placing),
    })),
    rooms: Array.from({ length: rooms }, () => ({ path: '/', envelope: `bench${(documents += 1)}` })),
    ...{ editsPerSecond: EDITS_PER_SECOND, phases },
  };
  return measureAll(task, targets);
}

/** The room of an editor, and the server where this one is. */
function placed(
  index: number,
  targets: readonly Target[],
  rooms: number,
  placing: Placing,
): { room: number; port: number } {
  const room = index % rooms;
  const at = placing === 'sticky' ? room : Math.floor(index / rooms);
  return { room, port: targets[at % targets.length]?.port ?? 0 };
}

function measureAll(task: EditTask, targets: readonly Target[]): Promise<Run> {
  const pids = targets.map(({ pid }) => pid);
  return measure('editLoad.ts', task, pids, probe);
}

/** What goes through Redis, and what the services use, in milliseconds of CPU. */
async function probe(): Promise<Record<string, number>> {
  const info = `${await redis.info('stats')}\n${await redis.info('commandstats')}`;
  const of = (pattern: RegExp): number => Number(pattern.exec(info)?.[1] ?? 0);
  return {
    messages: of(/^cmdstat_publish:calls=(\d+)/m) + of(/^cmdstat_spublish:calls=(\d+)/m),
    bytes: of(/^total_net_input_bytes:(\d+)/m) + of(/^total_net_output_bytes:(\d+)/m),
    postgres: cpuOfFamily(services.postgres.pid()),
    redis: cpuOfFamily(services.redis.pid()),
  };
}

/** Edits of all editors within the measured time; each arrives at everybody of its room. */
function editsOf(run: Run, rooms: number): number {
  return (run.delivered * rooms) / EDITORS;
}

function show(name: string, run: Run): Run {
  console.log(
    `${name}: to peer p50 ${run.peer.p50} p99 ${run.peer.p99} ms, across p50 ${run.across?.p50} p99 ${run.across?.p99} ms, ` +
      `acknowledged p99 ${run.acknowledged.p99} ms, servers ${(run.serverCpu * 100).toFixed(0)} %, generator ${(run.busy * 100).toFixed(0)} %, ` +
      `${JSON.stringify(run.counted)}${run.faults.length > 0 ? ` FAULTS ${run.faults.slice(0, 3).join('; ')} (${run.faults.length})` : ''}`,
  );
  return run;
}

function publish(found: { single: Case; spread: Case; all: readonly Case[] }): void {
  const rooms = new Map(found.all.flatMap((each) => each.runs.map((run) => [run, each.rooms] as const)));
  const counted = (name: string) => (run: Run) =>
    (run.counted[name] ?? Number.NaN) / editsOf(run, rooms.get(run) ?? 1);
  const p99 = ({ runs }: Case, of: (run: Run) => number): number => median(runs.map(of));
  const added =
    p99(found.spread, (run) => run.across?.p99 ?? Number.NaN) - p99(found.single, (run) => run.peer.p99);
  const faults = found.all.flatMap(({ name, runs }) =>
    runs.flatMap((run) => run.faults.map((fault) => `${name}: ${fault}`)),
  );
  const markdown = [
    table<Run>(
      `${EDITORS} editors × ${EDITS_PER_SECOND}/s`,
      [
        ['edit to peer p50, ms', (run) => run.peer.p50, 1],
        ['p99, ms', (run) => run.peer.p99, 1],
        ['across instances p50, ms', (run) => (run.across?.count ? run.across.p50 : Number.NaN), 1],
        ['p99, ms', (run) => (run.across?.count ? run.across.p99 : Number.NaN), 1],
        ['acknowledged p99, ms', (run) => run.acknowledged.p99, 1],
        ['server CPU per delivered edit, µs', (run) => run.cpuPerDelivery, 2],
        ['PostgreSQL CPU per edit, µs', (run) => counted('postgres')(run) * 1000, 0],
        ['Redis CPU per edit, µs', (run) => counted('redis')(run) * 1000, 0],
        ['Redis messages per edit', counted('messages'), 2],
        ['Redis bytes in and out per edit', counted('bytes'), 0],
        ['generator busy, %', (run) => run.busy * 100, 0],
      ],
      found.all,
    ),
    '',
    `- a second instance adds ${added.toFixed(1)} ms to the p99 of an edit's way to a peer, target under ${ADDED_MILLISECONDS} ms: ${faults.length > 0 ? 'NOT reached, something was lost' : added < ADDED_MILLISECONDS ? 'reached' : notReached()}`,
    ...faults.slice(0, 5).map((fault) => `- ${fault}`),
    ...before.map((line) => `- ${line}`),
    `- Hocuspocus ${peerVersion('@hocuspocus/server')} with its Redis extension ${peerVersion('@hocuspocus/extension-redis')}, keeping nothing`,
    `- measured ${new Date().toISOString()}: ${phases.measure} s each after ${phases.warmUp} s of warming up; median (lowest–highest) of the runs, servers alternating`,
  ].join('\n');
  console.log(`\n${markdown}`);
  if (faults.some((fault) => fault.startsWith('warroom'))) process.exitCode = 1;
  if (!quick) {
    const cases = found.all.map(({ name, runs }) => ({ name, runs }));
    keepFigures('cluster', markdown, { conditions: before, phases, cases });
  }
}
