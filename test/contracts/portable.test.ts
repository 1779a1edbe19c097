import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../server/rooms/ports.ts';
import { openPostgresStore } from '../../server/store/postgres.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { postgresStage } from './postgresHarness.ts';
import { ADA, BEN, chat, declared, START, wholeLog } from './storeSupport.ts';

const CLI = fileURLToPath(new URL('../../server/cli.ts', import.meta.url));
const ID = 'incident-one1';

const stage = postgresStage();
let folder: string;
let url: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warroom-portable-'));
  url = stage.url();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  code: number;
  out: string;
  error: string;
}

/** Runs the command line as an operator would: on DATA_DIR, or on DATABASE_URL where it is given. */
function warroom(databaseUrl: string | null, ...args: string[]): Promise<Outcome> {
  return warroomIn(folder, databaseUrl, ...args);
}

function warroomIn(dataDir: string, databaseUrl: string | null, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      DATA_DIR: dataDir,
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
    };
    execFile(process.execPath, [CLI, ...args], { env }, (failure, out, error) => {
      resolve({ code: failure ? Number(failure.code) : 0, out, error });
    });
  });
}

/** An incident with chat in two languages, a redaction, edits of the document, a session, and a person. */
async function fill(store: Store): Promise<void> {
  const room = await declared(store, ID);
  await room.commit([chat('checkout is down'), chat('결제 장애 확인했습니다'), chat('password hunter2')]);
  await room.edit([new Uint8Array([1, 2, 3])]);
  await store.saveSearchText(ID, 'main', room.head.docSeq, '## Summary\n데이터베이스\0failover');
  await room.commit([{ type: 'entry.redacted', body: { seq: 4, reason: 'a secret' } }], {
    erasures: [{ seq: 4, fields: ['text'] }],
  });
  await store.savePerson({
    ...{ id: ADA, name: 'Ada', email: 'ada@example.org', access: 'responder', admin: true },
    ...{ locale: 'en', disabled: false, passwordHash: 'hash', createdAt: new Date(START).toISOString() },
  });
  await store.createSession({
    ...{ id: 'session-1', person: ADA, createdAt: START, expiresAt: START + 1e12, revokedAt: null },
  });
}

/** All of it that anybody could see. */
async function seen(store: Store) {
  const find = async (text: string) => {
    const { hits } = await store.search({ reader: { person: BEN }, text, limit: 10 });
    return hits.map(({ seq, docSeq, text: found }) => ({ seq, docSeq, found }));
  };
  return {
    log: await wholeLog(store, ID),
    head: await store.head(ID),
    document: await store.loadDocument(ID, 'main'),
    summary: await store.readSummary(ID),
    people: await store.listPeople(),
    found: [await find('장애'), await find('checkout'), await find('failover'), await find('hunter2')],
  };
}

async function onSqlite<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ folder, anchorEvery: 0 });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function onPostgres<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openPostgresStore({ url, connections: 2, anchorFolder: folder, anchorEvery: 0 });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

