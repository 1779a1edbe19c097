import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startServer } from '../test/support/serverProcess.ts';
import type { ServerProcess } from '../test/support/serverProcess.ts';
import type { CrowdMember } from './crowd.ts';
import { startGenerator } from './generator.ts';
import { REPETITIONS, conditions, cpuOf, memoryOf, needFiles, notReached, writesOf } from './measure.ts';
import { profileWhile } from './profiling.ts';
import { keepFigures, median, table } from './report.ts';
import { declareMany, seedPeople } from './seed.ts';
import type { Seeded, SeededStore } from './seed.ts';
import { startShared } from './shared.ts';
import type { StormReport, StormResult, StormTask } from './stormLoad.ts';

/** One loss: what came of it, and what the server that took everybody in used. */
interface Run extends StormResult {
  /** Milliseconds until the restarted server was ready; 0 where another one was there. */
  ready: number;
  memory: { before: number; peak: number; after: number };
  /** User and system time of the server from the loss, or from when it was ready, until all were back, per client. Milliseconds. */
  cpuPerClient: number;
  /** Calls by which it wrote to sockets and files meanwhile, per client. */
  writesPerClient: number;
}

const quick = process.argv.includes('--quick');
const CLIENTS = quick ? 400 : 2_000;
const INCIDENTS = quick ? 10 : 50;
const AUTHORS_EACH = 2;
const repetitions = quick ? 1 : REPETITIONS;
const TARGET = { milliseconds: 4_000, memory: 1.5 };
const seconds = { calm: quick ? 3 : 5, after: 3 };
/** For comparing: without the writers the cost of coming back does not depend on how long it takes. */
const isSilent = process.argv.includes('--silent');
const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);

needFiles(2 * (CLIENTS + INCIDENTS * AUTHORS_EACH) + 500);
const before = conditions(['socket.io', 'ws', 'yjs', 'pg', 'ioredis'], false);
const cases = [
  { name: 'the one instance (SQLite) is killed and restarted', key: 'restart', run: restart },
  { name: 'one of two instances (PostgreSQL, Redis) is killed', key: 'failover', run: failover },
].filter(({ key }) => only === undefined || key === only);
const rows: { name: string; runs: Run[] }[] = [];
for (const { name, run } of cases) {
  const runs: Run[] = [];
  for (let repetition = 1; repetition <= repetitions; repetition += 1) runs.push(show(name, await run()));
  rows.push({ name, runs });
}
publish();

