import { sql } from 'kysely';
import type { SearchTextsTable } from '../schema.ts';
import type { Build } from './build.ts';

/** Where a page of search ended: the time and id of its last row. */
export interface SearchPlace {
  at: string;
  id: number;
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
    .select([
      'search_texts.id',
      'search_texts.incident_id',
      'search_texts.seq',
      'search_texts.doc_seq',
      'search_texts.at',
      'search_texts.text',
    ])
    .where(sql<boolean>`search_texts.grams @> ${query.grams}::text[]`)
    .where(sql<boolean>`strpos(search_texts.folded, ${query.folded}) > 0`)
    .where((on) =>
      on.or([
        on('incidents.private', '=', 0),
        on.exists(
          on
            .selectFrom('incident_readers')
            .select('person')
            .whereRef('incident_readers.incident_id', '=', 'incidents.id')
            .where('person', '=', query.reader.person),
        ),
      ]),
    )
    .orderBy('search_texts.at', 'desc')
    .orderBy('search_texts.id', 'desc')
    .limit(query.limit);
  if (query.incidentId !== undefined) rows = rows.where('search_texts.incident_id', '=', query.incidentId);
  if (query.before) {
    const { at, id } = query.before;
    rows = rows.where(sql<boolean>`(search_texts.at, search_texts.id) < (${at}, ${id}::bigint)`);
  }
  return rows.$castTo<Omit<SearchTextsTable, 'name'>>();
}
