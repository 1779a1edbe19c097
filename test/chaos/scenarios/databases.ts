import { Client } from 'pg';
import type { Account } from '../../support/client.ts';
import { scratchText } from '../../support/clientDocuments.ts';
import type { PostgresServer } from '../../support/postgresServer.ts';
import type { Instance } from '../instance.ts';
import { after } from '../persist.ts';
import { letIn } from '../rights.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { loseCommitAnswer } from '../wire.ts';

function postgresOf({ topology }: Stage): PostgresServer {
  if (!topology.postgres) throw new Error('This run has no PostgreSQL.');
  return topology.postgres;
}

/** A connection to PostgreSQL itself, past every line. */
async function withDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  // What ends the connection from the other side is part of these scenarios.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Process ids of all instances: a pool has to recover without a new process. */
function pids({ topology }: Stage): string {
  return topology.instances.map(({ server }) => server.pid()).join();
}

async function withoutRestart(stage: Stage, work: () => Promise<void>): Promise<void> {
  const before = pids(stage);
  await work();
  stage.recorder.claim('I10', 'every instance recovers without a restart', pids(stage) === before);
}

async function immediateRestart(stage: Stage): Promise<void> {
  const postgres = postgresOf(stage);
  await withoutRestart(stage, async () => {
    for (let round = 0; round < (stage.isQuick ? 1 : 5); round += 1) {
      await stage.during(500 + stage.random.below(500));
      await postgres.crash();
      stage.injected();
      await stage.during(stage.random.below(1_500));
      await postgres.start();
      await stage.recover();
    }
  });
}

