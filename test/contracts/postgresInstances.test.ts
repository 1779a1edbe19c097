import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CommitResult, Store } from '../../server/rooms/ports.ts';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import { parseAnchors, readAnchors } from '../../server/store/anchors.ts';
import { verifyLog } from '../../server/rooms/verifyLog.ts';
import type { StoredBatch, StoredEntry } from '../../server/rooms/verifyLog.ts';
import { seeded } from '../support/seeded.ts';
import { losingLine } from './postgresProxy.ts';
import { postgresStage } from './postgresHarness.ts';
import { ADA, chat, declaration, declared, edit, StoreRoom, wholeLog } from './storeSupport.ts';

const stage = postgresStage();
const { opened, administer } = stage;

/** The room on an incident that another store declared. */
const onto = (store: Store, room: StoreRoom, name: string) =>
  new StoreRoom(
    store,
    { kind: 'created', state: room.state, summary: { id: room.id, head: room.head } as never },
    name,
  );

/** Both chains, recomputed from the rows; null when everything matches. */
async function differenceIn(store: Store, incidentId: string): Promise<string | null> {
  const rows = <T>(table: string, order: string) =>
    administer<T>(`SELECT * FROM ${table} WHERE incident_id = '${incidentId}' ORDER BY ${order}`);
  const [entries, batches, head] = await Promise.all([
    rows<StoredEntry>('entries', 'seq'),
    rows<StoredBatch>('document_batches', 'doc_seq'),
    store.head(incidentId),
  ]);
  if (!head) throw new Error(`no incident ${incidentId}`);
  return verifyLog({
    incidentId,
    entries: entries.map((row) => ({
      ...row,
      seq: Number(row.seq),
      doc_seq: Number(row.doc_seq),
      version: Number(row.version),
    })),
    batches: batches.map((row) => ({
      ...row,
      doc_seq: Number(row.doc_seq),
      seq_before: Number(row.seq_before),
    })),
    head,
    anchors: [],
  }).difference;
}

/** Commits as a room does: once against what it knows, and then, if it was behind, with the incident to itself. */
async function tick(room: StoreRoom, text: string): Promise<{ tries: number; result: CommitResult }> {
  const first = await room.store.commit(room.request([chat(text)], { ...edit(1), state: null }));
  if (first.kind !== 'behind') return follow(room, first, 1);
  room.head = first.head;
  const second = await room.store.commitLocked(room.id, first.head, (_missed, head) => {
    room.head = head;
    return Promise.resolve(room.request([chat(text)], { ...edit(1), state: null }));
  });
  if (!second) throw new Error('nothing was committed');
  return follow(room, second, 2);
}

function follow(room: StoreRoom, result: CommitResult, tries: number) {
  if (result.kind === 'committed') room.head = result.head;
  return { tries, result };
}

