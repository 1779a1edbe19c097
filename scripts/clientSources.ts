import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the built client is made of, relative to the project. The lockfile stands for the libraries. */
const SOURCES = ['client', 'shared', 'vite.config.ts', 'package.json', 'package-lock.json'];

/**
 * A fingerprint of everything the client is built from: equal fingerprints mean an equal build. It reads
 * contents, not times, so that a fresh clone or a switched branch is judged rightly.
 */
export function fingerprintClient(root: string): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesBelow(root, source))) {
    // Lengths keep the end of a name and the start of a content from being mistaken for each other.
    const content = readFileSync(join(root, file));
    hash.update(`${file.length}:${file}:${content.length}:`).update(content);
  }
  return hash.digest('hex');
}

function filesBelow(root: string, path: string): string[] {
  const absolute = join(root, path);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [path];
  return readdirSync(absolute)
    .toSorted()
    .flatMap((name) => filesBelow(root, `${path}/${name}`));
}