async function terminateBackends(stage: Stage): Promise<void> {
  await withoutRestart(stage, async () => {
    for (let round = 0; round < (stage.isQuick ? 3 : 20); round += 1) {
      await stage.during(200 + stage.random.below(500));
      const ended = await withDatabase(postgresOf(stage).url, (client) =>
        client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid()`,
        ),
      );
      stage.injected(ended.rowCount ?? 0);
    }
    await stage.recover();
  });
}

async function paused(stage: Stage, milliseconds: number): Promise<void> {
  await withoutRestart(stage, async () => {
    postgresOf(stage).pause();
    stage.injected();
    await stage.during(milliseconds);
    postgresOf(stage).resume();
    await stage.recover();
  });
}

async function lockedTable(stage: Stage, milliseconds: number): Promise<void> {
  await withoutRestart(stage, async () => {
    for (const table of ['entries', 'document_batches', 'heads']) {
      await withDatabase(postgresOf(stage).url, async (client) => {
        await client.query('begin');
        await client.query(`lock table ${table} in access exclusive mode`);
        stage.injected();
        await stage.during(milliseconds);
        await client.query('rollback');
      });
      await stage.recover();
    }
  });
}

/** COMMIT reaches PostgreSQL, its answer does not reach the instance: unknown, and resolved by reading back. */
async function lostCommits(stage: Stage, rounds: number): Promise<void> {
  const { topology, random } = stage;
  for (let round = 0; round < rounds; round += 1) {
    const { database } = random.pick(topology.instances);
    if (!database) throw new Error('This run has no PostgreSQL.');
    const lost = Promise.withResolvers<boolean>();
    const disarm = loseCommitAnswer(database, () => lost.resolve(true));
    const late = setTimeout(() => lost.resolve(false), 5_000);
    if (await lost.promise) stage.injected();
    clearTimeout(late);
    disarm();
    await stage.during(100 + random.below(200));
  }
  await stage.recover();
}

/** The primary dies, the standby takes over. */
async function failOver(stage: Stage): Promise<void> {
  await withoutRestart(stage, async () => {
    await stage.during(1_500);
    await postgresOf(stage).kill();
    stage.injected();
    await stage.during(stage.random.below(2_000));
    await stage.topology.failOver();
    await stage.recover();
  });
}

/** The standby applies what it has 10 s late; nothing is decided by what it says. */
async function laggingReplica(stage: Stage): Promise<void> {
  const { standby } = postgresOf(stage);
  if (!standby) throw new Error('This run has no standby.');
  await withDatabase(standby.url, async (client) => {
    await client.query(`alter system set recovery_min_apply_delay = '10s'`);
    await client.query('select pg_reload_conf()');
    stage.injected();
    await stage.during(stage.isQuick ? 5_000 : 20_000);
    const { rows } = await client.query<{ n: string }>(
      `select count(*) n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    stage.recorder.claim('I7', `nobody asks the standby (${rows[0]?.n})`, Number(rows[0]?.n) === 0);
    await client.query('alter system reset recovery_min_apply_delay');
    await client.query('select pg_reload_conf()');
  });
  await stage.recover();
}

/** One instance cannot reach PostgreSQL and still hears Redis; somebody loses their rights meanwhile. */
async function databasePartition(stage: Stage, milliseconds: number): Promise<void> {
  const { topology, recorder, random } = stage;
  const leaver = await letIn(stage);
  try {
    await stage.during(1_500);
    const cut = random.pick(topology.instances);
    cut.database?.set({ silent: 'both' });
    stage.injected();
    const other = topology.instances.find((instance) => instance !== cut) as Instance;
    recorder.claim('I9', 'the right could be taken away', await leaver.revoke(other));
    await stage.during(milliseconds);
    recorder.claim('I10', `${other.name} takes commands meanwhile`, await stage.answers(other, 5_000));
    await stage.recover();
    await stage.during(2_000);
  } finally {
    leaver.close();
  }
}

/** The lines to PostgreSQL are lost just when a document is read from it. */
async function loadErrors(stage: Stage, rounds: number): Promise<void> {
  const { topology, recorder, crowd } = stage;
  for (let round = 0; round < rounds; round += 1) {
    const instance = topology.instances[round % topology.instances.length] as Instance;
    await instance.kill();
    let struck = 0;
    const unwatch = instance.database?.watch('up', (bytes, connection) => {
      if (struck >= 3 || !/from "?(checkpoints|document_batches)/i.test(bytes.toString('latin1')))
        return 'pass';
      struck += 1;
      setImmediate(() => connection.cut());
      return 'lose';
    });
    await instance.start();
    // Somebody opens the document there, and goes on asking until it opens.
    const name = `early reader ${round}`;
    const editor = crowd.write('own', crowd.people[0] as Account, crowd.busy, { url: instance.url, name });
    const opened = await after(() => editor.isQuiet(), 30_000);
    recorder.claim('I5', 'the document opens in the end', opened !== null);
    const isEmpty = scratchText(editor.doc).length === 0;
    recorder.claim('I5', 'it is never opened empty', !isEmpty);
    unwatch?.();
    stage.injected(struck);
  }
  recorder.claim('work', 'loading was disturbed', recorder.faultsInjected > 0);
  await stage.recover();
}

const cluster = (
  name: string,
  title: string,
  run: (stage: Stage) => Promise<void>,
  isQuick = false,
): Scenario => ({
  name,
  title,
  kind: 'cluster',
  ...(isQuick && { isQuick }),
  work: { with: 'crowd', run },
});

export const databaseScenarios: readonly Scenario[] = [
  cluster('F8 restart', 'PostgreSQL is restarted at once, five times', immediateRestart),
  cluster('F8 backends', 'all connections to PostgreSQL are ended, twenty times', terminateBackends),
  cluster('F8 paused', 'PostgreSQL is paused for 30 s', (stage) =>
    paused(stage, stage.isQuick ? 5_000 : 30_000),
  ),
  cluster('F8 locked', 'a table is locked for 8 s, three tables in turn', (stage) =>
    lockedTable(stage, stage.isQuick ? 3_000 : 8_000),
  ),
  cluster(
    'F8 lost commit',
    'COMMIT arrives, its answer is lost',
    (stage) => lostCommits(stage, stage.isQuick ? 6 : 40),
    true,
  ),
  cluster('F8 failover', 'the primary dies, the synchronous standby is promoted', failOver, true),
  cluster(
    'F8 partition',
    'one instance cannot reach PostgreSQL for 15 s, and somebody loses their rights',
    (stage) => databasePartition(stage, 15_000),
  ),
  cluster('F9', 'the standby lags 10 s behind', laggingReplica),
  cluster('F25', 'the connection is lost while a document is being read', (stage) =>
    loadErrors(stage, stage.isQuick ? 1 : 6),
  ),
];
