import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublishedUpdate, StakeholderView } from '../../server/broadcast/publishedUpdates.ts';
import { renderStakeholderPage } from '../../server/broadcast/stakeholderPage.ts';
import { incidentWithLink } from '../support/stakeholders.ts';
import { startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer;
let ida: Member;

beforeAll(async () => {
  server = await startHttp();
  ida = await server.member();
}, 60_000);
afterAll(() => server.close());

const blank = {
  ...{ impact: null, known: null, ruledOut: null, doing: null, locale: null },
  ...{ nothingNew: false, corrects: null, correctedBy: null },
};
const update = (given: Partial<PublishedUpdate>): PublishedUpdate => ({
  ...{ number: 1, at: '2026-03-14T11:30:00.000Z', state: 'Looking into it', text: 'We look.' },
  nextUpdateAt: null,
  ...blank,
  ...given,
});

describe('the stakeholder page', () => {
  const view: StakeholderView = {
    title: 'Checkout <b>fails</b> for "cards" & more',
    state: 'Being repaired',
    updates: [
      update({
        number: 2,
        at: '2026-03-14T12:00:00.000Z',
        state: 'Being repaired',
        text: 'We know the cause.\nIt is <script>alert(1)</script>',
        nextUpdateAt: '2026-03-14T12:30:00.000Z',
      }),
      update({ text: null }),
    ],
    services: [],
    questions: [],
    since: '2026-03-14T10:42:00.000Z',
    nextUpdateAt: '2026-03-14T12:30:00.000Z',
    overdue: false,
    resolvedAt: null,
  };
  const now = Date.parse('2026-03-14T12:06:00.000Z');
  const page = (change: Partial<StakeholderView> = {}, locale: 'en' | 'ko' = 'en', at = now) =>
    renderStakeholderPage({
      view: { ...view, ...change },
      ...{ locale, now: at, address: '/s/x', events: '/api/s/x/events', once: 'form-0001' },
      subscribeBy: { mail: true, webhook: true, feeds: true },
    });

  test('[E35] says state, since and next update without JavaScript, and escapes what people wrote', () => {
    const html = page();
    expect(html).toMatch(
      /<h1>.*Checkout &lt;b&gt;fails&lt;\/b&gt; for &quot;cards&quot; &amp; more.*Being repaired.*<\/h1>/s,
    );
    expect(html).toContain(
      'Since <time datetime="2026-03-14T10:42:00.000Z">2026-03-14 10:42 UTC</time> · 1 h 24 min',
    );
    expect(html).toContain('Next update by <time datetime="2026-03-14T12:30:00.000Z">');
    expect(html).toMatch(/>in 24 min<\/span\s*>/);
    expect(html).toContain('It is &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('The text of this update was withdrawn.');
    // The only script is a file of ours; nothing runs that stands in the page.
    expect(html.match(/<script[^>]*>[^<]*/g)).toEqual(['<script type="module" src="/stakeholder.js">']);
    expect(html).not.toMatch(/ on\w+=/);
  });

  test('[E35] calls a state by its name in the language of the reader, and leaves words of the writer', () => {
    const named = page({ state: 'mitigating', updates: [] }, 'ko');
    expect(named).toMatch(/<h1>.*복구 중.*<\/h1>/s);
    expect(page({ state: 'mitigating', updates: [] })).toMatch(/<h1>.*Being repaired.*<\/h1>/s);
    const own = page({ updates: view.updates.map((update) => ({ ...update, state: 'monitoring' })) }, 'ko');
    expect(own).toContain('<bdi>Being repaired</bdi>');
    expect(own).toContain('<bdi>복구 후 경과 관찰</bdi>');
  });

  test('[E35] says plainly when the promised update is late, and when all is over', () => {
    const late = page({ overdue: true }, 'en', Date.parse('2026-03-14T12:34:30.000Z'));
    expect(late).toContain('4 min late');
    const over = page({ resolvedAt: '2026-03-14T13:00:00.000Z', nextUpdateAt: null });
    expect(over).toContain('Back to normal since <time datetime="2026-03-14T13:00:00.000Z">');
    expect(over).not.toContain('Next update by');
    expect(page({ state: null, updates: [] })).toContain('No update has been published yet.');
  });

  test('[E35] in Korean leaves no word untranslated, and no internal word in either language', () => {
    const bare = { title: '결제 오류', state: null, updates: [], overdue: true };
    const text = (html: string): string =>
      html
        .replace(/<style>.*?<\/style>/s, '')
        .replace(/<head>.*?<\/head>/s, '')
        .replace(/<[^>]+>/g, ' ');
    expect(
      text(page(bare, 'ko'))
        .match(/[A-Za-z]{2,}/g)
        ?.toSorted(),
    ).toEqual(['Atom', 'English', 'JSON', 'RSS', 'UTC', 'UTC', 'UTC']);
    for (const html of [page(), page(bare, 'ko')])
      expect(html).not.toMatch(/SEV\d|commander|제어자|incident/i);
  });

  test('[E35] speaks the language asked for in the address, else that of the browser', async () => {
    const { link } = await incidentWithLink(server, ida);
    const lang = async (query: string, header?: string) => {
      const headers = header === undefined ? {} : { 'accept-language': header };
      return /<html lang="(\w+)">/.exec(
        (await server.ask({ url: `/s/${link.token}${query}`, headers })).body,
      )?.[1];
    };
    expect(await lang('')).toBe('en');
    expect(await lang('', 'ko-KR,ko;q=0.9,en;q=0.8')).toBe('ko');
    expect(await lang('', 'fr, en;q=0.5, ko;q=0.4')).toBe('en');
    expect(await lang('?lang=ko', 'en')).toBe('ko');
    expect(await lang('?lang=<script>', 'ko')).toBe('ko');
  });

  test('[E35] is served as one page that loads nothing from elsewhere, and is kept by no cache', async () => {
    const { link } = await incidentWithLink(server, ida);
    const answer = await server.ask({ url: `/s/${link.token}` });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      // The address itself goes to this server alone; without it a form of the page would come from nowhere.
      'referrer-policy': 'same-origin',
    });
    expect(answer.body.match(/(?:src|href)="[^"]*"/g)).toEqual([
      'href="/icon.svg"',
      'src="/stakeholder.js"',
      'href="?lang=en&amp;still=1#ask"',
      ...['rss', 'atom', 'json'].map((form) => `href="/s/${link.token}/feed.${form}?lang=en"`),
      'href="?lang=ko"',
    ]);
    const asked = await server.ask({ method: 'HEAD', url: `/s/${link.token}` });
    expect([asked.statusCode, asked.body]).toEqual([200, '']);
    expect(asked.headers['content-type']).toBe('text/html; charset=utf-8');
    expect((await server.ask({ method: 'HEAD', url: '/s/nobody-knows-this' })).statusCode).toBe(404);
    const script = await server.ask({ url: '/stakeholder.js' });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(() => new Script(script.body)).not.toThrow();
  });
});
