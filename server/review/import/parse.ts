import { parseCsv } from './csv.ts';
import { parseIrc } from './irc.ts';
import { parseJsonl } from './jsonl.ts';
import { parseMattermost } from './mattermost.ts';
import type { ParsedImport } from './parsed.ts';
import { parseSlack } from './slack.ts';
import type { Zone } from './zone.ts';

/** Kinds of files that can be imported. */
export const fileSources = ['slack', 'mattermost', 'irc', 'csv', 'jsonl'] as const;
export type FileSource = (typeof fileSources)[number];

/** Lines of a file that are read at most. */
export const MOST_LINES = 1_000_000;

/** What a file holds; null when it has more lines than are read. Never throws, whatever the bytes are. */
export function parseImport(source: FileSource, bytes: Uint8Array, zone: Zone): ParsedImport | null {
  const text = textOf(bytes);
  if (linesOf(text) > MOST_LINES) return null;
  switch (source) {
    case 'slack':
      return parseSlack(text);
    case 'mattermost':
      return parseMattermost(text);
    case 'irc':
      return parseIrc(text, { zone });
    case 'csv':
      return parseCsv(text, { zone });
    case 'jsonl':
      return parseJsonl(text, { zone });
    default:
      return source satisfies never;
  }
}

/** UTF-8, or UTF-16 where the file says so, as spreadsheets save it. What is neither is shown as replacement marks. */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}

function linesOf(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0 && lines <= MOST_LINES; at = text.indexOf('\n', at + 1))
    lines += 1;
  return lines;
}
