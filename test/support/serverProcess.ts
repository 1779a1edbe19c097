import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, from which the server is started as an operator would. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The first administrator of every server the harness starts. */
export const firstAdmin = { email: 'admin@example.org', password: 'correct horse battery' } as const;

/** Limits wide open, so that a test meets only the limit it is about. */
export const openLimits: Readonly<Record<string, string>> = {
  LIMIT_COMMANDS_PER_SECOND: '100000',
  LIMIT_DOCUMENT_UPDATES_PER_SECOND: '100000',
  LIMIT_SIGN_INS_PER_MINUTE: '100000',
  LIMIT_REQUESTS_PER_SECOND: '100000',
};

export interface ServerOptions {
  /** Added to the environment; on top of `openLimits`. */
  env?: Record<string, string>;
  /** An existing folder to run on; it is not removed. Default: a scratch folder, removed by `stop`. */
  dataDir?: string;
  /** Default: any free port. A restart keeps it. */
  port?: number;
  /** Put in front of the command, such as `['taskset', '-c', '0']`. */
  prefix?: readonly string[];
}

/** How a process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  milliseconds: number;
}

/** A real server process; the one it stands for changes with each restart. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Process id of the running server. Throws when none runs. */
  pid(): number;
  /** Everything all its processes printed, in order of arrival. */
  output(): string;
  /** SIGKILL; done when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; answers how it ended, at most after `patience` milliseconds (then it throws). */
  term(patience?: number): Promise<Ending>;
  /** Starts it again on the same port and folder; done when it is ready. */
  restart(): Promise<void>;
  /** Throws if it ended by itself, or if it logged an unhandled rejection or uncaught exception. */
  assertHealthy(): void;
  /** Ends it and removes its scratch folder. Throws if it was found unhealthy. */
  stop(): Promise<void>;
}

const READY_WITHIN = 60_000;
const CRASH_WORDS = /unhandled ?rejection|uncaught ?exception|UnhandledPromiseRejection|FATAL ERROR/i;

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}

/** The environment of a child: what a program needs to run, and nothing that would configure the server by accident. */
export function childEnvironment(env: Record<string, string>): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SYSTEMROOT'];
  const inherited = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...env };
}

/** Starts `node server/main.ts` and waits until it is ready. Throws with its output when it does not come up. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const scratch = options.dataDir === undefined;
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'warroom-')));
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const printed: string[] = [];
  let running: Running | null = null;

  const start = async (): Promise<void> => {
    if (running && !running.ended()) throw new Error('The server is already running.');
    running = launch(options, dataDir, port, printed);
    await untilReady(url, running, () => printed.join(''));
  };
  const current = (): Running => {
    if (!running || running.ended()) throw new Error(`The server is not running.\n${printed.join('')}`);
    return running;
  };
  const assertHealthy = (): void => {
    const ending = running?.ended();
    if (ending && !running?.expected()) {
      throw new Error(`The server ended by itself (${ending.code ?? ending.signal}).\n${printed.join('')}`);
    }
    const crash = printed.find((text) => CRASH_WORDS.test(text));
    if (crash !== undefined) throw new Error(`The server logged a fault: ${crash}`);
  };
  const clear = async (): Promise<void> => {
    if (running && !running.ended()) {
      running.signal('SIGTERM');
      const ending = await Promise.race([running.end, delay(20_000)]);
      if (!ending) running.signal('SIGKILL');
      await running.end;
    }
    if (scratch) await rm(dataDir, { recursive: true, force: true });
  };

  try {
    await start();
  } catch (error) {
    await clear();
    throw error;
  }
  return {
    url,
    port,
    dataDir,
    pid: () => current().pid,
    output: () => printed.join(''),
    kill: async () => {
      const it = current();
      it.signal('SIGKILL');
      await it.end;
    },
    term: async (patience = 20_000) => {
      const it = current();
      const from = performance.now();
      it.signal('SIGTERM');
      const ending = await Promise.race([it.end, delay(patience)]);
      if (!ending)
        throw new Error(`The server did not end within ${patience} ms of SIGTERM.\n${printed.join('')}`);
      return { ...ending, milliseconds: performance.now() - from };
    },
    restart: start,
    assertHealthy,
    stop: async () => {
      try {
        assertHealthy();
      } finally {
        await clear();
      }
    },
  };
}

interface Running {
  pid: number;
  end: Promise<Omit<Ending, 'milliseconds'>>;
  ended(): Omit<Ending, 'milliseconds'> | null;
  /** True when its end was asked for. */
  expected(): boolean;
  signal(name: NodeJS.Signals): void;
}

function launch(options: ServerOptions, dataDir: string, port: number, printed: string[]): Running {
  // For whoever watches servers, such as a profiler.
  const nodeArgs = process.env['SERVER_NODE_ARGS']?.split(' ').filter(Boolean) ?? [];
  const command = [...(options.prefix ?? []), process.execPath, ...nodeArgs, 'server/main.ts'];
  const child: ChildProcess = spawn(command[0] ?? '', command.slice(1), {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment({
      ...openLimits,
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      ADMIN_EMAIL: firstAdmin.email,
      ADMIN_PASSWORD: firstAdmin.password,
      LOG_LEVEL: 'warn',
      ...options.env,
    }),
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  }
  let ending: Omit<Ending, 'milliseconds'> | null = null;
  let asked = false;
  const end = new Promise<Omit<Ending, 'milliseconds'>>((resolve) => {
    const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
      ending ??= { code, signal };
      resolve(ending);
    };
    child.once('error', (error) => {
      printed.push(String(error));
      settle(null, null);
    });
    child.once('close', settle);
  });
  return {
    pid: child.pid ?? -1,
    end,
    ended: () => ending,
    expected: () => asked,
    signal: (name) => {
      asked = true;
      child.kill(name);
    },
  };
}

async function untilReady(url: string, running: Running, output: () => string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN;
  while (performance.now() < deadline) {
    const ending = running.ended();
    if (ending)
      throw new Error(`The server ended while starting (${ending.code ?? ending.signal}).\n${output()}`);
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await delay(25);
  }
  throw new Error(`The server was not ready within ${READY_WITHIN} ms.\n${output()}`);
}

/** Resolves with nothing after some milliseconds; for polling what has no event, never for ordering. */
export function delay(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), milliseconds);
  });
}
