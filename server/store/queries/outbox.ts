import { sql } from 'kysely';
import type { SettingKind } from '#shared/contract/settings.ts';
import type { Broadcast, DeliveryStatus, NewDelivery, TargetRecord } from '../../rooms/outboxPort.ts';
import { emailKey } from './accounts.ts';
import { listOf } from './build.ts';
import type { Build } from './build.ts';

const SETTINGS_EPOCH = 'settings_epoch';

export const settings = {
  all: (db: Build) => db.selectFrom('settings').selectAll().orderBy('kind').orderBy('id'),
  one: (db: Build, kind: SettingKind, id: string) =>
    db.selectFrom('settings').select('revision').where('kind', '=', kind).where('id', '=', id),
  remove: (db: Build, kind: SettingKind, id: string) =>
    db.deleteFrom('settings').where('kind', '=', kind).where('id', '=', id),
  save: (
    db: Build,
    {
      kind,
      id,
      ...row
    }: {
      kind: SettingKind;
      id: string;
      body: string;
      revision: number;
      changed_at: number;
      changed_by: string;
    },
  ) =>
    db
      .insertInto('settings')
      .values({ kind, id, ...row })
      .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet(row)),
  epoch: (db: Build) => db.selectFrom('counters').select('value').where('name', '=', SETTINGS_EPOCH),
  raise: (db: Build) =>
    db
      .insertInto('counters')
      .values({ name: SETTINGS_EPOCH, value: 1 })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((on) => ({ value: on('counters.value', '+', 1) })),
      ),
};

/** What makes two addresses of a channel the same. */
export function addressKey(channel: TargetRecord['channel'], address: string): string {
  return channel === 'mail' ? emailKey(address) : address;
}

export const targets = {
  one: (db: Build, id: string) => db.selectFrom('targets').selectAll().where('id', '=', id),
  byAddress: (db: Build, list: string, channel: TargetRecord['channel'], address: string) =>
    db
      .selectFrom('targets')
      .selectAll()
      .where('list', '=', list)
      .where('channel', '=', channel)
      .where('address_key', '=', addressKey(channel, address)),
  page: (db: Build, lists: readonly string[], after: string, limit: number) =>
    db
      .selectFrom('targets')
      .selectAll()
      .where('list', 'in', listOf(lists))
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit),
  counts: (db: Build) =>
    db
      .selectFrom('targets')
      .select(({ fn }) => ['list', 'channel', fn.countAll<number>().as('count')])
      .where('state', '=', 'active')
      .groupBy(['list', 'channel'])
      .orderBy('list')
      .orderBy('channel'),
  save: (db: Build, target: TargetRecord) => {
    const { id, list, channel, address, name, locale, secret, state } = target;
    const row = {
      list,
      channel,
      address,
      address_key: addressKey(channel, address),
      name,
      locale,
      secret,
      state,
    };
    return db
      .insertInto('targets')
      .values({ id, ...row, created_at: target.createdAt, created_by: target.createdBy })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row));
  },
  remove: (db: Build, id: string) => db.deleteFrom('targets').where('id', '=', id),
};

export const broadcasts = {
  /** `lock`: rows that another transaction has are passed over. */
  claim: (db: Build, claim: { now: number; until: number; limit: number }, lock: boolean) => {
    const { now, until, limit } = claim;
    return db
      .with('picked', (on) => {
        const due = on
          .selectFrom('broadcasts')
          .select(['incident_id', 'seq'])
          .where('due_at', '<=', now)
          .orderBy('due_at')
          .limit(limit);
        return lock ? due.forUpdate().skipLocked() : due;
      })
      .updateTable('broadcasts')
      .set((on) => ({ due_at: until, epoch: on('epoch', '+', 1) }))
      .where((on) =>
        on.exists(
          on
            .selectFrom('picked')
            .select('picked.seq')
            .whereRef('picked.incident_id', '=', 'broadcasts.incident_id')
            .whereRef('picked.seq', '=', 'broadcasts.seq'),
        ),
      )
      .returning(['incident_id', 'seq', 'epoch']);
  },
  finish: (db: Build, { incidentId, seq, epoch }: Broadcast) =>
    db
      .updateTable('broadcasts')
      .set({ due_at: null })
      .where('incident_id', '=', incidentId)
      .where('seq', '=', seq)
      .where('epoch', '=', epoch),
  endClaims: (db: Build, now: number) =>
    db.updateTable('broadcasts').set({ due_at: now }).where('due_at', '>', now),
  open: (db: Build, incidentIds: readonly string[]) =>
    db
      .selectFrom('broadcasts')
      .select(['incident_id', 'seq'])
      .where('incident_id', 'in', listOf(incidentIds))
      .where('due_at', 'is not', null),
};

