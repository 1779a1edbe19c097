import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { program } from '../../scripts/programs.ts';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { freePort, root } from './serverProcess.ts';

/** A running proxy with the configuration of `deploy/`; `stop` removes its files. */
export interface ProxyServer extends Pick<Daemon, 'pid' | 'start' | 'kill' | 'pause' | 'resume' | 'output'> {
  kind: ProxyKind;
  url: string;
  port: number;
  stop(): Promise<void>;
}

export type ProxyKind = 'nginx' | 'haproxy';

/** Where an instance listens. */
export interface Upstream {
  host?: string;
  port: number;
}

/** Starts nginx in front of these instances, with `deploy/nginx/warroom.conf`; only the ports are other ones. */
export async function startNginx(
  instances: readonly Upstream[],
  options: { port?: number } = {},
): Promise<ProxyServer> {
  const port = options.port ?? (await freePort());
  const [site, main] = await Promise.all(
    ['warroom.conf', 'nginx.conf'].map((name) => readFile(path.join(root, 'deploy/nginx', name), 'utf8')),
  );
  return start('nginx', port, async (folder) => {
    // Its workers drop root's rights and still have to get to their files.
    await chmod(folder, 0o755);
    await writeFile(path.join(folder, 'warroom.conf'), renderNginx(site ?? '', port, instances));
    await writeFile(path.join(folder, 'nginx.conf'), renderNginxMain(main ?? '', folder));
    const options = ['-p', folder, '-e', 'stderr', '-g', 'daemon off;'];
    return [program('nginx'), ...options, '-c', path.join(folder, 'nginx.conf')];
  });
}

/**
 * Starts HAProxy in front of these instances, with `deploy/haproxy/haproxy.cfg`; only the ports are other ones, and what
 * `change` makes of it.
 */
export async function startHaproxy(
  instances: readonly Upstream[],
  options: { port?: number; change?: (template: string) => string } = {},
): Promise<ProxyServer> {
  const port = options.port ?? (await freePort());
  const original = await readFile(path.join(root, 'deploy/haproxy/haproxy.cfg'), 'utf8');
  const template = options.change?.(original) ?? original;
  return start('haproxy', port, async (folder) => {
    const file = path.join(folder, 'haproxy.cfg');
    await writeFile(file, renderHaproxy(template, port, instances));
    return [program('haproxy'), '-db', '-f', file];
  });
}

/** The nginx file with these instances in place of the two it names. Throws when the file no longer has such lines. */
export function renderNginx(template: string, port: number, instances: readonly Upstream[]): string {
  const servers = instances.map((it) => `    server ${addressOf(it)} max_fails=0;`);
  return replaceLines(
    replaceLines(template, /^ {4}server \S+ max_fails=0;\n/gm, servers),
    /^ {4}listen 8080;\n/gm,
    [`    listen 127.0.0.1:${port};`],
  );
}

/** The HAProxy file with these instances in place of the two it names. Throws when the file no longer has such lines. */
export function renderHaproxy(template: string, port: number, instances: readonly Upstream[]): string {
  const servers = instances.map((it, index) => `    server warroom-${index + 1} ${addressOf(it)}`);
  return replaceLines(
    replaceLines(template, /^ {4}server warroom-\d+ \S+\n/gm, servers),
    /^ {4}bind :8080\n/gm,
    [`    bind 127.0.0.1:${port}`],
  );
}

function replaceLines(text: string, pattern: RegExp, lines: readonly string[]): string {
  let isFirst = true;
  const replaced = text.replace(pattern, () => {
    const answer = isFirst ? `${lines.join('\n')}\n` : '';
    isFirst = false;
    return answer;
  });
  if (isFirst) throw new Error(`The configuration has no line like ${pattern.source}.`);
  return replaced;
}

function addressOf({ host = '127.0.0.1', port }: Upstream): string {
  return `${host}:${port}`;
}

/** The main file with everything that it writes and includes in one folder. */
function renderNginxMain(template: string, folder: string): string {
  return template
    .replaceAll('/tmp/', `${folder}/`)
    .replace('/etc/nginx/conf.d/*.conf', `${folder}/warroom.conf`);
}

async function start(
  kind: ProxyKind,
  port: number,
  prepare: (folder: string) => Promise<[string, ...string[]]>,
): Promise<ProxyServer> {
  const folder = await mkdtemp(path.join(tmpdir(), `warroom-${kind}-`));
  try {
    const daemon = await startDaemon({
      name: kind,
      command: await prepare(folder),
      cwd: folder,
      isReady: () => answersHttp(port),
    });
    return {
      ...daemon,
      kind,
      url: `http://127.0.0.1:${port}`,
      port,
      stop: async () => {
        await daemon.end('SIGTERM');
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** True once the proxy itself answers; what it closes off is answered without any instance. */
async function answersHttp(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(2000) });
  await answer.body?.cancel();
  return answer.status === 404;
}
