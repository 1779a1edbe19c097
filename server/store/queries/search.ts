import { sql } from 'kysely';
import type { SearchTextsTable } from '../schema.ts';
import type { Build } from './build.ts';
import { mayEnter } from './mayEnter.ts';

/** Where a page of search ended: the time and id of its last row. */
export interface SearchPlace {
  at: string;
  id: number;
}

/** What both searches answer. */
type Found = Omit<SearchTextsTable, 'name'>;

const foundColumns = [
  'search_texts.id',
  'search_texts.incident_id',
  'search_texts.seq',
  'search_texts.doc_seq',
  'search_texts.at',
  'search_texts.text',
] as const;

/**
 * Rows of the search index that match, newest first, of incidents the reader may enter. SQLite only: the index is a
 * virtual table of its own.
 */
export function foundByIndex(
  db: Build,
  query: { reader: { person: string }; match: string; incidentId?: string; before: number; limit: number },
) {
  let rows = db
    .selectFrom(
      sql<{ id: number }>`(select rowid as id from search_index where search_index match ${query.match}
        and rowid < ${query.before} order by rowid desc)`.as('hit'),
    )
    .innerJoin('search_texts', 'search_texts.id', 'hit.id')
    .innerJoin('incidents', 'incidents.id', 'search_texts.incident_id')
    .select(foundColumns)
    .where(mayEnter(query.reader.person))
    .orderBy('hit.id', 'desc')
    .limit(query.limit);
  if (query.incidentId !== undefined) rows = rows.where('search_texts.incident_id', '=', query.incidentId);
  return rows.$castTo<Found>();
}

/**
 * Texts that contain `folded`, newest first, of incidents the reader may enter. PostgreSQL only: the lists of characters
 * and pairs find what may contain it, and the folded text says whether it does.
 */
export function foundByLists(
  db: Build,
  query: {
    reader: { person: string };
    folded: string;
    grams: readonly string[];
    incidentId?: string;
    before: SearchPlace | null;
    limit: number;
  },
) {
  let rows = db
    .selectFrom('search_texts')
    .innerJoin('incidents', 'incidents.id', 'search_texts.incident_id')
    .select(foundColumns)
    .where(sql<boolean>`search_texts.grams @> ${query.grams}::text[]`)
    .where(sql<boolean>`strpos(search_texts.folded, ${query.folded}) > 0`)
    .where(mayEnter(query.reader.person))
    .orderBy('search_texts.at', 'desc')
    .orderBy('search_texts.id', 'desc')
    .limit(query.limit);
  if (query.incidentId !== undefined) rows = rows.where('search_texts.incident_id', '=', query.incidentId);
  if (query.before) {
    const { at, id } = query.before;
    rows = rows.where(sql<boolean>`(search_texts.at, search_texts.id) < (${at}, ${id}::bigint)`);
  }
  return rows.$castTo<Found>();
}
