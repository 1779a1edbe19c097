import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Head } from '#shared/contract/wire.ts';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type { Store } from '../../server/rooms/ports.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { migrationSteps } from '../../server/store/migrations/migrate.ts';
import type { MigrationStep } from '../../server/store/migrations/migrate.ts';
import { databasePath, migrateDatabase, openForWriting, Queries } from '../../server/store/sqliteDatabase.ts';
import { withDataDirectory } from '../../server/store/sqliteMaintenance.ts';
import { verifyFolder } from '../../server/store/sqliteVerify.ts';
import { sqliteHarness } from './sqliteHarness.ts';
import type { SqliteHarness } from './sqliteHarness.ts';
import { chat, declaration, declared } from './storeSupport.ts';

let harness: SqliteHarness;
const opened: Store[] = [];
beforeEach(async () => {
  harness = await sqliteHarness();
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  await harness.dispose();
});

async function open(options: { mostPages?: number } = {}): Promise<Store> {
  const store = await openSqliteStore({ folder: harness.folder, ...options });
  opened.push(store);
  return store;
}

/** Changes the database behind the store's back. */
function tamper(statement: string): void {
  const db = new Database(databasePath(harness.folder));
  // Lets the tables behind the search index be changed.
  db.unsafeMode(true);
  db.exec(statement);
  db.close();
}

describe('durability', () => {
  test('[S27] the writer’s connection waits for the disk at each commit: WAL with synchronous=FULL', () => {
    const path = join(harness.folder, 'some.db');
    const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'wal_autocheckpoint', 'secure_delete'];
    // Twice: SQLite's own idea of WAL shows only on a file that is in WAL mode when it is opened.
    for (const time of ['new', 'again']) {
      const db = openForWriting(path);
      db.exec(`create table t_${time} (x)`);
      expect(settings.map((name) => db.pragma(name, { simple: true }))).toEqual(['wal', 2, 1, 0, 1]);
      db.close();
    }
    // What SQLite does here when it is only told to use WAL; without the setting, a power cut would lose commits.
    const naive = new Database(path);
    expect(naive.pragma('synchronous', { simple: true })).toBe(1);
    naive.close();
  });

  test('[S28] everything acknowledged is there after SIGKILL in the middle of commits, and every chain is whole', async () => {
    const lines: { id: string; seq: number; hash: string; head: Head }[] = [];
    for (const round of ['first', 'second', 'third']) {
      lines.push(...(await commitUntilKilled(harness.folder, round, 150)));
    }
    const store = await open();
    for (const id of new Set(lines.map((line) => line.id))) {
      const told = lines.filter((line) => line.id === id);
      const last = told.at(-1);
      const head = await store.head(id);
      expect(head?.seq).toBeGreaterThanOrEqual(last?.seq ?? Number.MAX_VALUE);
      expect(head?.docSeq).toBeGreaterThanOrEqual(last?.head.docSeq ?? Number.MAX_VALUE);
      const page = await store.readLog(id, { limit: 10_000 });
      const hashes = new Map(page?.entries.map((entry) => [entry.seq, entry.hash]));
      expect(told.filter((line) => hashes.get(line.seq) !== line.hash)).toEqual([]);
    }
    const queries = new Queries(openForWriting(databasePath(harness.folder)));
    const verification = verifyFolder(queries, harness.folder);
    queries.close();
    expect(verification.damage).toEqual([]);
    expect(verification.logs.filter((log) => log.difference !== null)).toEqual([]);
    expect(verification.logs).toHaveLength(12);
  }, 120_000);
});

