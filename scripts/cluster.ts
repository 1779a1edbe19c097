/**
 * Runs several instances with PostgreSQL, Redis and a proxy on this machine, as `docker-compose.yml` has them (but for the
 * mail catcher: nothing sends mail yet), until Ctrl+C or the time is up. While it runs, lines such as `kill 2`, `start 2`, `pause redis` or `kill postgres` do just that.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openLimits } from '../test/support/serverProcess.ts';
import { ORDERS, carryOut, readOrder } from './cluster/orders.ts';
import { startCluster } from './cluster/startCluster.ts';
import type { Cluster, ClusterOptions } from './cluster/startCluster.ts';

const USAGE = `npm run cluster -- [--instances 3] [--proxy nginx|haproxy] [--port 8080] [--seconds N]`;

/** The limits of a real installation, and nobody is administrator yet: an empty value counts as not set. */
const asInstalled = Object.fromEntries(
  [...Object.keys(openLimits), 'ADMIN_EMAIL', 'ADMIN_PASSWORD'].map((name) => [name, '']),
);

interface Wanted {
  cluster: Required<Pick<ClusterOptions, 'instances' | 'proxy'>> & Pick<ClusterOptions, 'port'>;
  /** Null: until it is stopped. */
  seconds: number | null;
}

/** What the command line asks for. Throws one sentence when it is not understood. */
function wanted(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      instances: { type: 'string', default: '2' },
      proxy: { type: 'string', default: 'nginx' },
      port: { type: 'string' },
      seconds: { type: 'string' },
    },
  });
  const { proxy } = values;
  if (proxy !== 'nginx' && proxy !== 'haproxy') throw new Error(`--proxy is nginx or haproxy, not ${proxy}.`);
  const port = values.port === undefined ? {} : { port: numberOf('port', values.port, 65_535) };
  return {
    cluster: { instances: numberOf('instances', values.instances, 20), proxy, ...port },
    seconds: values.seconds === undefined ? null : numberOf('seconds', values.seconds, 86_400),
  };
}

function numberOf(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new Error(`--${name} is a whole number from 1 to ${most}, not ${text}.`);
  }
  return value;
}

/** The set-up link that works: each instance that starts without an administrator prints one, the newest counts. */
async function setUpLink(instances: Cluster['instances']): Promise<string | undefined> {
  for (const { output } of instances) {
    const [, link = '', secret = ''] = /^\s*(http\S+\/setup\/(\S+))/m.exec(output()) ?? [];
    if (!link) continue;
    const answer = await fetch(`${new URL(link).origin}/api/setup/${secret}`);
    await answer.body?.cancel();
    if (answer.ok) return link;
  }
  return undefined;
}

async function greet({ address, instances, postgres, redis, proxy }: Cluster): Promise<void> {
  const setUp = await setUpLink(instances);
  const lines = [
    `\nwarroom listens at ${address}, behind ${proxy.kind} (process ${proxy.pid()})`,
    ...(setUp ? [`Open this once, it makes you administrator:\n\n  ${setUp}\n`] : []),
    ...instances.map((it, index) => `instance ${index + 1}: port ${it.port}, process ${it.pid()}`),
    `postgres: ${postgres.url}, process ${postgres.pid()}`,
    `redis: ${redis.url}, process ${redis.pid()}`,
    `\nType ${ORDERS.join(', ')} and a part, such as "kill 2" or "pause redis". Ctrl+C ends everything.`,
  ];
  console.log(lines.join('\n'));
}

/** Carries out what is typed, one line after the other. The answer stops listening. */
function obey(cluster: Cluster): () => void {
  const lines = createInterface({ input: process.stdin });
  let queue = Promise.resolve();
  lines.on('line', (line) => {
    queue = queue.then(async () => {
      try {
        const order = readOrder(line, cluster.instances.length);
        if (order === null) return;
        await carryOut(order, cluster);
        console.log(`${order.name} ${order.part}: done`);
      } catch (error) {
        console.error(error instanceof Error ? error.message : String(error));
      }
    });
  });
  return () => lines.close();
}

/** Resolves when somebody asked for the end or the time is up. */
function untilStopped(seconds: number | null): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
    if (seconds !== null) setTimeout(resolve, seconds * 1000);
  });
}

async function main(args: readonly string[]): Promise<number> {
  let asked: Wanted;
  try {
    asked = wanted(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  const ended = untilStopped(asked.seconds);
  let cluster: Cluster;
  try {
    cluster = await startCluster({ ...asked.cluster, env: () => asInstalled });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  await greet(cluster);
  const deafen = obey(cluster);
  await ended;
  deafen();
  console.log('Stopping.');
  // Ctrl+C, and what was typed, ended instances that this process had not asked to end: not a finding here.
  await cluster.stop().catch((error: unknown) => console.error(String(error)));
  return 0;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
