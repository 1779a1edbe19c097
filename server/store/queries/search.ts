import { sql } from 'kysely';
import type { SearchTextsTable } from '../schema.ts';
import type { Build } from './build.ts';

/**
 * Rows of the search index that match, newest first, of incidents the reader may enter. SQLite only: the index is a
 * virtual table of its own.
 */
export function found(
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
    .select([
      'search_texts.id',
      'search_texts.incident_id',
      'search_texts.seq',
      'search_texts.doc_seq',
      'search_texts.at',
      'search_texts.text',
    ])
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
    .orderBy('hit.id', 'desc')
    .limit(query.limit);
  if (query.incidentId !== undefined) rows = rows.where('search_texts.incident_id', '=', query.incidentId);
  return rows.$castTo<Omit<SearchTextsTable, 'name'>>();
}
