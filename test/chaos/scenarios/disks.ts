import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Entry } from '#shared/contract/entries.ts';
import { ask, commandOverHttp, readWholeLog, request, signIn } from '../../support/client.ts';
import type { Account } from '../../support/client.ts';
import { firstAdmin } from '../../support/serverProcess.ts';
import type { Instance } from '../instance.ts';
import type { Scenario } from '../scenario.ts';
import { cannotMount, fillDisk, freeDisk, mountSmallDisk, removeDisk } from '../smallDisk.ts';
import type { Stage } from '../stage.ts';
import { cannotTrace, trace } from '../strace.ts';

const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/** The files as they are at one moment, cut at every frame of the write-ahead log and at random bytes: always a whole prefix. */
async function cutLog(stage: Stage): Promise<void> {
  const { topology, crowd, recorder, random, isQuick } = stage;
  const instance = topology.instances[0] as Instance;
  const scratch = await mkdtemp(path.join(tmpdir(), 'warroom-cut-'));
  try {
    await stage.during(1_500);
    const acknowledged = recorder.operations.flatMap(({ incidentId, knowledge }) =>
      incidentId === crowd.busy && knowledge.kind === 'ok' ? [knowledge.seq] : [],
    );
    // Paused, so that both files are of one moment, as they are when the power goes.
    instance.pause();
    for (const name of ['warroom.db', 'warroom.db-wal'])
      await copyFile(path.join(instance.server.dataDir, name), path.join(scratch, name));
    instance.resume();
    const wal = await readFile(path.join(scratch, 'warroom.db-wal'));
    const frame = FRAME_HEADER + wal.readUInt32BE(8);
    const frames = Math.floor((wal.length - WAL_HEADER) / frame);
    const step = Math.max(1, Math.floor(frames / (isQuick ? 15 : 300)));
    const cuts = [wal.length];
    for (let number = 0; number <= frames; number += step) cuts.push(WAL_HEADER + number * frame);
    for (let round = 0; round < (isQuick ? 10 : 100); round += 1) cuts.push(random.below(wal.length));
    const log = await readWholeLog(instance.server.url, crowd.people[0] as Account, crowd.busy);
    const most = Math.max(...acknowledged);
    let shown = false;
    for (const cut of cuts) {
      const kept = await prefixAt(scratch, wal.subarray(0, cut), crowd.busy, log);
      stage.injected();
      recorder.claim(
        'I2',
        `the log cut at byte ${cut} of ${wal.length} is a whole prefix: ${kept.fault}`,
        kept.fault === null,
      );
      shown ||= cut < wal.length && kept.entries < most;
      if (cut === wal.length)
        recorder.claim(
          'I1',
          `uncut it has all ${most} acknowledged entries, not ${kept.entries}`,
          kept.entries >= most,
        );
    }
    recorder.claim('work', 'some cut took something away', shown);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Opens a copy of the database with this write-ahead log and compares what it has with the whole log. */
async function prefixAt(
  from: string,
  wal: Buffer,
  incidentId: string,
  log: readonly Entry[],
): Promise<{ entries: number; fault: string | null }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-cut-'));
  const file = path.join(folder, 'warroom.db');
  try {
    await copyFile(path.join(from, 'warroom.db'), file);
    await writeFile(`${file}-wal`, wal);
    const db = new Database(file);
    try {
      const whole = db.pragma('integrity_check', { simple: true });
      const tables = db.prepare(`select count(*) n from sqlite_schema where name = 'entries'`).get();
      if ((tables as { n: number }).n === 0) return { entries: 0, fault: null };
      const rows = db
        .prepare('select seq, hash from entries where incident_id = ? order by seq')
        .all(incidentId) as { seq: number; hash: string }[];
      const other = rows.find(({ hash }, index) => log[index]?.hash !== hash);
      const fault =
        whole !== 'ok' ? `damaged (${String(whole)})` : other ? `entry ${other.seq} differs` : null;
      return { entries: rows.length, fault };
    } finally {
      db.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One command after the other: before each acknowledgement the disk was asked to sync. */
async function countSyncs(stage: Stage): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const { server } = topology.instances[0] as Instance;
  await stage.during(2_000);
  await crowd.stopLoad();
  const tracer = await trace(server.pid(), ['-e', 'trace=fsync,fdatasync']);
  const count = 40;
  let done = 0;
  for (let number = 0; number < count; number += 1) {
    const command = { type: 'chat.post', body: { text: `counted ${number}` } };
    const answer = await commandOverHttp(server.url, crowd.admin, crowd.busy, command);
    if (answer.status === 200) done += 1;
  }
  const written = await tracer.stop();
  const syncs = written.match(/(fsync|fdatasync)\(/g)?.length ?? 0;
  stage.injected();
  recorder.claim('work', `${done} of ${count} commands were taken`, done === count);
  recorder.claim('I1', `${syncs} syncs for ${done} acknowledgements in turn`, syncs >= done);
}

/** A sync fails: nothing more is acknowledged, and the process ends with a code that says why. */
async function failSync(stage: Stage, when: number): Promise<void> {
  const { topology, recorder } = stage;
  const instance = topology.instances[0] as Instance;
  const tracer = await trace(instance.server.pid(), [
    ...['-e', 'trace=fsync,fdatasync'],
    ...['-e', `inject=fsync,fdatasync:error=EIO:when=${when}`],
  ]);
  stage.injected();
  const deadline = performance.now() + 20_000;
  while (instance.isUp() && performance.now() < deadline) await stage.during(50);
  recorder.claim('I10', 'the process ends by itself when a sync fails', !instance.isUp());
  await tracer.stop();
  const said = /no longer keep its promise/.test(instance.server.output());
  recorder.claim('I10', 'it says that the store can no longer keep its promise', said);
  await instance.start(true);
  await stage.recover();
}

/** The disk is full: a clear no to what is new, everything old can be read, the administrator gets in, and space heals it. */
async function fullDisk(stage: Stage): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const instance = topology.instances[0] as Instance;
  const folder = instance.server.dataDir;
  for (let round = 0; round < (stage.isQuick ? 1 : 3); round += 1) {
    await fillDisk(folder);
    stage.injected();
    const { url } = instance.server;
    let refusal: { status: number; code: string } | null = null;
    for (let number = 0; refusal === null && number < 200; number += 1) {
      const command = {
        type: 'chat.post',
        body: { text: `into a full disk ${number} ${'x'.repeat(7_000)}` },
      };
      const answer = await commandOverHttp(url, crowd.admin, crowd.busy, command);
      if (answer.status !== 200) refusal = { status: answer.status, code: answer.body.error?.code ?? '' };
    }
    recorder.claim(
      'I10',
      `what does not fit is refused as unavailable (${JSON.stringify(refusal)})`,
      refusal?.status === 503,
    );
    const ready = await ask<{ degraded: string[] }>(`${url}/readyz`);
    recorder.claim('I10', `readyz says so (${ready.degraded.join()})`, ready.degraded.includes('store'));
    const read = await request(`${url}/api/incidents/${crowd.busy}/log`, { token: crowd.admin.token });
    recorder.claim('I10', `reading works (${read.status})`, read.status === 200);
    const entered = await signIn(url, firstAdmin.email, firstAdmin.password).then(
      () => true,
      () => false,
    );
    recorder.claim('I10', 'the administrator can sign in with a full disk', entered);
    await stage.during(2_000);
    recorder.claim('I10', 'the process is alive', instance.isUp());
    await freeDisk(folder);
    await stage.recover();
  }
  recorder.claim('work', 'the disk was small', (await stat(path.join(folder, 'warroom.db'))).size < 160e6);
}

export const diskScenarios: readonly Scenario[] = [
  {
    name: 'F2 cut',
    title:
      'the write-ahead log is cut at its frames and at random bytes: a whole prefix, all of the synced one',
    kind: 'single',
    work: { with: 'crowd', run: cutLog },
  },
  {
    name: 'F2 syncs',
    title: 'every acknowledgement is preceded by a sync',
    kind: 'single',
    cannot: cannotTrace,
    work: { with: 'crowd', run: countSyncs },
  },
  {
    name: 'F2 error',
    title: 'a sync fails with an input/output error',
    kind: 'single',
    cannot: cannotTrace,
    work: {
      with: 'crowd',
      async run(stage) {
        for (let round = 0; round < (stage.isQuick ? 1 : 3); round += 1)
          await failSync(stage, 5 + stage.random.below(40));
      },
    },
  },
  {
    name: 'F3',
    title: 'the disk is full, again and again',
    kind: 'single',
    cannot: cannotMount,
    work: {
      with: 'crowd',
      async prepare() {
        const folder = await mountSmallDisk(160);
        return { topology: { dataDir: folder }, cleanUp: () => removeDisk(folder) };
      },
      run: fullDisk,
    },
  },
];