describe('data that move', { timeout: 60_000 }, () => {
  test('[S46] from SQLite to PostgreSQL by one command: every hash, session and what search finds, under the same epoch', async () => {
    const [before, epoch] = await onSqlite(async (store) => {
      await fill(store);
      expect(await warroom(url, 'move-to-postgres')).toMatchObject({
        code: 1,
        error: expect.stringContaining('Another warroom server uses'),
      });
      return [await seen(store), store.storageEpoch];
    });
    expect(await warroom(null, 'move-to-postgres')).toMatchObject({
      code: 1,
      error: expect.stringContaining('Set DATABASE_URL'),
    });
    expect(await warroom(url, 'move-to-postgres')).toMatchObject({ code: 0, error: '' });
    await onPostgres(async (store) => {
      expect(await seen(store)).toEqual(before);
      expect(store.storageEpoch).toBe(epoch);
      expect((await store.readSessions(['session-1'])).size).toBe(1);
      // It goes on where it stood.
      const room = await declared(store, 'incident-two2');
      expect((await store.readSummary(room.id))?.number).toBe(2);
    });
    expect(before.found.map((hits) => hits.length)).toEqual([1, 1, 1, 0]);
    expect(await warroom(url, 'verify')).toMatchObject({ code: 0, out: expect.stringContaining('2 logs') });
    expect(await warroom(url, 'move-to-postgres')).toMatchObject({
      code: 1,
      error: expect.stringContaining('Add --force'),
    });
  });

  test('[S47] a backup of PostgreSQL is restored into PostgreSQL and into SQLite, under a new epoch with nobody signed in', async () => {
    const [before, epoch] = await onPostgres(async (store) => {
      await fill(store);
      return [await seen(store), store.storageEpoch];
    });
    const file = join(folder, 'backup.db');
    expect(await warroom(url, 'backup', file)).toMatchObject({ code: 0, error: '' });
    await onPostgres(async (store) => {
      const room = await declared(store, 'incident-late');
      await room.commit([chat('after the backup')]);
    });
    expect(await warroom(url, 'restore', file)).toMatchObject({
      code: 1,
      error: expect.stringContaining('--force'),
    });
    const restored = await warroom(url, 'restore', file, '--force');
    expect(restored).toMatchObject({ code: 0, error: '' });
    const check = async (store: Store) => {
      expect(await seen(store)).toEqual(before);
      expect(store.storageEpoch).not.toBe(epoch);
      expect((await store.readSessions(['session-1'])).size).toBe(0);
    };
    await onPostgres(check);
    expect(await warroom(url, 'verify')).toMatchObject({ code: 0, error: '' });
    const aside = /is in (\w+)\./.exec(restored.out)?.[1] ?? '';
    const kept = await stage.administer<{ id: string }>(`SELECT id FROM ${aside}.incidents ORDER BY number`);
    expect(kept.map((row) => row.id)).toEqual([ID, 'incident-late']);

    expect(await warroom(null, 'restore', file)).toMatchObject({ code: 0, error: '' });
    await onSqlite(check);
    expect(await warroom(null, 'verify')).toMatchObject({ code: 0, error: '' });
  });

  test('[S47] a machine without a data folder can restore, and one that cannot have it changes nothing', async () => {
    await onPostgres(fill);
    const file = join(folder, 'backup.db');
    expect(await warroom(url, 'backup', file)).toMatchObject({ code: 0 });
    const nowhere = await warroomIn(join(file, 'below-a-file'), url, 'restore', file, '--force');
    expect(nowhere.code).toBe(1);
    const schemas = `SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE 'replaced%'`;
    expect(await stage.administer(schemas)).toEqual([]);
    const fresh = join(folder, 'not', 'there', 'yet');
    expect(await warroomIn(fresh, url, 'restore', file, '--force')).toMatchObject({ code: 0, error: '' });
    expect(await warroomIn(fresh, url, 'verify')).toMatchObject({ code: 0, error: '' });
  });

  test('[S47] nothing is restored while a server uses the database, and a file that is no backup changes nothing', async () => {
    await onPostgres(async (store) => {
      await fill(store);
      await store.saveInstance({ id: 'instance-1', seenAt: Date.now() + 60_000, people: [] });
    });
    const file = join(folder, 'backup.db');
    expect(await warroom(url, 'backup', file)).toMatchObject({ code: 0 });
    expect(await warroom(url, 'restore', file, '--force')).toMatchObject({
      code: 1,
      error: expect.stringContaining('Stop all of them first'),
    });
    await onPostgres((store) => store.removeInstance('instance-1'));
    expect((await warroom(url, 'restore', join(folder, 'nothing.db'), '--force')).error).toContain(
      'There is no file',
    );
    await onPostgres(async (store) => expect((await store.head(ID))?.seq).toBe(5));
  });

  test('[S33] [S34] [S36] [S38] verify, export, migrate and reset-password do on PostgreSQL what they do on SQLite', async () => {
    await onPostgres(fill);
    expect(await warroom(url, 'migrate')).toMatchObject({ code: 0 });
    const exported = join(folder, 'INC-1.jsonl');
    expect(await warroom(url, 'export', 'INC-1', exported)).toMatchObject({ code: 0, error: '' });
    expect(await warroom(null, 'verify', '--export', exported)).toMatchObject({ code: 0, error: '' });
    const reset = await warroom(url, 'reset-password', 'ADA@example.org');
    expect(reset).toMatchObject({ code: 0, out: expect.stringMatching(/\/invite\/\S{20,}/) });
    await onPostgres(async (store) => {
      expect((await store.readSessions(['session-1'])).get('session-1')?.revokedAt).not.toBeNull();
    });
    await stage.administer(`UPDATE entries SET actor = 'somebody-else' WHERE incident_id = $1 AND seq = 2`, [
      ID,
    ]);
    const found = await warroom(url, 'verify', '--incident', 'INC-1');
    expect(found.code).toBe(1);
    expect(found.error).toContain('INC-1: first difference at entry #2: it does not match its hash');
  });
});
