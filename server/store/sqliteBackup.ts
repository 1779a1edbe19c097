import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from './sqliteDatabase.ts';

/**
 * Writes a consistent copy of the database as one file, while the server goes on. The file appears under its name
 * only when it is complete and on the disk. Throws when it cannot be written; nothing is left then.
 */
export function writeBackup(db: Database, path: string): void {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  try {
    // Unlike the online backup interface, this reads from one moment: commits in between do not start it over.
    db.prepare('VACUUM INTO ?').run(unfinished);
    flush(unfinished);
    renameSync(unfinished, path);
    flush(dirname(path));
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Makes a file, or the names in a folder, reach the disk. */
function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
