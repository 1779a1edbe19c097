import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { program } from '../scripts/programs.ts';
import { ask, commandOverHttp, declare, signInAdmin } from '../test/support/client.ts';
import { startDaemon } from '../test/support/daemon.ts';
import { freePort, startServer } from '../test/support/serverProcess.ts';
import { REPETITIONS, conditions, cpuOf, cpuOfFamily, notReached, serverPrefix } from './measure.ts';
import { keepFigures, median, table } from './report.ts';
import { runWrk } from './wrk.ts';
import type { WrkResult, WrkTask } from './wrk.ts';

// How many readers a second the public page serves, beside plain nginx that serves the same bytes from a file. Server and
// nginx have one core, the generator another, where the machine has two.

const quick = process.argv.includes('--quick');
const timing = quick ? { warmUpSeconds: 1, seconds: 3 } : { warmUpSeconds: 2, seconds: 10 };
const CONNECTIONS = 64;
/** Answers a second that one core is to give. */
const LEAST = 10_000;
const GZIP = ['Accept-Encoding: gzip'];

type Run = WrkResult;

async function run(given: Pick<WrkTask, 'url' | 'headers'>, cpu: () => number): Promise<Run> {
  const { warmUpSeconds, seconds } = timing;
  await runWrk({ ...given, connections: CONNECTIONS, seconds: warmUpSeconds }, cpu);
  return runWrk({ ...given, connections: CONNECTIONS, seconds }, cpu);
}

const before = conditions(['fastify']);
const server = await startServer({ prefix: serverPrefix });
const folder = await mkdtemp(path.join(tmpdir(), 'warroom-page-'));
try {
  const admin = await signInAdmin(server.url);
  const put = (kind: string, id: string, body: object): Promise<unknown> =>
    ask(`${server.url}/api/settings/${kind}/${id}`, {
      ...{ method: 'PUT', token: admin.token, body: { body, revision: 0 } },
    });
  await put('page', PUBLIC_PAGE, { name: 'Example', enabled: true, severities: ['SEV1'], locale: 'en' });
  for (let n = 1; n <= 8; n += 1) {
    await put('service', `service-${n}000`, {
      name: { en: `Service ${n}`, ko: `서비스 ${n}` },
      public: true,
      order: n,
    });
  }
  for (let n = 1; n <= 5; n += 1) {
    const { id } = await declare(server.url, admin, { title: `Something ${n} fails`, severity: 'SEV1' });
    const give = (type: string, body: object): Promise<unknown> =>
      commandOverHttp(server.url, admin, id, { type, body });
    await give('service.set', { service: `service-${n}000`, impact: 'partial_outage' });
    await give('update.send', { state: 'identified', text: 'We know the cause and repair it. '.repeat(5) });
  }
  const page = await (await fetch(`${server.url}/status`)).text();
  const tag = (await fetch(`${server.url}/status`, { headers: { 'accept-encoding': 'gzip' } })).headers.get(
    'etag',
  );

  const port = await freePort();
  await chmod(folder, 0o755);
  await writeFile(path.join(folder, 'status.html'), page);
  await writeFile(path.join(folder, 'status.html.gz'), gzipSync(page));
  await writeFile(path.join(folder, 'nginx.conf'), nginxConfiguration(folder, port));
  const options = ['-p', folder, '-e', 'stderr', '-g', 'daemon off;', '-c', path.join(folder, 'nginx.conf')];
  const nginx = await startDaemon({
    name: 'nginx',
    // Started by env where nothing pins it: the command has a first word either way.
    command: ['env', ...serverPrefix, program('nginx'), ...options],
    cwd: folder,
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/status.html`)).ok,
  });
  const ours = (headers: readonly string[]) => () =>
    run({ url: `${server.url}/status`, headers }, () => cpuOf(server.pid()));
  const theirs = () =>
    run({ url: `http://127.0.0.1:${port}/status.html`, headers: GZIP }, () => cpuOfFamily(nginx.pid()));
  const cases = [
    { name: 'warroom /status', make: ours(GZIP), runs: [] as Run[] },
    {
      name: 'warroom /status, not changed (304)',
      make: ours([...GZIP, `If-None-Match: ${tag}`]),
      runs: [] as Run[],
    },
    { name: 'nginx, the same bytes from a file', make: theirs, runs: [] as Run[] },
  ];
  try {
    for (let repetition = 1; repetition <= (quick ? 1 : REPETITIONS); repetition += 1) {
      for (const one of cases) {
        const result = await one.make();
        one.runs.push(result);
        console.log(one.name, Math.round(result.perSecond), 'per second,', result.faults, 'faults');
      }
    }
  } finally {
    await nginx.end('SIGTERM');
  }
  const perSecond = cases.map(({ runs }) => median(runs.map((one) => one.perSecond)));
  const cost = cases.map(({ runs }) => median(runs.map(costOf)));
  const [answers = 0, , files = 0] = perSecond;
  const [costOfOurs = 0, , costOfNginx = 0] = cost;
  const text = table<Run>(
    `${CONNECTIONS} readers, ${page.length} bytes of page`,
    [
      ['requests per second', (one) => one.perSecond, 0],
      ['p50, µs', (one) => one.p50, 0],
      ['p99, µs', (one) => one.p99, 0],
      ['bytes per answer', (one) => one.bytesPerAnswer, 0],
      ['server CPU per answer, µs', costOf, 1],
      ['server CPU, % of a core', (one) => one.serverCpu * 100, 0],
      ['generator CPU, %', (one) => one.generatorCpu * 100, 0],
    ],
    cases,
  );
  const faults = cases.flatMap(({ runs }) => runs).reduce((sum, one) => sum + one.faults, 0);
  if (faults > 0) process.exitCode = 1;
  const verdict =
    faults > 0 ? `NOT reached, ${faults} answers were wrong` : answers >= LEAST ? 'reached' : notReached();
  const markdown = [
    text,
    '',
    `- ${LEAST} answers a second by one core: ${verdict}`,
    `- ${((answers / files) * 100).toFixed(0)} % of what nginx gives in the same run; an answer costs ${(costOfOurs / costOfNginx).toFixed(1)} times the CPU of nginx`,
    '- where the generator is near 100 %, more was possible',
    ...before.map((line) => `- ${line}`),
    `- asked by wrk with ${CONNECTIONS} connections and one thread`,
    `- measured ${new Date().toISOString()}: ${timing.seconds} s each`,
  ].join('\n');
  console.log(`\n${markdown}`);
  if (!quick) {
    const found = cases.map(({ name, runs }) => ({ name, runs }));
    keepFigures('page', markdown, { conditions: before, timing, cases: found });
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

/** CPU of the server for one answer. Microseconds. */
function costOf({ serverCpu, perSecond }: Run): number {
  return (serverCpu * 1e6) / perSecond;
}

/** One worker and no log, as for a file that is served from the cache of the system. */
function nginxConfiguration(place: string, listen: number): string {
  return `worker_processes 1;
pid ${place}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  default_type text/html;
  gzip_static on;
  sendfile on;
  keepalive_requests 100000000;
  open_file_cache max=100;
  client_body_temp_path ${place}/body;
  proxy_temp_path ${place}/proxy;
  fastcgi_temp_path ${place}/fastcgi;
  uwsgi_temp_path ${place}/uwsgi;
  scgi_temp_path ${place}/scgi;
  server { listen 127.0.0.1:${listen}; root ${place}; }
}
`;
}
