import type { Outgoing } from '../channel.ts';
import { messageOf } from '../message.ts';
import type { Message, NameOf, Paragraph } from '../message.ts';
import { messageWords } from '../words.ts';

/** How a chat program marks text. */
export interface Marks {
  /** Writes text so that none of it is read as a mark or a call to somebody. */
  plain(text: string): string;
  /** Makes a line stand out; given what `plain` made. */
  strong(text: string): string;
  link(words: string, url: string): string;
}

/** No marks at all. */
export const noMarks: Marks = {
  plain: (text) => text,
  strong: (text) => text,
  link: (words, url) => `${words}: ${url}`,
};

/** The message without its subject, and where it can be read in a browser. */
export interface ChatMessage extends Message {
  page: { words: string; url: string } | null;
}

/** What goes to a chat program or a phone: the same words as everywhere. */
export function chatMessage({ notice, locale, links }: Outgoing, nameOf: NameOf): ChatMessage {
  const { page } = links;
  return {
    ...messageOf(notice, locale, { nameOf }),
    page: page === null ? null : { words: messageWords[locale].readOnline, url: page },
  };
}

/**
 * The message as text of at most `most` (by `sizeOf`, default characters). When it is too long its paragraphs are cut:
 * never the state, the time of the next update, or what follows them.
 */
export function chatText(
  message: ChatMessage,
  marks: Marks,
  { most, subject = true, sizeOf = (text) => text.length }: ChatLimits,
): string {
  let limit = most;
  for (;;) {
    const text = written(
      { ...message, paragraphs: cutParagraphs(message.paragraphs, limit) },
      marks,
      subject,
    );
    const size = sizeOf(text);
    if (size <= most || limit === 0) return text;
    limit = Math.max(0, Math.min(limit - 1, Math.floor((limit * most) / size)));
  }
}

export interface ChatLimits {
  most: number;
  /** Whether the text begins with the subject. */
  subject?: boolean;
  sizeOf?: (text: string) => number;
}

function written(message: ChatMessage, { plain, strong, link }: Marks, subject: boolean): string {
  const { drillNote, state, corrects, paragraphs, nextUpdate, handoff, footer, page } = message;
  const bold = (text: string): string => strong(plain(text));
  const parts = [
    subject ? bold(message.subject) : null,
    drillNote && bold(drillNote),
    state && bold(state),
    corrects && plain(corrects),
    ...paragraphs.map(({ label, text }) => (label === null ? plain(text) : `${bold(label)}\n${plain(text)}`)),
    nextUpdate && bold(nextUpdate),
    handoff && plain(handoff),
    page ? `${plain(footer)} · ${link(page.words, page.url)}` : plain(footer),
  ];
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}

/** Paragraphs of at most `most` characters in all; what is cut ends with three dots. */
export function cutParagraphs(paragraphs: readonly Paragraph[], most: number): Paragraph[] {
  let left = most;
  return paragraphs.flatMap(({ label, text }): Paragraph[] => {
    if (left <= 0) return [];
    const kept = cut(text, left);
    left -= text.length;
    return [{ label, text: kept }];
  });
}

/** At most `most` characters (UTF-16 code units), never half of one; three dots at the end when it was longer. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text
    .slice(0, Math.max(0, most - 1))
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()}…`;
}

/** Nobody is called by an `@` in an update, whatever the program: a blank of no width stands behind it. */
export function callsNobody(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}._%+-])@(?=[\p{L}\p{N}])/gu, '@\u200B');
}
