import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { root } from '../test/support/serverProcess.ts';
import { clockTicks, profileWhile } from './profiling.ts';
import type { LoadReport, LoadResult } from './load.ts';

/** How often each server runs, alternating; `--once` for a machine that others need. */
export const REPETITIONS = process.argv.includes('--once') ? 1 : 3;
/** Above this load, per two cores, a time says more about the neighbours than about a server. */
const BUSY_LOAD = 3;
const loadBefore = loadavg()[0] ?? 0;

/** What is said of a target that was not reached: on a busy machine nobody can tell. */
export function notReached(): string {
  return loadBefore > BUSY_LOAD
    ? `not reached, on a busy machine (load ${loadBefore.toFixed(1)} on ${availableParallelism()} cores)`
    : 'NOT reached';
}

/** One run of one server under one load. */
export interface Run extends LoadResult {
  /** User and system time of the server while measuring, as a share of one core. */
  serverCpu: number;
  /** The same per delivered message. Microseconds. */
  cpuPerDelivery: number;
  /** By how much each counter of `probe` rose while measuring. */
  counted: Record<string, number>;
  /** Resident memory of the server at the end, where it was looked at. MiB. */
  memory?: number;
  /** What was offered, where CPU is told per edit. */
  editsPerSecond?: number;
}

const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;
/** The server has a core for itself, the generator another, where the machine allows it. */
export const serverPrefix: readonly string[] = pinned ? ['taskset', '-c', '0'] : [];
/** As for the server. */
export const generatorPrefix: readonly string[] = pinned ? ['taskset', '-c', '1'] : [];

/** User and system time of a process with all its threads. Milliseconds. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / clockTicks;
}

/** Calls by which a process wrote anything anywhere, to sockets most of all. They do not depend on who else uses the machine. */
export function writesOf(pid: number): number {
  return Number(/^syscw: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

/** The same of a process and its children, as PostgreSQL has one for each connection; those that ended are counted as well. */
export function cpuOfFamily(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const ended = ((Number(fields[13]) + Number(fields[14])) * 1000) / clockTicks;
  return children.reduce((sum, child) => sum + (child === '' ? 0 : cpuOf(Number(child))), cpuOf(pid) + ended);
}

/** Throws when a process may not have so many files and sockets open. */
export function needFiles(count: number): void {
  const limit = Number(spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout);
  if (limit < count)
    throw new Error(`This needs ${count} open files, and ${limit} are allowed: ulimit -n ${count}`);
}

/** Memory of a process that is in use now, and the most there ever was of it. MiB. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}

/** Runs a generator against server processes and reads their CPU, and what `probe` counts, while it measures. */
export function measure(
  generator: string,
  task: unknown,
  serverPids: readonly number[],
  probe: () => Promise<Record<string, number>> = () => Promise.resolve({}),
): Promise<Run> {
  const cpuOfAll = (): number => serverPids.reduce((sum, pid) => sum + cpuOf(pid), 0);
  const command = [...generatorPrefix, process.execPath, path.join(root, 'bench', generator)];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'inherit', 'inherit', 'ipc'] });
  // A thousand people are too many for a command line.
  child.stdin?.end(JSON.stringify(task));
  let start = { cpu: 0, at: 0 };
  let stopsProfiling: (() => void)[] = [];
  let used = { cpu: 0, share: 0 };
  let result: LoadResult | null = null;
  const counters: Promise<Record<string, number>>[] = [];
  child.on('message', (report: LoadReport) => {
    switch (report.kind) {
      case 'measuring':
        counters.push(probe());
        stopsProfiling = serverPids.map(profileWhile);
        start = { cpu: cpuOfAll(), at: performance.now() };
        return;
      case 'measured': {
        counters.push(probe());
        const cpu = cpuOfAll() - start.cpu;
        used = { cpu, share: cpu / (performance.now() - start.at) };
        for (const stop of stopsProfiling) stop();
        return;
      }
      case 'result':
        result = report.result;
        return;
      default:
        throw new Error(`Unknown report ${JSON.stringify(report satisfies never)}`);
    }
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (!result) {
        reject(new Error(`${generator} ended with ${code} and gave no result.`));
        return;
      }
      const cpuPerDelivery = result.delivered === 0 ? Number.NaN : (used.cpu * 1000) / result.delivered;
      const measured = { ...result, serverCpu: used.share, cpuPerDelivery };
      Promise.all(counters).then(
        (read) => resolve({ ...measured, counted: differences(read) }),
        (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
      );
    });
  });
}

function differences([before = {}, after = {}]: Record<string, number>[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  );
}

/** Starts a server of ours to compare with; it prints `{"port": …}` once it listens. */
export async function startBeside(
  script: string,
  args: readonly string[] = [],
  prefix: readonly string[] = serverPrefix,
): Promise<{ port: number; pid: number; stop(): void }> {
  const command = [...prefix, process.execPath, path.join(root, 'bench', script), ...args];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`${script} ended with ${code}`)));
    child.stdout.setEncoding('utf8').once('data', (text: string) => {
      resolve((JSON.parse(text) as { port: number }).port);
    });
  });
  return { port, pid: child.pid ?? -1, stop: () => void child.kill('SIGKILL') };
}

/** On what it was measured, in one line each. `alone`: the server has a core for itself. */
export function conditions(packages: readonly string[], alone = true): string[] {
  const version = (name: string): string =>
    `${name} ${(JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version}`;
  return [
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}; load average before ${loadBefore.toFixed(2)}`,
    `Node ${process.versions.node}, ${packages.map(version).join(', ')}`,
    pinned && alone
      ? 'server pinned to core 0, generator to core 1'
      : pinned
        ? 'generator pinned to core 1, all servers on both cores'
        : 'nothing pinned: taskset is not available here',
    ...(loadBefore > BUSY_LOAD
      ? [
          'the machine was busy with other work: times say little, CPU per unit is dearer than on a quiet one, memory and counts hold',
        ]
      : []),
  ];
}
