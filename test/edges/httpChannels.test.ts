import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt, Outgoing } from '../../server/broadcast/channel.ts';
import { isWebhookSecret } from '../../server/broadcast/webhookSignature.ts';
import { createFakeChannel } from '../support/fakeChannel.ts';
import { refusal, startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

let server: HttpServer;
let admin: Member;
let responder: Member;
let attempt: Attempt = { kind: 'delivered' };
let sent: Outgoing[] = [];

beforeAll(async () => {
  const hook = {
    ...createFakeChannel('webhook'),
    addressOf: (text: string) => (text.startsWith('https://') ? text : null),
    send: (outgoing: Outgoing) => {
      sent.push(outgoing);
      return Promise.resolve(attempt);
    },
  };
  server = await startHttp({ channels: new Map([['webhook', hook]]) });
  admin = await server.member({ admin: true });
  responder = await server.member();
});
afterAll(() => server.close());

function ask(channel: string, address: string, by = admin) {
  const url = `/api/channels/${channel}/test`;
  return server.ask({ method: 'POST', url, token: by.token, payload: { address } });
}

describe('channels', () => {
  test('are listed with whether this server has what they need', async () => {
    const answer = await server.ask({ method: 'GET', url: '/api/channels', token: responder.token });
    const { channels } = answer.json<{ channels: { name: string; configured: boolean }[] }>();
    expect(channels.filter(({ configured }) => configured)).toEqual([{ name: 'webhook', configured: true }]);
    expect(channels.map(({ name }) => name)).toContain('mail');
  });

  test('are tried by one message that says it is a drill, signed with a secret that is told', async () => {
    [attempt, sent] = [{ kind: 'delivered' }, []];
    const answer = await ask('webhook', ' https://hooks.example.test/a ');
    const said = answer.json<{ outcome: string; detail: string | null; secret: string }>();
    expect(said).toMatchObject({ outcome: 'delivered', detail: null });
    expect(isWebhookSecret(said.secret)).toBe(true);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ address: 'https://hooks.example.test/a', secret: said.secret });
    expect(sent[0]?.notice).toMatchObject({ drill: true, number: 0, update: { number: 1 } });
    const { entries } = await server.store.readSystemLog({ limit: 100 });
    const written = entries.filter(({ type }) => type === 'channel.tested');
    expect(written.map(({ body }) => body)).toEqual([{ channel: 'webhook' }]);
  });

  test.each([
    { kind: 'refused', detail: 'HTTP 404' },
    { kind: 'later', detail: 'HTTP 500' },
    { kind: 'lost', detail: 'no answer' },
  ] as const)('say honestly what came of it: $kind', async (outcome) => {
    attempt = outcome;
    const said = (await ask('webhook', 'https://hooks.example.test/b')).json<object>();
    expect(said).toMatchObject({ outcome: outcome.kind, detail: outcome.detail });
  });

  test('are tried by administrators, where they are configured, and at an address', async () => {
    sent = [];
    expect(refusal(await ask('webhook', 'https://hooks.example.test/c', responder)).status).toBe(403);
    expect((await ask('mail', 'a@example.test')).body).toContain('channel_missing');
    expect((await ask('webhook', 'nowhere')).body).toContain('bad_address');
    expect(refusal(await ask('pigeon', 'x')).status).toBe(404);
    expect(sent).toEqual([]);
  });
});
