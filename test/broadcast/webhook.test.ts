import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { createGuard } from '../../server/broadcast/guard.ts';
import { createAddressRules } from '../../server/broadcast/guardAddresses.ts';
import { attemptOf } from '../../server/broadcast/channels/hookChannel.ts';
import { createWebhookChannel } from '../../server/broadcast/channels/webhook.ts';
import { noticeForReaders } from '../../server/broadcast/notice.ts';
import { webhookHeaders } from '../../server/broadcast/webhookSignature.ts';
import { systemClock } from '../../server/systemClock.ts';
import { answers, startHookReceiver } from '../support/hookReceiver.ts';
import type { HookReceiver, Received } from '../support/hookReceiver.ts';
import { nameOf, noticeOf, outgoingTo } from '../support/outgoing.ts';

const SECRET = `whsec_${Buffer.from('thirty-two bytes that are secret').toString('base64')}`;
const never = new AbortController().signal;
const guard = createGuard({ rules: createAddressRules(['127.0.0.1']), clock: systemClock });

const publicGuard = createGuard({ rules: createAddressRules([]), clock: systemClock });

let receiver: HookReceiver;

beforeEach(async () => {
  receiver = await startHookReceiver();
});

afterEach(() => receiver.close());

function only({ received }: HookReceiver): Received {
  const [one] = received;
  if (!one || received.length > 1) throw new Error(`${received.length} requests instead of one`);
  return one;
}

describe('signed webhooks', () => {
  const channel = createWebhookChannel({ guard, publicGuard, clock: systemClock, nameOf });

  test('[W8] the receiver checks them with the library of the specification', async () => {
    const sent = await channel.send(outgoingTo(`${receiver.url}/hook`, { secret: SECRET }), never);
    expect(sent).toEqual({ kind: 'delivered' });
    const { body, headers } = only(receiver);
    const event = new Webhook(SECRET).verify(body, headers as Record<string, string>);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['webhook-id']).toBe('msg_0123456789abcdef0123456789abcdef');
    expect(event).toEqual({
      type: 'update.sent',
      timestamp: '2026-03-14T03:00:00.000Z',
      data: {
        incident: {
          ...{ id: 'incident-42', number: 42, title: 'Checkout returns 500', severity: 'SEV1' },
          ...{ status: 'mitigating', drill: false, private: false, resolvedAt: null },
          declaredAt: '2026-03-14T01:42:00.000Z',
        },
        entry: { seq: 57, hash: 'a'.repeat(64) },
        update: noticeOf().update,
        handoff: null,
        message: {
          locale: 'en',
          subject: '[INC-42] Checkout returns 500',
          text: expect.any(String) as string,
        },
        links: { page: null, unsubscribe: null },
      },
    });
  });

  test('[W8] whoever changes a body, or has another secret, is found out', async () => {
    await channel.send(outgoingTo(receiver.url, { secret: SECRET }), never);
    const { body, headers } = only(receiver);
    const given = headers as Record<string, string>;
    expect(() => new Webhook(SECRET).verify(body.replace('SEV1', 'SEV4'), given)).toThrow('No matching');
    const other = `whsec_${Buffer.from('thirty-two bytes of someone else').toString('base64')}`;
    expect(() => new Webhook(other).verify(body, given)).toThrow('No matching');
  });

  test('[W8] each attempt has its own time and the same id', async () => {
    let now = Date.now() - 60_000;
    const slow = createWebhookChannel({ guard, publicGuard, clock: { now: () => now }, nameOf });
    receiver.answer = answers(503);
    await slow.send(outgoingTo(receiver.url, { secret: SECRET }), never);
    now += 60_000;
    await slow.send(outgoingTo(receiver.url, { secret: SECRET }), never);
    const [first, second] = receiver.received;
    expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
    expect(Number(second?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp'])).toBe(
      60,
    );
    expect(first?.headers['webhook-signature']).not.toBe(second?.headers['webhook-signature']);
    for (const { body, headers } of receiver.received) {
      new Webhook(SECRET).verify(body, headers as Record<string, string>);
    }
  });

  test('[W8] our signature is the one the library makes', () => {
    const at = Date.UTC(2026, 2, 14);
    const headers = webhookHeaders({ id: 'msg_1', at, body: '{"한글":"예"}', secret: SECRET });
    expect(headers['webhook-signature']).toBe(
      new Webhook(SECRET).sign('msg_1', new Date(at), '{"한글":"예"}'),
    );
  });

  test('[W8] without a secret nothing goes out unsigned', async () => {
    for (const secret of [null, '', 'whsec_', 'a password', 'whsec_short']) {
      const sent = await channel.send(outgoingTo(receiver.url, { secret }), never);
      expect(sent).toEqual({ kind: 'refused', detail: 'it has no secret to sign with' });
    }
    expect(receiver.received).toEqual([]);
  });

  test('a handoff is told with the name of who leads now, and nothing as an update', async () => {
    const notice = { ...noticeOf(), update: null, handoff: { to: 'person-ada', at: noticeOf().at } };
    await channel.send(outgoingTo(receiver.url, { secret: SECRET, notice, locale: 'ko' }), never);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      type: 'handoff',
      data: {
        update: null,
        handoff: { to: { id: 'person-ada', name: 'Ada Kim' }, at: '2026-03-14T03:00:00.000Z' },
        message: { locale: 'ko', text: expect.stringContaining('Ada Kim님이 복구를 이끌고') as string },
      },
    });
  });

  test('[B13] who subscribed on a page outside is told what that page shows, and no more', async () => {
    const handoff = { to: 'person-ada', at: noticeOf().at };
    const notice = noticeForReaders(noticeOf({}, { handoff }));
    if (!notice) throw new Error('There is an update to tell of.');
    await channel.send(outgoingTo(receiver.url, { secret: SECRET, notice }), never);
    const { data } = JSON.parse(only(receiver).body) as { data: Record<string, object> };
    expect(Object.keys(data)).toEqual(['incident', 'update', 'message', 'links']);
    expect(Object.keys(data['incident'] ?? {})).toEqual([
      ...['number', 'title', 'drill', 'declaredAt', 'resolvedAt'],
    ]);
    expect(only(receiver).body).not.toMatch(/SEV1|incident-42|person-ada|Ada Kim/);
    expect(noticeForReaders({ ...noticeOf(), update: null })).toBeNull();
  });

  test('the documentation shows what is sent', async () => {
    const text = await readFile(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
    const example = /```json\n(.*?)\n```/s.exec(text)?.[1] ?? '';
    expect(channel.render(outgoingTo(receiver.url)).text).toBe(example);
  });

  test('the preview shows what is sent', async () => {
    const outgoing = outgoingTo(receiver.url, { secret: SECRET });
    await channel.send(outgoing, never);
    const shown: unknown = JSON.parse(channel.render(outgoing).text);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual(shown);
    expect(channel.render(outgoing).text).not.toContain('whsec');
  });

  test('[W2] who subscribed by themselves reaches nothing inside, whatever administrators may', async () => {
    const links = { page: null, unsubscribe: 'https://warroom.example/subscriptions/unsubscribe/a' };
    expect(await channel.send(outgoingTo(receiver.url, { secret: SECRET, links }), never)).toEqual({
      ...{ kind: 'refused', detail: 'nothing is sent to this address' },
    });
    const ask = { confirm: 'https://warroom.example/subscriptions/confirm/a', secret: SECRET };
    expect(await channel.sendConfirmation(receiver.url, ask, 'a-confirm', never)).toMatchObject({
      kind: 'refused',
    });
    expect(receiver.connections()).toBe(0);
  });

  test('[W9] what shares a server and the first part of its path shares a line, which does not name it', () => {
    const line = (address: string): string => channel.queueOf(address);
    expect(line('https://a.example/s3cret/1?k=v')).toBe(line('https://a.example/s3cret/2'));
    expect(line('https://a.example/s3cret/1')).not.toBe(line('https://a.example/other/1'));
    expect(line('https://a.example/s3cret/1')).not.toBe(line('https://b.example/s3cret/1'));
    expect(line('https://a.example/s3cret/1')).not.toContain('s3cret');
  });
});

