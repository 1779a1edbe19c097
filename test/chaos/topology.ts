import { fileURLToPath } from 'node:url';
import { startChaosProxy } from '../support/chaosProxy.ts';
import type { ChaosProxy } from '../support/chaosProxy.ts';
import { startPostgres } from '../support/postgresServer.ts';
import type { PostgresServer } from '../support/postgresServer.ts';
import { startHaproxy } from '../support/proxyServer.ts';
import type { ProxyServer } from '../support/proxyServer.ts';
import { startRedis } from '../support/redisServer.ts';
import type { RedisServer } from '../support/redisServer.ts';
import { seeded } from '../support/seeded.ts';
import type { Seeded } from '../support/seeded.ts';
import type { Recorder } from './history.ts';
import { startInstance } from './instance.ts';
import type { Instance } from './instance.ts';

/** One instance on SQLite, or several on PostgreSQL and Redis behind HAProxy. */
export type Kind = 'single' | 'cluster';

export interface TopologyOptions {
  kind: Kind;
  /** Default 3; a single one stands alone. */
  instances?: number;
  seed: number;
  recorder: Recorder;
  /** Added to every instance's environment. */
  env?: Readonly<Record<string, string>>;
  /** Put in front of every instance's command. */
  prefix?: readonly string[];
  /** A SQLite folder that exists already, such as one on a small disk. */
  dataDir?: string;
  /** Gives each instance a clock that `Instance.shiftClock` moves. */
  movableClocks?: boolean;
  /** PostgreSQL syncs to the disk. Default: no, since a killed process loses nothing that the kernel has. */
  fsync?: boolean;
}

/** Everything that runs, each line between its parts through a proxy that can fail. */
export interface Topology {
  readonly kind: Kind;
  readonly instances: readonly Instance[];
  readonly postgres: PostgresServer | null;
  readonly redis: RedisServer | null;
  readonly haproxy: ProxyServer | null;
  /** Address for people: HAProxy, or the single instance's line. */
  readonly entrance: string;
  /** The environment with which the command line reaches the same data. */
  readonly toolEnvironment: Readonly<Record<string, string>>;
  /** A line of one client's own to the entrance, to be cut without anybody else noticing. */
  door(): Promise<{ url: string; line: ChaosProxy }>;
  /** Instances that run and are not paused. */
  living(): Instance[];
  /** The port at which the present primary listens. */
  primaryPort(): number;
  /** Promotes the standby and turns every instance's line to it. */
  failOver(): Promise<void>;
  /** Every line whole, every process running. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

const CLOCK = fileURLToPath(new URL('./movableClock.ts', import.meta.url));

/** Starts all parts; stops what it started when one of them does not come up. */
export async function startTopology(options: TopologyOptions): Promise<Topology> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    return await assemble(options, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  options: TopologyOptions,
  stops: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<Topology> {
  const { kind, seed, recorder } = options;
  const isCluster = kind === 'cluster';
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    stops.push(() => part.stop());
    return part;
  };
  let lines = 0;
  const chance = (): Seeded => seeded(seed * 1_000 + (lines += 1));
  const line = async (port: number): Promise<ChaosProxy> => keep(await startChaosProxy(port, chance()));

  const postgres = isCluster
    ? keep(await startPostgres({ own: true, synchronousStandby: true, fsync: options.fsync ?? false }))
    : null;
  const redis = isCluster ? keep(await startRedis({ own: true })) : null;
  let primary = postgres?.port ?? 0;

  const instances: Instance[] = [];
  for (let number = 0; number < (isCluster ? (options.instances ?? 3) : 1); number += 1) {
    const database = postgres ? await line(postgres.port) : null;
    const messages = redis ? await line(redis.port) : null;
    const env: Record<string, string> = { ...options.env };
    if (postgres && database) env['DATABASE_URL'] = withPort(postgres.url, database.port);
    if (messages) env['REDIS_URL'] = `redis://127.0.0.1:${messages.port}`;
    const instance = await startInstance({
      name: `instance ${number + 1}`,
      env,
      recorder,
      database,
      messages,
      random: chance(),
      ...(options.prefix && { prefix: options.prefix }),
      ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
      ...(options.movableClocks && { clock: CLOCK }),
    });
    instances.push(keep(instance));
  }
  const haproxy = isCluster ? keep(await startHaproxy(instances.map(({ line: own }) => own))) : null;
  const first = instances[0] as Instance;
  const entrancePort = haproxy?.port ?? first.line.port;

  return {
    kind,
    instances,
    postgres,
    redis,
    haproxy,
    entrance: `http://127.0.0.1:${entrancePort}`,
    get toolEnvironment(): Record<string, string> {
      return postgres
        ? { DATABASE_URL: withPort(postgres.url, primary) }
        : { DATA_DIR: first.server.dataDir };
    },
    async door() {
      const own = await line(entrancePort);
      return { url: `http://127.0.0.1:${own.port}`, line: own };
    },
    living: () => instances.filter((instance) => instance.isUp()),
    primaryPort: () => primary,
    async failOver() {
      if (!postgres?.standby) throw new Error('There is no standby to promote.');
      await postgres.standby.promote();
      primary = postgres.standby.port;
      for (const { database } of instances) {
        database?.target(primary);
        database?.cut();
      }
    },
    async heal() {
      if (redis) await revive(redis);
      const isPromoted = primary !== postgres?.port;
      if (postgres && !isPromoted) await revive(postgres);
      for (const instance of instances) await instance.heal();
    },
    stop,
  };
}

/** Goes on with a program that may be paused or dead. */
async function revive(program: { pid(): number; resume(): void; start(): Promise<void> }): Promise<void> {
  try {
    program.pid();
  } catch {
    return program.start();
  }
  program.resume();
}

function withPort(address: string, port: number): string {
  const url = new URL(address);
  url.port = String(port);
  return url.href;
}
