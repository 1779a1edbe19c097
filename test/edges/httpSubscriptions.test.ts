import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { createChannels } from '../../server/broadcast/channels/all.ts';
import { createWebhookChannel } from '../../server/broadcast/channels/webhook.ts';
import type { Channels } from '../../server/broadcast/channel.ts';
import { createGuard } from '../../server/broadcast/guard.ts';
import { createAddressRules } from '../../server/broadcast/guardAddresses.ts';
import { systemClock } from '../../server/systemClock.ts';
import { startHookReceiver } from '../support/hookReceiver.ts';
import type { HookReceiver } from '../support/hookReceiver.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';
import { startSmtpServer } from '../support/smtpServer.ts';
import type { SmtpServer } from '../support/smtpServer.ts';
import { incidentWithLink, openPublicPage } from '../support/stakeholders.ts';

let smtp: SmtpServer;
let hooks: HookReceiver;
let channels: Channels;
let server: HttpServer;
let ida: Member;
let mails = 0;

beforeAll(async () => {
  [smtp, hooks] = await Promise.all([startSmtpServer(), startHookReceiver()]);
  const nameOf = () => null;
  const clock = systemClock;
  const sender = { name: 'Example', address: 'updates@example.test' };
  const mail = { smtpUrl: smtp.url, from: sender, origin: 'http://x.test' };
  // The receiver is on this machine, which readers cannot reach otherwise.
  const guard = createGuard({ rules: createAddressRules(['127.0.0.1']), clock });
  channels = new Map([
    ...createChannels({ nameOf, mail, allowPrivateTargets: [], clock }),
    ['webhook', createWebhookChannel({ guard, publicGuard: guard, clock, nameOf })],
  ]);
  server = await startHttp({ channels });
  ida = await server.member();
  await openPublicPage(server);
}, 60_000);
afterAll(async () => {
  await server.close();
  for (const channel of channels.values()) await channel.close();
  await Promise.all([smtp.stop(), hooks.close()]);
});
beforeEach(() => {
  mails = smtp.taken.length;
});

/** Every test comes from an address of its own, so that none is held back for another. */
let from = 0;
const subscribe = (url: string, fields: Record<string, string>) =>
  server.ask({
    ...{ method: 'POST', url, remoteAddress: `10.0.0.${from}` },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });

/** The next mail as text; to this address, where one is named: mails of the test before may still be on their way. */
async function mail(address?: string): Promise<{ to: string; text: string }> {
  const next = () =>
    smtp.taken.findIndex(({ to }, index) => index >= mails && (address === undefined || to[0] === address));
  await expect.poll(next).toBeGreaterThanOrEqual(0);
  const taken = smtp.taken[next()];
  mails = next() + 1;
  const raw = taken?.raw ?? '';
  // Long lines may be folded by a soft break.
  const text = raw.replace(/=\r\n/g, '').replace(/=3D/g, '=');
  return { to: taken?.to[0] ?? '', text };
}

/** The path of the link in a message. */
const linkIn = (text: string, purpose: string): string =>
  new RegExp(`/subscriptions/${purpose}/[a-z0-9_.-]+`).exec(text)?.[0] ?? '';

