import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ask, commandOverHttp, declare, request, signInAdmin } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { readMail } from '../support/mailReader.ts';
import type { ReadMail } from '../support/mailReader.ts';
import { startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';
import { startSmtpServer } from '../support/smtpServer.ts';
import type { SmtpServer } from '../support/smtpServer.ts';

const SUPPORT = 'audience-support';

let smtp: SmtpServer;
let server: ServerProcess;
let admin: Account;

beforeAll(async () => {
  smtp = await startSmtpServer();
  server = await startServer({
    env: { SMTP_URL: smtp.url, MAIL_FROM: 'Example 상황 <incidents@example.org>' },
  });
  admin = await signInAdmin(server.url);
  const body = { name: 'Support', locale: 'en', severities: ['SEV1'], tellsHandoff: false };
  await put(`/api/settings/audience/${SUPPORT}`, { body, revision: 0 });
});
afterAll(async () => {
  await server?.stop();
  await smtp?.stop();
});

const put = (path: string, body: unknown) =>
  ask(`${server.url}${path}`, { method: 'PUT', token: admin.token, body });

const addTarget = (address: string, locale?: 'en' | 'ko') =>
  request<{ id: string }>(`${server.url}/api/audiences/${SUPPORT}/targets`, {
    ...{ token: admin.token, body: { channel: 'mail', address, ...(locale ? { locale } : {}) } },
  });

/** Everything that was taken in for an address. */
function mailTo(address: string): ReadMail[] {
  return smtp.taken.filter(({ to }) => to.join() === address).map(({ raw }) => readMail(raw));
}

/** Waits for the nth mail to an address. */
function nthTo(address: string, nth: number): Promise<ReadMail> {
  return vi.waitFor(
    () => {
      const mail = mailTo(address)[nth - 1];
      if (!mail) throw new Error(`${address} got ${mailTo(address).length} mails.`);
      return mail;
    },
    { timeout: 30_000, interval: 50 },
  );
}

describe('mail from a running server', () => {
  test('[M6] updates arrive as they were previewed, in both languages, in one thread, until who reads them says no', async () => {
    expect((await addTarget('reader@example.org')).status).toBe(201);
    expect((await addTarget('독자@example.org', 'ko')).status).toBe(201);
    const incident = await declare(server.url, admin, { title: '결제 Checkout', severity: 'SEV1' });
    const send = async (body: object): Promise<void> => {
      const answer = await commandOverHttp(server.url, admin, incident.id, { type: 'update.send', body });
      expect(answer).toMatchObject({ status: 200 });
    };
    const nextUpdateAt = new Date(Date.now() + 1_800_000).toISOString();
    const first = {
      ...{
        state: 'investigating',
        text: 'Cards fail <now>.',
        impact: 'One in ten',
        locale: 'en',
        nextUpdateAt,
      },
      translations: { ko: { text: '카드 결제가 되지 않습니다.' } },
    };
    const { previews, recipients } = await ask<{
      previews: { locale: string; subject: string; text: string }[];
      recipients: number;
    }>(`${server.url}/api/incidents/${incident.id}/updates/preview`, { token: admin.token, body: first });
    expect(recipients).toBe(2);
    await send(first);
    const [english, korean] = [await nthTo('reader@example.org', 1), await nthTo('독자@example.org', 1)];
    for (const [mail, locale] of [
      [english, 'en'],
      [korean, 'ko'],
    ] as const) {
      const shown = previews.find((preview) => preview.locale === locale);
      expect(mail.subject).toBe(shown?.subject);
      // All but the last line, which holds the time of sending and the link of this reader.
      const [said] = (shown?.text ?? '').split('\n\nINC-');
      expect(mail.text.replaceAll('\r\n', '\n').split('\n\nINC-')[0]).toBe(said);
    }
    expect(korean.text).toContain('카드 결제가 되지 않습니다.');
    expect(korean.html).toContain('원인 조사 중');
    expect(english.html).toContain('Cards fail &lt;now&gt;.');
    expect(english.headers.get('from')).toBe('Example 상황 <incidents@example.org>');

    await send({ state: 'investigating', text: 'Nothing new.', nothingNew: true, nextUpdateAt });
    await send({ state: 'investigating', text: 'One in twenty.', corrects: 1 });
    const [second, third] = [await nthTo('독자@example.org', 2), await nthTo('독자@example.org', 3)];
    expect(second.text).toContain('새로운 내용이 없습니다');
    expect(third.text).toContain('공지를 정정합니다');
    const threads = [korean, second, third].map(({ headers }) => headers.get('in-reply-to'));
    expect(new Set(threads).size).toBe(1);
    const ids = smtp.taken.map(({ raw }) => readMail(raw).headers.get('message-id'));
    expect(new Set(ids).size).toBe(ids.length);

    const link = /^<(.+)>$/.exec(third.headers.get('list-unsubscribe') ?? '')?.[1] ?? '';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const ended = await fetch(link.replace(/^http:\/\/[^/]+/, server.url), {
      ...{ method: 'POST', headers, body: 'List-Unsubscribe=One-Click' },
    });
    expect(ended.status).toBe(200);
    await send({ state: 'resolved', text: 'Over.' });
    await nthTo('reader@example.org', 4);
    expect(mailTo('독자@example.org')).toHaveLength(3);
    await vi.waitFor(async () => {
      const { updates } = await ask<{ updates: { counts: { delivered: number }; settled: boolean }[] }>(
        `${server.url}/api/incidents/${incident.id}/deliveries`,
        { token: admin.token },
      );
      expect(updates.map(({ counts }) => counts.delivered)).toEqual([2, 2, 2, 1]);
    }, 10_000);
  });

  test.each(['a@b.org, c@d.org', 'a@b.org\r\nBcc: c@d.org', 'Ada <a@b.org>', '"a b"@c.org'])(
    '[M4] %j is answered as no address, and goes to nobody',
    async (address) => {
      expect(await addTarget(address)).toMatchObject({ status: 400 });
    },
  );
});
