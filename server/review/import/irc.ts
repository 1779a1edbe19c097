import { plainName, plainText, timeOf } from './parsed.ts';
import type { ParsedImport } from './parsed.ts';
import type { Zone } from './zone.ts';

/** `channel date [time] <name> text`; the name is missing in actions and notices, the time in notices of some logs. */
const LINE = /^(\S+) (\d{4}-\d{2}-\d{2}) (?:\[(\d{2}:\d{2}(?::\d{2})?)\] ?)?(?:<([^>]{1,200})>)?(.*)$/u;

/** A log of an IRC channel, whose times are in `zone`. Never throws. */
export function parseIrc(text: string, { zone }: { zone: Zone }): ParsedImport {
  const parsed: ParsedImport = { records: [], skipped: [] };
  let before = { day: '', time: '' };
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    if (line.trim() === '') continue;
    const [, place, day = '', written, name, said = ''] = LINE.exec(line) ?? [];
    if (place === undefined) {
      parsed.skipped.push({ line: index + 1, reason: 'malformed' });
      continue;
    }
    // A notice without a time stands where it came: right after the line before, of the same day.
    const time = written ?? (before.day === day ? before.time : '');
    const happenedAt = timeOf(`${day} ${time}`, zone);
    const words = plainText(said);
    if (happenedAt === null || words === '') {
      parsed.skipped.push({ line: index + 1, reason: happenedAt === null ? 'no_time' : 'no_text' });
      continue;
    }
    before = { day, time };
    const [who, where] = [plainName(name), plainName(place)];
    parsed.records.push({
      ...{ happenedAt, text: words, kind: 'message' },
      ...(who === undefined ? {} : { who }),
      ...(where === undefined ? {} : { place: where }),
    });
  }
  return parsed;
}
