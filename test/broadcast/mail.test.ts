import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt } from '../../server/broadcast/channel.ts';
import { noticeForReaders } from '../../server/broadcast/notice.ts';
import { asMailChannel, createMailChannel } from '../../server/broadcast/channels/mail.ts';
import type { MailChannel } from '../../server/broadcast/channels/mail.ts';
import { readMail } from '../support/mailReader.ts';
import type { ReadMail } from '../support/mailReader.ts';
import { noticeWith, outgoingTo } from '../support/outgoingMail.ts';
import { startSmtpServer } from '../support/smtpServer.ts';
import type { SmtpBehaviour, SmtpServer } from '../support/smtpServer.ts';

const ORIGIN = 'https://warroom.example.org';
const from = { name: 'Example status', address: 'incidents@example.org' };
const never = new AbortController().signal;

let smtp: SmtpServer;
let channel: MailChannel;

beforeAll(async () => {
  smtp = await startSmtpServer();
});
afterAll(() => smtp.stop());
afterEach(async () => {
  await channel.close();
  await smtp.behave({ kind: 'accept' });
});

function open(given: { smtpUrl?: string; beginMilliseconds?: number } = {}): MailChannel {
  const nameOf = (id: string) => (id === 'ben-responder' ? 'Ben' : null);
  channel = createMailChannel({ smtpUrl: smtp.url, from, origin: ORIGIN, nameOf, ...given });
  return channel;
}

/** The last message the server took in. */
function last(): ReadMail & { to: string[]; raw: string } {
  const mail = smtp.taken.at(-1);
  if (!mail) throw new Error('nothing was sent');
  return { ...readMail(mail.raw), to: mail.to, raw: mail.raw };
}

