import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { readMomentFrame } from '#shared/review/momentFrame.ts';
import type { MomentFrame } from '#shared/review/momentFrame.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';
import { createTypist } from '../support/typist.ts';

let server: HttpServer;
let ida: Member;
let id: string;
/** What the scratch pad read after each batch. */
const texts = new Map<number, string>();

beforeAll(async () => {
  server = await startHttp();
  ida = await server.member();
  const payload = { title: 'Checkout fails' };
  const made = await server.ask({ method: 'POST', url: '/api/incidents', token: ida.token, payload });
  id = made.json<IncidentSummary>().id;
  const room = await server.rooms.open(id);
  const handle = await room?.document('main');
  if (!room || !handle) throw new Error('the incident has no document');
  const typist = await createTypist(handle, ida.id, 77);
  for (let word = 0; word < 8; word += 1) {
    typist.insert(0, `word${word} `);
    await typist.saved();
    texts.set(room.head.docSeq, typist.doc.getText('scratch').toJSON());
    await room.submit(
      { type: 'chat.post', body: { text: `message ${word}` }, commandId: `command-${word}` },
      { kind: 'person', id: ida.id },
    );
  }
  typist.cut();
}, 60_000);
afterAll(() => server.close());

const ask = (path: string, headers: Record<string, string> = {}) =>
  server.ask({ url: `/api/incidents/${id}/replay/${path}`, token: ida.token, headers });
const frameOf = async (path: string): Promise<MomentFrame> => {
  const answer = await ask(path);
  expect(answer.statusCode).toBe(200);
  return readMomentFrame(answer.rawPayload);
};

function apply(doc: Y.Doc, { checkpoint, segments, batches }: MomentFrame): string {
  if (checkpoint) Y.applyUpdate(doc, checkpoint.state);
  for (const { update } of segments) Y.applyUpdate(doc, update);
  for (const { updates } of batches) for (const { update } of updates) Y.applyUpdate(doc, update);
  return doc.getText('scratch').toJSON();
}

describe('the document of a replay', () => {
  test('[A6] is what it was right after any batch', async () => {
    expect(texts.size).toBe(8);
    for (const [docSeq, text] of texts) {
      const frame = await frameOf(`document?docSeq=${docSeq}`);
      expect(frame.docSeq).toBe(docSeq);
      expect(apply(new Y.Doc(), frame)).toBe(text);
    }
    expect(apply(new Y.Doc(), await frameOf('document'))).toBe([...texts.values()].at(-1));
  });

  test('[A6] goes on from any moment by the batches that came, in parts', async () => {
    const [first = 0] = texts.keys();
    const doc = new Y.Doc();
    apply(doc, await frameOf(`document?docSeq=${first}`));
    let after = first;
    for (;;) {
      const frame = await frameOf(`batches?after=${after}&limit=3`);
      if (frame.batches.length === 0) break;
      expect(frame).toMatchObject({ checkpoint: null, segments: [], docSeq: after + 3 > 9 ? 9 : after + 3 });
      expect(frame.batches[0]).toMatchObject({ docSeq: after + 1, seqBefore: after });
      expect(apply(doc, frame)).toBe(texts.get(frame.docSeq));
      after = frame.docSeq;
    }
    expect(after).toBe([...texts.keys()].at(-1));
  });

  test('[A6] says who wrote what', async () => {
    const { batches } = await frameOf('batches?after=1&limit=1');
    expect(batches[0]?.updates.map(({ author }) => author)).toEqual([ida.id]);
    const { clients } = (await ask('authors')).json<{ clients: { clientId: number; person: string }[] }>();
    expect(clients).toContainEqual({ clientId: 77, person: ida.id });
  });

  test('[A6] is not sent again to who has it, and is kept by nobody between', async () => {
    const answer = await ask('document?docSeq=4');
    const { etag = '' } = answer.headers as { etag?: string };
    expect(answer.headers['cache-control']).toBe('private, no-cache');
    expect((await ask('document?docSeq=4', { 'if-none-match': etag })).statusCode).toBe(304);
    expect((await ask('document?docSeq=5', { 'if-none-match': etag })).statusCode).toBe(200);
  });

  test('[A18] one that grows is merged while it is written, and reads the same', async () => {
    const answer = await server.ask({
      ...{ method: 'POST', url: '/api/incidents', token: ida.token, payload: { title: 'Long' } },
    });
    const other = answer.json<IncidentSummary>().id;
    const handle = await (await server.rooms.open(other))?.document('main');
    if (!handle) throw new Error('the incident has no document');
    const typist = await createTypist(handle, ida.id, 78);
    for (let n = 0; n < 5; n += 1) typist.insert(0, 'x'.repeat(60_000));
    const saved = new Promise<void>((resolve) => {
      const save = server.store.saveSegment.bind(server.store);
      server.store.saveSegment = async (segment) => {
        await save(segment);
        resolve();
      };
    });
    await typist.saved();
    await saved;
    const url = `/api/incidents/${other}/replay/document`;
    const frame = readMomentFrame((await server.ask({ url, token: ida.token })).rawPayload);
    expect(frame.segments.length + (frame.checkpoint ? 1 : 0)).toBeGreaterThan(0);
    expect(apply(new Y.Doc(), frame)).toBe(typist.doc.getText('scratch').toJSON());
    typist.cut();
  });

  test('[A6] one that nobody wrote in yet is empty, one that there is not is not found', async () => {
    expect(await frameOf('document?name=review')).toEqual({
      ...{ docSeq: 0, checkpoint: null, segments: [], batches: [] },
    });
    for (const path of [
      'document?name=secret',
      'document?docSeq=99',
      'batches?name=../main',
      'authors?name=x',
    ]) {
      expect(refusal(await ask(path))).toEqual({ status: 404, code: 'not_found' });
    }
  });

  test.each([
    'document?docSeq=-1',
    'document?docSeq=1e3',
    'batches?limit=1001',
    'batches?after=x',
    'at?time=now',
  ])('[A6] %s is invalid', async (path) => {
    expect(refusal(await ask(path))).toEqual({ status: 400, code: 'invalid' });
  });
});