describe('several stores on one database', () => {
  test('[S1] [S10] [S40] two that are busy on one incident leave no gap and whole chains, and nobody needs a third try', async () => {
    const [one, two] = [await opened(), await opened()];
    const room = await declared(one, 'incident-one1');
    const work = async (store: Store, name: string) => {
      const mine = onto(store, room, name);
      const tries = [];
      for (let turn = 0; turn < 40; turn += 1) {
        const done = await tick(mine, `${name} ${turn}`);
        expect(done.result.kind).toBe('committed');
        tries.push(done.tries);
      }
      return tries;
    };
    await Promise.all([work(one, 'one'), work(two, 'two')]);
    const log = await wholeLog(one, room.id);
    expect(log.map((entry) => entry.seq)).toEqual(log.map((_, index) => index + 1));
    expect(new Set(log.map((entry) => entry.body['text'])).size).toBe(81);
    expect((await two.head(room.id))?.docSeq).toBe(81);
    expect(await differenceIn(one, room.id)).toBeNull();
  });

  test('[S13] [S14] declarations of several stores get each number once, and one command id declares once', async () => {
    const both = [await opened(), await opened()];
    const created = await Promise.all(
      both.flatMap((store, n) =>
        [1, 2, 3, 4, 5, 6].map((turn) => store.createIncident(declaration(`incident-${n}${turn}`))),
      ),
    );
    const numbers = created.map((result) => (result.kind === 'created' ? result.summary.number : 0));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
    const request = declaration('incident-same');
    const again = await Promise.all(
      both.map((store, n) => store.createIncident({ ...request, id: `incident-same${n}` })),
    );
    expect(again.map((result) => result.kind).toSorted()).toEqual(['created', 'repeated']);
  });

  test('[S25] [S26] they share secrets and one system log', async () => {
    const both = [await opened(), await opened()];
    expect(both[0]?.storageEpoch).toBe(both[1]?.storageEpoch);
    const made = await Promise.all(both.map((store, n) => store.sharedSecret('key', () => `${n}`)));
    expect(made[0]).toBe(made[1]);
    const entry = { now: 1, actor: ADA, type: 'person.added', body: {} };
    await Promise.all(both.flatMap((store) => [1, 2, 3].map(() => store.appendSystemEntry(entry))));
    const { entries } = (await both[0]?.readSystemLog({ limit: 10 })) ?? { entries: [] };
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(entries.slice(1).map(({ prevHash }) => prevHash)).toEqual(
      entries.slice(0, -1).map(({ hash }) => hash),
    );
  });

  test('[S35] each keeps the heads of what it committed outside the database', async () => {
    const folders = ['one', 'two'].map((name) => mkdtempSync(join(tmpdir(), `warroom-anchors-${name}-`)));
    const [one, two] = await Promise.all(folders.map((anchorFolder) => opened({ anchorFolder })));
    if (!one || !two) throw new Error('two stores');
    const room = await declared(one, 'incident-one1');
    const other = onto(two, room, 'other');
    await other.commit([chat('a')], edit(1));
    await two.appendSystemEntry({ now: 1, actor: ADA, type: 'person.added', body: {} });
    await Promise.all([one.close(), two.close()]);
    const anchored = folders.map((folder) =>
      parseAnchors(readAnchors(folder)).anchors.map(({ incidentId, seq, hash }) => [incidentId, seq, hash]),
    );
    for (const folder of folders) rmSync(folder, { recursive: true });
    expect(anchored[0]).toEqual([[room.id, 1, room.head.hash]]);
    expect(anchored[1]).toContainEqual([room.id, 2, other.head.hash]);
    expect(anchored[1]).toContainEqual(['system-log', 1, expect.any(String)]);
  });

  test('[S52] an incident that somebody keeps locked stops no other one, and is refused retryably in time', async () => {
    const [one, two] = [await opened({ patience: { lock: 400 } }), await opened()];
    const [held, free] = [await declared(one, 'incident-held'), await declared(one, 'incident-free')];
    await two.commitLocked(held.id, held.head, async () => {
      const stuck = one.commit(held.request([], edit(1)));
      for (let turn = 0; turn < 5; turn += 1) await free.commit([chat(`${turn}`)], edit(turn));
      await expect(stuck).rejects.toBeInstanceOf(StoreUnavailable);
      return null;
    });
    expect((await one.head(held.id))?.docSeq).toBe(1);
    await held.commit([chat('and it goes on')]);
  });
});

