import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { program } from '../../scripts/programs.ts';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { freePort } from './serverProcess.ts';

/** A throw-away Redis without persistence; `start` after `kill` gives an empty one at the same address. */
export interface RedisServer extends Pick<Daemon, 'pid' | 'start' | 'kill' | 'pause' | 'resume' | 'output'> {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/**
 * Starts a Redis of its own on a free port. With TEST_REDIS_URL set, and no `own` asked for, answers that one: it is shared
 * with whoever else uses it and cannot be killed or paused.
 */
export async function startRedis(options: { port?: number; own?: boolean } = {}): Promise<RedisServer> {
  const given = process.env['TEST_REDIS_URL'];
  if (given && !options.own && options.port === undefined) return shared(given);

  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-redis-'));
  const port = options.port ?? (await freePort());
  const daemon = await startDaemon({
    name: 'Redis',
    command: [
      program('redis-server', 'valkey-server'),
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
    ],
    cwd: folder,
    isReady: () => answersPing(port),
  });
  return {
    ...daemon,
    url: `redis://127.0.0.1:${port}`,
    port,
    stop: async () => {
      await daemon.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function shared(url: string): RedisServer {
  const cannot = (): never => {
    throw new Error('TEST_REDIS_URL names a Redis that is not ours; ask for an own one.');
  };
  return {
    url,
    port: Number(new URL(url).port || 6379),
    pid: cannot,
    start: cannot,
    kill: cannot,
    pause: cannot,
    resume: cannot,
    output: () => '',
    stop: async () => undefined,
  };
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'));
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(1000, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('data', (data) => answer(data.toString().startsWith('+PONG')));
  });
}
