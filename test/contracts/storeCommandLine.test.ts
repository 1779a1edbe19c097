import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../server/rooms/ports.ts';
import { secretHash } from '../../server/rooms/chance.ts';
import { databasePath } from '../../server/store/sqliteDatabase.ts';
import { sqliteHarness } from './sqliteHarness.ts';
import type { SqliteHarness } from './sqliteHarness.ts';
import { chat, declared, START, wholeLog } from './storeSupport.ts';

const CLI = fileURLToPath(new URL('../../server/cli.ts', import.meta.url));

let harness: SqliteHarness;
let store: Store;
beforeEach(async () => {
  harness = await sqliteHarness();
  store = await harness.open();
});
afterEach(async () => {
  await store.close();
  await harness.dispose();
});

interface Outcome {
  code: number;
  out: string;
  error: string;
}

/** Runs the command line as an operator would, on the harness's folder. */
function warroom(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], DATA_DIR: harness.folder };
    execFile(process.execPath, [CLI, ...args], { env }, (failure, out, error) => {
      resolve({ code: failure ? Number(failure.code) : 0, out, error });
    });
  });
}

const inFolder = (name: string) => join(harness.folder, name);

// Each command is a process of its own.
describe('the command line', { timeout: 60_000 }, () => {
  test('[S36] verifies, exports and verifies the export while the server runs, and names what was changed', async () => {
    const room = await declared(store, 'incident-one1');
    await room.commit([chat('one'), chat('two')]);
    expect(await warroom('verify')).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 logs, 3 entries'),
    });
    const file = inFolder('INC-1.jsonl');
    expect(await warroom('export', 'INC-1', file)).toMatchObject({ code: 0, error: '' });
    expect(await warroom('verify', '--export', file)).toMatchObject({ code: 0, error: '' });
    const db = new Database(databasePath(harness.folder));
    db.exec("update entries set actor = 'somebody-else' where seq = 2");
    db.close();
    const found = await warroom('verify', '--incident', 'inc-1');
    expect(found.code).toBe(1);
    expect(found.error).toContain('INC-1: first difference at entry #2: it does not match its hash');
  });

  test('[S37] a backup made while the server commits is whole, and comes back under a new epoch with nobody signed in', async () => {
    const room = await declared(store, 'incident-one1');
    await store.createSession({
      id: 'session-1',
      person: 'p',
      createdAt: START,
      expiresAt: START,
      revokedAt: null,
    });
    let going = true;
    const committing = (async () => {
      while (going) await room.commit([chat('on and on')]);
    })();
    const file = inFolder('backup.db');
    expect(await warroom('backup', file)).toMatchObject({ code: 0, error: '' });
    going = false;
    await committing;
    await room.commit([chat('after the backup')]);
    const [epoch, log] = [store.storageEpoch, await wholeLog(store, room.id)];

    const refused = await warroom('restore', file, '--force');
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('Another warroom server uses') });
    await store.close();
    const careful = await warroom('restore', file);
    expect(careful).toMatchObject({ code: 1, error: expect.stringContaining('Add --force') });
    const restored = await warroom('restore', file, '--force');
    expect(restored).toMatchObject({ code: 0, error: '' });

    store = await harness.reopen();
    expect(store.storageEpoch).not.toBe(epoch);
    const old = await wholeLog(store, room.id);
    expect(old.length).toBeGreaterThan(1);
    expect(old.length).toBeLessThan(log.length);
    expect(old).toEqual(log.slice(0, old.length));
    expect((await store.readSessions(['session-1'])).size).toBe(0);
    // Anchors of what came after the backup were set aside with it, so that the restored log verifies.
    expect(await warroom('verify')).toMatchObject({ code: 0, error: '' });
    const aside = readdirSync(harness.folder).filter((name) => name.includes('.replaced-'));
    const setAside = new Set(aside.map((name) => name.split('.replaced-')[0]));
    expect(setAside).toEqual(new Set(['anchors.log', 'warroom.db']));
  });

  test('[S37] a backup writes over a file only when told to', async () => {
    await declared(store, 'incident-one1');
    const file = inFolder('kept.db');
    writeFileSync(file, 'last week');
    expect(await warroom('backup', file)).toMatchObject({
      code: 1,
      error: expect.stringContaining('add --force'),
    });
    expect(readFileSync(file, 'utf8')).toBe('last week');
    expect(await warroom('backup', file, '--force')).toMatchObject({ code: 0, error: '' });
    expect(readFileSync(file).subarray(0, 6).toString()).toBe('SQLite');
  });

  test('[S37] what is no backup is refused, and the data stay', async () => {
    await declared(store, 'incident-one1');
    await store.close();
    const before = readFileSync(databasePath(harness.folder));
    writeFileSync(inFolder('text.db'), 'not a database');
    const empty = new Database(inFolder('empty.db'));
    empty.exec('create table t (x)');
    empty.close();
    for (const name of ['text.db', 'empty.db']) {
      const refused = await warroom('restore', inFolder(name), '--force');
      expect(refused).toMatchObject({
        code: 1,
        error: expect.stringContaining('is not a whole warroom backup'),
      });
    }
    expect((await warroom('restore', inFolder('nothing.db'), '--force')).error).toContain('There is no file');
    expect(readFileSync(databasePath(harness.folder))).toEqual(before);
  });

  test('[S38] resets a password while the server runs: one link, sessions ended, and an entry that says so', async () => {
    const person = { id: 'person-one1', name: 'Ada', email: 'ada@example.org', access: 'responder' as const };
    const rest = {
      admin: true,
      locale: 'en' as const,
      disabled: false,
      passwordHash: 'x',
      createdAt: '2026',
    };
    await store.savePerson({ ...person, ...rest });
    await store.createSession({
      id: 's-1',
      person: person.id,
      createdAt: 0,
      expiresAt: START,
      revokedAt: null,
    });
    const first = await warroom('reset-password', ' ADA@example.org');
    const second = await warroom('reset-password', 'ada@example.org');
    const secrets = [first, second].map(({ out }) => /\/invite\/(\S+)/.exec(out)?.[1] ?? '');
    const tokens = await Promise.all(secrets.map((secret) => store.readToken(secretHash(secret))));
    expect(tokens.map((token) => [token?.kind, token?.subject, token?.revokedAt === null])).toEqual([
      ['invitation', person.id, false],
      ['invitation', person.id, true],
    ]);
    expect(first.out).toContain('Sessions ended: 1.');
    expect((await store.readSessions(['s-1'])).get('s-1')?.revokedAt).not.toBeNull();
    const { entries } = await store.readSystemLog({ limit: 5 });
    expect(entries.map((entry) => entry.type)).toEqual(['person.password_reset', 'person.password_reset']);
    expect((await warroom('reset-password', 'nobody@example.org')).error).toContain(
      'Nobody has the e-mail address',
    );
  });

  test('[S38] says what it can do when it does not understand, and touches nothing', async () => {
    await store.close();
    expect(await warroom('destroy')).toMatchObject({
      code: 2,
      error: expect.stringContaining('There is no command'),
    });
    expect(await warroom('verify', '--nonsense')).toMatchObject({ code: 2 });
    expect(await warroom('backup')).toMatchObject({
      code: 1,
      error: expect.stringContaining('backup <file>'),
    });
    expect(await warroom('verify', '--incident', 'x')).toMatchObject({ code: 1 });
    expect(await warroom('verify', '--incident', 'INC-7')).toMatchObject({
      code: 1,
      error: 'There is no incident INC-7.\n',
    });
    await harness.dispose();
    const nothing = await warroom('verify');
    expect(nothing).toMatchObject({ code: 1, error: expect.stringContaining('There are no warroom data') });
    expect(existsSync(harness.folder)).toBe(false);
  });
});
