/**
 * Goes through the Dockerfile without a container engine: the same copies and commands in folders, then starts what came out,
 * asks its health check, and stops it. Needs the registry that `npm ci` uses. `npm run try:image`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLetIn, readCopy, readDockerfile } from './dockerfile.ts';
import type { Stage } from './dockerfile.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Most that the modules of the image may take, in megabytes. */
const MOST_MEGABYTES = 150;
const READY_WITHIN_MILLISECONDS = 20_000;
const ENDED_WITHIN_MILLISECONDS = 20_000;

/** Where the image's `/app` of a stage stands here. */
type Folders = ReadonlyMap<string, string>;

function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '' } = process.env;
  // Commands of the image run with the Node that runs this.
  return { PATH: `${dirname(process.execPath)}:${PATH}`, HOME, ...extra };
}

/** Builds one stage in a folder of its own. `isLast`: its commands are about users and folders of the container. */
function buildStage(stage: Stage, folder: string, earlier: Folders, isLast: boolean): void {
  const base = earlier.get(stage.from);
  if (base !== undefined) cpSync(base, folder, { recursive: true, verbatimSymlinks: true });
  mkdirSync(folder, { recursive: true });
  const dockerignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8');
  for (const { name, text } of stage.instructions) {
    if (name === 'RUN' && !isLast) {
      console.log(`  ${text}`);
      execFileSync('sh', ['-c', text], {
        cwd: folder,
        env: environment(),
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    }
    if (name !== 'COPY') continue;
    const { from, sources, target } = readCopy(text);
    for (const source of sources) {
      if (from === undefined && !isLetIn(dockerignore, source)) {
        throw new Error(`The Dockerfile copies ${source}, which .dockerignore keeps out.`);
      }
      const origin =
        from === undefined
          ? join(ROOT, source)
          : join(earlier.get(from) ?? '', source.replace(/^\/app\//, ''));
      const isFolderTarget = target.endsWith('/');
      cpSync(origin, join(folder, isFolderTarget ? join(target, source) : target), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Starts the last stage by its own CMD, asks its own HEALTHCHECK, sends SIGTERM. Throws when any of it fails. */
async function tryOut(stage: Stage, folder: string): Promise<void> {
  const textOf = (name: string) => stage.instructions.find((it) => it.name === name)?.text ?? '';
  const command = JSON.parse(textOf('CMD')) as string[];
  const check = JSON.parse(textOf('HEALTHCHECK').replace(/^.*? CMD /, '')) as string[];
  const env = environment({
    NODE_ENV: 'production',
    PORT: String(await freePort()),
    DATA_DIR: join(folder, '..', 'data'),
  });
  const startedAt = performance.now();
  const server = spawn(command[0] ?? '', command.slice(1), { cwd: folder, env, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => {
    server.once('exit', resolve);
  });
  const timer = setTimeout(
    () => server.kill('SIGKILL'),
    READY_WITHIN_MILLISECONDS + ENDED_WITHIN_MILLISECONDS,
  );
  try {
    while (!isHealthy(check, folder, env)) {
      if (performance.now() - startedAt > READY_WITHIN_MILLISECONDS)
        throw new Error('It did not become healthy.');
      if (server.exitCode !== null) throw new Error(`It ended by itself with ${server.exitCode}.`);
    }
    console.log(
      `healthy after ${((performance.now() - startedAt) / 1000).toFixed(1)} s, by its own health check`,
    );
    server.kill('SIGTERM');
    const code = await ended;
    if (code !== 0) throw new Error(`After SIGTERM it ended with ${code}, not 0.`);
    console.log('ended with 0 after SIGTERM');
  } finally {
    server.kill('SIGKILL');
    clearTimeout(timer);
  }
}

function isHealthy([program = '', ...args]: string[], cwd: string, env: NodeJS.ProcessEnv): boolean {
  try {
    execFileSync(program, args, { cwd, env, stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

function megabytes(folder: string): number {
  return Number(execFileSync('du', ['-sm', folder], { encoding: 'utf8' }).split('\t')[0]);
}

async function main(): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'warroom-image-'));
  try {
    const stages = readDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
    const folders = new Map<string, string>();
    for (const [index, stage] of stages.entries()) {
      const name = stage.name ?? 'image';
      console.log(`stage ${name}`);
      const folder = join(scratch, name);
      buildStage(stage, folder, folders, index === stages.length - 1);
      folders.set(name, folder);
    }
    const [image, last] = [folders.get('image') ?? '', stages.at(-1)];
    if (!last || !existsSync(join(image, 'dist/client/index.html')))
      throw new Error('There is no client in it.');
    const modules = megabytes(join(image, 'node_modules'));
    console.log(`modules: ${modules} MB; with the program: ${megabytes(image)} MB, without Node itself`);
    if (modules > MOST_MEGABYTES) throw new Error(`Modules may take ${MOST_MEGABYTES} MB.`);
    await tryOut(last, image);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (import.meta.main) process.exitCode = await main();