describe('a COMMIT whose answer does not come', () => {
  test.each([
    { what: 'answer', stored: true },
    { what: 'request', stored: false },
  ] as const)('[S51] is read back: $what lost', async ({ what, stored }) => {
    const line = await losingLine(stage.url());
    const store = await opened({ url: line.url });
    const room = await declared(store, 'incident-one1');
    for (const [text, given] of [
      ['', edit(1)],
      ['words', {}],
      ['both', edit(2)],
    ] as const) {
      const before = await store.head(room.id);
      const request = room.request(text === '' ? [] : [chat(text)], given);
      line.lose(what);
      const answer = await store.commit(request).catch((error: unknown) => error);
      const head = await store.head(room.id);
      if (stored) expect(answer).toMatchObject({ kind: 'committed', head });
      else {
        expect(answer).toBeInstanceOf(StoreUnavailable);
        expect(head).toEqual(before);
        expect((await store.commit(request)).kind).toBe('committed');
      }
      room.head = (await store.head(room.id)) ?? room.head;
    }
    expect(line.lost()).toBe(3);
    expect(await differenceIn(store, room.id)).toBeNull();
    await line.stop();
  });

  test.each(['answer', 'request'] as const)(
    '[S51] of a second try, a declaration or the system log is read back: %s lost',
    async (what) => {
      const line = await losingLine(stage.url());
      const store = await opened({ url: line.url });
      const room = await declared(store, 'incident-one1');
      const outcome = (work: Promise<unknown>) =>
        work.then(
          () => 'stored',
          (error: unknown) => (error instanceof StoreUnavailable ? 'not stored' : error),
        );
      const expected = what === 'answer' ? 'stored' : 'not stored';

      line.lose(what);
      let decided = 0;
      const second = store.commitLocked(room.id, room.head, () => {
        decided += 1;
        return Promise.resolve(room.request([chat('second')]));
      });
      expect([await outcome(second), decided]).toEqual([expected, 1]);
      expect((await store.head(room.id))?.seq).toBe(what === 'answer' ? 2 : 1);

      line.lose(what);
      const created = outcome(store.createIncident(declaration('incident-two2')));
      expect(await created).toBe(expected);
      expect((await store.createIncident(declaration('incident-two2'))).kind).toBe(
        what === 'answer' ? 'repeated' : 'created',
      );
      expect(await store.findIncidentByNumber(2)).toBe('incident-two2');

      line.lose(what);
      const entry = { now: 1, actor: ADA, type: 'person.added', body: {} };
      expect(await outcome(store.appendSystemEntry(entry))).toBe(expected);
      expect((await store.readSystemLog({ limit: 9 })).entries.length).toBe(what === 'answer' ? 1 : 0);
      expect(line.lost()).toBe(3);
      await line.stop();
    },
  );

  test('[S51] under connections that are ended at random, what is acknowledged is there, once, and what is refused is not', async () => {
    const both = [await opened(), await opened()];
    const [first] = both;
    if (!first) throw new Error('two stores');
    const rooms = await Promise.all([0, 1, 2].map((n) => declared(first, `incident-${n + 10}`)));
    const chance = seeded(7);
    let isOver = false;
    const acknowledged = new Map<string, string[]>(rooms.map((room) => [room.id, []]));
    const refused = new Map<string, string[]>(rooms.map((room) => [room.id, []]));
    const work = async (store: Store, room: StoreRoom, name: string) => {
      const mine = onto(store, room, name);
      for (let turn = 0; !isOver; turn += 1) {
        const text = `${name} ${turn}`;
        try {
          const { result } = await tick(mine, text);
          if (result.kind === 'committed') acknowledged.get(room.id)?.push(text);
        } catch (error) {
          expect(error).toBeInstanceOf(StoreUnavailable);
          refused.get(room.id)?.push(text);
        }
      }
    };
    const workers = rooms.flatMap((room) => both.map((store, n) => work(store, room, `worker-${n}`)));
    let ended = 0;
    for (let round = 0; round < 25; round += 1) {
      const rows = await administer<{
        pid: number;
      }>(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND application_name = 'warroom' ORDER BY pid`);
      const victims = rows.filter(() => chance.next() < 0.5).map(({ pid }) => pid);
      await administer('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [victims]);
      ended += victims.length;
    }
    isOver = true;
    await Promise.all(workers);
    expect(ended).toBeGreaterThan(20);
    for (const room of rooms) {
      const texts = (await wholeLog(first, room.id)).slice(1).map((entry) => String(entry.body['text']));
      expect(texts.length).toBeGreaterThan(10);
      expect(new Set(texts).size).toBe(texts.length);
      expect(texts.toSorted()).toEqual(acknowledged.get(room.id)?.toSorted());
      expect(await differenceIn(first, room.id)).toBeNull();
    }
  });
});

describe('a history that was replaced beside a running instance', () => {
  test('[S56] by a restore: nothing is added to it, and the instance is told to start anew', async () => {
    const store = await opened();
    const room = await declared(store, 'incident-one1');
    const told: string[] = [];
    store.onFatal((error) => void told.push(error.name));
    await administer(`UPDATE meta SET value = 'another' WHERE key = 'storage_epoch'`);
    await expect(room.edit([new Uint8Array([1])])).rejects.toThrow('A backup was restored');
    await expect(room.commit([chat('from the past')])).rejects.toThrow('A backup was restored');
    await expect(store.commitLocked(room.id, room.head, () => Promise.resolve(null))).rejects.toThrow(
      'A backup was restored',
    );
    expect(told).toEqual(['HistoryReplaced']);
    expect(await store.head(room.id)).toEqual(room.head);
  });

  test('[S56] by a database that forgot what it promised: a room that is ahead of it is told so', async () => {
    const store = await opened();
    const room = await declared(store, 'incident-one1');
    const before = room.head;
    await room.commit([chat('acknowledged')]);
    const told: string[] = [];
    store.onFatal((error) => void told.push(error.name));
    await administer(`DELETE FROM entries WHERE seq = ${room.head.seq}`);
    await administer(`UPDATE heads SET seq = ${before.seq}, hash = '${before.hash}'`);
    await expect(room.commit([chat('next')])).rejects.toThrow('stands at 1, but the room is at 2');
    expect(told).toEqual(['HistoryReplaced']);
  });
});
