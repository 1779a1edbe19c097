import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, commandOverHttp, declare, eventually, request, signInAdmin } from '../support/client.ts';
import type { Account, Answer } from '../support/client.ts';
import { answers, startHookReceiver } from '../support/hookReceiver.ts';
import type { HookReceiver, Received } from '../support/hookReceiver.ts';
import { startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';

const SUPPORT = 'audience-support';

let receiver: HookReceiver;
let server: ServerProcess;
let admin: Account;

beforeAll(async () => {
  receiver = await startHookReceiver();
  server = await startServer({ env: { ALLOW_PRIVATE_TARGETS: '127.0.0.1' } });
  admin = await signInAdmin(server.url);
  const body = { name: 'Support', locale: 'en', severities: ['SEV1'], tellsHandoff: true };
  await ask(`${server.url}/api/settings/audience/${SUPPORT}`, {
    ...{ method: 'PUT', token: admin.token, body: { body, revision: 0 } },
  });
});
afterAll(async () => {
  await server?.stop();
  await receiver?.close();
});

interface Added {
  id: string;
  secret?: string;
}

const addTarget = (channel: string, address: string, locale?: 'en' | 'ko'): Promise<Answer<Added>> =>
  request(`${server.url}/api/audiences/${SUPPORT}/targets`, {
    ...{ token: admin.token, body: { channel, address, ...(locale ? { locale } : {}) } },
  });

const at = (path: string): Received[] => receiver.received.filter((one) => one.path.startsWith(path));

async function nthAt(path: string, nth: number): Promise<Received> {
  await eventually(`request ${nth} at ${path}`, () => at(path).length >= nth, 30_000);
  const [found] = at(path).slice(nth - 1);
  if (!found) throw new Error('It went away.');
  return found;
}

describe('hooks from a running server', () => {
  test('[W8] an update arrives on every channel as it was previewed, signed where it can be, and is counted in the room', async () => {
    const added = await addTarget('webhook', `${receiver.url}/hook`);
    expect(added.status).toBe(201);
    const secret = added.body.secret ?? '';
    const chats = ['slack', 'mattermost', 'discord', 'teams', 'ntfy'];
    for (const chat of chats) {
      expect((await addTarget(chat, `${receiver.url}/${chat}`, 'ko')).status).toBe(201);
    }
    const incident = await declare(server.url, admin, { title: '결제 Checkout', severity: 'SEV1' });
    const update = {
      ...{ state: 'mitigating', text: 'Cards fail.', impact: 'One in ten', locale: 'en' },
      translations: { ko: { text: '카드 결제가 되지 않습니다.' } },
      nextUpdateAt: new Date(Date.now() + 1_800_000).toISOString(),
    };
    const { previews } = await ask<{ previews: { channel: string; locale: string; text: string }[] }>(
      `${server.url}/api/incidents/${incident.id}/updates/preview`,
      { token: admin.token, body: update },
    );
    const shown = (channel: string): string =>
      previews.find((preview) => preview.channel === channel)?.text ?? '';
    const send = (body: object) =>
      commandOverHttp(server.url, admin, incident.id, { type: 'update.send', body });
    const sent = await send(update);
    expect(sent.status).toBe(200);

    const { body, headers } = await nthAt('/hook', 1);
    const event = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(event).toMatchObject({
      type: 'update.sent',
      data: { incident: { title: '결제 Checkout' }, update: { number: 1, text: 'Cards fail.' } },
    });
    expect(JSON.parse(shown('webhook'))).toMatchObject({ data: { update: { text: 'Cards fail.' } } });
    for (const chat of chats) {
      const received = await nthAt(`/${chat}`, 1);
      expect(received.body).toContain('카드 결제가 되지 않습니다.');
      expect(shown(chat)).toContain('카드 결제가 되지 않습니다.');
    }
    await eventually('all are counted as delivered', async () => {
      const { updates } = await ask<{
        updates: { seq: number; settled: boolean; counts: { delivered: number } }[];
      }>(`${server.url}/api/incidents/${incident.id}/deliveries`, { token: admin.token });
      const found = updates.find(({ seq }) => seq === sent.body.seq);
      return found?.settled === true && found.counts.delivered === 6;
    });

    receiver.answer = answers(410);
    await send({ state: 'resolved', text: 'Over.' });
    await nthAt('/hook', 2);
    await eventually('the receiver that is gone is shown as failed', async () => {
      const { updates } = await ask<{ updates: { counts: { failed: number }; settled: boolean }[] }>(
        `${server.url}/api/incidents/${incident.id}/deliveries`,
        { token: admin.token },
      );
      return updates.at(-1)?.counts.failed === 6;
    });
    await eventually('nothing more is sent to what is gone', async () => {
      const { targets } = await ask<{ targets: { list: string; count: number }[] }>(
        `${server.url}/api/settings/audience`,
        { token: admin.token },
      );
      return !targets.some(({ list, count }) => list === SUPPORT && count > 0);
    });
    expect(server.output()).not.toContain(secret);
    expect(server.output()).not.toContain(`${receiver.url}/hook`);
  });

  test('[W1] an address inside is refused when it is added, with a sentence', async () => {
    for (const address of [
      'http://169.254.169.254/latest/meta-data/',
      'http://[::1]:8080/',
      'http://0x0a000001/',
      `http://127.0.0.1:6379/`,
      'https://user:password@hooks.example.com/',
      'file:///etc/passwd',
      'not an address',
    ]) {
      const answer = await addTarget('webhook', address);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ error: { details: { reason: 'bad_address' } } });
    }
  });

  test('[W2] a reader who subscribes a webhook reaches nothing inside, though administrators may', async () => {
    await ask(`${server.url}/api/settings/page/public-page`, {
      ...{ method: 'PUT', token: admin.token },
      body: { body: { name: 'Status', enabled: true, severities: [], locale: 'en' }, revision: 0 },
    });
    const form = new URLSearchParams({ channel: 'webhook', address: `${receiver.url}/reader` });
    const answer = await fetch(`${server.url}/status/subscribe`, {
      ...{ method: 'POST', body: form, redirect: 'manual' },
    });
    // The same as for any other address: it says nothing about what there is inside.
    expect(answer.status).toBe(303);
    await eventually('it was not asked', () => server.output().includes('nothing is sent to this address'));
    expect(at('/reader')).toEqual([]);
  });
});
