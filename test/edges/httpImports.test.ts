import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { delaysOf, milestonesOf } from '#shared/review/delays.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

const REAL = process.env['WARROOM_REAL_DATA'] ?? '';

let server: HttpServer;
let ida: Member;

beforeAll(async () => {
  server = await startHttp();
  ida = await server.member();
}, 60_000);
afterAll(() => server.close());

async function declared(): Promise<string> {
  const payload = { title: 'Votes counted twice' };
  const made = await server.ask({ method: 'POST', url: '/api/incidents', token: ida.token, payload });
  return made.json<IncidentSummary>().id;
}

function send(id: string, query: string, body: string | Buffer, by = ida, type = 'application/octet-stream') {
  return server.ask({
    ...{ method: 'POST', url: `/api/incidents/${id}/imports?${query}`, token: by.token },
    ...{ payload: body, headers: { 'content-type': type } },
  });
}

interface Found {
  importId: string;
  records: number;
  skipped: number;
  sample: object[];
  imported?: number;
  done?: boolean;
}

async function imported(id: string) {
  const entries = await server.store.readEntriesOf(id, ['record.imported'], 0);
  return entries.map(({ body }) => body);
}

const lines = (count: number, name = 'ada') =>
  Array.from(
    { length: count },
    (_, n) => `ops 2026-01-26 [10:${String(n % 60).padStart(2, '0')}] <${name}> line ${n}`,
  ).join('\n');

