import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import path from 'node:path';
import { defaultDataFolder } from './dataFolder.ts';

/**
 * Keeps what Node compiles of this program in the data folder, so that the next start, for which people may be waiting,
 * takes half as long. In there, since who can write into that folder can decide what this program does anyway. Where there is no
 * such folder yet, or it cannot be written, everything is compiled as ever.
 */
export function keepCompiled(dataFolder = defaultDataFolder): void {
  if (!existsSync(dataFolder)) return;
  const folder = path.join(dataFolder, 'compiled');
  enableCompileCache(folder);
  // For the threads, which look for it there.
  process.env['NODE_COMPILE_CACHE'] = folder;
}

/** Writes what was compiled since the start: a process that is killed would not. Takes a moment after an upgrade. */
export function saveCompiled(): void {
  flushCompileCache();
}
