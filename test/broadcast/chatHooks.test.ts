import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Locale } from '#shared/contract/wire.ts';
import type { Channel, Outgoing } from '../../server/broadcast/channel.ts';
import { cut } from '../../server/broadcast/channels/chatText.ts';
import { createDiscordChannel } from '../../server/broadcast/channels/discord.ts';
import { createMattermostChannel } from '../../server/broadcast/channels/mattermost.ts';
import { createNtfyChannel } from '../../server/broadcast/channels/ntfy.ts';
import { createSlackChannel } from '../../server/broadcast/channels/slack.ts';
import { createTeamsChannel } from '../../server/broadcast/channels/teams.ts';
import { createGuard } from '../../server/broadcast/guard.ts';
import { createAddressRules } from '../../server/broadcast/guardAddresses.ts';
import { systemClock } from '../../server/systemClock.ts';
import { startHookReceiver } from '../support/hookReceiver.ts';
import type { HookReceiver, Received } from '../support/hookReceiver.ts';
import { nameOf, noticeOf, outgoingTo } from '../support/outgoing.ts';

const guard = createGuard({ rules: createAddressRules(['127.0.0.1']), clock: systemClock });
const parts = { guard, clock: systemClock, nameOf };
const channels = {
  slack: createSlackChannel(parts),
  mattermost: createMattermostChannel(parts),
  discord: createDiscordChannel(parts),
  teams: createTeamsChannel(parts),
  ntfy: createNtfyChannel(parts),
};
const all = Object.values(channels);

let receiver: HookReceiver;

beforeEach(async () => {
  receiver = await startHookReceiver();
});

afterEach(() => receiver.close());

async function sent(channel: Channel, rest: Partial<Outgoing> = {}): Promise<Received> {
  const outgoing = outgoingTo(`${receiver.url}/hooks/one`, rest);
  expect(await channel.send(outgoing, new AbortController().signal)).toEqual({ kind: 'delivered' });
  const [one] = receiver.received.splice(0);
  if (!one) throw new Error('nothing arrived');
  return one;
}

interface Card {
  attachments: { content: { body: { inlines: { text: string }[] }[]; actions: object[]; lang: string } }[];
}

const jsonOf = ({ body }: Received): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;
/** What people read, as one text. */
function words(received: Received): string {
  if (!received.body.startsWith('{')) return received.body;
  const body = JSON.parse(received.body) as Partial<Card> & {
    text?: string;
    content?: string;
    embeds?: { description: string }[];
  };
  const runs = body.attachments?.flatMap(({ content }) => content.body.flatMap(({ inlines }) => inlines));
  return [body.text, body.content, body.embeds?.[0]?.description, ...(runs ?? []).map(({ text }) => text)]
    .filter((text) => text !== undefined)
    .join('\n');
}

describe('every chat program', () => {
  test.each(all)('$name: the update as readers know it, in English', async (channel) => {
    const text = words(await sent(channel));
    for (const part of [
      'Card payments fail for some customers.',
      'Impact',
      'About one payment in five fails.',
      'Next update by Sat 14 Mar 2026, 03:30 UTC',
      'INC-42 · Update 3',
    ]) {
      expect(text.replaceAll('\\', '')).toContain(part);
    }
    expect(text).not.toMatch(/SEV|commander/i);
  });

  test.each(all)('$name: the translation for who reads Korean', async (channel) => {
    const text = words(await sent(channel, { locale: 'ko' }));
    expect(text).toContain('일부 고객의 카드 결제가 실패합니다.');
    expect(text).toContain('KST');
    expect(text).not.toContain('Card payments');
  });

  test.each(all)('$name: a drill, a correction and a handoff are said', async (channel) => {
    const corrects = { number: 2, at: '2026-03-14T02:30:00.000Z' };
    const handoff = { to: 'person-ada', at: '2026-03-14T02:50:00.000Z' };
    const notice = noticeOf({ corrects }, { drill: true, handoff });
    const text = words(await sent(channel, { notice })).replaceAll('\\', '');
    expect(text).toContain('This is a drill.');
    expect(text).toContain('This corrects our update of Sat 14 Mar 2026, 02:30 UTC.');
    expect(text).toContain('Ada Kim has led the repair since');
  });

  test.each(all)('$name: a notice of a handoff alone is whole', async (channel) => {
    const handoff = { to: 'person-ada', at: '2026-03-14T02:50:00.000Z' };
    const text = words(await sent(channel, { notice: noticeOf({}, { update: null, handoff }) }));
    expect(text).toContain('Ada Kim has led the repair since');
    expect(text).not.toMatch(/null|undefined/);
  });

  test.each(all)(
    '[W11] $name: nobody is called and nothing linked by what an update says',
    async (channel) => {
      const text = 'Hi @here @channel <!channel> <@U123> [click](https://evil.example) mail ops@example.com';
      const raw = words(await sent(channel, { notice: noticeOf({ text, impact: undefined }) }));
      if (channel.name === 'teams' || channel.name === 'ntfy') {
        // Both show plain text as it is.
        expect(raw).toContain(text);
        return;
      }
      expect(raw).not.toMatch(/@(here|channel)/);
      expect(raw.replaceAll('\\', '')).toContain('ops@example.com');
      if (channel.name === 'slack') expect(raw).not.toMatch(/<[!@]/);
      else expect(raw).not.toContain('[click](');
      if (channel.name === 'discord') expect(raw).not.toMatch(/(?<!\\)<@/);
    },
  );

  test.each(all)('[W12] $name: the longest update there is fits, and keeps its end', async (channel) => {
    const part = '가나다 <*_> & 😀 '.repeat(400).slice(0, 4_000);
    const long = { impact: part, known: part, ruledOut: part, doing: part };
    const given = { text: `Begin ${'가'.repeat(7_900)}`, ...long, locale: 'ko' as const };
    const received = await sent(channel, { notice: noticeOf(given), locale: 'ko' });
    const most = { slack: 40_000, mattermost: 16_383, discord: 4_096 + 2_000, teams: 28_000, ntfy: 4_096 };
    const size =
      channel.name === 'teams' || channel.name === 'ntfy'
        ? Buffer.byteLength(received.body)
        : words(received).length;
    expect(size).toBeLessThanOrEqual(most[channel.name as keyof typeof most]);
    const text = words(received);
    expect(text).toContain('Begin');
    expect(text).toContain('다음 공지는');
    expect(text).toContain('3번째 공지');
    expect(text.isWellFormed()).toBe(true);
    if (channel.name !== 'slack') expect(text).toContain('…');
  });

  test.each(all)('$name: the preview holds the words that are sent', async (channel) => {
    for (const locale of ['en', 'ko'] satisfies Locale[]) {
      const { text } = channel.render(outgoingTo(`${receiver.url}/a`, { locale }));
      const said = words(await sent(channel, { locale })).replaceAll(/[\\*]/g, '');
      for (const line of text.split('\n').filter((part) => part !== '')) expect(said).toContain(line);
    }
  });

  test.each(all)('[W1] $name: an address inside is none', (channel) => {
    const inside = 'http://169.254.169.254/latest/';
    expect(channel.addressOf(inside)).toBeNull();
    expect(channel.addressOf('https://hooks.example.com/services/T0/B0/x')).not.toBeNull();
  });
});

