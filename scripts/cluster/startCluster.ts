import { startPostgres } from '../../test/support/postgresServer.ts';
import type { PostgresOptions, PostgresServer } from '../../test/support/postgresServer.ts';
import { startHaproxy, startNginx } from '../../test/support/proxyServer.ts';
import type { ProxyKind, ProxyServer } from '../../test/support/proxyServer.ts';
import { startRedis } from '../../test/support/redisServer.ts';
import type { RedisServer } from '../../test/support/redisServer.ts';
import { freePort, startServer } from '../../test/support/serverProcess.ts';
import type { Ending, ServerProcess } from '../../test/support/serverProcess.ts';

export interface ClusterOptions {
  /** How many processes of the server. Default 2, as `docker-compose.yml` has. */
  instances?: number;
  /** Default nginx. */
  proxy?: ProxyKind;
  /** Port that people use. Default: any free one. */
  port?: number;
  /** PostgreSQL is always an own one: it is there to be killed. */
  postgres?: Omit<PostgresOptions, 'own'>;
  /** Added to an instance's environment, such as other addresses of its services to put a faulty line between. */
  env?: (index: number, services: { databaseUrl: string; redisUrl: string }) => Record<string, string>;
}

/** One process of the server; `start` brings it back at the same port after `kill` or `stop`. */
export interface ClusterInstance extends Pick<ServerProcess, 'url' | 'port' | 'pid' | 'output' | 'kill'> {
  start(): Promise<void>;
  /** SIGTERM, as a rolling restart does; answers how it ended. Throws when it takes more than 20 seconds. */
  stop(): Promise<Ending>;
  /** Freezes the process, until `resume`. */
  pause(): void;
  resume(): void;
  /** Throws when it ended by itself or logged a fault that nothing caught. */
  assertHealthy(): void;
}

/** The topology of profile `full` in `docker-compose.yml`, from programs installed on this machine. */
export interface Cluster {
  /** Where people go: the proxy. */
  address: string;
  instances: readonly ClusterInstance[];
  postgres: PostgresServer;
  redis: RedisServer;
  proxy: ProxyServer;
  /** Ends everything in reverse order. Throws afterwards when an instance was found unhealthy. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL, Redis, the instances and the proxy, each ready before the next. Leaves nothing behind when one fails. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    const faults: unknown[] = [];
    for (const end of stops.splice(0).toReversed()) {
      await end().catch((error: unknown) => faults.push(error));
    }
    if (faults.length > 0) throw new AggregateError(faults, faults.map(String).join('\n'));
  };
  const keep = <Part extends { stop(): Promise<unknown> }>(part: Part): Part => {
    stops.push(async () => void (await part.stop()));
    return part;
  };

  try {
    const postgres = keep(await startPostgres({ ...options.postgres, own: true }));
    const redis = keep(await startRedis({ own: true }));
    const port = options.port ?? (await freePort());
    const address = `http://127.0.0.1:${port}`;
    const services = { databaseUrl: postgres.url, redisUrl: redis.url };
    const startOne = async (index: number): Promise<ServerProcess> => {
      const env = {
        DATABASE_URL: services.databaseUrl,
        REDIS_URL: services.redisUrl,
        PUBLIC_URL: address,
        TRUST_PROXY: '127.0.0.1',
        ...options.env?.(index, services),
      };
      return keep(await startServer({ env }));
    };
    // The first makes the tables and the first administrator; the others find them, as in an installation that grows.
    const first = await startOne(0);
    const more = Array.from({ length: (options.instances ?? 2) - 1 }, (_, index) => startOne(index + 1));
    // Every one is waited for, also after one failed: what comes up late has to be ended as well.
    await Promise.allSettled(more);
    const servers = [first, ...(await Promise.all(more))];
    const startProxy = (options.proxy ?? 'nginx') === 'nginx' ? startNginx : startHaproxy;
    const proxy = keep(await startProxy(servers, { port }));
    return { address, postgres, redis, proxy, instances: servers.map(instanceOf), stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

function instanceOf(server: ServerProcess): ClusterInstance {
  return {
    ...server,
    start: server.restart,
    stop: () => server.term(),
    pause: () => void process.kill(server.pid(), 'SIGSTOP'),
    resume: () => void process.kill(server.pid(), 'SIGCONT'),
  };
}
