import { readerStateOf } from '#shared/contract/readerStates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { actionMessage } from './actionNotice.ts';
import type { NoticeAction } from './actionNotice.ts';
import { wordsFor } from './notice.ts';
import type { Notice, NoticeUpdate } from './notice.ts';
import { stakeholderWords } from './stakeholderWords.ts';
import { messageTime, messageWords } from './words.ts';
import type { MessageWords } from './words.ts';

/** One part of a message; without a label it is what happened. */
export interface Paragraph {
  label: string | null;
  text: string;
}

/** A notice in the words of one language, before a channel gives it its form. */
export interface Message {
  /** The same for all of an incident while its title stays, so that mail programs keep them together. */
  subject: string;
  drill: boolean;
  /** Says that it is a drill; null when it is none. */
  drillNote: string | null;
  /** The state in the reader's words; null for a notice of a handoff alone. */
  state: string | null;
  /** Which update this one corrects, as a sentence. */
  corrects: string | null;
  paragraphs: Paragraph[];
  /** The language of the paragraphs, which may be another than that of the rest; null when nobody said. */
  paragraphsLocale: Locale | null;
  /** When the next update is promised, as a sentence. */
  nextUpdate: string | null;
  /** Who leads the repair since when, where that changed, as a sentence. */
  handoff: string | null;
  footer: string;
}

/** What a person is called; null for somebody unknown. */
export type NameOf = (personId: string) => string | null;

/** What a notice says in a language. Pure: the preview shows the same. */
export function messageOf(notice: Notice, locale: Locale, { nameOf }: { nameOf: NameOf }): Message {
  const words = messageWords[locale];
  const { number, title, drill, update } = notice;
  if (notice.action) return messageOfAction(notice, notice.action, locale, nameOf);
  return {
    subject: `[INC-${number}] ${drill ? `[${words.drill}] ` : ''}${title}`,
    drill,
    drillNote: drill ? words.drillNote : null,
    state: update && stateOf(update, locale),
    corrects: correctsOf(update, locale),
    ...paragraphsOf(update, locale),
    nextUpdate:
      update?.nextUpdateAt === undefined ? null : words.nextUpdate(messageTime(update.nextUpdateAt, locale)),
    handoff: handoffOf(notice, locale, nameOf),
    footer: words.footer({
      incident: number,
      update: update?.number ?? null,
      time: messageTime(notice.at, locale),
    }),
  };
}

function messageOfAction(notice: Notice, action: NoticeAction, locale: Locale, nameOf: NameOf): Message {
  const words = messageWords[locale];
  const { number, title, drill } = notice;
  const { headline, paragraphs } = actionMessage(action, locale, nameOf);
  return {
    subject: `[INC-${number}] ${drill ? `[${words.drill}] ` : ''}${headline}: ${title}`,
    ...{ drill, drillNote: drill ? words.drillNote : null, state: headline },
    ...{ corrects: null, paragraphs, paragraphsLocale: null, nextUpdate: null, handoff: null },
    footer: words.footer({ incident: number, update: null, time: messageTime(notice.at, locale) }),
  };
}

/** The message in the order in which it is read, as plain text. */
export function textOf(message: Message): string {
  const { drillNote, state, corrects, paragraphs, nextUpdate, handoff, footer } = message;
  const parts = paragraphs.map(({ label, text }) => (label === null ? text : `${label}\n${text}`));
  return [drillNote, state, corrects, ...parts, nextUpdate, handoff, footer]
    .filter((part) => part !== null)
    .join('\n\n');
}

function stateOf({ state }: NoticeUpdate, locale: Locale): string {
  const known = readerStateOf(state);
  return known === null ? state : stakeholderWords[locale].states[known];
}

function correctsOf(update: NoticeUpdate | null, locale: Locale): string | null {
  const corrects = update?.corrects;
  if (!corrects) return null;
  const words = messageWords[locale];
  return corrects.at === null
    ? words.correctsNumber(corrects.number)
    : words.corrects(messageTime(corrects.at, locale));
}

const labelled = ['impact', 'known', 'ruledOut', 'doing'] as const satisfies (keyof MessageWords['labels'])[];

function paragraphsOf(
  update: NoticeUpdate | null,
  locale: Locale,
): Pick<Message, 'paragraphs' | 'paragraphsLocale'> {
  if (!update) return { paragraphs: [], paragraphsLocale: null };
  const words = messageWords[locale];
  const said = wordsFor(update, locale);
  // That nothing is new needs no translation by the writer: readers get our words for it.
  const first = update.nothingNew ? words.nothingNew : said.text;
  const parts = labelled.flatMap((field): Paragraph[] =>
    said[field] === undefined ? [] : [{ label: words.labels[field], text: said[field] }],
  );
  return {
    paragraphs: [{ label: null, text: first }, ...parts],
    paragraphsLocale: update.nothingNew && parts.length === 0 ? locale : said.locale,
  };
}

function handoffOf({ handoff }: Notice, locale: Locale, nameOf: NameOf): string | null {
  if (!handoff) return null;
  const words = messageWords[locale];
  const name = nameOf(handoff.to);
  const time = messageTime(handoff.at, locale);
  return name === null ? words.leadsUnnamed(time) : words.leads({ name, time });
}
