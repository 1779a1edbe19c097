import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderStakeholderPage } from '../../server/broadcast/stakeholderPage.ts';
import type { StakeholderView } from '../../server/broadcast/publishedUpdates.ts';
import { startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';
import { incidentWithLink, say } from '../support/stakeholders.ts';

const LEADERS = 'audience-leaders';
const PARTNERS = 'audience-partners';

let server: HttpServer;
let ida: Member;
let lea: Member;

beforeAll(async () => {
  server = await startHttp();
  ida = await server.member();
  lea = await server.member({ access: 'stakeholder' });
  for (const id of [LEADERS, PARTNERS]) {
    const body = { name: id, locale: 'en' as const, severities: [], tellsHandoff: false };
    await server.settings.save({ kind: 'audience', id, body, revision: 0, by: ida.id });
  }
  await server.store.saveTarget({
    ...{ id: 'target-lea1', list: LEADERS, channel: 'mail', address: lea.email.toUpperCase(), name: null },
    ...{ locale: null, secret: null, state: 'active', createdAt: 0, createdBy: ida.id },
  });
}, 60_000);
afterAll(() => server.close());

describe('updates for who is signed in', () => {
  test('[P6] are those that went to an audience with their address, also of a private incident', async () => {
    const made = await incidentWithLink(server, ida, { title: 'Private matter', private: true });
    const attach = (audience: string) =>
      say(server, ida, made.id, { type: 'audience.attach', body: { audience } });
    await attach(LEADERS);
    await attach(PARTNERS);
    const send = (text: string, audiences: string[]) =>
      say(server, ida, made.id, { type: 'update.send', body: { state: 'identified', text, audiences } });
    await send('For partners alone.', [PARTNERS]);
    const list = () => server.ask({ url: '/stakeholder/incidents', token: lea.token });
    const page = () => server.ask({ url: `/updates/${made.number}`, token: lea.token });
    expect((await list()).body).not.toContain('Private matter');
    expect((await page()).statusCode).toBe(404);
    await send('For leaders.', [LEADERS]);
    expect((await list()).body).toContain(`href="/updates/${made.number}?lang=en"`);
    expect((await page()).body).toContain('For leaders.');
    expect((await page()).body).not.toContain('For partners');
    const target = await server.store.readTarget('target-lea1');
    if (target) await server.store.saveTarget({ ...target, state: 'ended' });
    expect((await page()).statusCode).toBe(404);
    if (target) await server.store.saveTarget(target);
  });

  test('[P6] take questions in the name of who asks', async () => {
    const made = await incidentWithLink(server, ida);
    await say(server, ida, made.id, { type: 'audience.attach', body: { audience: LEADERS } });
    await say(server, ida, made.id, { type: 'update.send', body: { state: 'identified', text: 'Known.' } });
    const url = `/updates/${made.number}/questions`;
    const asked = await server.ask({ method: 'POST', url, token: lea.token, payload: { text: 'And me?' } });
    expect([asked.statusCode, asked.headers.location]).toEqual([
      303,
      `/updates/${made.number}?lang=en&done=ask#ask`,
    ]);
    const page = (await server.ask({ url: `/updates/${made.number}`, token: lea.token })).body;
    expect(page).toContain('And me?');
    const { questions } = (
      await server.ask({ url: `/api/incidents/${made.id}/questions`, token: ida.token })
    ).json<{ questions: { name: string }[] }>();
    expect(questions[0]?.name).toMatch(/^Person \d+$/);
  });

  test('[P6] are a page with the way to sign in for who is not', async () => {
    const answer = await server.ask({ url: '/updates/1' });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect(answer.body).toContain('href="/signin"');
  });
});

describe('an update', () => {
  test('[P5] is read with its parts, in the language of the reader where there is a translation', async () => {
    const made = await incidentWithLink(server, ida);
    await say(server, ida, made.id, {
      type: 'update.send',
      body: {
        ...{ state: 'identified', locale: 'en', text: 'Cards fail.', impact: 'One in three.' },
        ...{ known: 'It began at ten.', ruledOut: 'The network.', doing: 'We go back.' },
        translations: { ko: { text: '카드 결제가 되지 않습니다.', impact: '세 건 중 한 건' } },
      },
    });
    const view = async (query: string) =>
      (await server.ask({ url: `/api/s/${made.link.token}${query}` })).json<StakeholderView>().updates[0];
    expect(await view('')).toMatchObject({
      ...{
        text: 'Cards fail.',
        impact: 'One in three.',
        known: 'It began at ten.',
        ruledOut: 'The network.',
      },
      ...{ doing: 'We go back.', locale: 'en' },
    });
    expect(await view('?lang=ko')).toMatchObject({
      ...{ text: '카드 결제가 되지 않습니다.', impact: '세 건 중 한 건', known: null, locale: 'ko' },
    });
    const page = (await server.ask({ url: `/s/${made.link.token}?lang=ko` })).body;
    expect(page).toMatch(/<dt>영향<\/dt>\s*<dd class="text" dir="auto" lang="ko">세 건 중 한 건<\/dd>/);
  });

  test('[P5] that was corrected is struck out and says by which; nothing new is said in the words of the page', async () => {
    const made = await incidentWithLink(server, ida);
    const send = (body: object) => say(server, ida, made.id, { type: 'update.send', body });
    await send({ state: 'identified', text: 'All cards fail.' });
    await send({ state: 'identified', text: 'Some cards fail.', corrects: 1 });
    const nextUpdateAt = new Date(Date.now() + 3_600_000).toISOString();
    await send({ state: 'identified', text: 'x', nothingNew: true, nextUpdateAt });
    const { updates } = (await server.ask({ url: `/api/s/${made.link.token}` })).json<StakeholderView>();
    expect(
      updates.map(({ number, corrects, correctedBy, nothingNew }) => [
        number,
        corrects,
        correctedBy,
        nothingNew,
      ]),
    ).toEqual([
      [3, null, null, true],
      [2, 1, null, false],
      [1, null, 2, false],
    ]);
    const page = (await server.ask({ url: `/s/${made.link.token}?lang=ko` })).body;
    expect(page).toMatch(/<del><div class="text"[^>]*>All cards fail\.<\/div><\/del>/);
    expect(page).toMatch(/<a href="#update-1">.*공지를 정정합니다\./s);
    expect(page).toContain('지난 공지 이후 새로운 내용이 없습니다.');
    expect(page).toContain('href="#update-2"');
  });

  test('[P5] names the services that are hit, by words and not by colour alone', () => {
    const view: StakeholderView = {
      ...{ title: 'x', state: null, updates: [], questions: [], since: '2026-03-14T10:00:00.000Z' },
      ...{ nextUpdateAt: null, overdue: false, resolvedAt: null },
      services: [{ name: '<b>결제</b>', impact: 'major_outage', since: '2026-03-14T10:00:00.000Z' }],
    };
    const page = renderStakeholderPage({
      ...{ view, locale: 'ko', now: 0, address: '/s/x', events: '/e', once: 'form-0001' },
      subscribeBy: { mail: false, webhook: false, feeds: false },
    });
    expect(page).toMatch(/&lt;b&gt;결제&lt;\/b&gt;.*<span class="impact major_outage">중단<\/span>/s);
    expect(page).not.toContain('id="subscribe"');
  });
});