/** The only instance is killed and comes back on the same data. */
async function restart(): Promise<Run> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'warroom-storm-'));
  let server: ServerProcess | null = null;
  try {
    const seeded = await seedPeople({ DATA_DIR: dataDir }, CLIENTS + INCIDENTS * AUTHORS_EACH);
    const it = (server = await startServer({ dataDir, env: seeded.env }));
    const ports = { crowd: it.port, afterwards: it.port, authors: it.port };
    return await storm(await taskOf(it.url, seeded, ports, true), {
      filling: () => it.pid(),
      lose: () => it.kill(),
      restore: () => it.restart(),
    });
  } finally {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The instance where the crowd is dies; another one, where people write, takes them in. */
async function failover(): Promise<Run> {
  const services = await startShared();
  const servers: ServerProcess[] = [];
  try {
    const seeded = await seedPeople(services.env, CLIENTS + INCIDENTS * AUTHORS_EACH);
    for (let count = 0; count < 2; count += 1) servers.push(await startServer({ env: seeded.env }));
    const [first, second] = servers as [ServerProcess, ServerProcess];
    const ports = { crowd: first.port, afterwards: second.port, authors: second.port };
    return await storm(await taskOf(second.url, seeded, ports, false), {
      filling: (isBefore) => (isBefore ? first : second).pid(),
      lose: () => first.kill(),
      restore: () => Promise.resolve(),
    });
  } finally {
    await Promise.allSettled(servers.map((server) => server.stop()));
    await services.stop();
  }
}

async function taskOf(
  url: string,
  { admin, people }: SeededStore,
  ports: StormTask['ports'],
  authorsAreLost: boolean,
): Promise<StormTask> {
  const incidents = await declareMany(url, admin, INCIDENTS);
  const member = ({ token }: Seeded, index: number): CrowdMember => {
    const incident = index % INCIDENTS;
    return { token, incidentId: incidents[incident] ?? '', incident };
  };
  const authors = INCIDENTS * AUTHORS_EACH;
  return {
    authors: people.slice(0, authors).map(member),
    crowd: people.slice(authors).map(member),
    ...{ ports, incidents: INCIDENTS, authorsAreLost, isSilent, seconds },
  };
}

/** Fills the rooms, takes the instance away, and waits until everybody has everything again. */
async function storm(
  task: StormTask,
  acts: {
    /** Process that holds the crowd, before the loss and after it. */
    filling(isBefore: boolean): number;
    lose(): Promise<void>;
    restore(): Promise<void>;
  },
): Promise<Run> {
  const load = startGenerator<StormReport>('stormLoad.ts', task);
  let watch: NodeJS.Timeout | undefined;
  try {
    await load.next('calm');
    const full = memoryOf(acts.filling(true)).now;
    await load.next('quiet');
    const at = performance.timeOrigin + performance.now();
    const losing = acts.lose();
    load.tell({ kind: 'lost', at });
    await losing;
    const from = performance.now();
    await acts.restore();
    const ready = performance.now() - from;
    const [cpu, writes] = [cpuOf(acts.filling(false)), writesOf(acts.filling(false))];
    const stopProfiling = profileWhile(acts.filling(false));
    let peak = 0;
    watch = setInterval(() => {
      peak = Math.max(peak, memoryOf(acts.filling(false)).now);
    }, 25);
    await load.next('back');
    const lost = task.crowd.length + (task.authorsAreLost ? task.authors.length : 0);
    const cpuPerClient = (cpuOf(acts.filling(false)) - cpu) / lost;
    const writesPerClient = (writesOf(acts.filling(false)) - writes) / lost;
    stopProfiling();
    const { result } = await load.next('result');
    const after = memoryOf(acts.filling(false)).now;
    load.tell({ kind: 'end' });
    return { ...result, ready, cpuPerClient, writesPerClient, memory: { before: full, peak, after } };
  } finally {
    clearInterval(watch);
    load.stop();
  }
}

function show(name: string, run: Run): Run {
  const { back, edits, said, memory } = run;
  console.log(
    `${name}: back p50 ${back.p50} p99 ${back.p99} all ${back.max} ms (ready after ${run.ready.toFixed(0)}), ` +
      `edits p99 ${edits.calm.p99} → ${edits.storm.p99} → ${edits.after.p99} ms, said p99 ${said.calm.p99} → ${said.storm.p99} → ${said.after.p99} ms, ` +
      `memory ${memory.before.toFixed(0)} → ${memory.peak.toFixed(0)} → ${memory.after.toFixed(0)} MiB, generator ${(run.busy * 100).toFixed(0)} %, ` +
      `failed ${JSON.stringify(run.failed)}${run.faults.length > 0 ? ` FAULTS ${run.faults.slice(0, 3).join('; ')} (${run.faults.length})` : ''}`,
  );
  return run;
}

function publish(): void {
  const markdown = [
    table<Run>(
      `${CLIENTS} clients of ${INCIDENTS} rooms lose their instance`,
      [
        ['all back, ms', (run) => run.back.max, 0],
        ['back p50, ms', (run) => run.back.p50, 0],
        ['of it until the server was ready, ms', (run) => run.ready, 0],
        ['server memory before, MiB', (run) => run.memory.before, 0],
        ['peak, MiB', (run) => run.memory.peak, 0],
        ['after, MiB', (run) => run.memory.after, 0],
        ['edit to peer p99 before, ms', (run) => run.edits.calm.p99, 1],
        ['meanwhile, ms', (run) => run.edits.storm.p99, 1],
        ['chat acknowledged p99 before, ms', (run) => run.said.calm.p99, 1],
        ['meanwhile, ms', (run) => run.said.storm.p99, 1],
        ['server CPU per client, ms', (run) => run.cpuPerClient, 2],
        ['its writes per client', (run) => run.writesPerClient, 1],
        ['tries that failed', (run) => Object.values(run.failed).reduce((sum, count) => sum + count, 0), 0],
        ['generator busy, %', (run) => run.busy * 100, 0],
      ],
      rows,
    ),
    '',
    ...rows.flatMap(({ name, runs }) => verdicts(name, runs)),
    ...before.map((line) => `- ${line}`),
    `- measured ${new Date().toISOString()}: ${2 * (CLIENTS + INCIDENTS * AUTHORS_EACH)} sockets, ${INCIDENTS * AUTHORS_EACH} of the people write; median (lowest–highest)`,
  ].join('\n');
  console.log(`\n${markdown}`);
  if (rows.some(({ runs }) => runs.some((run) => run.faults.length > 0))) process.exitCode = 1;
  if (!quick && !isSilent && only === undefined) keepFigures('storm', markdown, { conditions: before, rows });
}

function verdicts(name: string, runs: readonly Run[]): string[] {
  const faults = runs.flatMap((run) => run.faults);
  const all = median(runs.map((run) => run.back.max));
  const grown = median(runs.map((run) => run.memory.peak / run.memory.before));
  const said = (what: string, reached: boolean): string =>
    `- ${name}: ${what}: ${faults.length > 0 ? `NOT reached, something was missing (${faults[0]})` : reached ? 'reached' : notReached()}`;
  return [
    said(
      `all back after ${all.toFixed(0)} ms, target under ${TARGET.milliseconds} ms`,
      all < TARGET.milliseconds,
    ),
    said(
      `memory at its peak ${grown.toFixed(2)} times that of before, target within ${TARGET.memory}`,
      grown <= TARGET.memory,
    ),
  ];
}
