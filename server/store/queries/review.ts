import { sql } from 'kysely';
import { SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import type { Attachment, OutsideEvent, Segment } from '../../rooms/reviewPort.ts';
import type { Build } from './build.ts';

export const segments = {
  /** Those that end after `after` and not past `upTo`. */
  between: (db: Build, incidentId: string, name: string, after: number, upTo: number) =>
    db
      .selectFrom('segments')
      .select(['after_doc_seq', 'doc_seq', 'merged'])
      .where('incident_id', '=', incidentId)
      .where('name', '=', name)
      .where('doc_seq', '>', after)
      .where('doc_seq', '<=', upTo)
      .orderBy('doc_seq'),
  last: (db: Build, incidentId: string, name: string) =>
    db
      .selectFrom('segments')
      .select('doc_seq')
      .where('incident_id', '=', incidentId)
      .where('name', '=', name)
      .orderBy('doc_seq', 'desc')
      .limit(1),
  save: (db: Build, { incidentId, name, after, docSeq, update }: Segment) => {
    const row = { after_doc_seq: after, merged: update };
    return db
      .insertInto('segments')
      .values({ incident_id: incidentId, name, doc_seq: docSeq, ...row })
      .onConflict((conflict) => conflict.columns(['incident_id', 'name', 'doc_seq']).doUpdateSet(row));
  },
};

/** Times are texts of one form, so that their beginning says the second or the minute in both databases. */
const within = { second: 19, minute: 16 } as const;
type Per = keyof typeof within;
const beginning = (per: Per) => sql<string>`substr(at, 1, ${sql.lit(within[per])})`;

export const activity = {
  chat: (db: Build, incidentId: string, per: Per) =>
    db
      .selectFrom('entries')
      .select((on) => [beginning(per).as('time'), on.fn.countAll().as('count')])
      .where('incident_id', '=', incidentId)
      .where('type', '=', 'chat.posted')
      .groupBy(beginning(per))
      .orderBy('time'),
  document: (db: Build, incidentId: string, name: string, per: Per) =>
    db
      .selectFrom('document_batches')
      .select((on) => [beginning(per).as('time'), on.fn.countAll().as('count')])
      .where('incident_id', '=', incidentId)
      .where('name', '=', name)
      .groupBy(beginning(per))
      .orderBy('time'),
};

export const outsideEvents = {
  one: (db: Build, id: string) => db.selectFrom('outside_events').selectAll().where('id', '=', id),
  add: (db: Build, { id, kind, service, title, at, endedAt, link, createdAt, createdBy }: OutsideEvent) =>
    db.insertInto('outside_events').values({
      ...{ id, kind, service, title, at, link },
      ...{ ended_at: endedAt, created_at: createdAt, created_by: createdBy },
    }),
  end: (db: Build, id: string, endedAt: number) =>
    db.updateTable('outside_events').set({ ended_at: endedAt }).where('id', '=', id),
  /** What began in the span, and alerts that lasted into it. */
  within: (db: Build, { from, to, limit }: { from: number; to: number; limit: number }) =>
    db
      .selectFrom('outside_events')
      .selectAll()
      .where('at', '<=', to)
      .where((on) =>
        on.or([
          on('at', '>=', from),
          on.and([on('kind', '=', 'alert'), on.or([on('ended_at', 'is', null), on('ended_at', '>=', from)])]),
        ]),
      )
      .orderBy('at')
      .orderBy('id')
      .limit(limit),
  /** When each service was deployed last before a time. */
  lastDeploys: (db: Build, before: number) =>
    db
      .selectFrom('outside_events')
      .select((on) => ['service', on.fn.max('at').as('at')])
      .where('kind', '=', 'deploy')
      .where('at', '<', before)
      .groupBy('service')
      .orderBy('service'),
  deploysAt: (db: Build, service: string, at: number) =>
    db
      .selectFrom('outside_events')
      .selectAll()
      .where('kind', '=', 'deploy')
      .where('service', '=', service)
      .where('at', '=', at)
      .orderBy('id', 'desc')
      .limit(1),
};

const described = ['incident_id', 'hash', 'type', 'size', 'created_at', 'created_by'] as const;

export const attachments = {
  list: (db: Build, incidentId: string) =>
    db
      .selectFrom('attachments')
      .select([...described])
      .where('incident_id', '=', incidentId)
      .orderBy('hash'),
  one: (db: Build, incidentId: string, hash: string) =>
    db.selectFrom('attachments').selectAll().where('incident_id', '=', incidentId).where('hash', '=', hash),
  add: (db: Build, { incidentId, hash, type, size, createdAt, createdBy }: Attachment, bytes: Uint8Array) =>
    db
      .insertInto('attachments')
      .values({
        ...{ incident_id: incidentId, hash, type, size, bytes },
        ...{ created_at: createdAt, created_by: createdBy },
      })
      .onConflict((conflict) => conflict.columns(['incident_id', 'hash']).doNothing()),
};

export const busyTimes = {
  /** Times are ISO 8601: fifteen characters are what ten minutes have in common. */
  of: (db: Build, incidentId: string) =>
    db
      .selectFrom('entries')
      .select(['actor', sql<string>`substr(at, 1, 15)`.as('slot')])
      .distinct()
      .where('incident_id', '=', incidentId)
      .where('actor', '!=', SYSTEM_ACTOR)
      .orderBy('slot')
      .orderBy('actor'),
};
