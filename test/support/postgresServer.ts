import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync } from 'node:fs';
import { chown, cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { program } from '../../scripts/programs.ts';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { freePort } from './serverProcess.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  /** Sync commits to the disk, for tests whose subject is durability. Default: false. */
  fsync?: boolean;
  /** A second server that has to confirm every commit before it counts; `promote` makes it the primary. */
  synchronousStandby?: boolean;
  port?: number;
  /** A cluster of its own even where TEST_DATABASE_URL names one, since the test kills or pauses it. */
  own?: boolean;
  /** Added to the server's settings, such as `['max_connections=20']`. */
  settings?: readonly string[];
}

type Control = Pick<Daemon, 'pid' | 'isRunning' | 'start' | 'kill' | 'pause' | 'resume' | 'output'>;

/** A throw-away PostgreSQL cluster. */
export interface PostgresServer extends Control {
  /** Address of an empty database of this call's own. */
  url: string;
  port: number;
  /** Another empty database of the same cluster, for a suite that needs one per test. */
  createDatabase(): Promise<string>;
  /** Immediate shutdown: no checkpoint, every connection cut, recovery at the next `start`. */
  crash(): Promise<void>;
  standby: PostgresStandby | null;
  /** Ends the cluster and removes its files. */
  stop(): Promise<void>;
}

export interface PostgresStandby extends Control {
  port: number;
  /** Address of the same database as the primary's `url`; refuses writes until promoted. */
  url: string;
  /** Makes it a primary of its own; done when it takes writes. */
  promote(): Promise<void>;
}

/**
 * Starts a PostgreSQL cluster of its own on a free port, from a template that is made once per user of this machine. Where
 * TEST_DATABASE_URL is set and nothing asks for an own one, makes a database on that server instead: it cannot be killed or paused.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL'];
  const wantsOwn = options.own || options.fsync || options.synchronousStandby || options.port !== undefined;
  if (given && !wantsOwn && !options.settings) return onGivenServer(given);

  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-postgres-'));
  const user = serviceUser();
  if (user) await chown(folder, user.uid, user.gid);
  const data = path.join(folder, 'data');
  const port = options.port ?? (await freePort());
  let daemon: Daemon | null = null;
  let standby: StandbyServer | null = null;
  const remove = async (): Promise<void> => {
    await standby?.daemon.end('SIGINT');
    await daemon?.end('SIGINT');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await cp(await template(), data, { recursive: true, mode: 0 });
    if (user) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, data]);
    daemon = await startCluster(data, port, settingsOf(options));
    const url = await createDatabase(addressOf(port, 'postgres'));
    if (options.synchronousStandby) standby = await addStandby(folder, port, url, settingsOf(options));
    const primary = daemon;
    return {
      ...primary,
      url,
      port,
      createDatabase: () => createDatabase(addressOf(port, 'postgres')),
      crash: () => primary.end('SIGQUIT'),
      standby: standby?.standby ?? null,
      stop: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function settingsOf(options: PostgresOptions): string[] {
  const durable = options.fsync ?? false;
  return [
    `fsync=${durable ? 'on' : 'off'}`,
    `full_page_writes=${durable ? 'on' : 'off'}`,
    'synchronous_commit=on',
    'shared_buffers=32MB',
    'max_connections=200',
    'wal_level=replica',
    ...(options.settings ?? []),
  ];
}

function addressOf(port: number, database: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`;
}

async function startCluster(data: string, port: number, settings: readonly string[]): Promise<Daemon> {
  const all = [...settings, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const user = serviceUser();
  return startDaemon({
    name: 'PostgreSQL',
    command: [
      program('postgres'),
      ...['-D', data, '-p', String(port)],
      ...all.flatMap((setting) => ['-c', setting]),
    ],
    cwd: data,
    ...(user && { user }),
    // It ends at once and recovers at the next start; there will be none.
    orphanSignal: 'SIGQUIT',
    isReady: async () => {
      await run(program('psql'), ['-XAtc', 'select 1', addressOf(port, 'postgres')], { timeout: 5000 });
      return true;
    },
  });
}

interface StandbyServer {
  daemon: Daemon;
  standby: PostgresStandby;
}

async function addStandby(
  folder: string,
  primary: number,
  url: string,
  settings: readonly string[],
): Promise<StandbyServer> {
  const data = path.join(folder, 'standby');
  const source = ['-h', '127.0.0.1', '-p', String(primary), '-U', 'postgres'];
  const user = serviceUser();
  await run(
    program('pg_basebackup'),
    ['-D', data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync', ...source],
    {
      cwd: folder,
      ...user,
    },
  );
  const port = await freePort();
  const daemon = await startCluster(data, port, [
    ...settings,
    'hot_standby=on',
    `primary_conninfo=host=127.0.0.1 port=${primary} user=postgres application_name=standby`,
  ]);
  const administer = (target: number, sql: string): Promise<unknown> =>
    run(program('psql'), ['-XAtqc', sql, addressOf(target, 'postgres')], { timeout: 30_000 });
  await administer(primary, `alter system set synchronous_standby_names = 'standby'`);
  await administer(primary, 'select pg_reload_conf()');
  await untilSynchronous(primary);
  return {
    daemon,
    standby: {
      ...daemon,
      port,
      url: addressOf(port, new URL(url).pathname.slice(1)),
      promote: async () => {
        await administer(port, 'select pg_promote(true, 30)');
      },
    },
  };
}

/** Done when commits wait for the standby: a commit before that would prove nothing. */
async function untilSynchronous(primary: number): Promise<void> {
  const state = `do $$ begin
    for i in 1..1000 loop
      perform pg_stat_clear_snapshot();
      if exists (select from pg_stat_replication where sync_state = 'sync') then return; end if;
      perform pg_sleep(0.01);
    end loop;
    raise 'the standby did not follow';
  end $$`;
  await run(program('psql'), ['-XAtqc', state, addressOf(primary, 'postgres')], { timeout: 30_000 });
}

