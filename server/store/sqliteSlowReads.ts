import type { SearchHit, SearchQuery } from '../rooms/ports.ts';
import { foundByIndex } from './queries/search.ts';
import { all } from './queries/reading.ts';
import type { Reading } from './queries/reading.ts';
import { storeReads } from './reads.ts';
import { matchOf } from './searchTerms.ts';
import { hitOf } from './snippet.ts';
import { build } from './sqliteDatabase.ts';

/** Reads that may take long; they have a thread of their own, so that nothing waits behind them. */
export type SlowReads = ReturnType<typeof sqliteSlowReads>;

export function sqliteSlowReads() {
  const reads = storeReads(build);
  const { listIncidents, readEntriesOf, publishedIncidents } = reads;
  const { loadMoment, activity, outsideEvents, readAttachment, listAttachments, busyTimesOf } = reads;
  return {
    ...{ listIncidents, readEntriesOf, publishedIncidents },
    ...{ loadMoment, activity, outsideEvents, readAttachment, listAttachments, busyTimesOf },
    *search(query: SearchQuery): Reading<{ hits: SearchHit[]; next: string | null }> {
      const match = matchOf(query.text);
      if (match === null) return { hits: [], next: null };
      const before = /^\d{1,16}$/.test(query.after ?? '') ? Number(query.after) : Number.MAX_SAFE_INTEGER;
      const rows = yield* all(foundByIndex(build, { ...query, match, before, limit: query.limit + 1 }));
      const hits = rows.slice(0, query.limit).map((row) => hitOf(row, query.text));
      const last = rows.at(query.limit - 1);
      return { hits, next: rows.length > query.limit && last ? String(last.id) : null };
    },
  };
}
