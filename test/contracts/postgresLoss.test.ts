import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type { Store } from '../../server/rooms/ports.ts';
import { openPostgresStore } from '../../server/store/postgres.ts';
import { startPostgres } from '../support/postgresServer.ts';
import type { PostgresServer } from '../support/postgresServer.ts';
import { losingLine } from './postgresProxy.ts';
import { postgresStage } from './postgresHarness.ts';
import { chat, declaration, declared, edit, wholeLog } from './storeSupport.ts';

const stage = postgresStage();
const { opened, administer } = stage;

describe('losing the database', () => {
  test('[S53] after every connection was ended the next requests are served, without anybody noticing', async () => {
    const store = await opened();
    const room = await declared(store, 'incident-one1');
    for (let round = 0; round < 4; round += 1) {
      await Promise.all([1, 2, 3, 4].map(() => store.head(room.id)));
      await stage.endConnections();
      expect((await store.commit(room.request([], edit(round)))).kind).toBe('committed');
      expect((await store.head(room.id))?.docSeq).toBe(round + 2);
      expect(await store.healthy()).toBe(true);
    }
  });

  test('[S53] a server that takes no writes any more refuses retryably, and is used again when it does', async () => {
    const store = await opened();
    const room = await declared(store, 'incident-one1');
    const name = new URL(stage.url()).pathname.slice(1);
    const setReadOnly = async (value: 'on' | 'off') => {
      await administer(`ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`);
      await stage.endConnections();
    };
    await setReadOnly('on');
    await expect(store.commit(room.request([chat('x')]))).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.createIncident(declaration('incident-two2'))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await store.head(room.id)).toEqual(room.head);
    await administer(`BEGIN READ WRITE; ALTER DATABASE ${name} RESET default_transaction_read_only; COMMIT`);
    await room.commit([chat('and it goes on')]);
  });
});

describe('losing the server', () => {
  let own: PostgresServer;
  beforeAll(async () => {
    own = await startPostgres({ own: true });
  }, 60_000);
  afterAll(() => own.stop());

  const soon = { connect: 400, statement: 400, lock: 400, idle: 400, answer: 600 };

  test('[S53] a server that crashed and came back is used again; what was asked meanwhile was refused', async () => {
    const store = await opened({ url: own.url, patience: soon });
    const room = await declared(store, 'incident-one1');
    await room.commit([chat('before')]);
    await own.crash();
    await expect(store.commit(room.request([chat('away')]))).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.head(room.id)).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.healthy()).rejects.toBeInstanceOf(StoreUnavailable);
    await own.start();
    await room.commit([chat('after')]);
    const log = await wholeLog(store, room.id);
    expect(log.slice(1).map((entry) => entry.body['text'])).toEqual(['before', 'after']);
  });

  test('[S53] a server that hangs is waited for no longer than was set, and goes on where it was', async () => {
    const store = await opened({ url: await own.createDatabase(), patience: soon });
    const room = await declared(store, 'incident-one1');
    await room.commit([chat('before')]);
    own.pause();
    const asked = [store.commit(room.request([chat('away')])), store.head(room.id)];
    for (const answer of asked) await expect(answer).rejects.toBeInstanceOf(StoreUnavailable);
    own.resume();
    await room.commit([chat('after')]);
    expect((await wholeLog(store, room.id)).map((entry) => entry.body['text'])).toEqual([
      undefined,
      'before',
      'after',
    ]);
  });
});

describe('connections that fall silent', () => {
  test('[S53] are all given up with the first one: nobody waits for each of them', async () => {
    const line = await losingLine(stage.url());
    const patience = { connect: 2_000, statement: 2_000, lock: 2_000, idle: 2_000, answer: 1_000 };
    const store = await opened({ url: line.url, patience, connections: 8 });
    const room = await declared(store, 'incident-one1');
    // As many connections as the pool has, before all of them are dead.
    await Promise.all(Array.from({ length: 16 }, () => store.loadRoom(room.id)));
    line.silence();
    expect(await store.head(room.id)).toEqual(room.head);
    await room.commit([chat('after')]).catch((error: unknown) => {
      // The commits' own connections are dead too: refused once, and then not any more.
      expect(error).toBeInstanceOf(StoreUnavailable);
    });
    expect((await store.readSummary(room.id))?.number).toBe(1);
    await line.stop();
  });
});

