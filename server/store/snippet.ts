import type { SearchHit } from '../rooms/ports.ts';
import type { SearchTextsTable } from './schema.ts';
import { fold } from './searchTerms.ts';

/** Code points shown before and after a hit. */
const BEFORE = 60;
const AFTER = 120;

/** The part of a text around the first place where the query stands, on one line, with … where it was cut. */
function snippet(text: string, query: string): string {
  const shown = Array.from(text.normalize('NFC').replace(/\s+/gu, ' ').trim());
  // Folding may change how many code points a character has; per character, the places stay comparable.
  const place = placeOf(shown, fold(query));
  const from = Math.max(0, place - BEFORE);
  const to = Math.min(shown.length, place + AFTER);
  return (from > 0 ? '…' : '') + shown.slice(from, to).join('').trim() + (to < shown.length ? '…' : '');
}

function placeOf(characters: readonly string[], wanted: string): number {
  const folded = characters.map((character) => character.toLowerCase());
  const index = folded.join('').indexOf(wanted);
  if (index < 0) return 0;
  let units = 0;
  return folded.findIndex((character) => {
    units += character.length;
    return units > index;
  });
}

/** A search row as it is shown to who asked for `text`. */
export function hitOf(row: Omit<SearchTextsTable, 'id' | 'name'>, text: string): SearchHit {
  return {
    incidentId: row.incident_id,
    ...(row.seq === null ? {} : { seq: row.seq }),
    ...(row.doc_seq === null ? {} : { docSeq: row.doc_seq }),
    text: snippet(row.text, text),
    at: row.at,
  };
}