describe('a mail', () => {
  test('[M5] carries its own fixed id, its thread, where the log stands, and one click to unsubscribe', async () => {
    const unsubscribe = `${ORIGIN}/subscriptions/unsubscribe/t.abc`;
    const links = { page: `${ORIGIN}/status`, unsubscribe };
    const outgoing = outgoingTo('ada@example.org', { links, name: 'Ada Lovelace' });
    expect(await open().send(outgoing, never)).toEqual({ kind: 'delivered' });
    expect(await channel.send(outgoing, never)).toEqual({ kind: 'delivered' });
    const { headers, count } = last();
    expect(Object.fromEntries(headers)).toMatchObject({
      'message-id': `<${'d'.repeat(32)}@warroom.example.org>`,
      'in-reply-to': '<thread-one1@warroom.example.org>',
      references: '<thread-one1@warroom.example.org>',
      'auto-submitted': 'auto-generated',
      'x-warroom-head': `12 ${'a1'.repeat(32)}`,
      'list-unsubscribe': `<${unsubscribe}>`,
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
      from: 'Example status <incidents@example.org>',
      to: 'Ada Lovelace <ada@example.org>',
      date: 'Sat, 14 Mar 2026 03:06:31 +0000',
    });
    for (const name of ['message-id', 'to', 'from', 'subject']) expect(count(name)).toBe(1);
    expect(readMail(smtp.taken.at(-2)?.raw ?? '').headers.get('message-id')).toBe(headers.get('message-id'));
    expect(smtp.connections()).toBe(1);
    expect(smtp.taken.at(-1)?.host).toBe('warroom.example.org');
  });

  test('[B13] to who subscribed on a page outside, it tells nothing of the inside, not even in a header', async () => {
    const handoff = { to: 'person-ada', at: '2026-03-14T03:00:00.000Z' };
    const listed = outgoingTo('ada@example.org', { notice: noticeWith({}, { handoff }) });
    await open().send(listed, never);
    const told = /SEV1|incident-one1|x-warroom-head|a1a1|leads the repair/gi;
    expect(last().raw.match(told)).not.toBeNull();
    const notice = noticeForReaders(listed.notice);
    if (!notice) throw new Error('There is an update to tell of.');
    await channel.send({ ...listed, notice }, never);
    expect(last().raw.match(told)).toBeNull();
    expect(last().headers.get('references')).toBe('<thread-one1@warroom.example.org>');
  });

  test('[M5] has no way to unsubscribe where there is none', async () => {
    await open().send(outgoingTo('ada@example.org'), never);
    expect(last().headers.has('list-unsubscribe')).toBe(false);
    expect(last().text).not.toContain('Unsubscribe');
  });

  test('[M6] says the same as text and as HTML, in the language of its reader, as the preview showed it', async () => {
    const links = { page: `${ORIGIN}/status`, unsubscribe: `${ORIGIN}/u` };
    const notice = noticeWith({
      translations: { ko: { text: '카드 결제가\n되지 않습니다.', impact: '열 명 중 한 명' } },
      nextUpdateAt: '2026-03-14T03:30:00.000Z',
    });
    const outgoing = outgoingTo('ada@example.org', { notice, links, locale: 'ko' });
    const shown = open().render(outgoing);
    await channel.send(outgoing, never);
    const { subject, text, html, headers } = last();
    expect(subject).toBe(shown.subject);
    expect(text.replaceAll('\r\n', '\n').trimEnd()).toBe(shown.text.trimEnd());
    expect(html.replaceAll('\r\n', '\n').trimEnd()).toBe(shown.html?.trimEnd());
    expect(headers.get('content-language')).toBe('ko');
    for (const part of [
      '복구 중',
      '열 명 중 한 명',
      '다음 공지는 2026. 3. 14. (토) 12:30 KST',
      '수신 거부',
    ]) {
      expect(text).toContain(part);
      expect(html).toContain(part);
    }
    expect(html).toContain('카드 결제가<br />되지 않습니다.');
    expect(html).toContain('<html lang="ko">');
  });

  test('[M6] nothing in an update becomes HTML, a header, a file or an address', async () => {
    const text = '<script>alert(1)</script>\r\n.\r\nRCPT TO:<x@evil.org>\r\n<img src="file:///etc/passwd">';
    const notice = noticeWith({ text }, { title: '"><b>Title</b>\r\nBcc: x@evil.org' });
    const name = 'Ada\r\nBcc: x@evil.org';
    await open().send(outgoingTo('ada@example.org', { notice, name }), never);
    const mail = last();
    expect(mail.to).toEqual(['ada@example.org']);
    expect(mail.count('bcc')).toBe(0);
    expect(mail.html).not.toMatch(/<(script|img|b)[ >]/);
    expect(mail.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(mail.text.replaceAll('\r\n', '\n')).toContain(text.replaceAll('\r\n', '\n'));
    expect(mail.raw).not.toContain('root:');
    expect(mail.subject).toBe('[INC-42] "><b>Title</b> Bcc: x@evil.org');
  });

  test.each([
    ['a line end', 'a@b.org\r\nBcc: x@evil.org'],
    ['a list', '"a" <b@c.org>, d@evil.org'],
    ['a group', 'team: a@b.org;'],
    ['a quoted address', '"x@evil.org"(comment)@b.org'],
    ['100 kB', `a@${'b.'.repeat(50_000)}org`],
  ])('[M4] to an address with %s nothing is sent', async (_what, address) => {
    const before = smtp.tried.length;
    expect(await open().send(outgoingTo(address), never)).toMatchObject({ kind: 'refused' });
    expect(await channel.sendPlain(address, { subject: 'Confirm', text: 'x' }, 'id-1')).toMatchObject({
      kind: 'refused',
    });
    expect(channel.addressOf(address)).toBeNull();
    expect(smtp.tried).toHaveLength(before);
  });

  test('[M4] each of many recipients gets one message, in which no other address stands', async () => {
    const before = smtp.taken.length;
    const addresses = Array.from({ length: 40 }, (_, n) => `reader-${n}@example.org`);
    open();
    const sent = addresses.map((address, n) =>
      channel.send(outgoingTo(address, { deliveryId: `delivery-${n}` }), never),
    );
    expect(new Set((await Promise.all(sent)).map(({ kind }) => kind))).toEqual(new Set(['delivered']));
    const taken = smtp.taken.slice(before);
    expect(taken.flatMap(({ to }) => to).toSorted()).toEqual(addresses.toSorted());
    for (const { to, raw } of taken) {
      expect(raw.match(/reader-\d+@example\.org/g)).toEqual(to);
    }
    expect(new Set(taken.map(({ port }) => port)).size).toBeLessThanOrEqual(8);
  });

  test('[M5] a plain message has a fixed id and says that it was made by a machine', async () => {
    const message = { subject: '구독 확인\r\nBcc: x@evil.org', text: '확인: https://warroom.example.org/c' };
    expect(await asMailChannel(open())?.sendPlain('ada@example.org', message, 'confirm-1')).toEqual({
      kind: 'delivered',
    });
    const mail = last();
    expect(mail.subject).toBe('구독 확인 Bcc: x@evil.org');
    expect(mail.text.trim()).toBe(message.text);
    expect(mail.headers.get('message-id')).toBe('<confirm-1@warroom.example.org>');
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.count('bcc')).toBe(0);
    expect(asMailChannel(undefined)).toBeNull();
  });

  test('[M4] a mailbox in another script goes out as it is written', async () => {
    expect(await open().send(outgoingTo('홍길동@예시.한국'), never)).toEqual({ kind: 'delivered' });
    expect(last().to).toEqual(['홍길동@예시.한국']);
  });
});

