import type { Channel, Outgoing } from '../channel.ts';
import type { NameOf } from '../message.ts';
import { chatMessage, chatText, cut, noMarks } from './chatText.ts';
import type { Marks } from './chatText.ts';
import { createHookChannel } from './hookChannel.ts';
import type { HookParts } from './hookChannel.ts';
import { markdown } from './markdown.ts';

/** Discord takes 2,000 characters of content, which notifications show, and 4,096 in the box below it. */
const MOST_BOX = 4_096;
/** Of the title; with escapes it is twice as long at most. */
const MOST_TITLE = 500;

/** Beside what others need: a `<` begins the name of a person, a channel or a picture. */
const marks: Marks = {
  ...markdown,
  plain: (text) => markdown.plain(text).replaceAll('<', String.raw`\<`),
};

/** Incoming webhooks of Discord. */
export function createDiscordChannel(parts: HookParts & { nameOf: NameOf }): Channel {
  const message = (outgoing: Outgoing) => chatMessage(outgoing, parts.nameOf);
  return createHookChannel(
    {
      name: 'discord',
      atOnce: 4,
      render: (outgoing) => ({
        subject: message(outgoing).subject,
        text: chatText(message(outgoing), noMarks, { most: MOST_BOX, subject: false }),
        html: null,
      }),
      hookOf(outgoing) {
        const { subject, ...rest } = message(outgoing);
        const address = new URL(outgoing.address);
        // Only then does the answer say whether the message is kept.
        address.searchParams.set('wait', 'true');
        return {
          address: address.href,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            content: marks.strong(marks.plain(cut(subject, MOST_TITLE))),
            embeds: [
              { description: chatText({ subject, ...rest }, marks, { most: MOST_BOX, subject: false }) },
            ],
            allowed_mentions: { parse: [] },
          }),
        };
      },
    },
    parts,
  );
}