/** Runs the committer until it told of `count` acknowledgements, kills it, and answers what it told. */
async function commitUntilKilled(folder: string, prefix: string, count: number) {
  const script = fileURLToPath(new URL('./committer.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const lines: { id: string; seq: number; hash: string; head: Head }[] = [];
  for await (const line of createInterface(child.stdout)) {
    // The last line may be cut by the kill; a whole one ends with the head.
    if (!line.endsWith('}}')) continue;
    lines.push(JSON.parse(line) as (typeof lines)[number]);
    if (lines.length === count) child.kill('SIGKILL');
  }
  expect(await ended).toBe('SIGKILL');
  return lines;
}

describe('the data directory', () => {
  test('[S29] a second server is kept off the folder with one sentence, the command line is let in', async () => {
    const store = await open();
    await declared(store, 'incident-one1');
    await expect(openSqliteStore({ folder: harness.folder })).rejects.toThrow(
      `Another warroom server uses ${harness.folder}. Stop it first, or set DATA_DIR to another folder.`,
    );
    const heads = await withDataDirectory(
      harness.folder,
      async (_, queries) => verifyFolder(queries, harness.folder).logs,
    );
    expect(heads.map((log) => [log.name, log.difference])).toEqual([['INC-1', null]]);
    await declared(store, 'incident-two2');
    await store.close();
    await (await open()).close();
  });

  test('[S30] data of a newer version are refused in one sentence, and left as they are', async () => {
    await (await open()).close();
    tamper("insert into kysely_migration (name, timestamp) values ('9999-from-the-future', 'now')");
    const files = readdirSync(harness.folder);
    await expect(openSqliteStore({ folder: harness.folder })).rejects.toThrow(
      /was written by a newer warroom \(it has 9999-from-the-future\)/,
    );
    await expect(withDataDirectory(harness.folder, () => Promise.resolve())).rejects.toThrow(
      'another version',
    );
    expect(readdirSync(harness.folder)).toEqual(files);
  });
});

describe('migration', () => {
  const older = async () => {
    const store = await open();
    const room = await declared(store, 'incident-one1');
    await store.close();
    return room;
  };
  const next = (up: MigrationStep['up']) => [...migrationSteps, { name: '9999-next', up }];
  const path = () => databasePath(harness.folder);

  test('[S30] an older schema is brought up once, and the old state is kept beside it', async () => {
    await older();
    const db = openForWriting(path());
    const steps = next(async (on) => {
      await on.schema.alterTable('incidents').addColumn('extra', 'text').execute();
    });
    await migrateDatabase(db, { backup: true, steps });
    await migrateDatabase(db, { backup: true, steps });
    expect(db.prepare('select extra from incidents').all()).toEqual([{ extra: null }]);
    db.close();
    const kept = new Database(`${path()}.before-9999-next`);
    expect(kept.prepare('select number from incidents').all()).toEqual([{ number: 1 }]);
    expect(() => kept.prepare('select extra from incidents')).toThrow('no such column');
    kept.close();
    await expect(openSqliteStore({ folder: harness.folder })).rejects.toThrow('newer warroom');
  });

  test('[S30] a step that fails leaves nothing of itself', async () => {
    const room = await older();
    const db = openForWriting(path());
    const steps = next(async (on) => {
      await on.schema.createTable('half').addColumn('x', 'text').execute();
      throw new Error('the second half failed');
    });
    await expect(migrateDatabase(db, { backup: false, steps })).rejects.toThrow('the second half failed');
    expect(db.prepare("select name from sqlite_schema where name = 'half'").all()).toEqual([]);
    db.close();
    expect((await (await open()).head(room.id))?.seq).toBe(1);
  });
});

describe('failures', () => {
  test('[S31] with the disk full, what does not fit is refused retryably; reads and what fits go on; space heals it', async () => {
    const store = await open({ mostPages: 160 });
    const [big, small] = [await declared(store, 'incident-big0'), await declared(store, 'incident-tiny')];
    const fill = () => big.edit([new Uint8Array(40_000)]);
    let refusal: unknown = null;
    for (let turn = 0; refusal === null && turn < 100; turn += 1) {
      refusal = await fill().then(
        () => null,
        (error: unknown) => error,
      );
    }
    expect(refusal).toBeInstanceOf(StoreUnavailable);
    const [large, little] = await Promise.allSettled([fill(), small.commit([chat('still here')])]);
    expect([large.status, little.status]).toEqual(['rejected', 'fulfilled']);
    expect(await store.head(big.id)).toEqual(big.head);
    expect((await store.loadDocument(big.id, 'main')).docSeq).toBe(big.head.docSeq);
    await store.close();
    const roomier = await open({ mostPages: 400 });
    const room = await declared(roomier, 'incident-next');
    await room.edit([new Uint8Array(40_000)]);
    const found = await withDataDirectory(harness.folder, (data) => data.verify());
    expect(found.logs.filter((log) => log.difference !== null)).toEqual([]);
  });

  test('[S32] a damaged database is told once, and nothing is acknowledged from then on', async () => {
    const store = await open();
    const room = await declared(store, 'incident-one1');
    const reports: Error[] = [];
    store.onFatal((error) => reports.push(error));
    const stop = store.onFatal(() => reports.push(new Error('unsubscribed')));
    stop();
    tamper('delete from search_index_data; delete from search_index_idx');
    const outcomes = await Promise.allSettled([
      store.createIncident(declaration('incident-two2')),
      room.commit([chat('a')]),
      store.sharedSecret('key', () => 'value'),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(reports).toHaveLength(1);
    await expect(room.commit([chat('b')])).rejects.toBeInstanceOf(StoreUnavailable);
    const late: Error[] = [];
    store.onFatal((error) => late.push(error));
    expect(late).toEqual(reports);
    expect((await store.head(room.id))?.seq).toBe(1);
    expect(await store.healthy()).toBe(false);
  });
});