describe('what the mail server does', () => {
  const cases: [string, SmtpBehaviour, Attempt][] = [
    [
      'puts it off',
      { kind: 'answer', at: 'recipient', code: 450, text: '4.2.2 Mailbox full of secrets' },
      { kind: 'later', detail: 'the mail server does not take it now: the mailbox is full (450 4.2.2)' },
    ],
    [
      'does not know the mailbox',
      { kind: 'answer', at: 'recipient', code: 550, text: '5.1.1 No such user' },
      { kind: 'refused', detail: 'the mail server refused it: no such mailbox (550 5.1.1)' },
    ],
    [
      'does not like the sender',
      { kind: 'answer', at: 'mail', code: 553, text: '5.7.1 Not yours' },
      { kind: 'refused', detail: 'the mail server refused it: by its rules (553 5.7.1)' },
    ],
    [
      'takes nothing at the door',
      { kind: 'answer', at: 'connect', code: 554, text: 'No service' },
      { kind: 'later', detail: 'the mail server does not take it now: 554' },
    ],
    [
      'has no room after the message',
      { kind: 'answer', at: 'data', code: 452, text: '4.3.1 Disk full' },
      { kind: 'later', detail: 'the mail server does not take it now: 452 4.3.1' },
    ],
    [
      'refuses the message',
      { kind: 'answer', at: 'data', code: 554, text: '5.7.1 Spam' },
      { kind: 'refused', detail: 'the mail server refused it: by its rules (554 5.7.1)' },
    ],
    [
      'shuts down in the middle',
      { kind: 'answer', at: 'data', code: 421, text: '4.3.2 Shutting down' },
      { kind: 'later', detail: 'the mail server does not take it now: 421 4.3.2' },
    ],
    [
      'hangs up before the message',
      { kind: 'drop', at: 'recipient' },
      { kind: 'later', detail: 'the mail server cannot be reached' },
    ],
    [
      'hangs up at the door',
      { kind: 'drop', at: 'connect' },
      { kind: 'later', detail: 'the mail server cannot be reached' },
    ],
    [
      'hangs up after the message',
      { kind: 'drop', at: 'data' },
      { kind: 'lost', detail: 'no answer from the mail server after the message' },
    ],
  ];

  test.each(cases)('[M7] %s', async (_what, behaviour, attempt) => {
    await smtp.behave(behaviour);
    expect(await open().send(outgoingTo('ada@example.org'), never)).toEqual(attempt);
    await smtp.behave({ kind: 'accept' });
    expect(await channel.send(outgoingTo('ada@example.org'), never)).toEqual({ kind: 'delivered' });
  });

  test.each(['hangs up before', 'hangs up after'] as const)(
    '[M7] %s the second message of one connection',
    async (when) => {
      open();
      await channel.send(outgoingTo('ada@example.org'), never);
      const before = smtp.taken.length;
      await smtp.behave({ kind: 'drop', at: when === 'hangs up after' ? 'data' : 'recipient' });
      const attempt = await channel.send(outgoingTo('ada@example.org'), never);
      expect(attempt.kind).toBe(when === 'hangs up after' ? 'lost' : 'later');
      // Not offered a second time by itself: what may have arrived is for who counts attempts.
      expect(smtp.taken.length - before).toBe(when === 'hangs up after' ? 1 : 0);
    },
  );

  test('[M7] says nothing at the door: not taken, known before the attempt ends', async () => {
    await smtp.behave({ kind: 'silent', at: 'recipient' });
    expect(await open({ beginMilliseconds: 300 }).send(outgoingTo('ada@example.org'), never)).toEqual({
      kind: 'later',
      detail: 'the mail server is too slow',
    });
    await smtp.behave({ kind: 'accept' });
    expect(await channel.send(outgoingTo('ada@example.org'), never)).toEqual({ kind: 'delivered' });
  });

  test('[M7] says nothing after the message: it may have arrived', async () => {
    await smtp.behave({ kind: 'silent', at: 'data' });
    open();
    const cut = new AbortController();
    const before = smtp.taken.length;
    smtp.onTaken(() => cut.abort());
    expect(await channel.send(outgoingTo('ada@example.org'), cut.signal)).toMatchObject({ kind: 'lost' });
    expect(smtp.taken.length).toBe(before + 1);
  });

  test('[M7] is slow to answer: waited for', async () => {
    await smtp.behave({ kind: 'slow', milliseconds: 700 });
    const attempt = await open({ beginMilliseconds: 500 }).send(outgoingTo('ada@example.org'), never);
    expect(attempt).toEqual({ kind: 'delivered' });
  });

  test('[M7] is down: not taken, and taken once it is up', async () => {
    await smtp.kill();
    const down = { kind: 'later', detail: 'the mail server cannot be reached' };
    expect(await open().send(outgoingTo('ada@example.org'), never)).toEqual(down);
    await smtp.start();
    expect(await channel.send(outgoingTo('ada@example.org'), never)).toEqual({ kind: 'delivered' });
  });

  test('[M7] was killed with our connection open: the next message goes over a new one', async () => {
    open();
    await channel.send(outgoingTo('ada@example.org'), never);
    await smtp.kill();
    await smtp.start();
    const { kind } = await channel.send(outgoingTo('ada@example.org'), never);
    expect(['delivered', 'later']).toContain(kind);
    expect(await channel.send(outgoingTo('ada@example.org'), never)).toEqual({ kind: 'delivered' });
  });

  test('[M8] neither a server that nobody vouches for nor a wrong password loses mail: it waits', async () => {
    const own = await startSmtpServer({ signIn: 'ada:right' });
    const sentWith = async (password: string, query = ''): Promise<Attempt> => {
      const smtpUrl = `${own.url.replace('//', `//ada:${password}@`)}${query}`;
      const attempt = await open({ smtpUrl }).send(outgoingTo('ada@example.org'), never);
      await channel.close();
      return attempt;
    };
    try {
      expect(await sentWith('right')).toEqual({
        kind: 'later',
        detail: 'no safe connection to the mail server',
      });
      const anyCertificate = '?tls.rejectUnauthorized=false';
      expect(await sentWith('wrong', anyCertificate)).toEqual({
        kind: 'later',
        detail: 'the mail server refused our sign-in: wrong name or password (535 5.7.8)',
      });
      expect(await sentWith('right', anyCertificate)).toEqual({ kind: 'delivered' });
    } finally {
      await own.stop();
    }
  });

  test('[M8] a password is given to no other machine without TLS', async () => {
    const own = await startSmtpServer({ signIn: 'ada:right', plain: true });
    try {
      // This machine, by an address that does not say so.
      const smtpUrl = own.url.replace('127.0.0.1', 'ada:right@0.0.0.0');
      expect(await open({ smtpUrl }).send(outgoingTo('ada@example.org'), never)).toEqual({
        kind: 'later',
        detail: 'no safe connection to the mail server',
      });
      expect(own.connections()).toBe(1);
      expect(own.tried).toEqual([]);
      await channel.close();
      await open({ smtpUrl: own.url.replace('//', '//ada:right@') }).send(outgoingTo('b@example.org'), never);
      expect(own.tried).toEqual(['b@example.org']);
    } finally {
      await own.stop();
    }
  });
});
