import type { ChannelName } from '#shared/contract/settings.ts';
import type {
  Broadcast,
  DeliveryCount,
  DeliveryRecord,
  DeliveryResult,
  NewDelivery,
  OutboxStore,
  SettingRecord,
  TargetRecord,
} from '../rooms/outboxPort.ts';
import type { Build } from './queries/build.ts';
import { broadcasts, deliveries, settings, targets } from './queries/outbox.ts';
import { all, first } from './queries/reading.ts';
import type { Reading } from './queries/reading.ts';
import type { DeliveriesTable, SettingsTable, TargetsTable } from './schema.ts';

/** Rows that one statement adds at most. */
const MOST_ROWS = 256;

type Query<Name extends keyof OutboxStore> = Parameters<OutboxStore[Name]>;

/** Reads of the outbox and of what it goes by, of both databases. */
export function outboxReads(db: Build) {
  return {
    *listSettings(): Reading<SettingRecord[]> {
      return (yield* all(settings.all(db))).map(settingOf);
    },
    *settingsEpoch(): Reading<number> {
      return (yield* first(settings.epoch(db)))?.value ?? 0;
    },
    *readTarget(id: string): Reading<TargetRecord | null> {
      const row = yield* first(targets.one(db, id));
      return row ? targetOf(row) : null;
    },
    *findTarget(...[list, channel, address]: Query<'findTarget'>): Reading<TargetRecord | null> {
      const row = yield* first(targets.byAddress(db, list, channel, address));
      return row ? targetOf(row) : null;
    },
    *listTargets(...[lists, { after = '', limit }]: Query<'listTargets'>): Reading<TargetRecord[]> {
      if (lists.length === 0) return [];
      return (yield* all(targets.page(db, lists, after, limit))).map(targetOf);
    },
    *countTargets(): Reading<{ list: string; channel: ChannelName; count: number }[]> {
      return (yield* all(targets.counts(db))).map((row) => ({ ...row, count: Number(row.count) }));
    },
    *dueQueues(now: number): Reading<string[]> {
      return (yield* all(deliveries.dueQueues(db, now))).map((row) => row.queue);
    },
    *countDeliveries(incidentId: string): Reading<DeliveryCount[]> {
      const rows = yield* all(deliveries.counts(db, incidentId));
      return rows.map((row) => ({ ...row, count: Number(row.count) }));
    },
    *listDeliveries(...[query]: Query<'listDeliveries'>): Reading<DeliveryRecord[]> {
      return (yield* all(deliveries.page(db, query))).map(deliveryOf);
    },
    *unfinishedBroadcasts(incidentIds: readonly string[]): Reading<{ incidentId: string; seq: number }[]> {
      if (incidentIds.length === 0) return [];
      const rows = [
        ...(yield* all(broadcasts.open(db, incidentIds))),
        ...(yield* all(deliveries.open(db, incidentIds))),
      ];
      const found = new Map(rows.map((row) => [`${row.incident_id} ${row.seq}`, row]));
      return [...found.values()].map((row) => ({ incidentId: row.incident_id, seq: row.seq }));
    },
  };
}

/**
 * What changes the outbox and what it goes by. Each runs inside a transaction of whoever runs it. `lock`: the database has
 * several writers, so that what another one is taking must be passed over.
 */
export function outboxWrites(db: Build, lock: boolean) {
  return {
    *saveSetting(...[change]: Query<'saveSetting'>): Reading<'saved' | 'stale'> {
      // First, since it keeps everybody else who saves a setting waiting.
      yield* all(settings.raise(db));
      const { kind, id, body, revision, at, by } = change;
      const stored = yield* first(settings.one(db, kind, id));
      if ((stored?.revision ?? 0) !== revision) return 'stale';
      if (body === null) {
        yield* all(settings.remove(db, kind, id));
        return 'saved';
      }
      const row = { body: JSON.stringify(body), revision: revision + 1, changed_at: at, changed_by: by };
      yield* all(settings.save(db, { kind, id, ...row }));
      return 'saved';
    },
    *saveTarget(target: TargetRecord): Reading<'saved' | 'taken'> {
      // A counter that is written first lets those who save take turns: two cannot take one address at once.
      yield* all(settings.raise(db));
      const owner = yield* first(targets.byAddress(db, target.list, target.channel, target.address));
      if (owner && owner.id !== target.id) return 'taken';
      yield* all(targets.save(db, target));
      return 'saved';
    },
    *removeTarget(id: string): Reading<void> {
      yield* all(targets.remove(db, id));
    },
    *claimBroadcasts(...[claim]: Query<'claimBroadcasts'>): Reading<Broadcast[]> {
      const rows = yield* all(broadcasts.claim(db, claim, lock));
      return rows.map((row) => ({ incidentId: row.incident_id, seq: row.seq, epoch: row.epoch }));
    },
    *addDeliveries(rows: readonly NewDelivery[]): Reading<void> {
      for (let from = 0; from < rows.length;) {
        // Powers of two: few statements, which databases keep prepared, serve lists of every length.
        const size = Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(rows.length - from)));
        yield* all(deliveries.add(db, rows.slice(from, from + size)));
        from += size;
      }
    },
    *finishBroadcast(broadcast: Broadcast): Reading<void> {
      yield* all(broadcasts.finish(db, broadcast));
    },
    *endClaims(now: number): Reading<void> {
      yield* all(broadcasts.endClaims(db, now));
      yield* all(deliveries.endClaims(db, now));
    },
    *claimDeliveries(...[claim]: Query<'claimDeliveries'>): Reading<DeliveryRecord[]> {
      return (yield* all(deliveries.claim(db, claim, lock))).map(deliveryOf);
    },
    *finishDeliveries(results: readonly DeliveryResult[], now: number): Reading<void> {
      const arrived = results.filter(({ outcome }) => outcome.kind === 'delivered').map(({ id }) => id);
      if (arrived.length > 0) yield* all(deliveries.delivered(db, arrived, now));
      for (const result of results) yield* finishOne(db, result, now);
    },
    *retryDeliveries(...[query]: Query<'retryDeliveries'>): Reading<number> {
      return (yield* all(deliveries.again(db, query))).length;
    },
  };
}

function* finishOne(db: Build, result: DeliveryResult, now: number): Reading<void> {
  const { outcome, detail } = result;
  switch (outcome.kind) {
    case 'delivered':
      return;
    case 'returned':
      yield* all(deliveries.back(db, result, now));
      return;
    case 'retry': {
      const { at, uncertain } = outcome;
      yield* all(deliveries.later(db, result, { at, uncertain, detail, now }));
      return;
    }
    case 'failed':
    case 'unknown':
    case 'withdrawn':
      yield* all(deliveries.over(db, result, { status: outcome.kind, detail, changed_at: now }));
      return;
    default:
      return outcome satisfies never;
  }
}

function settingOf(row: SettingsTable): SettingRecord {
  return {
    kind: row.kind,
    id: row.id,
    body: JSON.parse(row.body) as never,
    revision: row.revision,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
  } as SettingRecord;
}

function targetOf(row: TargetsTable): TargetRecord {
  const { id, list, channel, address, name, locale, secret, state } = row;
  return {
    ...{ id, list, channel, address, name, locale, secret, state },
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

function deliveryOf(row: DeliveriesTable): DeliveryRecord {
  const { id, seq, list, target, channel, address, locale, queue, status, attempts, epoch, detail } = row;
  return {
    ...{ id, seq, list, target, channel, address, locale, queue, status, attempts, epoch, detail },
    incidentId: row.incident_id,
    dueAt: row.due_at,
    uncertain: row.uncertain === 1,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}