describe('answers', () => {
  const NOW = Date.UTC(2026, 2, 14, 3);
  const answered = (status: number, retryAfter: string | null = null) =>
    attemptOf({ kind: 'answered', status, retryAfter }, NOW);

  test.each([200, 201, 202, 204, 299])('[W10] %i is delivered', (status) => {
    expect(answered(status)).toEqual({ kind: 'delivered' });
  });

  test.each([
    [301, 'HTTP 301: redirects are not followed'],
    [400, 'HTTP 400'],
    [401, 'HTTP 401'],
    [404, 'HTTP 404'],
    [413, 'HTTP 413'],
    [426, 'HTTP 426'],
  ])('[W10] %i is refused', (status, detail) => {
    expect(answered(status)).toEqual({ kind: 'refused', detail });
  });

  test.each([408, 425, 429, 500, 503, 599])('[W10] %i is tried again', (status) => {
    expect(answered(status)).toEqual({ kind: 'later', detail: `HTTP ${status}` });
  });

  test('[W10] 410 is gone, and a gateway without an answer from behind may have passed it on', () => {
    expect(answered(410)).toEqual({ kind: 'gone', detail: 'HTTP 410' });
    expect(answered(502).kind).toBe('lost');
    expect(answered(504).kind).toBe('lost');
  });

  test.each([
    ['120', 120_000],
    ['0', 0],
    ['1.5', 1_500],
    ['Sat, 14 Mar 2026 03:00:30 GMT', 30_000],
    ['Sat, 14 Mar 2026 02:00:00 GMT', 0],
  ])('[W10] Retry-After: %s is %i milliseconds', (asked, after) => {
    expect(answered(429, asked)).toEqual({ kind: 'later', detail: 'HTTP 429', after });
  });

  test.each(['', 'soon', '-5', '1e9', '9'.repeat(30)])('[W10] Retry-After: %j says nothing', (asked) => {
    expect(answered(503, asked)).toEqual({ kind: 'later', detail: 'HTTP 503' });
  });

  test('[W10] what never left is tried again or refused, and what had no answer is lost', () => {
    const detail = 'a reason';
    expect(attemptOf({ kind: 'unreachable', detail }, NOW)).toEqual({ kind: 'later', detail });
    expect(attemptOf({ kind: 'forbidden', detail }, NOW)).toEqual({ kind: 'refused', detail });
    expect(attemptOf({ kind: 'unanswered', detail }, NOW)).toEqual({ kind: 'lost', detail });
  });
});
