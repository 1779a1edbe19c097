import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { program } from '../../scripts/programs.ts';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { freePort } from './serverProcess.ts';

/** One server of a cluster. */
export interface ClusterNode extends Pick<Daemon, 'kill' | 'pause' | 'resume'> {
  port: number;
  /** Sends a command to it, wherever the keys are. */
  ask(...command: [string, ...string[]]): Promise<unknown>;
}

/** A throw-away Redis Cluster without persistence: three masters with a third of the slots each, and a replica of the first. */
export interface RedisCluster {
  url: string;
  masters: ClusterNode[];
  replica: ClusterNode;
  /** Gives the slot of a channel to another master, as resharding does. */
  move(slot: number, to: ClusterNode): Promise<void>;
  stop(): Promise<void>;
}

/** A node that others do not hear for so many milliseconds is replaced. */
const NODE_TIMEOUT = 1000;
const SLOTS = 16_384;

/** Starts one; done when all nodes agree that it is whole. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-redis-cluster-'));
  const started: (ClusterNode & { stop(): Promise<void>; meet: string[] })[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((node) => node.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (let index = 0; index < 4; index += 1) started.push(await startNode(folder, index));
    const [first, second, third, replica] = started;
    if (!first || !second || !third || !replica) throw new Error('Four nodes were started.');
    const masters = [first, second, third];
    for (const [index, master] of masters.entries()) {
      const from = Math.ceil((index * SLOTS) / 3);
      const to = Math.ceil(((index + 1) * SLOTS) / 3) - 1;
      await master.ask('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      await master.ask('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    }
    for (const other of started.slice(1)) await first.ask('CLUSTER', 'MEET', ...other.meet);
    await eventually(async () => (await info(replica)).includes('cluster_known_nodes:4'));
    await replica.ask('CLUSTER', 'REPLICATE', String(await first.ask('CLUSTER', 'MYID')));
    for (const node of started) await eventually(async () => (await info(node)).includes('cluster_state:ok'));
    await eventually(async () =>
      String(await replica.ask('INFO', 'replication')).includes('master_link_status:up'),
    );
    return {
      url: `redis+cluster://${masters.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
      masters,
      replica,
      async move(slot, to) {
        const id = String(await to.ask('CLUSTER', 'MYID'));
        for (const node of [to, ...masters.filter((other) => other !== to)])
          await node.ask('CLUSTER', 'SETSLOT', String(slot), 'NODE', id);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startNode(folder: string, index: number) {
  const [port, busPort] = [await freePort(), await freePort()];
  const daemon = await startDaemon({
    name: 'a node of Redis Cluster',
    command: [
      program('redis-server', 'valkey-server'),
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'],
      ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
      ...['--cluster-config-file', `node-${index}.conf`, '--cluster-node-timeout', String(NODE_TIMEOUT)],
    ],
    cwd: folder,
    isReady: () => ask(port, ['PING']).then((answer) => answer === 'PONG'),
  });
  return {
    ...{ port, kill: daemon.kill, pause: daemon.pause, resume: daemon.resume },
    meet: ['127.0.0.1', String(port), String(busPort)],
    ask: (...command: [string, ...string[]]) => ask(port, command),
    stop: () => daemon.end('SIGTERM'),
  };
}

async function info(node: ClusterNode): Promise<string> {
  return String(await node.ask('CLUSTER', 'INFO'));
}

async function ask(port: number, [name, ...args]: [string, ...string[]]): Promise<unknown> {
  const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: null });
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.call(name, ...args);
  } finally {
    client.disconnect();
  }
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`It did not become so: ${isSo.toString()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
