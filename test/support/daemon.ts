import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { findProgram } from '../../scripts/programs.ts';

/** How a program of another project is started: PostgreSQL, Redis, a proxy. */
export interface DaemonOptions {
  /** What a person calls it, for messages. */
  name: string;
  command: readonly [string, ...string[]];
  /** Working folder; one that the user of the process may enter. */
  cwd: string;
  /** Done when the program has opened its door: resolves, or rejects when it cannot be reached yet; asked again and again. */
  isReady: () => Promise<boolean>;
  /** Milliseconds until it must be ready. Default 20,000. */
  patience?: number;
  /** Another user to run as; only root may ask for it. */
  user?: { uid: number; gid: number };
  /** What the program gets when this process is gone, however it ended. Default SIGTERM. */
  orphanSignal?: 'SIGTERM' | 'SIGQUIT';
  env?: Readonly<Record<string, string>>;
}

/** A program that runs beside the tests. What it stands for changes with each start. */
export interface Daemon {
  /** Process id of the running program. Throws when none runs. */
  pid(): number;
  isRunning(): boolean;
  /** What it printed so far. */
  output(): string;
  /** Starts it again; done when it is ready. Throws when it runs. */
  start(): Promise<void>;
  /** Sends a signal to the program alone. */
  signal(name: NodeJS.Signals): void;
  /** Sends a signal and waits for the end; SIGKILL to it and its children after `patience` milliseconds (10,000). */
  end(name: NodeJS.Signals, patience?: number): Promise<void>;
  /** SIGKILL to it and its children, as a machine that vanishes; done when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP to it and its children, until `resume`. */
  pause(): void;
  resume(): void;
}

/** Everything started here and not ended yet: the last thing this process does is to end them. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) signalTree(child, 'SIGKILL');
});

/** Starts a program and waits until it is ready. Throws with its output when it does not come up. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const printed: string[] = [];
  let child: ChildProcess | null = null;
  let ended: Promise<void> = Promise.resolve();

  const current = (): ChildProcess => {
    if (!child) throw new Error(`${options.name} is not running.\n${printed.join('')}`);
    return child;
  };
  const launch = (): void => {
    const [file = '', ...args] = tiedToUs(options);
    const started = spawn(file, args, {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl+C at the terminal reaches us alone, and we end it in order.
      detached: true,
      env: { ...process.env, LC_ALL: 'C', ...options.env },
    });
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => printed.push(text));
    }
    child = started;
    running.add(started);
    ended = new Promise((resolve) => {
      const gone = (): void => {
        running.delete(started);
        if (child === started) child = null;
        resolve();
      };
      started.once('exit', gone);
      started.once('error', (error) => {
        printed.push(String(error));
        gone();
      });
    });
  };
  const start = async (): Promise<void> => {
    if (child) throw new Error(`${options.name} is already running.`);
    launch();
    const deadline = performance.now() + (options.patience ?? 20_000);
    while (performance.now() < deadline) {
      if (!child) break;
      if (await options.isReady().catch(() => false)) return;
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
    const why = child ? 'was not ready in time' : 'ended while starting';
    if (child) signalTree(child, 'SIGKILL');
    await ended;
    throw new Error(`${options.name} ${why}.\n${printed.join('')}`);
  };
  const end = async (name: NodeJS.Signals, patience = 10_000): Promise<void> => {
    if (!child) return;
    const it = child;
    signalTree(it, 'SIGCONT');
    it.kill(name);
    const timer = setTimeout(() => signalTree(it, 'SIGKILL'), patience);
    await ended;
    clearTimeout(timer);
  };
  const kill = async (): Promise<void> => {
    if (child) signalTree(child, 'SIGKILL');
    await ended;
  };

  await start();
  return {
    pid: () => current().pid ?? -1,
    isRunning: () => child !== null,
    output: () => printed.join(''),
    start,
    signal: (name) => void current().kill(name),
    end,
    kill,
    pause: () => signalTree(current(), 'SIGSTOP'),
    resume: () => signalTree(current(), 'SIGCONT'),
  };
}

/**
 * The command, started by a program that asks the system to end it with us: a test run that is killed has no chance to do so
 * itself. Where there is no such program (outside of Linux) a killed run leaves its servers behind.
 */
function tiedToUs({ command, user, orphanSignal = 'SIGTERM' }: DaemonOptions): readonly string[] {
  const setpriv = findProgram('setpriv');
  if (!setpriv) {
    if (user) throw new Error('To run a program as another user, setpriv (of util-linux) is needed.');
    return command;
  }
  const identity = user ? ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'] : [];
  return [setpriv, '--pdeathsig', orphanSignal.replace('SIG', ''), ...identity, ...command];
}

/** Signals a process and its direct children, which is as deep as these programs go. */
function signalTree(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  for (const pid of [child.pid, ...childrenOf(child.pid)]) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended between the listing and the signal.
    }
  }
}

function childrenOf(parent: number): number[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return listed
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid] : []));
}
