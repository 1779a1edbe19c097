import { readFileSync } from 'node:fs';

/** Files and sockets that the database, threads, Redis and the pool may need beside people's connections. */
const KEPT_BACK = 64;

/**
 * How many connections of people this process may hold, by the system's limit of open files; null where the system does
 * not say, or sets none. A process that runs out of files cannot write its database either.
 */
export function mostConnections(limits: string | null = readLimits()): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1];
  if (soft === undefined) return null;
  const most = Number(soft);
  return Math.max(Math.floor(most / 2), most - KEPT_BACK);
}

function readLimits(): string | null {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return null;
  }
}
