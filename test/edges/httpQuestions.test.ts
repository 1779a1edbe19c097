import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StakeholderView } from '../../server/broadcast/publishedUpdates.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';
import { incidentWithLink, say } from '../support/stakeholders.ts';
import type { Made } from '../support/stakeholders.ts';

let server: HttpServer;
let ida: Member;
let ben: Member;

beforeAll(async () => {
  server = await startHttp();
  ida = await server.member();
  ben = await server.member();
}, 60_000);
afterAll(() => server.close());

const form = (fields: Record<string, string>) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost:3000' },
  payload: new URLSearchParams(fields).toString(),
});

/** One reader with a browser that keeps cookies. */
function reader(made: Made) {
  const cookies = new Map<string, string>();
  const headers = (): Record<string, string> =>
    cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  return {
    cookies,
    async ask(fields: Record<string, string>) {
      const sent = form(fields);
      const answer = await server.ask({
        ...{ method: 'POST', url: `/s/${made.link.token}/questions`, payload: sent.payload },
        headers: { ...sent.headers, ...headers() },
      });
      for (const { name, value } of answer.cookies) cookies.set(name, value);
      return answer;
    },
    view: async () =>
      (await server.ask({ url: `/api/s/${made.link.token}`, headers: headers() })).json<StakeholderView>(),
    page: async (query = '') =>
      (await server.ask({ url: `/s/${made.link.token}${query}`, headers: headers() })).body,
  };
}

const asked = (by: Member, made: Made) =>
  server.ask({ url: `/api/incidents/${made.id}/questions`, token: by.token });

async function seqOfQuestion(made: Made, text: string): Promise<number> {
  const { questions } = (await asked(ida, made)).json<{ questions: { seq: number; text: string }[] }>();
  return questions.find((question) => question.text === text)?.seq ?? 0;
}

