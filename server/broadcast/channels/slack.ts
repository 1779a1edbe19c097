import type { Channel, Outgoing } from '../channel.ts';
import type { NameOf } from '../message.ts';
import { callsNobody, chatMessage, chatText, noMarks } from './chatText.ts';
import type { Marks } from './chatText.ts';
import { createHookChannel } from './hookChannel.ts';
import type { HookParts } from './hookChannel.ts';

/** Slack cuts off what is longer than 40,000 characters. */
const MOST = 30_000;

const marks: Marks = {
  plain: (text) => callsNobody(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  strong: (text) => `*${text}*`,
  link: (words, url) => `<${url}|${words}>`,
};

/** Incoming webhooks of Slack, and of what takes the same form: `text` alone, which every one of them reads. */
export function createSlackChannel(parts: HookParts & { nameOf: NameOf }): Channel {
  const message = (outgoing: Outgoing) => chatMessage(outgoing, parts.nameOf);
  return createHookChannel(
    {
      name: 'slack',
      atOnce: 4,
      render: (outgoing) => ({
        subject: null,
        text: chatText(message(outgoing), noMarks, { most: MOST }),
        html: null,
      }),
      hookOf: (outgoing) => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          text: chatText(message(outgoing), marks, { most: MOST }),
          ...{ mrkdwn: true, unfurl_links: false, unfurl_media: false },
        }),
      }),
    },
    parts,
  );
}
