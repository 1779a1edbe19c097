import type { Channel, Outgoing } from '../channel.ts';
import type { NameOf } from '../message.ts';
import { chatMessage, chatText, cutParagraphs, noMarks } from './chatText.ts';
import type { ChatMessage } from './chatText.ts';
import { createHookChannel } from './hookChannel.ts';
import type { HookParts } from './hookChannel.ts';

/** Teams takes messages of 28 KB. Bytes; some are left for what it adds itself. */
const MOST = 26_000;

/** Workflows of Microsoft Teams that begin with a request: an adaptive card. */
export function createTeamsChannel(parts: HookParts & { nameOf: NameOf }): Channel {
  const message = (outgoing: Outgoing) => chatMessage(outgoing, parts.nameOf);
  return createHookChannel(
    {
      name: 'teams',
      atOnce: 4,
      render: (outgoing) => ({
        subject: null,
        text: chatText(shortened(message(outgoing), outgoing.locale), noMarks, { most: MOST }),
        html: null,
      }),
      hookOf: (outgoing) => ({
        headers: { 'content-type': 'application/json' },
        body: cardOf(shortened(message(outgoing), outgoing.locale), outgoing.locale),
      }),
    },
    parts,
  );
}

/** The message with its paragraphs cut until its card is small enough. */
function shortened(message: ChatMessage, locale: string): ChatMessage {
  let limit = MOST;
  for (;;) {
    const short = { ...message, paragraphs: cutParagraphs(message.paragraphs, limit) };
    const size = Buffer.byteLength(cardOf(short, locale));
    if (size <= MOST || limit === 0) return short;
    limit = Math.max(0, Math.min(limit - 1, Math.floor((limit * MOST) / size)));
  }
}

function cardOf(message: ChatMessage, locale: string): string {
  const { subject, drillNote, state, corrects, paragraphs, nextUpdate, handoff, footer, page } = message;
  const body = [
    line(subject, { weight: 'Bolder', size: 'Medium' }),
    ...lines(drillNote, { weight: 'Bolder', color: 'Warning' }),
    ...lines(state, { weight: 'Bolder' }),
    ...lines(corrects),
    ...paragraphs.flatMap(({ label, text }) => [...lines(label, { weight: 'Bolder' }), ...lines(text)]),
    ...lines(nextUpdate, { weight: 'Bolder' }),
    ...lines(handoff),
    ...lines(footer, { isSubtle: true, size: 'Small' }),
  ];
  const actions = page === null ? [] : [{ type: 'Action.OpenUrl', title: page.words, url: page.url }];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    ...{ type: 'AdaptiveCard', version: '1.4', lang: locale, msteams: { width: 'Full' } },
    body,
    actions,
  };
  return JSON.stringify({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  });
}

/** Runs of text are shown as they are, where blocks of text would be read as Markdown. */
function line(text: string, style: object = {}): object {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...style }] };
}

function lines(text: string | null, style: object = {}): object[] {
  if (text === null) return [];
  const all = text.split('\n').filter((part) => part.trim() !== '');
  return all.map((part, index) => ({ ...line(part, style), ...(index === 0 ? {} : { spacing: 'None' }) }));
}
