import { spawn } from 'node:child_process';
import { findProgram } from '../scripts/programs.ts';
import { cpuOf, generatorPrefix } from './measure.ts';

/** What readers asked and got. */
export interface WrkResult {
  perSecond: number;
  /** Microseconds from request to the last byte of its answer. */
  p50: number;
  p99: number;
  bytesPerAnswer: number;
  /** Answers that were no 2xx or 3xx, and connections that failed. */
  faults: number;
  /** Of the server while it was asked, as a share of one core. */
  serverCpu: number;
  /** How busy wrk was, as a share of one core: near 1 it measures itself. */
  generatorCpu: number;
}

/** What wrk is to ask: `connections` readers, each again as soon as it has its answer. */
export interface WrkTask {
  url: string;
  headers: readonly string[];
  connections: number;
  seconds: number;
}

/**
 * Asks as often as it gets answers, by wrk (https://github.com/wg/wrk), with `cpu` telling the milliseconds that the server
 * used so far. Throws with what to install where there is no wrk.
 */
export async function runWrk(task: WrkTask, cpu: () => number): Promise<WrkResult> {
  const wrk = findProgram('wrk');
  if (wrk === undefined) throw new Error('wrk is not installed; on Debian: apt-get install wrk');
  const { connections, seconds, headers, url } = task;
  const command = [
    ...[...generatorPrefix, wrk, '--threads', '1', '--connections', String(connections)],
    ...['--duration', `${seconds}s`, '--latency', ...headers.flatMap((header) => ['--header', header]), url],
  ];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const [startedAt, before] = [performance.now(), cpu()];
  let generator = 0;
  // Its own figure is gone with the process.
  const sample = setInterval(
    () => (generator = cpuOf(child.pid ?? 0) / (performance.now() - startedAt)),
    500,
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearInterval(sample));
  if (code !== 0) throw new Error(`wrk ended with ${code}: ${said}`);
  const serverCpu = (cpu() - before) / (performance.now() - startedAt);
  return { ...readReport(said), serverCpu, generatorCpu: generator };
}

function readReport(report: string): Omit<WrkResult, 'serverCpu' | 'generatorCpu'> {
  const number = (pattern: RegExp): number => Number(pattern.exec(report)?.[1] ?? Number.NaN);
  const answers = number(/(\d+) requests in/);
  const socketErrors = [...(/Socket errors: (.*)/.exec(report)?.[1] ?? '').matchAll(/\d+/g)];
  return {
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50: time(/\n\s+50%\s+(\S+)/.exec(report)?.[1]),
    p99: time(/\n\s+99%\s+(\S+)/.exec(report)?.[1]),
    bytesPerAnswer: bytes(/requests in [^,]+, (\S+) read/.exec(report)?.[1]) / answers,
    faults: socketErrors.reduce(
      (sum, [count]) => sum + Number(count),
      Number(/Non-2xx or 3xx responses: (\d+)/.exec(report)?.[1] ?? 0),
    ),
  };
}

/** `1.30ms` in microseconds. */
function time(text = ''): number {
  const [, value, unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(value) * ({ us: 1, ms: 1_000, s: 1_000_000 }[unit] ?? Number.NaN);
}

/** `12.33MB` in bytes. */
function bytes(text = ''): number {
  const [, value, unit = ''] = /^([\d.]+)([KMG]?B)$/.exec(text) ?? [];
  return Number(value) * ({ B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }[unit] ?? Number.NaN);
}
