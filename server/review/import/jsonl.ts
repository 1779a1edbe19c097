import { COLUMNS, kindOf } from './csv.ts';
import { isFields, readJson } from './json.ts';
import type { Fields } from './json.ts';
import { isoOf, plainName, plainText, timeOf } from './parsed.ts';
import type { ParsedImport } from './parsed.ts';
import type { Zone } from './zone.ts';

const PLACES = ['place', 'channel'];
/** From here on a number counts milliseconds, below it seconds: in seconds it would be the year 5138. */
const MILLISECONDS_FROM = 1e11;

/**
 * One JSON object a line, with the fields that a table has as columns, and `place`; or one JSON list of such objects.
 * Times are texts, or numbers of seconds or milliseconds since 1970. Never throws.
 */
export function parseJsonl(text: string, { zone }: { zone: Zone }): ParsedImport {
  const parsed: ParsedImport = { records: [], skipped: [] };
  const plain = text.replace(/^\uFEFF/u, '');
  const whole = plain.trimStart().startsWith('[') ? readJson(plain) : undefined;
  const values = Array.isArray(whole)
    ? (whole as unknown[])
    : plain.split(/\r?\n/u).map((line) => (line.trim() === '' ? null : readJson(line)));
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const record = isFields(value) ? readRecord(value, zone) : 'malformed';
    if (typeof record === 'string') parsed.skipped.push({ line: index + 1, reason: record });
    else parsed.records.push(record);
  }
  return parsed;
}

function readRecord(fields: Fields, zone: Zone): ParsedImport['records'][number] | 'no_time' | 'no_text' {
  const named = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
  const field = (names: readonly string[]): unknown =>
    names.map((name) => named.get(name)).find((value) => value != null);
  const word = (names: readonly string[]): string => {
    const value = field(names);
    return typeof value === 'string' ? value : '';
  };
  const happenedAt = momentOf(field(COLUMNS.time), zone);
  const text = plainText(word(COLUMNS.text));
  if (happenedAt === null || text === '') return happenedAt === null ? 'no_time' : 'no_text';
  const [who, place] = [plainName(word(COLUMNS.who)), plainName(word(PLACES))];
  return {
    ...{ happenedAt, text, kind: kindOf(word(COLUMNS.kind)) },
    ...(who === undefined ? {} : { who }),
    ...(place === undefined ? {} : { place }),
  };
}

function momentOf(value: unknown, zone: Zone): string | null {
  if (typeof value === 'string') return timeOf(value, zone);
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return isoOf(Math.round(Math.abs(value) < MILLISECONDS_FROM ? value * 1_000 : value));
}