export const deliveries = {
  add: (db: Build, rows: readonly NewDelivery[]) =>
    db
      .insertInto('deliveries')
      .values(
        rows.map((row) => ({
          id: row.id,
          incident_id: row.incidentId,
          seq: row.seq,
          list: row.list,
          target: row.target,
          channel: row.channel,
          address: row.address,
          locale: row.locale,
          queue: row.queue,
          status: 'waiting' as const,
          due_at: row.createdAt,
          attempts: 0,
          epoch: 0,
          uncertain: 0 as const,
          detail: null,
          created_at: row.createdAt,
          changed_at: row.createdAt,
        })),
      )
      .onConflict((conflict) => conflict.column('id').doNothing()),
  dueQueues: (db: Build, now: number) =>
    db.selectFrom('deliveries').select('queue').distinct().where('due_at', '<=', now).orderBy('queue'),
  endClaims: (db: Build, now: number) =>
    db
      .updateTable('deliveries')
      .set({ due_at: now })
      .where('status', '=', 'sending')
      .where('due_at', '>', now),
  claim: (db: Build, claim: { queue: string; now: number; until: number; limit: number }, lock: boolean) => {
    const { queue, now, until, limit } = claim;
    return db
      .with('picked', (on) => {
        const due = on
          .selectFrom('deliveries')
          .select('id')
          .where('queue', '=', queue)
          .where('due_at', '<=', now)
          .orderBy('due_at')
          .limit(limit);
        return lock ? due.forUpdate().skipLocked() : due;
      })
      .updateTable('deliveries')
      .set((on) => ({
        // A claim that ended without a word: nobody knows what came of it.
        uncertain: sql<0 | 1>`case when status = 'sending' then 1 else uncertain end`,
        status: 'sending' as const,
        due_at: until,
        epoch: on('epoch', '+', 1),
        attempts: on('attempts', '+', 1),
        changed_at: now,
      }))
      .where('id', 'in', (on) => on.selectFrom('picked').select('picked.id'))
      .returningAll();
  },
  delivered: (db: Build, ids: readonly string[], now: number) =>
    db
      .updateTable('deliveries')
      .set({ status: 'delivered', due_at: null, detail: null, changed_at: now })
      .where('id', 'in', listOf(ids)),
  over: (
    db: Build,
    { id, epoch }: { id: string; epoch: number },
    row: { status: DeliveryStatus; detail: string | null; changed_at: number },
  ) =>
    db
      .updateTable('deliveries')
      .set({
        ...row,
        due_at: null,
        ...(row.status === 'failed'
          ? { status: sql<DeliveryStatus>`case when uncertain = 1 then 'unknown' else 'failed' end` }
          : {}),
      })
      .where('id', '=', id)
      .where('epoch', '=', epoch)
      .where('due_at', 'is not', null),
  later: (
    db: Build,
    { id, epoch }: { id: string; epoch: number },
    row: { at: number; uncertain: boolean; detail: string | null; now: number },
  ) =>
    db
      .updateTable('deliveries')
      .set({
        status: 'waiting',
        due_at: row.at,
        detail: row.detail,
        changed_at: row.now,
        ...(row.uncertain ? { uncertain: 1 as const } : {}),
      })
      .where('id', '=', id)
      .where('epoch', '=', epoch)
      .where('due_at', 'is not', null),
  back: (db: Build, { id, epoch }: { id: string; epoch: number }, now: number) =>
    db
      .updateTable('deliveries')
      .set((on) => ({
        ...{ status: 'waiting', due_at: now, changed_at: now },
        attempts: on('attempts', '-', 1),
      }))
      .where('id', '=', id)
      .where('epoch', '=', epoch)
      .where('due_at', 'is not', null),
  counts: (db: Build, incidentId: string) =>
    db
      .selectFrom('deliveries')
      .select(({ fn }) => ['seq', 'status', fn.countAll<number>().as('count')])
      .where('incident_id', '=', incidentId)
      .groupBy(['seq', 'status'])
      .orderBy('seq')
      .orderBy('status'),
  page: (
    db: Build,
    query: { incidentId: string; seq: number; status?: DeliveryStatus; after?: string; limit: number },
  ) => {
    const { incidentId, seq, status, after = '', limit } = query;
    const rows = db
      .selectFrom('deliveries')
      .selectAll()
      .where('incident_id', '=', incidentId)
      .where('seq', '=', seq)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit);
    return status === undefined ? rows : rows.where('status', '=', status);
  },
  again: (db: Build, query: { incidentId: string; seq: number; id?: string; now: number }) => {
    const { incidentId, seq, id, now } = query;
    const rows = db
      .updateTable('deliveries')
      .set({ status: 'waiting', due_at: now, attempts: 0, changed_at: now })
      .where('incident_id', '=', incidentId)
      .where('seq', '=', seq)
      .where('status', 'in', ['failed', 'unknown'])
      .returning('id');
    return id === undefined ? rows : rows.where('id', '=', id);
  },
  open: (db: Build, incidentIds: readonly string[]) =>
    db
      .selectFrom('deliveries')
      .select(['incident_id', 'seq'])
      .distinct()
      .where('incident_id', 'in', listOf(incidentIds))
      .where('due_at', 'is not', null),
};