describe('a subscription by a reader', () => {
  test('[P8] asks the address first, and is none before somebody pressed the button', async () => {
    from += 1;
    const answer = await subscribe('/status/subscribe', { address: 'ann@example.test', channel: 'mail' });
    expect([answer.statusCode, answer.headers.location]).toEqual([
      303,
      '/status?lang=en&done=subscribe#subscribe',
    ]);
    const { to, text } = await mail();
    expect(to).toBe('ann@example.test');
    const path = linkIn(text, 'confirm');
    const state = async () => (await server.store.findTarget(PUBLIC_PAGE, 'mail', 'ann@example.test'))?.state;
    expect(await state()).toBe('pending');
    // A mail scanner follows links.
    const opened = await server.ask({ url: path });
    expect([opened.statusCode, opened.body.includes('<button')]).toEqual([200, true]);
    expect(await state()).toBe('pending');
    const confirmed = await server.ask({ method: 'POST', url: path });
    expect([confirmed.statusCode, confirmed.body.includes('Confirmed.')]).toEqual([200, true]);
    expect(await state()).toBe('active');
  });

  test('[P8] answers the same for an address that it has, and writes to it no more', async () => {
    from += 1;
    const first = await subscribe('/status/subscribe', { address: 'known@example.test' });
    await server.ask({ method: 'POST', url: linkIn((await mail('known@example.test')).text, 'confirm') });
    const second = await subscribe('/status/subscribe', { address: 'KNOWN@example.test' });
    expect([second.statusCode, second.headers.location, second.body]).toEqual([
      first.statusCode,
      first.headers.location,
      first.body,
    ]);
    await subscribe('/status/subscribe', { address: 'after@example.test' });
    expect((await mail()).to).toBe('after@example.test');
  });

  test('[P8] is refused for what nothing can be sent to, and when there are too many', async () => {
    from += 1;
    for (const address of ['', 'nobody', 'a@b\r\nBcc: x@evil.test', '"a" <b@c.test>, d@evil.test']) {
      const answer = await subscribe('/status/subscribe', { address });
      expect([answer.statusCode, answer.body.includes('Nothing can be sent to this address.')]).toEqual([
        400,
        true,
      ]);
    }
    const hook = { address: 'http://169.254.169.254/x', channel: 'webhook' };
    expect((await subscribe('/status/subscribe', hook)).statusCode).toBe(400);
    from += 1;
    const to = (name: string) => subscribe('/status/subscribe', { address: `${name}@example.test` });
    // One mailbox is written to twice at most, whoever asks.
    for (const expected of [303, 303, 429]) expect((await to('flood')).statusCode).toBe(expected);
    for (const expected of [303, 303, 429])
      expect((await to(`other${from}${expected}`)).statusCode).toBe(expected);
  });

  test('[P8] of a webhook is asked by a signed request that brings its secret', async () => {
    from += 1;
    const address = `${hooks.url}/hook`;
    await subscribe('/status/subscribe', { address, channel: 'webhook' });
    await hooks.arrived(1);
    const [received] = hooks.received;
    const event = JSON.parse(received?.body ?? '') as {
      type: string;
      data: { confirm: string; secret: string };
    };
    expect(event.type).toBe('subscription.confirm');
    const headers = received?.headers as Record<string, string>;
    expect(() => new Webhook(event.data.secret).verify(received?.body ?? '', headers)).not.toThrow();
    await server.ask({ method: 'POST', url: linkIn(event.data.confirm, 'confirm') });
    const target = await server.store.findTarget(PUBLIC_PAGE, 'webhook', address);
    expect(target).toMatchObject({ state: 'active', secret: event.data.secret });
  });

  test('[P9] ends by one POST of a mail program, from anywhere and with whatever body; opening does nothing', async () => {
    from += 1;
    await subscribe('/status/subscribe', { address: 'tom@example.test' });
    await server.ask({ method: 'POST', url: linkIn((await mail('tom@example.test')).text, 'confirm') });
    const target = await server.store.findTarget(PUBLIC_PAGE, 'mail', 'tom@example.test');
    const path = new URL(server.app.outgoingLinks.url('unsubscribe', target?.id ?? '')).pathname;
    const state = async () => (await server.store.readTarget(target?.id ?? ''))?.state;
    expect((await server.ask({ url: path })).body).toContain('tom@example.test');
    expect(await state()).toBe('active');
    const boundary = 'xx';
    const bodies = [
      ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
      [
        `multipart/form-data; boundary=${boundary}`,
        `--${boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${boundary}--\r\n`,
      ],
    ];
    for (const [type = '', payload = ''] of bodies) {
      const headers = { 'content-type': type, origin: 'https://mail.example' };
      const answer = await server.ask({ method: 'POST', url: path, headers, payload });
      expect([answer.statusCode, answer.body.includes('Nothing more is sent')]).toEqual([200, true]);
      expect(await state()).toBe('ended');
    }
    // What ended is not confirmed again by the old message.
    const confirm = new URL(server.app.outgoingLinks.url('confirm', target?.id ?? '')).pathname;
    expect((await server.ask({ method: 'POST', url: confirm })).statusCode).toBe(404);
  });

  test('[P9] has links that nobody can make', async () => {
    from += 1;
    await subscribe('/status/subscribe', { address: 'eve@example.test' });
    const path = linkIn((await mail('eve@example.test')).text, 'confirm');
    const wrong = [
      path.replace('confirm', 'unsubscribe'),
      `${path.slice(0, -1)}${path.endsWith('0') ? '1' : '0'}`,
      '/subscriptions/confirm/x',
      '/subscriptions/unsubscribe/__proto__.x',
    ];
    for (const url of wrong) expect((await server.ask({ method: 'POST', url })).statusCode).toBe(404);
  });

  test('[P10] of one incident comes through its link, and ends when that is revoked', async () => {
    from += 1;
    const made = await incidentWithLink(server, ida);
    await subscribe(`/s/${made.link.token}/subscribe`, { address: 'lea@example.test' });
    const { text } = await mail('lea@example.test');
    expect(text).toContain('Checkout fails');
    await server.ask({ method: 'POST', url: linkIn(text, 'confirm') });
    const state = async () => (await server.store.findTarget(made.id, 'mail', 'lea@example.test'))?.state;
    expect(await state()).toBe('active');
    const url = `/api/incidents/${made.id}/links/${made.link.id}`;
    await server.ask({ method: 'DELETE', url, token: ida.token });
    await expect.poll(state).toBe('ended');
  });

  test('[P10] is not to be had of a private incident', async () => {
    from += 1;
    const made = await incidentWithLink(server, ida, { private: true });
    const page = (await server.ask({ url: `/s/${made.link.token}` })).body;
    expect(page).not.toContain('type="email"');
    const answer = await subscribe(`/s/${made.link.token}/subscribe`, { address: 'x@example.test' });
    expect(refusal(answer)).toEqual({ status: 403, code: 'forbidden' });
  });
});
