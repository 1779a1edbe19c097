import type { SearchHit, SearchQuery } from '../rooms/ports.ts';
import { build } from './postgresDatabase.ts';
import { all } from './queries/reading.ts';
import type { Reading } from './queries/reading.ts';
import { foundByLists } from './queries/search.ts';
import type { SearchPlace } from './queries/search.ts';
import { fold, gramsOf } from './searchTerms.ts';
import { hitOf } from './snippet.ts';

/** Hits newest first; `next` says where the following page begins. */
export function* search(query: SearchQuery): Reading<{ hits: SearchHit[]; next: string | null }> {
  const folded = fold(query.text);
  if (folded === '') return { hits: [], next: null };
  const grams = gramsOf(query.text);
  const before = placeOf(query.after ?? '');
  const rows = yield* all(foundByLists(build, { ...query, folded, grams, before, limit: query.limit + 1 }));
  const hits = rows.slice(0, query.limit).map((row) => hitOf(row, query.text));
  const last = rows.at(query.limit - 1);
  return { hits, next: rows.length > query.limit && last ? `${Date.parse(last.at)}-${last.id}` : null };
}

/** What a page said about its end; null for anything else, which begins at the newest. */
function placeOf(after: string): SearchPlace | null {
  const [, time, id] = /^(\d{1,14})-(\d{1,15})$/.exec(after) ?? [];
  if (time === undefined || id === undefined) return null;
  return { at: new Date(Number(time)).toISOString(), id: Number(id) };
}
