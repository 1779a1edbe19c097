import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from '../test/support/serverProcess.ts';
import type { ThreadTime } from './profiling.ts';

/** What the profiler writes: a tree of calls, and which node was running at each sample. */
interface CpuProfile {
  nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

const TOP = 45;
const cases = ['edit', 'chat', 'storm', 'rooms', 'cluster', 'broadcast', 'page'];

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !cases.includes(name)) {
  console.error(
    `Say which case: npm run bench:profile -- <${cases.join('|')}> [what the case takes, such as --quick or --only=restart]\n` +
      'With --start, a server is profiled from its start until the case begins to measure.',
  );
  process.exit(1);
}
const folder = mkdtempSync(path.join(tmpdir(), `warroom-profile-${name}-`));
const hook = pathToFileURL(path.join(root, 'bench', 'profileHook.ts'));
hook.searchParams.set('folder', folder);
if (args.includes('--start')) hook.searchParams.set('start', '');
const ran = spawnSync(
  process.execPath,
  [path.join(root, 'bench', `${name}.ts`), '--once', ...args.filter((arg) => arg !== '--start')],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      BENCH_PROFILE: folder,
      SERVER_NODE_ARGS: `${process.env['SERVER_NODE_ARGS'] ?? ''} --import=${hook.href}`,
    },
  },
);
for (const file of readdirSync(folder).toSorted()) {
  const text = readFileSync(path.join(folder, file), 'utf8');
  console.log(`\n${path.join(folder, file)}`);
  if (file.endsWith('.threads.json')) showThreads(JSON.parse(text) as ThreadTime[]);
  else showProfile(JSON.parse(text) as CpuProfile);
}
process.exitCode = ran.status ?? 1;

function showThreads(threads: readonly ThreadTime[]): void {
  const sums = new Map<string, number>();
  for (const { name: thread, milliseconds } of threads) add(sums, thread, milliseconds);
  show('processor time by thread', sums, sum(sums));
}

function showProfile({ nodes, samples, timeDeltas }: CpuProfile): void {
  const selfOf = new Map<number, number>();
  for (const [index, id] of samples.entries()) add(selfOf, id, Math.max(0, timeDeltas[index] ?? 0) / 1000);
  const functions = new Map<string, number>();
  const modules = new Map<string, number>();
  const owners = new Map<string, number>();
  const within = new Map<string, number>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const walk = (id: number, above: ReadonlySet<string>, by: string): number => {
    const node = byId.get(id);
    if (!node) return 0;
    const self = selfOf.get(id) ?? 0;
    const label = labelOf(node.callFrame);
    const nearest = isOurs(node.callFrame) ? label : by;
    if (node.callFrame.functionName !== '(idle)') {
      add(functions, label, self);
      add(modules, moduleOf(node.callFrame), self);
      add(owners, nearest, self);
    }
    const seen = above.has(label) ? above : new Set([...above, label]);
    const total = (node.children ?? []).reduce((all, child) => all + walk(child, seen, nearest), self);
    // A function that called itself counts once.
    if (seen !== above && node.callFrame.url !== '') add(within, label, total);
    return total;
  };
  const first = nodes[0];
  if (first) walk(first.id, new Set(), '(none of ours)');
  const busy = sum(functions);
  show('time by module', modules, busy);
  show('time in functions themselves', functions, busy);
  show('time in functions of ours and in what is not ours below them', owners, busy);
  show('time in functions and what they call', within, busy);
}

function labelOf({ functionName, url, lineNumber }: CallFrame): string {
  const place = url === '' ? '' : `  ${shortened(url)}:${lineNumber + 1}`;
  return `${functionName || '(anonymous)'}${place}`;
}

function isOurs({ url }: CallFrame): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/');
}

/** A package, a folder of ours, or what has no file. */
function moduleOf({ functionName, url }: CallFrame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native';
  if (url.startsWith('node:')) return url.split('/')[0] ?? url;
  const short = shortened(url);
  const dependency = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(short)?.[1];
  return dependency ?? path.dirname(short);
}

function shortened(url: string): string {
  if (url.startsWith('node:')) return url;
  const file = url.startsWith('file:') ? fileURLToPath(url) : url;
  return file.includes('/node_modules/')
    ? file.replace(/^.*?\/node_modules\//, 'node_modules/')
    : path.relative(root, file);
}

function show(title: string, times: ReadonlyMap<string, number>, whole: number): void {
  console.log(`\n${title} (of ${whole.toFixed(0)} ms)`);
  const top = [...times].toSorted(([, a], [, b]) => b - a).slice(0, TOP);
  for (const [label, time] of top) {
    if (time < whole / 1000) continue;
    console.log(
      `${time.toFixed(1).padStart(9)} ms ${((100 * time) / whole).toFixed(1).padStart(5)} %  ${label}`,
    );
  }
}

function add<Key>(sums: Map<Key, number>, key: Key, more: number): void {
  sums.set(key, (sums.get(key) ?? 0) + more);
}

function sum(sums: ReadonlyMap<unknown, number>): number {
  return [...sums.values()].reduce((all, one) => all + one, 0);
}
