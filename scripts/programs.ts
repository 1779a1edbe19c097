import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isExecutable } from './chromium.ts';

/** Where a program may be beside PATH: Debian keeps PostgreSQL's out of it, and servers in sbin. */
function places(): string[] {
  const postgres = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'].flatMap((parent) =>
    entries(parent)
      .filter((name) => /^(postgresql@)?\d+$/.test(name))
      .sort((left, right) => versionOf(right) - versionOf(left))
      .map((name) => join(parent, name, 'bin')),
  );
  return [...postgres, '/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin'];
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function versionOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 0);
}

/** Full path of the first of these programs that is installed, by PATH and then the usual places; undefined: none. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...places()];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** The same for a program that must be there. Throws with what to run when it is not. */
export function program(...names: readonly string[]): string {
  const path = findProgram(...names);
  if (path === undefined) {
    throw new Error(
      `${names.join(' or ')} is not installed; npm run provision installs what the tests need.`,
    );
  }
  return path;
}
