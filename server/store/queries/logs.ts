import { listOf } from './build.ts';
import type { Build } from './build.ts';

export const logs = {
  head: (db: Build, incidentId: string) =>
    db.selectFrom('heads').selectAll().where('incident_id', '=', incidentId),
  heads: (db: Build) => db.selectFrom('heads').selectAll().orderBy('incident_id'),
  headsOf: (db: Build, incidentIds: readonly string[]) =>
    db.selectFrom('heads').selectAll().where('incident_id', 'in', listOf(incidentIds)),
  after: (db: Build, incidentId: string, after: number, limit: number) =>
    db
      .selectFrom('entries')
      .selectAll()
      .where('incident_id', '=', incidentId)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(limit),
  missed: (db: Build, incidentId: string, after: number) =>
    db
      .selectFrom('entries')
      .selectAll()
      .where('incident_id', '=', incidentId)
      .where('seq', '>', after)
      .orderBy('seq'),
  /** The last ones before `before`, newest first. */
  before: (db: Build, incidentId: string, before: number, limit: number) =>
    db
      .selectFrom('entries')
      .selectAll()
      .where('incident_id', '=', incidentId)
      .where('seq', '<', before)
      .orderBy('seq', 'desc')
      .limit(limit),
  between: (db: Build, incidentId: string, after: number, upTo: number) =>
    db
      .selectFrom('entries')
      .selectAll()
      .where('incident_id', '=', incidentId)
      .where('seq', '>', after)
      .where('seq', '<=', upTo)
      .orderBy('seq'),
  /** Those of these types only. */
  ofTypes: (db: Build, incidentId: string, after: number, types: readonly string[]) =>
    db
      .selectFrom('entries')
      .selectAll()
      .where('incident_id', '=', incidentId)
      .where('seq', '>', after)
      .where('type', 'in', listOf(types))
      .orderBy('seq'),
  entry: (db: Build, incidentId: string, seq: number) =>
    db.selectFrom('entries').selectAll().where('incident_id', '=', incidentId).where('seq', '=', seq),
  command: (db: Build, incidentId: string, actor: string, commandId: string) =>
    db
      .selectFrom('commands')
      .select(['seq', 'command_hash'])
      .where('incident_id', '=', incidentId)
      .where('actor', '=', actor)
      .where('command_id', '=', commandId),
  /** The newest kept state that is not after `upTo`. */
  snapshot: (db: Build, incidentId: string, upTo: number) =>
    db
      .selectFrom('snapshots')
      .select(['seq', 'state'])
      .where('incident_id', '=', incidentId)
      .where('seq', '<=', upTo)
      .orderBy('seq', 'desc')
      .limit(1),
  lastSeqAt: (db: Build, incidentId: string, at: string) =>
    db
      .selectFrom('entries')
      .select('seq')
      .where('incident_id', '=', incidentId)
      .where('at', '<=', at)
      .orderBy('at', 'desc')
      .orderBy('seq', 'desc')
      .limit(1),
  lastDocSeqAt: (db: Build, incidentId: string, at: string) =>
    db
      .selectFrom('document_batches')
      .select('doc_seq')
      .where('incident_id', '=', incidentId)
      .where('at', '<=', at)
      .orderBy('at', 'desc')
      .orderBy('doc_seq', 'desc')
      .limit(1),
};

export const deadlines = {
  due: (db: Build, now: number, limit: number) =>
    db.selectFrom('deadlines').selectAll().where('due_at', '<=', now).orderBy('due_at').limit(limit),
  next: (db: Build) => db.selectFrom('deadlines').select('due_at').orderBy('due_at').limit(1),
};
