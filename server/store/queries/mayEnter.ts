import { expressionBuilder } from 'kysely';
import type { Expression, SqlBool } from 'kysely';
import type { Tables } from '../schema.ts';

/** Of the `incidents` in a query, those that a responder may enter: what is not private, and what they read all the same. */
export function mayEnter(person: string): Expression<SqlBool> {
  const on = expressionBuilder<Tables, 'incidents'>();
  return on.or([
    on('incidents.private', '=', 0),
    on.exists(
      on
        .selectFrom('incident_readers')
        .select('person')
        .whereRef('incident_readers.incident_id', '=', 'incidents.id')
        .where('person', '=', person),
    ),
  ]);
}
