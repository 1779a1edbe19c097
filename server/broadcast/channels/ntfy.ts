import type { Channel, Outgoing } from '../channel.ts';
import type { NameOf } from '../message.ts';
import { chatMessage, chatText, cut, noMarks } from './chatText.ts';
import { createHookChannel } from './hookChannel.ts';
import type { HookParts } from './hookChannel.ts';

/** ntfy makes a file of what is longer. Bytes. */
const MOST = 4_096;
const MOST_TITLE = 200;

/** Push to phones by ntfy and what works alike: the message is the body, its title a header. */
export function createNtfyChannel(parts: HookParts & { nameOf: NameOf }): Channel {
  const rendered = (outgoing: Outgoing) => {
    const message = chatMessage(outgoing, parts.nameOf);
    const sizeOf = (text: string): number => Buffer.byteLength(text);
    return {
      subject: cut(message.subject, MOST_TITLE),
      text: chatText({ ...message, page: null }, noMarks, { most: MOST, subject: false, sizeOf }),
      html: null,
    };
  };
  return createHookChannel(
    {
      name: 'ntfy',
      atOnce: 4,
      takes: ({ pathname }) => pathname !== '/',
      render: rendered,
      hookOf(outgoing) {
        const { subject, text } = rendered(outgoing);
        const { page } = outgoing.links;
        return {
          headers: {
            'content-type': 'text/plain; charset=utf-8',
            title: encodedWords(subject),
            // The same message again replaces the one that is there, where the server knows how.
            'x-sequence-id': outgoing.deliveryId,
            ...(page === null ? {} : { click: page }),
          },
          body: text,
        };
      },
    },
    parts,
  );
}

/** Any text as the value of a header (RFC 2047): a header itself holds neither Korean nor line breaks. */
function encodedWords(text: string): string {
  const flat = text.replace(/\p{C}+/gu, ' ').trim();
  if (/^[ -~]*$/.test(flat) && !flat.includes('=?')) return flat;
  const words: string[] = [''];
  for (const letter of flat) {
    const longer = `${words.at(-1) ?? ''}${letter}`;
    // A word of 75 characters holds 45 bytes.
    if (Buffer.byteLength(longer) <= 45) words[words.length - 1] = longer;
    else words.push(letter);
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