describe('their forms', () => {
  const links = { page: 'https://warroom.example/status', unsubscribe: null };

  test('Slack: bold marks, its own link, and nothing unfolded', async () => {
    const { text, ...rest } = jsonOf(
      await sent(channels.slack, { links, notice: noticeOf({ text: 'a < b & c' }) }),
    );
    expect(text).toMatch(/^\*\[INC-42\] Checkout returns 500\*\n\n\*/);
    expect(text).toContain('a &lt; b &amp; c');
    expect(text).toContain('<https://warroom.example/status|Read online>');
    expect(rest).toEqual({ mrkdwn: true, unfurl_links: false, unfurl_media: false });
  });

  test('Mattermost: Markdown that shows what was written', async () => {
    const notice = noticeOf({ text: '# no heading\n- no list\n1. no number\n*no* `code` ~~x~~ a_b' });
    const { text } = jsonOf(await sent(channels.mattermost, { links, notice }));
    expect(text).toContain(
      String.raw`\# no heading${'\n'}\- no list${'\n'}1\. no number${'\n'}\*no\* \`code\` \~\~x\~\~ a\_b`,
    );
    expect(text).toContain('[Read online](https://warroom.example/status)');
  });

  test('Discord: waits for the message to be kept, and calls nobody', async () => {
    const received = await sent(channels.discord, { links });
    expect(received.path).toBe('/hooks/one?wait=true');
    expect(jsonOf(received)).toMatchObject({
      content: String.raw`**\[INC-42\] Checkout returns 500**`,
      allowed_mentions: { parse: [] },
    });
  });

  test('Teams: a card in the language of its reader, with a button', async () => {
    const card = JSON.parse((await sent(channels.teams, { links, locale: 'ko' })).body) as Card;
    expect(card).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive' }],
    });
    expect(card.attachments[0]?.content).toMatchObject({
      ...{ type: 'AdaptiveCard', version: '1.4', lang: 'ko' },
      actions: [{ type: 'Action.OpenUrl', title: '웹에서 보기', url: 'https://warroom.example/status' }],
    });
  });

  test('ntfy: the title in a header in any script, and an id that replaces a repetition', async () => {
    const title = `결제 오류 ${'아주 긴 제목 '.repeat(6)}\r\nX-Evil: 1`;
    const { headers } = await sent(channels.ntfy, { links, notice: noticeOf({}, { title }) });
    const encoded = String(headers['title']);
    const decoded = encoded.replace(/=\?UTF-8\?B\?([^?]*)\?= ?/g, (_, word: string) =>
      Buffer.from(word, 'base64').toString(),
    );
    expect(decoded).toBe(`[INC-42] ${title.replace('\r\n', ' ')}`);
    expect(encoded.split(' ').every((word) => word.length <= 75)).toBe(true);
    expect(headers['x-evil']).toBeUndefined();
    expect(headers['click']).toBe('https://warroom.example/status');
    expect(headers['x-sequence-id']).toBe('0123456789abcdef0123456789abcdef');
    expect(channels.ntfy.addressOf('https://push.example.com/')).toBeNull();
  });

  test('what is cut ends with three dots and never in half a character', () => {
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdef', 5)).toBe('abcd…');
    expect(cut('ab😀cd', 4)).toBe('ab…');
    expect(cut('ab cd', 4)).toBe('ab…');
    expect(cut('abc', 0)).toBe('…');
  });
});
