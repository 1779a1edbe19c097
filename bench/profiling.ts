import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Units of processor time in a second. */
export const clockTicks = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

/** Processor time of a thread while it was watched. Milliseconds. */
export interface ThreadTime {
  name: string;
  milliseconds: number;
}

/**
 * Profiles a server process from now until the answer is called, when `npm run bench:profile` runs the case; otherwise it
 * does nothing.
 */
export function profileWhile(pid: number): () => void {
  const folder = process.env['BENCH_PROFILE'];
  if (folder === undefined) return () => undefined;
  const before = threadsOf(pid);
  process.kill(pid, 'SIGIO');
  return () => {
    process.kill(pid, 'SIGIO');
    const threads = [...threadsOf(pid)].map(([id, { name, milliseconds }]): ThreadTime => {
      return { name, milliseconds: milliseconds - (before.get(id)?.milliseconds ?? 0) };
    });
    writeFileSync(path.join(folder, `${pid}-${Date.now()}.threads.json`), JSON.stringify(threads));
  };
}

function threadsOf(pid: number): Map<string, ThreadTime> {
  const folder = `/proc/${pid}/task`;
  return new Map(
    readdirSync(folder).map((id) => {
      const stat = readFileSync(path.join(folder, id, 'stat'), 'utf8');
      const name = /\((.*)\)/.exec(stat)?.[1] ?? '?';
      const fields = stat.replace(/^.*\) /, '').split(' ');
      const milliseconds = ((Number(fields[11]) + Number(fields[12])) * 1000) / clockTicks;
      return [id, { name: id === String(pid) ? 'main thread' : name, milliseconds }];
    }),
  );
}
