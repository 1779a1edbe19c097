import { isFields, listIn, readJsonTexts, textIn, valueIn } from './json.ts';
import { inOrder, messageOf } from './parsed.ts';
import type { ParsedImport } from './parsed.ts';

/** A mention or a link, in angle brackets; the brackets of what people wrote are spelt `&lt;`. */
const MARKUP = /<([^<>\n]{1,2000})>/gu;

/**
 * A channel export of Slack: the day files of a channel, one or several joined, with `users.json` among them for the
 * names of who is mentioned. Its times have no zone to be told. Never throws.
 */
export function parseSlack(text: string): ParsedImport {
  const found = readJsonTexts(text).flatMap((value) => messagesOf(value));
  const names = namesOf(found);
  const messages = found.filter((each) => !isUser(each));
  return inOrder(messages.map((message) => (isFields(message) ? readMessage(message, names) : 'malformed')));
}

/** A file is a list of messages or of users, or an object that has such lists. */
function messagesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  const lists = [...listIn(value, 'users'), ...listIn(value, 'members'), ...listIn(value, 'messages')];
  return lists.length > 0 ? lists : [value];
}

function isUser(value: unknown): boolean {
  return (
    textIn(value, 'id') !== undefined &&
    valueIn(value, 'ts') === undefined &&
    isFields(valueIn(value, 'profile'))
  );
}

/** Names by id: of the list of users, and as messages carry them. */
function namesOf(found: readonly unknown[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const each of found) {
    const profile = valueIn(each, isUser(each) ? 'profile' : 'user_profile');
    const id = textIn(each, isUser(each) ? 'id' : 'user');
    const name =
      textIn(profile, 'display_name') ??
      textIn(profile, 'real_name') ??
      textIn(profile, 'name') ??
      textIn(each, 'name');
    if (id !== undefined && name !== undefined) names.set(id, name);
  }
  return names;
}

function readMessage(message: unknown, names: ReadonlyMap<string, string>) {
  const seconds = Number(textIn(message, 'ts') ?? Number.NaN);
  const user = textIn(message, 'user');
  const bot = textIn(message, 'username') ?? textIn(valueIn(message, 'bot_profile'), 'name');
  return messageOf({
    milliseconds: Number.isFinite(seconds) ? Math.round(seconds * 1_000) : null,
    text: wordsOf(message, names),
    who: (user === undefined ? undefined : (names.get(user) ?? user)) ?? bot ?? textIn(message, 'bot_id'),
    place: textIn(message, 'channel'),
  });
}

/** What a message says: its text, or what bots put into attachments instead, and the names of its files. */
function wordsOf(message: unknown, names: ReadonlyMap<string, string>): string {
  const own = textIn(message, 'text');
  const attached = listIn(message, 'attachments').map(
    (each) =>
      textIn(each, 'fallback') ??
      [textIn(each, 'title'), textIn(each, 'text')].filter((part) => part !== undefined).join('\n'),
  );
  const files = listIn(message, 'files').map((file) => textIn(file, 'title') ?? textIn(file, 'name') ?? '');
  const said = own === undefined ? attached : [own];
  return [
    ...said.map((part) => plain(part, names)),
    ...files.filter((file) => file !== '').map((file) => `[${file}]`),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Without Slack's own marks: mentions by name, links by their words and address. */
function plain(text: string, names: ReadonlyMap<string, string>): string {
  const spelt = text.replace(MARKUP, (_, inside: string) => {
    const [target = '', label] = inside.split('|', 2);
    const id = target.slice(1);
    if (target.startsWith('@')) return `@${label ?? names.get(id) ?? id}`;
    if (target.startsWith('#')) return `#${label ?? id}`;
    if (target.startsWith('!')) return `@${label ?? id.split('^')[0]}`;
    return label === undefined || label === target ? target : `${label} (${target})`;
  });
  return spelt.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