describe('a question from outside', () => {
  test('[P1] reaches Communications and the commander, and nobody else in the room', async () => {
    const made = await incidentWithLink(server, ida);
    const answer = await reader(made).ask({ text: 'When is it over?', name: 'Chris' });
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe(`/s/${made.link.token}?lang=en&done=ask#ask`);
    expect((await asked(ida, made)).json()).toMatchObject({
      questions: [{ text: 'When is it over?', name: 'Chris', answers: [] }],
    });
    expect(refusal(await asked(ben, made))).toEqual({ status: 403, code: 'forbidden' });
    const log = await server.ask({ url: `/api/incidents/${made.id}/log?after=0`, token: ben.token });
    expect(log.body).toContain('question.asked');
    expect(log.body).not.toContain('When is it over?');
    const outsider = await server.member({ access: 'stakeholder' });
    expect((await asked(outsider, made)).statusCode).toBe(404);
  });

  test('[P2] is answered to the asker alone or to all, as Communications chooses, and never says who asked', async () => {
    const made = await incidentWithLink(server, ida);
    const [ann, tom] = [reader(made), reader(made)];
    await ann.ask({ text: 'Are my orders lost?', name: 'Ann' });
    await tom.ask({ text: 'Is search affected?', name: 'Tom' });
    expect((await ann.view()).questions).toMatchObject([
      { text: 'Are my orders lost?', mine: true, answer: null },
    ]);
    const mine = await seqOfQuestion(made, 'Are my orders lost?');
    const theirs = await seqOfQuestion(made, 'Is search affected?');
    const reply = (seq: number, text: string, to: string) =>
      say(server, ida, made.id, { type: 'question.answer', body: { seq, text, to } });
    await reply(mine, 'Yours are safe.', 'asker');
    await reply(theirs, 'Search works.', 'all');
    expect((await ann.view()).questions).toMatchObject([
      { text: 'Is search affected?', mine: false, answer: { text: 'Search works.', toAll: true } },
      { text: 'Are my orders lost?', mine: true, answer: { text: 'Yours are safe.', toAll: false } },
    ]);
    expect((await tom.view()).questions).toMatchObject([{ mine: true, answer: { text: 'Search works.' } }]);
    const everybody = await reader(made).page();
    expect(everybody).toContain('Search works.');
    for (const hidden of ['Yours are safe.', 'Are my orders lost?', 'Ann', 'Tom']) {
      expect(everybody).not.toContain(hidden);
    }
    expect(await ann.page()).toContain('Yours are safe.');
  });

  test('[P2] and its answer are gone wherever they were read once they are redacted', async () => {
    const made = await incidentWithLink(server, ida);
    const ann = reader(made);
    await ann.ask({ text: 'My key is hunter2, is it safe?' });
    const seq = await seqOfQuestion(made, 'My key is hunter2, is it safe?');
    const body = { seq, text: 'hunter2 is safe', to: 'all' };
    const answered = await say(server, ida, made.id, { type: 'question.answer', body });
    expect(await ann.page()).toContain('hunter2');
    for (const one of [seq, answered]) {
      const redact = { seq: one, reason: 'a key' };
      await say(server, ida, made.id, { type: 'entry.redact', body: redact, epoch: 1 });
    }
    expect(await ann.page()).not.toContain('hunter2');
    expect((await asked(ida, made)).body).not.toContain('hunter2');
  });

  test('[P3] is known to come from the same browser by a cookie of this link alone, which says nothing else', async () => {
    const made = await incidentWithLink(server, ida);
    const ann = reader(made);
    expect((await server.ask({ url: `/s/${made.link.token}` })).cookies).toEqual([]);
    const { cookies } = await ann.ask({ text: 'One' });
    const { token, id } = made.link;
    expect(cookies.map(({ name, path, httpOnly, sameSite }) => [name, path, httpOnly, sameSite])).toEqual(
      [`/s/${token}`, `/api/s/${token}`].map((path) => [`warroom_reader_${id}`, path, true, 'Lax']),
    );
    expect((await ann.ask({ text: 'Two' })).cookies).toEqual([]);
    const room = await server.rooms.open(made.id);
    const { entries } = await room!.lastEntries(10);
    const askers = entries.filter(({ type }) => type === 'question.asked').map(({ body }) => body['asker']);
    expect(new Set(askers).size).toBe(1);
    expect(askers[0]).toMatch(/^[0-9a-f]{32}$/);
    for (const secret of ann.cookies.values()) expect(JSON.stringify(entries)).not.toContain(secret);
  });

  test('[P3] is held back when there are too many, of one reader and of one link', async () => {
    const made = await incidentWithLink(server, ida);
    const ann = reader(made);
    for (const text of ['1', '2', '3']) expect((await ann.ask({ text })).statusCode).toBe(303);
    const fourth = await ann.ask({ text: 'My long question' });
    expect(fourth.statusCode).toBe(429);
    expect(Number(fourth.headers['retry-after'])).toBeGreaterThan(0);
    // What was written is not lost.
    expect(fourth.body).toMatch(/<textarea[^>]*>\s*My long question<\/textarea>/);
    for (let count = 0; count < 27; count += 1) await reader(made).ask({ text: `more ${count}` });
    expect((await reader(made).ask({ text: 'too many of this link' })).statusCode).toBe(429);
    const other = await incidentWithLink(server, ida);
    expect((await reader(other).ask({ text: 'another link' })).statusCode).toBe(303);
  });

  test('[P3] of one form is asked once, however often it is sent', async () => {
    const made = await incidentWithLink(server, ida);
    const ann = reader(made);
    const once = 'form-000001';
    for (let count = 0; count < 2; count += 1) {
      expect((await ann.ask({ text: 'Once?', once })).statusCode).toBe(303);
    }
    expect((await asked(ida, made)).json<{ questions: object[] }>().questions).toHaveLength(1);
  });

  test('[P4] that cannot be taken is refused in words of the page, and is not in the log', async () => {
    const made = await incidentWithLink(server, ida);
    const ann = reader(made);
    const blank = await ann.ask({ text: '  \n ' });
    expect([blank.statusCode, blank.body.includes('Write something first.')]).toEqual([400, true]);
    const long = await ann.ask({ text: 'x'.repeat(4_001) });
    expect([long.statusCode, long.body.includes('This is too long.')]).toEqual([413, true]);
    expect((await ann.ask({})).statusCode).toBe(400);
    const url = `/s/${made.link.token}/questions`;
    const foreign = form({ text: 'x' });
    const headers = { ...foreign.headers, origin: 'https://elsewhere.example' };
    expect(refusal(await server.ask({ method: 'POST', url, ...foreign, headers }))).toEqual({
      status: 403,
      code: 'forbidden',
    });
    const text = { headers: { 'content-type': 'text/plain' }, payload: 'text=x' };
    expect(refusal(await server.ask({ method: 'POST', url, ...text })).status).toBe(415);
    const gone = `/s/${'0'.repeat(32)}/questions`;
    expect((await server.ask({ method: 'POST', url: gone, ...form({ text: 'x' }) })).statusCode).toBe(404);
    expect((await asked(ida, made)).json()).toEqual({ questions: [] });
    await say(server, ida, made.id, { type: 'status.set', body: { status: 'resolved' }, epoch: 1 });
    await say(server, ida, made.id, { type: 'status.set', body: { status: 'closed' }, epoch: 1 });
    const late = await ann.ask({ text: 'Is it over?' });
    expect([late.statusCode, late.body.includes('no questions are taken any more')]).toEqual([409, true]);
  });

  test('[P4] of a program is JSON and answers what the reader asked', async () => {
    const made = await incidentWithLink(server, ida);
    const url = `/api/s/${made.link.token}/questions`;
    const answer = await server.ask({ method: 'POST', url, payload: { text: 'By API?' } });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ questions: [{ text: 'By API?', mine: true, answer: null }] });
    for (const payload of [{}, { text: 3 }, { text: 'x', more: 1 }, { text: ' ' }]) {
      expect(refusal(await server.ask({ method: 'POST', url, payload })).status).toBe(400);
    }
  });
});
