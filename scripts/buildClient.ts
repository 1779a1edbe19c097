/**
 * Builds the browser's part into dist/client when it is missing or older than its sources. Runs before
 * `npm start` and `npm test`, so it has to be quick when there is nothing to do, and two runs at once must not
 * harm each other: each builds into a folder of its own and puts it in place whole.
 */
import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprintClient } from './clientSources.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = 'build.json';
const ASSETS = 'assets';
const SCRATCH = 'client-build-';
const ABANDONED_AFTER_MS = 10 * 60_000;

/** What is to be done about the client, given what is there. */
export type BuildStep =
  | { step: 'nothing' }
  | { step: 'build' }
  /** A machine that only runs warroom: the client came prebuilt and there is nothing to build it with. */
  | { step: 'keep' }
  | { step: 'stop'; message: string };

/** `built` and `wanted` are fingerprints; `built` is undefined where there is no (complete) build. */
export function chooseStep(there: {
  built: string | undefined;
  wanted: string;
  canBuild: boolean;
  hasSources: boolean;
}): BuildStep {
  const { built, wanted, canBuild, hasSources } = there;
  if (built !== undefined && built === wanted) return { step: 'nothing' };
  if (canBuild && hasSources) return { step: 'build' };
  if (built !== undefined) return { step: 'keep' };
  return {
    step: 'stop',
    message: hasSources
      ? 'There is no built client in dist/client and Vite is not installed to build it: run `npm ci` with the development packages, or bring a built dist/client along.'
      : 'There is no built client in dist/client and no client/index.html to build it from.',
  };
}

/** The fingerprint a finished build carries; undefined when there is no build. */
function builtFingerprint(target: string): string | undefined {
  if (!existsSync(join(target, 'index.html'))) return undefined;
  try {
    const stamp: unknown = JSON.parse(readFileSync(join(target, STAMP), 'utf8'));
    const isStamp = typeof stamp === 'object' && stamp !== null && 'fingerprint' in stamp;
    return isStamp && typeof stamp.fingerprint === 'string' ? stamp.fingerprint : '';
  } catch {
    return '';
  }
}

function viteIsInstalled(): boolean {
  try {
    import.meta.resolve('vite');
    return true;
  } catch {
    return false;
  }
}

async function buildInto(folder: string): Promise<void> {
  const { build } = await import('vite');
  await build({
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  });
}

/**
 * Brings along what only the build before has, so that pages that are open now find the parts they load later. Their
 * names tell their content, so none takes another's place. What that build itself brought along is left behind.
 */
export function keepAssetsOfPrevious(target: string, folder: string): void {
  const had = ownAssets(target);
  const has = new Set(filesIn(join(folder, ASSETS)));
  mkdirSync(join(folder, ASSETS), { recursive: true });
  for (const name of filesIn(join(target, ASSETS)).filter((file) => had.includes(file) && !has.has(file)))
    copyFileSync(join(target, ASSETS, name), join(folder, ASSETS, name));
}

/** The assets that a build made itself; all that are there for one that does not say. */
function ownAssets(target: string): readonly string[] {
  try {
    const stamp: unknown = JSON.parse(readFileSync(join(target, STAMP), 'utf8'));
    if (typeof stamp === 'object' && stamp !== null && 'assets' in stamp && Array.isArray(stamp.assets))
      return stamp.assets.map(String);
  } catch {
    // No stamp, or not one of ours.
  }
  return filesIn(join(target, ASSETS));
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

/**
 * Puts a finished build in place of the old one: a reader sees one or the other, never a mixture. When that fails, the
 * old one is back where it was.
 */
export function putInPlace(folder: string, target: string): void {
  const aside = `${folder}.old`;
  for (let attempt = 0; ; attempt++) {
    renameIfThere(target, aside);
    try {
      renameSync(folder, target);
      rmSync(aside, { recursive: true, force: true });
      return;
    } catch (error) {
      // Another run put its build there between the two steps: ours is of the same or newer sources, so again.
      const taken = hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST');
      if (taken && attempt < 20) {
        rmSync(aside, { recursive: true, force: true });
        continue;
      }
      renameIfThere(aside, target);
      throw error;
    }
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Removes what killed builds left behind; a build of another process that still runs is younger. */
function removeAbandoned(dist: string, now: number): void {
  for (const name of readdirSync(dist).filter((entry) => entry.startsWith(SCRATCH))) {
    const folder = join(dist, name);
    const changedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAt !== undefined && now - changedAt > ABANDONED_AFTER_MS) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function main(): Promise<number> {
  const dist = join(ROOT, 'dist');
  const target = join(dist, 'client');
  const wanted = fingerprintClient(ROOT);
  const choice = chooseStep({
    built: builtFingerprint(target),
    wanted,
    canBuild: viteIsInstalled(),
    hasSources: existsSync(join(ROOT, 'client', 'index.html')),
  });
  switch (choice.step) {
    case 'nothing':
    case 'keep':
      return 0;
    case 'stop':
      console.error(choice.message);
      return 1;
    case 'build':
  }
  mkdirSync(dist, { recursive: true });
  removeAbandoned(dist, Date.now());
  const folder = join(dist, SCRATCH + randomUUID());
  try {
    const startedAt = performance.now();
    await buildInto(folder);
    const assets = filesIn(join(folder, ASSETS));
    writeFileSync(join(folder, STAMP), `${JSON.stringify({ fingerprint: wanted, assets })}\n`);
    keepAssetsOfPrevious(target, folder);
    putInPlace(folder, target);
    console.log(`Built the client in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
    return 0;
  } catch (error) {
    console.error(`The client could not be built: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) process.exitCode = await main();
