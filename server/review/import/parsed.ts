import type { OutsideRecord } from '#shared/contract/review.ts';

/** What an import made of a text: records in the order of their source, and what it could make nothing of. */
export interface ParsedImport {
  records: OutsideRecord[];
  skipped: SkippedLine[];
}

export interface SkippedLine {
  /** Counted from 1. */
  line: number;
  reason: 'no_time' | 'no_text' | 'malformed';
}

/** Longest text of a record; the rest is cut, with a mark that it was. */
const MOST_TEXT = 8_000;
const MOST_NAME = 120;

/** Control characters of terminals and of IRC colours; line feed and tab stay. */
// oxlint-disable-next-line no-control-regex -- these are what is taken out
const COLOURS = /\u0003(?:\d{1,2}(?:,\d{1,2})?)?/gu;
// oxlint-disable-next-line no-control-regex -- these are what is taken out
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/gu;

/** A text that can be stored: well formed, without control characters, cut to length. */
export function plainText(text: string): string {
  const plain = text.toWellFormed().replace(COLOURS, '').replace(CONTROLS, '').trim();
  return plain.length <= MOST_TEXT ? plain : `${plain.slice(0, MOST_TEXT - 1).toWellFormed()}…`;
}

/** A name as a source wrote it, on one line; undefined when nothing is left of it. */
export function plainName(text: string | undefined): string | undefined {
  const plain = plainText(text ?? '')
    .replace(/\s+/gu, ' ')
    .slice(0, MOST_NAME)
    .toWellFormed();
  return plain === '' ? undefined : plain;
}

/** A time in any form with its own zone, or in that of `offset` (`+09:00`), as the wire has it; null for anything else. */
export function timeOf(text: string, offset: string): string | null {
  const match =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2}(?:\.\d{1,9})?))?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      text.trim(),
    );
  if (!match) return null;
  const [, day = '', minute = '', second = '00', zone = offset] = match;
  const milliseconds = Date.parse(`${day}T${minute}:${second}${zone}`);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // A day that does not exist is taken for the next one by the clock, not by us.
  if (Number.isNaN(milliseconds) || Number.isNaN(midnight)) return null;
  return new Date(midnight).toISOString().startsWith(day) ? new Date(milliseconds).toISOString() : null;
}