async function createDatabase(server: string): Promise<string> {
  const name = `warroom_${randomUUID().replaceAll('-', '')}`;
  await run(program('createdb'), ['--maintenance-db', server, name], { timeout: 30_000 });
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function onGivenServer(server: string): Promise<PostgresServer> {
  const made: string[] = [];
  const cannot = (): never => {
    throw new Error('TEST_DATABASE_URL names a server that is not ours; ask for an own one.');
  };
  const create = async (): Promise<string> => {
    const url = await createDatabase(server);
    made.push(new URL(url).pathname.slice(1));
    return url;
  };
  const drop = (name: string) =>
    run(program('dropdb'), ['--force', '--if-exists', '--maintenance-db', server, name]);
  return {
    url: await create(),
    port: Number(new URL(server).port || 5432),
    createDatabase: create,
    standby: null,
    pid: cannot,
    isRunning: () => true,
    start: cannot,
    kill: cannot,
    pause: cannot,
    resume: cannot,
    crash: cannot,
    output: () => '',
    stop: async () => {
      for (const name of made) await drop(name);
    },
  };
}

/** PostgreSQL refuses to run as root: then as the user that its package made. */
function serviceUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A fresh cluster to copy from: initdb takes a second, copying a tenth of it. */
async function template(): Promise<string> {
  const initdb = program('initdb');
  const version = /\d+/.exec(execFileSync(initdb, ['--version'], { encoding: 'utf8' }))?.[0] ?? '0';
  const place = path.join(tmpdir(), `warroom-postgres-template-${version}-${userInfo().username}`);
  if (existsSync(place)) return place;

  const user = serviceUser();
  const scratch = await mkdtemp(path.join(tmpdir(), 'warroom-postgres-'));
  if (user) chownSync(scratch, user.uid, user.gid);
  const fresh = path.join(scratch, 'data');
  try {
    await run(
      initdb,
      ['-D', fresh, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
      { cwd: scratch, ...user },
    );
    // Another run may have been faster: then its template is as good as ours.
    await rename(fresh, place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return place;
}
