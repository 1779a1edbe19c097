import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Folders that no person writes in. */
const GENERATED = new Set(['node_modules', 'dist', 'data', 'coverage', 'test-results', '.git']);

/** Every file people write, relative to the project, with forward slashes; those below `folder` where given. */
export function projectFiles(folder = ''): string[] {
  const absolute = join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return GENERATED.has(entry.name) ? [] : projectFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

/** The TypeScript below the given top-level folders. */
export function sourceFiles(...folders: string[]): string[] {
  return folders.flatMap((folder) => projectFiles(folder)).filter((path) => /\.tsx?$/.test(path));
}

/** The text of a project file. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
