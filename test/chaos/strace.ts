import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** A tracer attached to a running process; `stop` lets the process go on untraced and answers what was written. */
export interface Tracer {
  stop(): Promise<string>;
}

/** Why system calls cannot be traced here; null: they can. */
export function cannotTrace(): string | null {
  const tried = spawnSync('strace', ['-f', '-e', 'trace=none', 'true'], { encoding: 'utf8' });
  if (tried.error) return 'strace is not installed';
  return tried.status === 0 ? null : 'strace is not allowed to trace here';
}

/** Attaches to a process and all its threads; done when it is attached. `rules` as for the command line. */
export async function trace(pid: number, rules: readonly string[]): Promise<Tracer> {
  const tracer = spawn('strace', ['-f', '-p', String(pid), ...rules], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let written = '';
  tracer.stderr.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  const ended = once(tracer, 'close');
  while (!/attached/.test(written)) {
    if (tracer.exitCode !== null) throw new Error(`strace could not attach: ${written}`);
    await Promise.race([once(tracer.stderr, 'data'), ended]);
  }
  return {
    async stop() {
      if (tracer.exitCode === null) tracer.kill('SIGINT');
      await ended;
      return written;
    },
  };
}