describe('the times of a replay', () => {
  test('[A7] a time is the last entry and batch that were recorded by then', async () => {
    const log = await server.store.readLog(id, { after: 3, limit: 1 });
    const [entry] = log?.entries ?? [];
    const { seq, docSeq } = (await ask(`at?time=${entry?.at}`)).json<{ seq: number; docSeq: number }>();
    const next = await server.store.readEntry(id, seq + 1);
    expect(seq).toBeGreaterThanOrEqual(4);
    expect(docSeq).toBeGreaterThanOrEqual(entry?.docSeq ?? 0);
    expect(next === null || next.at > (entry?.at ?? '')).toBe(true);
    expect(refusal(await ask('at?time=2001-01-01T00:00:00.000Z'))).toEqual({
      status: 404,
      code: 'not_found',
    });
    expect(refusal(await ask('at?time=2026-02-30T00:00:00.000Z')).status).toBe(400);
  });

  test('[A7] activity counts every message and batch once', async () => {
    type Activity = { from: string; bucketMilliseconds: number; chat: number[]; document: number[] };
    const activity = (await ask('activity')).json<Activity>();
    const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);
    expect([sum(activity.chat), sum(activity.document)]).toEqual([8, 9]);
    expect(activity.bucketMilliseconds % 1_000).toBe(0);
    const coarse = (await ask('activity?bucket=86400000')).json<Activity>();
    expect([coarse.chat, coarse.document]).toEqual([[8], [9]]);
  });

  test('[A7] what machines said is found from a day before, or in the span that is asked for', async () => {
    const now = Date.now();
    const event = { service: 'checkout', endedAt: null, link: null, createdAt: now, createdBy: ida.id };
    const hour = 3_600_000;
    await server.store.saveOutsideEvent({
      ...event,
      id: 'old-1',
      kind: 'deploy',
      title: '1.0',
      at: now - 90 * hour,
    });
    await server.store.saveOutsideEvent({
      ...event,
      id: 'new-1',
      kind: 'deploy',
      title: '1.1',
      at: now - hour,
    });
    const titles = async (query: string) =>
      (await ask(`outside${query}`)).json<{ events: { title: string }[] }>().events.map(({ title }) => title);
    expect(await titles('')).toEqual(['1.0', '1.1']);
    const past = new Date(now - 50 * hour).toISOString();
    expect(await titles(`?from=${past}&to=${past}`)).toEqual(['1.0']);
    expect(refusal(await ask(`outside?from=${new Date(now).toISOString()}&to=${past}`)).status).toBe(400);
    expect(refusal(await ask('outside?from=2026-02-30T00:00:00.000Z')).status).toBe(400);
  });
});