describe('a standby that must confirm', () => {
  let own: PostgresServer;
  beforeAll(async () => {
    own = await startPostgres({ synchronousStandby: true });
  }, 60_000);
  afterAll(() => own.stop());

  /** Done when this many commits wait for the standby; answers who they are. */
  async function waiting(): Promise<number[]> {
    const rows = await administer<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
      [],
      own.url,
    );
    return rows.length > 0 ? rows.map(({ pid }) => pid) : waiting();
  }

  test('[S51] [S55] a commit that was let go without its standby is not acknowledged before the standby has it', async () => {
    const store = await opened({ url: own.url });
    const room = await declared(store, 'incident-one1');
    await room.commit([chat('before')]);
    own.standby?.pause();
    let isAnswered = false;
    const asked = store.commit(room.request([chat('x')], edit(1))).finally(() => {
      isAnswered = true;
    });
    const [first] = await waiting();
    // What an administrator does to get rid of a query that hangs: it commits here alone, with a warning.
    await administer('SELECT pg_cancel_backend($1)', [first], own.url);
    while ((await waiting())[0] === first) expect(isAnswered).toBe(false);
    expect(isAnswered).toBe(false);
    own.standby?.resume();
    expect((await asked).kind).toBe('committed');
    expect((await store.head(room.id))?.seq).toBe(3);
  });
});

describe('opening', () => {
  test('[S54] of many that start together on an empty database one makes the schema, and all open', async () => {
    const url = await stage.server().createDatabase();
    const together = await Promise.all([1, 2, 3, 4].map(() => openPostgresStore({ url, connections: 2 })));
    stage.closeLater(together);
    expect(new Set(together.map((store) => store.storageEpoch)).size).toBe(1);
    await declared(together[3] as Store, 'incident-one1');
    expect(await together[0]?.findIncidentByNumber(1)).toBe('incident-one1');
  });

  test('[S30] [S54] a database of a newer version is refused with one sentence and left as it is', async () => {
    await administer(`INSERT INTO kysely_migration (name, timestamp) VALUES ('0999-later', 'now')`);
    await expect(openPostgresStore({ url: stage.url() })).rejects.toThrow(
      /written by a newer warroom \(it has 0999-later\)/,
    );
    const [row] = await administer<{ count: string }>('SELECT count(*) FROM meta');
    expect(Number(row?.count)).toBe(0);
  });

  test('[S55] a database that acknowledges before it is durable is refused with one sentence', async () => {
    const name = new URL(stage.url()).pathname.slice(1);
    await administer(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    await expect(openPostgresStore({ url: stage.url() })).rejects.toThrow('set it to on');
    await administer(`ALTER DATABASE ${name} SET synchronous_commit = local`);
    expect(await (await opened()).healthy()).toBe(true);
  });

  test('[S55] durability that is turned off later stops the store when it connects anew, until it is on again', async () => {
    const store = await opened();
    const room = await declared(store, 'incident-one1');
    const name = new URL(stage.url()).pathname.slice(1);
    await administer(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    await stage.endConnections();
    await expect(store.commit(room.request([chat('x')]))).rejects.toThrow('set it to on');
    await expect(store.healthy()).rejects.toBeInstanceOf(StoreUnavailable);
    await administer(`ALTER DATABASE ${name} SET synchronous_commit = on`);
    await room.commit([chat('and it goes on')]);
  });

  test('[S54] a database that cannot be reached is told in one sentence', async () => {
    await expect(openPostgresStore({ url: 'postgres://nobody@127.0.0.1:1/none' })).rejects.toThrow(
      'check DATABASE_URL',
    );
  });
});

test('[S2] text that PostgreSQL cannot hold is refused, and nothing of it is stored', async () => {
  const store = await opened();
  const [room, other] = [await declared(store, 'incident-one1'), await declared(store, 'incident-two2')];
  const before = await store.head(room.id);
  const bad = room.request([chat('fine')], {
    deadlines: {
      set: [{ incidentId: room.id, id: 'nul\u0000', dueAt: 1, command: { type: 'x', body: {} } }],
      clear: [],
    },
  });
  const outcomes = await Promise.allSettled([store.commit(bad), other.commit([chat('unrelated')])]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'fulfilled']);
  expect(await store.head(room.id)).toEqual(before);
});
