import type { OutsideRecord } from '#shared/contract/review.ts';
import type { Zone } from './zone.ts';

/** What an import made of a text: records in the order of their source, and what it could make nothing of. */
export interface ParsedImport {
  records: OutsideRecord[];
  skipped: SkippedLine[];
}

export interface SkippedLine {
  /** Counted from 1; in a source without lines, which of its messages. */
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

/** A time with its own zone or, where it has none, in that of its source, as the wire has it; null for anything else. */
export function timeOf(text: string, zone: Zone): string | null {
  const match =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2}(?:\.\d{1,9})?))?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      text.trim(),
    );
  if (!match) return null;
  const [, day = '', minute = '', second = '00', own] = match;
  const written = Date.parse(`${day}T${minute}:${second}${own ?? 'Z'}`);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // A day that does not exist is taken for the next one by the clock, not by us.
  if (Number.isNaN(written) || !new Date(midnight).toISOString().startsWith(day)) return null;
  return isoOf(own === undefined ? zone.toUtc(written) : written);
}

/** Milliseconds as the wire has times; null for what it cannot say. */
export function isoOf(milliseconds: number): string | null {
  const year0 = -62_167_219_200_000;
  const year10000 = 253_402_300_800_000;
  return milliseconds >= year0 && milliseconds < year10000 ? new Date(milliseconds).toISOString() : null;
}

/** The record of a message of a chat; or why there is none. */
export function messageOf(given: {
  milliseconds: number | null;
  text: string;
  who: string | undefined;
  place: string | undefined;
}): OutsideRecord | SkippedLine['reason'] {
  const happenedAt = given.milliseconds === null ? null : isoOf(given.milliseconds);
  if (happenedAt === null) return 'no_time';
  const text = plainText(given.text);
  if (text === '') return 'no_text';
  const [who, place] = [plainName(given.who), plainName(given.place)];
  return {
    ...{ happenedAt, text, kind: 'message' },
    ...(who === undefined ? {} : { who }),
    ...(place === undefined ? {} : { place }),
  };
}

/** What was read of a chat, oldest first; what came at one time stays in its order. */
export function inOrder(read: readonly (OutsideRecord | SkippedLine['reason'])[]): ParsedImport {
  const parsed: ParsedImport = { records: [], skipped: [] };
  for (const [index, each] of read.entries()) {
    if (typeof each === 'string') parsed.skipped.push({ line: index + 1, reason: each });
    else parsed.records.push(each);
  }
  parsed.records.sort((a, b) => Date.parse(a.happenedAt) - Date.parse(b.happenedAt));
  return parsed;
}
