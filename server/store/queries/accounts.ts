import type { PersonRecord, SessionRecord, TokenRecord } from '../../rooms/ports.ts';
import { listOf } from './build.ts';
import type { Build } from './build.ts';

/** What makes two e-mail addresses the same. */
export function emailKey(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}

export const people = {
  all: (db: Build) =>
    db
      .selectFrom('people')
      .select(['id', 'name', 'email', 'access', 'admin', 'locale', 'disabled', 'password_hash', 'created_at'])
      .orderBy('created_at')
      .orderBy('id'),
  changedAfter: (db: Build, epoch: number) => people.all(db).where('epoch', '>', epoch),
  byEmail: (db: Build, email: string) =>
    db.selectFrom('people').select('id').where('email_key', '=', emailKey(email)),
  save: (db: Build, person: PersonRecord, epoch: number) => {
    const row = {
      name: person.name,
      email: person.email,
      email_key: emailKey(person.email),
      access: person.access,
      admin: person.admin ? (1 as const) : (0 as const),
      locale: person.locale,
      disabled: person.disabled ? (1 as const) : (0 as const),
      password_hash: person.passwordHash,
      created_at: person.createdAt,
      epoch,
    };
    return db
      .insertInto('people')
      .values({ id: person.id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row));
  },
};

/** The counter that says whether anything about people or sessions changed. */
const PERMISSION_EPOCH = 'permission_epoch';

export const permissions = {
  read: (db: Build) => db.selectFrom('counters').select('value').where('name', '=', PERMISSION_EPOCH),
  raise: (db: Build) =>
    db
      .insertInto('counters')
      .values({ name: PERMISSION_EPOCH, value: 1 })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((on) => ({ value: on('counters.value', '+', 1) })),
      )
      .returning('value'),
  /** Takes a raise back in the same transaction, when nothing changed after all. */
  lower: (db: Build) =>
    db
      .updateTable('counters')
      .set((on) => ({ value: on('value', '-', 1) }))
      .where('name', '=', PERMISSION_EPOCH),
};

export const sessions = {
  create: (db: Build, session: SessionRecord) =>
    db.insertInto('sessions').values({
      id: session.id,
      person: session.person,
      created_at: session.createdAt,
      expires_at: session.expiresAt,
      revoked_at: session.revokedAt,
    }),
  /** Sessions that ended long ago say nothing any more. */
  forget: (db: Build, endedBefore: number) => db.deleteFrom('sessions').where('expires_at', '<', endedBefore),
  read: (db: Build, ids: readonly string[]) =>
    db.selectFrom('sessions').selectAll().where('id', 'in', listOf(ids)),
  live: (db: Build, ids: readonly string[], now: number) =>
    db
      .selectFrom('sessions')
      .select('id')
      .where('id', 'in', listOf(ids))
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now),
  /** Only ever later: two renewals at once leave the later end. */
  extend: (db: Build, id: string, expiresAt: number) =>
    db
      .updateTable('sessions')
      .set({ expires_at: expiresAt })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where('expires_at', '<', expiresAt),
  revoke: (db: Build, person: string, at: number, options: { only?: string; except?: string }) => {
    let query = db
      .updateTable('sessions')
      .set({ revoked_at: at })
      .where('person', '=', person)
      .where('revoked_at', 'is', null);
    if (options.only !== undefined) query = query.where('id', '=', options.only);
    if (options.except !== undefined) query = query.where('id', '!=', options.except);
    return query.returning('id');
  },
};

export const tokens = {
  save: (db: Build, token: TokenRecord) =>
    db.insertInto('tokens').values({
      hash: token.hash,
      kind: token.kind,
      subject: token.subject,
      detail: token.detail,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      revoked_at: token.revokedAt,
      created_by: token.createdBy,
    }),
  /** Tickets live for seconds and are many; what ended goes. */
  forgetTickets: (db: Build, endedBefore: number) =>
    db.deleteFrom('tokens').where('kind', '=', 'ticket').where('expires_at', '<', endedBefore),
  read: (db: Build, hash: string) => db.selectFrom('tokens').selectAll().where('hash', '=', hash),
  take: (db: Build, hash: string, now: number) =>
    db
      .deleteFrom('tokens')
      .where('hash', '=', hash)
      .where('revoked_at', 'is', null)
      .where((on) => on.or([on('expires_at', 'is', null), on('expires_at', '>', now)]))
      .returningAll(),
  revoke: (db: Build, hash: string, at: number) =>
    db.updateTable('tokens').set({ revoked_at: at }).where('hash', '=', hash).where('revoked_at', 'is', null),
  list: (db: Build, kind: TokenRecord['kind'], subject: string) =>
    db
      .selectFrom('tokens')
      .selectAll()
      .where('kind', '=', kind)
      .where('subject', '=', subject)
      .orderBy('created_at', 'desc'),
};

export const secrets = {
  keepFirst: (db: Build, name: string, value: string) =>
    db
      .insertInto('secrets')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doNothing()),
  read: (db: Build, name: string) => db.selectFrom('secrets').select('value').where('name', '=', name),
};
