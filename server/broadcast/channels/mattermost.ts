import type { Channel, Outgoing } from '../channel.ts';
import type { NameOf } from '../message.ts';
import { chatMessage, chatText, noMarks } from './chatText.ts';
import { createHookChannel } from './hookChannel.ts';
import type { HookParts } from './hookChannel.ts';
import { markdown } from './markdown.ts';

/** Mattermost takes posts of 16,383 characters. */
const MOST = 16_000;

/** Incoming webhooks of Mattermost. */
export function createMattermostChannel(parts: HookParts & { nameOf: NameOf }): Channel {
  const message = (outgoing: Outgoing) => chatMessage(outgoing, parts.nameOf);
  return createHookChannel(
    {
      name: 'mattermost',
      atOnce: 4,
      render: (outgoing) => ({
        subject: null,
        text: chatText(message(outgoing), noMarks, { most: MOST }),
        html: null,
      }),
      hookOf: (outgoing) => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: chatText(message(outgoing), markdown, { most: MOST }) }),
      }),
    },
    parts,
  );
}
