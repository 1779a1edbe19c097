import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChaosProxy } from '../support/chaosProxy.ts';
import type { ChaosProxy } from '../support/chaosProxy.ts';
import type { Seeded } from '../support/seeded.ts';
import { startServer } from '../support/serverProcess.ts';
import type { Ending, ServerProcess } from '../support/serverProcess.ts';
import type { Recorder } from './history.ts';

/** One server process and the lines that lead to it and from it. */
export interface Instance {
  readonly name: string;
  readonly server: ServerProcess;
  /** From people, or HAProxy, to it. */
  readonly line: ChaosProxy;
  /** From it to PostgreSQL; null on SQLite. */
  readonly database: ChaosProxy | null;
  /** From it to Redis; null for one instance alone. */
  readonly messages: ChaosProxy | null;
  /** Address through its line. */
  readonly url: string;
  /** Runs and is not paused. */
  isUp(): boolean;
  kill(): Promise<void>;
  /** SIGTERM; how it ended. */
  term(): Promise<Ending>;
  /** Starts it when it does not run. A crash that nobody asked for is noted first, unless `isExpected`. */
  start(isExpected?: boolean): Promise<void>;
  pause(): void;
  resume(): void;
  /** Moves its wall clock by so many milliseconds from the true one. Throws without a movable clock. */
  shiftClock(milliseconds: number): Promise<void>;
  /** Lines whole, process running. */
  heal(): Promise<void>;
  /** Bytes of memory and number of open files, by the kernel. */
  usage(): Promise<{ memory: number; files: number }>;
  /** A value of `/metrics`, by its name; throws when there is none. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

interface InstanceParts {
  name: string;
  env: Readonly<Record<string, string>>;
  recorder: Recorder;
  database: ChaosProxy | null;
  messages: ChaosProxy | null;
  random: Seeded;
  prefix?: readonly string[];
  dataDir?: string;
  /** Module that moves the clock, loaded before the server. */
  clock?: string;
}

/** Starts a server process and a line in front of it. */
export async function startInstance(parts: InstanceParts): Promise<Instance> {
  const folder = parts.clock === undefined ? null : await mkdtemp(path.join(tmpdir(), 'warroom-clock-'));
  const clockFile = folder === null ? null : path.join(folder, 'shift');
  if (clockFile !== null) await writeFile(clockFile, '0');
  const server = await startServer({
    env: {
      ...parts.env,
      ...(clockFile !== null && {
        NODE_OPTIONS: `--import ${parts.clock}`,
        WARROOM_TEST_CLOCK: clockFile,
      }),
    },
    ...(parts.prefix && { prefix: parts.prefix }),
    ...(parts.dataDir !== undefined && { dataDir: parts.dataDir }),
  });
  const line = await startChaosProxy(server.port, parts.random);
  let state: 'up' | 'paused' | 'down' = 'up';
  let hasRefused = false;
  const noteCrash = (): void => {
    try {
      server.assertHealthy();
    } catch (error) {
      const text = `${parts.name}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 2_000);
      if (!parts.recorder.crashes.includes(text)) parts.recorder.crashes.push(text);
    }
  };
  const isRunning = (): boolean => {
    try {
      return server.pid() > 0;
    } catch {
      return false;
    }
  };
  const resume = (): void => {
    if (state !== 'paused') return;
    process.kill(server.pid(), 'SIGCONT');
    state = 'up';
  };
  const start = async (isExpected = false): Promise<void> => {
    if (isRunning()) return;
    if (!isExpected && !hasRefused) noteCrash();
    // A server that cannot reach its database ends with a sentence instead of starting, which is no crash.
    hasRefused = true;
    await server.restart();
    hasRefused = false;
    state = 'up';
  };
  return {
    name: parts.name,
    server,
    line,
    database: parts.database,
    messages: parts.messages,
    url: `http://127.0.0.1:${line.port}`,
    isUp: () => state === 'up' && isRunning(),
    async kill() {
      if (!isRunning()) return;
      await server.kill();
      state = 'down';
    },
    async term() {
      const ending = await server.term();
      state = 'down';
      return ending;
    },
    start,
    pause() {
      if (!isRunning()) return;
      process.kill(server.pid(), 'SIGSTOP');
      state = 'paused';
    },
    resume,
    async shiftClock(milliseconds) {
      if (clockFile === null) throw new Error('This run has no movable clocks.');
      await writeFile(clockFile, String(milliseconds));
    },
    async heal() {
      for (const one of [line, parts.database, parts.messages]) one?.heal();
      resume();
      await start();
    },
    async usage() {
      const status = await readFile(`/proc/${server.pid()}/status`, 'utf8');
      const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
      const files = await readdir(`/proc/${server.pid()}/fd`);
      return { memory: kilobytes * 1024, files: files.length };
    },
    async metric(name) {
      const answer = await fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(5_000) });
      const found = new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.e+-]+)$`, 'm').exec(await answer.text());
      if (!found) throw new Error(`There is no metric ${name}.`);
      return Number(found[1]);
    },
    async stop() {
      resume();
      noteCrash();
      await line.stop();
      await server.stop().catch(noteCrash);
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    },
  };
}