describe('an import', () => {
  test('[A13] shows what a file holds and changes nothing until it is confirmed', async () => {
    const id = await declared();
    const answer = await send(id, 'source=irc&zone=Asia/Seoul', `${lines(30)}\nnonsense`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      ...{ records: 30, skipped: 1, skippedLines: [{ line: 31, reason: 'malformed' }] },
      ...{ from: '2026-01-26T01:00:00.000Z', to: '2026-01-26T01:29:00.000Z' },
    });
    expect(answer.json<Found>().sample).toHaveLength(20);
    expect(answer.json<Found>().imported).toBeUndefined();
    expect(await imported(id)).toEqual([]);
  });

  test('[A13] brings every record into the log once, in order, however often it is sent', async () => {
    const id = await declared();
    const file = lines(250);
    const first = (await send(id, 'source=irc&confirm=1', file)).json<Found>();
    expect(first).toMatchObject({ records: 250, imported: 250, done: true });
    const again = (await send(id, 'source=irc&confirm=1', file)).json<Found>();
    expect(again).toMatchObject({ importId: first.importId, imported: 250, done: true });
    const records = await imported(id);
    expect(records.map(({ text }) => text)).toEqual(Array.from({ length: 250 }, (_, n) => `line ${n}`));
    expect(records[249]).toEqual({
      ...{ importId: first.importId, source: 'irc', unverified: true, kind: 'message' },
      ...{ who: 'ada', place: 'ops', text: 'line 249', happenedAt: '2026-01-26T10:09:00.000Z' },
    });
  });

  test('[A13] goes on where it stopped', async () => {
    const id = await declared();
    const file = lines(230, 'ben');
    const { importId } = (await send(id, 'source=irc', file)).json<Found>();
    const room = await server.rooms.open(id);
    const records = (await send(id, 'source=irc', file)).json<{ sample: never[] }>().sample;
    await room?.submit(
      { type: 'records.import', body: { importId, source: 'irc', records }, commandId: `${importId}-1` },
      { kind: 'person', id: ida.id },
    );
    expect((await send(id, 'source=irc&confirm=1', file)).json()).toMatchObject({
      imported: 230,
      done: true,
    });
    expect((await imported(id)).map(({ text }) => text)).toEqual(
      Array.from({ length: 230 }, (_, n) => `line ${n}`),
    );
  });

  test('[A13] a long file comes in as a short one does', async () => {
    const id = await declared();
    const file = `${lines(50)}\n${'\n'.repeat(300_000)}${lines(70, 'ben')}\nnonsense`;
    const found = (await send(id, 'source=irc&confirm=1', file)).json<Found>();
    expect(found).toMatchObject({ records: 120, skipped: 1, imported: 120, done: true });
    expect((await imported(id)).map(({ who }) => who)).toEqual([
      ...Array.from({ length: 50 }, () => 'ada'),
      ...Array.from({ length: 70 }, () => 'ben'),
    ]);
  }, 60_000);

  test('[A13] that was withdrawn can be made anew; another zone is another import', async () => {
    const id = await declared();
    const first = (await send(id, 'source=irc&confirm=1', lines(3))).json<Found>();
    const room = await server.rooms.open(id);
    const body = { importId: first.importId, reason: 'wrong zone' };
    await room?.submit(
      { type: 'records.withdraw', body, commandId: 'withdraw-1' },
      { kind: 'person', id: ida.id },
    );
    const second = (await send(id, 'source=irc&confirm=1', lines(3))).json<Found>();
    const third = (await send(id, 'source=irc&confirm=1&zone=%2B09:00', lines(3))).json<Found>();
    expect(new Set([first.importId, second.importId, third.importId]).size).toBe(3);
    expect([second, third].map(({ imported: count }) => count)).toEqual([3, 3]);
  });

  test('[A14] is refused when it is empty, too large, of no known source or zone, or sent as something else', async () => {
    const id = await declared();
    expect(refusal(await send(id, 'source=irc', ''))).toEqual({ status: 400, code: 'invalid' });
    expect(refusal(await send(id, 'source=exe', 'x')).code).toBe('invalid');
    expect(refusal(await send(id, 'source=irc&zone=Mars', 'x')).code).toBe('invalid');
    expect(refusal(await send(id, 'source=irc&role=admin', 'x')).code).toBe('invalid');
    expect(refusal(await send(id, 'source=irc', 'x', ida, 'text/html')).status).toBe(415);
    expect(refusal(await send(id, 'source=irc', '{}', ida, 'application/json')).status).toBe(415);
    expect(refusal(await send(id, 'source=irc', '\n'.repeat(1_000_001)))).toEqual({
      status: 413,
      code: 'too_large',
    });
    expect(refusal(await send(id, 'source=irc', Buffer.alloc(50 * 1024 * 1024 + 1)))).toEqual({
      ...{ status: 413, code: 'too_large' },
    });
    expect(await imported(id)).toEqual([]);
  }, 60_000);

  test('[A14] nothing of a file is taken in from who may not enter', async () => {
    const payload = { title: 'Private', private: true };
    const made = await server.ask({ method: 'POST', url: '/api/incidents', token: ida.token, payload });
    const ben = await server.member();
    const large = Buffer.alloc(50 * 1024 * 1024 + 1);
    expect(refusal(await send(made.json<{ id: string }>().id, 'source=irc', large, ben)).status).toBe(404);
  });

  test.skipIf(!existsSync(REAL)).each(['mediawiki', 'stripe', 'ubuntu-meeting'])(
    '[A15] the real log of %s comes in whole',
    async (name) => {
      const id = await declared();
      const file = readFileSync(join(REAL, `chat/${name}.0.txt`));
      const { records, skipped, ...found } = (await send(id, 'source=irc&confirm=1', file)).json<Found>();
      expect(records + skipped).toBe(1_200);
      expect(found).toMatchObject({ imported: records, done: true });
      const room = await server.rooms.open(id);
      expect(room?.state.review?.imports).toMatchObject([{ count: records, withdrawn: false }]);
    },
    60_000,
  );

  test.skipIf(!existsSync(REAL))(
    '[A15] the facts of the real incident give the delays that are known of it',
    async () => {
      const id = await declared();
      await send(id, 'source=csv&confirm=1', readFileSync(join(REAL, 'incidents/duplicate-votes.csv')));
      const room = await server.rooms.open(id);
      const log = (await server.store.readLog(id, { after: 0, limit: 100 }))?.entries ?? [];
      const minutes = delaysOf(milestonesOf(log, room?.state.review)).map(({ delay, milliseconds }) => [
        ...[delay, milliseconds / 60_000],
      ]);
      expect(Object.fromEntries(minutes)).toMatchObject({
        ...{ in_effect: 43, report_until_noticed: 25, report_until_update: 46 },
      });
    },
  );
});
