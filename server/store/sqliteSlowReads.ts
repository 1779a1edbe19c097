import type { Access, IncidentSummary } from '#shared/contract/wire.ts';
import type { SearchHit } from '../rooms/ports.ts';
import { writeBackup } from './sqliteBackup.ts';
import { board } from './queries/board.ts';
import { found } from './queries/search.ts';
import { matchOf } from './searchTerms.ts';
import { snippet } from './snippet.ts';
import { summaryOf } from './rows.ts';
import { build } from './sqliteDatabase.ts';
import type { Queries } from './sqliteDatabase.ts';

/** Reads that may take long; they have a thread of their own, so that nothing waits behind them. */
export type SlowReads = ReturnType<typeof sqliteSlowReads>;

export interface ListQuery {
  reader: { person: string; access: Access };
  status: 'open' | 'closed' | 'all';
  text?: string;
  limit: number;
  after?: number;
}

export interface SearchQuery {
  reader: { person: string };
  text: string;
  incidentId?: string;
  limit: number;
  after?: string;
}

export function sqliteSlowReads(queries: Queries) {
  return {
    listIncidents: (query: ListQuery) => listIncidents(queries, query),
    search: (query: SearchQuery) => search(queries, query),
    /** Not inside a transaction: copying makes one of its own. */
    backup: (path: string) => writeBackup(queries.db, path),
  };
}

function listIncidents(
  queries: Queries,
  query: ListQuery,
): { incidents: IncidentSummary[]; next: number | null } {
  if (query.reader.access !== 'responder') return { incidents: [], next: null };
  const rows = queries.all(board.list(build, { ...query, limit: query.limit + 1 }));
  const incidents = rows.slice(0, query.limit).map(summaryOf);
  return { incidents, next: rows.length > query.limit ? (incidents.at(-1)?.number ?? null) : null };
}

function search(queries: Queries, query: SearchQuery): { hits: SearchHit[]; next: string | null } {
  const match = matchOf(query.text);
  if (match === null) return { hits: [], next: null };
  const after = /^\d{1,16}$/.test(query.after ?? '') ? Number(query.after) : Number.MAX_SAFE_INTEGER;
  const rows = queries.all(found(build, { ...query, match, before: after, limit: query.limit + 1 }));
  const hits = rows.slice(0, query.limit).map((row) => ({
    incidentId: row.incident_id,
    ...(row.seq === null ? {} : { seq: row.seq }),
    ...(row.doc_seq === null ? {} : { docSeq: row.doc_seq }),
    text: snippet(row.text, query.text),
    at: row.at,
  }));
  const last = rows.at(query.limit - 1);
  return { hits, next: rows.length > query.limit && last ? String(last.id) : null };
}
