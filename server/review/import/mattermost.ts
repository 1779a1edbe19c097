import { isFields, listIn, readJson, textIn, valueIn } from './json.ts';
import type { Fields } from './json.ts';
import { inOrder, messageOf } from './parsed.ts';
import type { ParsedImport } from './parsed.ts';

/**
 * An export of Mattermost: its bulk export (one JSON object a line), of which the posts of channels with their replies
 * are taken and direct messages are not, or the posts of a channel as its API answers them. Never throws.
 */
export function parseMattermost(text: string): ParsedImport {
  const whole = readJson(text);
  const posts = valueIn(whole, 'posts');
  if (isFields(posts)) return inOrder(Object.values(posts).map((post) => readPost(post, undefined)));
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() !== '');
  return inOrder(lines.flatMap((line) => readLine(readJson(line))));
}

/** The posts of a line; other lines (teams, users, versions) have none. */
function readLine(line: unknown): ReturnType<typeof readPost>[] {
  if (!isFields(line)) return ['malformed'];
  if (line['type'] !== 'post') return [];
  const post = valueIn(line, 'post');
  const place = textIn(post, 'channel');
  return [readPost(post, place), ...listIn(post, 'replies').map((reply) => readPost(reply, place))];
}

function readPost(post: unknown, place: string | undefined) {
  const at = valueIn(post, 'create_at');
  return messageOf({
    milliseconds: typeof at === 'number' && Number.isFinite(at) ? Math.round(at) : null,
    text: wordsOf(isFields(post) ? post : {}),
    who:
      textIn(valueIn(post, 'props'), 'override_username') ?? textIn(post, 'user') ?? textIn(post, 'user_id'),
    place,
  });
}

/** What a post says, or what a bot put into attachments instead. */
function wordsOf(post: Fields): string {
  const own = textIn(post, 'message');
  if (own !== undefined) return own;
  return listIn(valueIn(post, 'props'), 'attachments')
    .map((each) => textIn(each, 'fallback') ?? textIn(each, 'text') ?? textIn(each, 'title') ?? '')
    .filter((part) => part !== '')
    .join('\n');
}
