import { sql } from 'kysely';
import type { IncidentsQuery } from '../../rooms/ports.ts';
import { fold } from '../searchTerms.ts';
import type { Build } from './build.ts';
import { mayEnter } from './mayEnter.ts';

/** Statuses of incidents that nobody works on any more. */
const ENDED = ['resolved', 'closed'] as const;

export const board = {
  rows: (db: Build) =>
    db
      .selectFrom('incidents')
      .innerJoin('heads', 'heads.incident_id', 'incidents.id')
      .select([
        'id',
        'number',
        'title',
        'severity',
        'status',
        'private',
        'drill',
        'commander',
        'epoch',
        'declared_at',
        'next_update_at',
        'resolved_at',
        'offered_to',
        'members',
        'seq',
        'hash',
        'doc_seq',
        'doc_hash',
      ]),
  one: (db: Build, id: string) => board.rows(db).where('id', '=', id),
  idOfNumber: (db: Build, number: number) =>
    db.selectFrom('incidents').select('id').where('number', '=', number),
  numbers: (db: Build) => db.selectFrom('incidents').select(['id', 'number']).orderBy('number'),
  notClosed: (db: Build) =>
    db
      .selectFrom('incidents')
      .innerJoin('heads', 'heads.incident_id', 'incidents.id')
      .select(['id', 'seq'])
      .where('status', '!=', 'closed')
      .orderBy('number'),
  /** Those of which anything ever went outside, newest first. */
  published: (db: Build, limit: number) =>
    board
      .rows(db)
      .where('id', 'in', (on) => on.selectFrom('broadcasts').select('broadcasts.incident_id'))
      .orderBy('number', 'desc')
      .limit(limit),
  offeredTo: (db: Build, person: string) =>
    db.selectFrom('incidents').select('id').where('offered_to', '=', person),
  /** One page, newest first, of what the reader may enter. */
  list: (db: Build, query: IncidentsQuery) => {
    let rows = board.rows(db).orderBy('number', 'desc').limit(query.limit);
    if (query.status === 'open') rows = rows.where('status', 'not in', [...ENDED]);
    if (query.status === 'closed') rows = rows.where('status', 'in', [...ENDED]);
    if (query.after !== undefined) rows = rows.where('number', '<', query.after);
    const text = fold(query.text ?? '');
    if (text !== '') {
      const number = /^(?:inc-)?(\d{1,9})$/.exec(text)?.[1];
      rows = rows.where((on) =>
        on.or([
          on('title_folded', 'like', sql<string>`${`%${text.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`),
          ...(number === undefined ? [] : [on('number', '=', Number(number))]),
        ]),
      );
    }
    return rows.where(mayEnter(query.reader.person));
  },
};
