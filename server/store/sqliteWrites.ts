import type { Entry } from '#shared/contract/entries.ts';
import type {
  Attachment,
  CreateIncident,
  InstanceRecord,
  OutsideEvent,
  PersonRecord,
  Segment,
  SessionRecord,
  TokenRecord,
} from '../rooms/ports.ts';
import { advance } from './append.ts';
import type { PackedCommit } from './packed.ts';
import { documents } from './queries/documents.ts';
import type { Reading } from './queries/reading.ts';
import { SYSTEM_LOG } from './rows.ts';
import { accountWrites } from './accounts.ts';
import { SqliteCommits } from './sqliteCommit.ts';
import { build } from './sqliteDatabase.ts';
import type { Queries } from './sqliteDatabase.ts';
import { SqliteIncidents } from './sqliteIncidents.ts';
import type { SqliteLog } from './sqliteLog.ts';
import { outboxWrites } from './outbox.ts';
import { reviewWrites } from './review.ts';
import { keptText } from './searchTerms.ts';
import { SqliteSearchIndex } from './sqliteSearch.ts';

/** Everything that changes the database. Each runs inside a transaction that somebody else opened and will commit. */
export type Writes = ReturnType<typeof sqliteWrites>;

export function sqliteWrites(queries: Queries, log: SqliteLog) {
  const { db } = queries;
  const search = new SqliteSearchIndex(db);
  const commits = new SqliteCommits(db, log, search);
  const incidents = new SqliteIncidents(db, log, commits);
  const accounts = accountWrites(build);
  const outbox = outboxWrites(build, false);
  const review = reviewWrites(build);
  const run = <T>(reading: Reading<T>): T => queries.answer(reading);
  type Of<Name extends keyof typeof outbox> = Parameters<(typeof outbox)[Name]>;

  return {
    commit: (request: PackedCommit) => commits.commit(request),
    missedAfter: (incidentId: string, known: { seq: number; docSeq: number }) =>
      commits.missedAfter(incidentId, known),
    createIncident: (request: CreateIncident) => incidents.create(request),
    clearDeadlines: (incidentId: string, ids: string[]) => commits.clearDeadlines(incidentId, ids),
    saveCheckpoint: (incidentId: string, name: string, docSeq: number, state: Uint8Array, markdown: string) =>
      saveCheckpoint(queries, search, { incidentId, name, docSeq, state, markdown }),
    saveSearchText: (incidentId: string, name: string, docSeq: number, markdown: string) =>
      saveSearchText(queries, search, { incidentId, name, docSeq, markdown }),
    appendSystemEntry: (entry: { now: number; actor: string; type: string; body: Record<string, unknown> }) =>
      appendSystemEntry(log, entry),
    savePerson: (person: PersonRecord, knownEpoch?: number) => run(accounts.savePerson(person, knownEpoch)),
    createSession: (session: SessionRecord) => run(accounts.createSession(session)),
    extendSession: (id: string, expiresAt: number) => run(accounts.extendSession(id, expiresAt)),
    revokeSessions: (person: string, at: number, options: { only?: string; except?: string }) =>
      run(accounts.revokeSessions(person, at, options)),
    saveToken: (token: TokenRecord) => run(accounts.saveToken(token)),
    takeToken: (hash: string, now: number) => run(accounts.takeToken(hash, now)),
    revokeToken: (hash: string, at: number) => run(accounts.revokeToken(hash, at)),
    sharedSecret: (name: string, offered: string) => run(accounts.sharedSecret(name, offered)),
    saveInstance: (instance: InstanceRecord) => run(accounts.saveInstance(instance)),
    liveInstances: (since: number) => run(accounts.liveInstances(since)),
    removeInstance: (id: string) => run(accounts.removeInstance(id)),
    saveSetting: (...args: Of<'saveSetting'>) => run(outbox.saveSetting(...args)),
    saveTarget: (...args: Of<'saveTarget'>) => run(outbox.saveTarget(...args)),
    removeTarget: (...args: Of<'removeTarget'>) => run(outbox.removeTarget(...args)),
    sweepTargets: (...args: Of<'sweepTargets'>) => run(outbox.sweepTargets(...args)),
    claimBroadcasts: (...args: Of<'claimBroadcasts'>) => run(outbox.claimBroadcasts(...args)),
    addDeliveries: (...args: Of<'addDeliveries'>) => run(outbox.addDeliveries(...args)),
    finishBroadcast: (...args: Of<'finishBroadcast'>) => run(outbox.finishBroadcast(...args)),
    endClaims: (...args: Of<'endClaims'>) => run(outbox.endClaims(...args)),
    claimDeliveries: (...args: Of<'claimDeliveries'>) => run(outbox.claimDeliveries(...args)),
    finishDeliveries: (...args: Of<'finishDeliveries'>) => run(outbox.finishDeliveries(...args)),
    retryDeliveries: (...args: Of<'retryDeliveries'>) => run(outbox.retryDeliveries(...args)),
    saveSegment: (segment: Segment) => run(review.saveSegment(segment)),
    saveOutsideEvent: (event: OutsideEvent) => run(review.saveOutsideEvent(event)),
    saveAttachment: (attachment: Attachment, bytes: Uint8Array) =>
      run(review.saveAttachment(attachment, bytes)),
  };
}

interface SearchText {
  incidentId: string;
  name: string;
  docSeq: number;
  markdown: string;
}

interface Checkpoint extends SearchText {
  state: Uint8Array;
}

/** Keeps the state, and makes the Markdown of the newest checkpoint the one that search finds. */
function saveCheckpoint(queries: Queries, search: SqliteSearchIndex, checkpoint: Checkpoint): void {
  const { incidentId, name, docSeq, state } = checkpoint;
  saveSearchText(queries, search, checkpoint);
  queries.run(documents.keepCheckpoint(build, incidentId, name, docSeq, state));
}

/** Makes this Markdown the one that search finds, unless it has newer one. */
function saveSearchText(queries: Queries, search: SqliteSearchIndex, text: SearchText): void {
  const { incidentId, name, docSeq, markdown } = text;
  const document = queries.get(documents.one(build, incidentId, name));
  const batch = queries.get(documents.batchTime(build, incidentId, docSeq));
  if (!document || !batch) throw new Error(`${incidentId} has no document ${name} at ${docSeq}.`);
  if (docSeq < document.searched_doc_seq) return;
  if (document.search_id !== null) search.remove(document.search_id);
  const row = search.add(incidentId, { name, docSeq }, batch.at, keptText(markdown));
  queries.run(documents.searched(build, incidentId, name, docSeq, row));
}

function appendSystemEntry(
  log: SqliteLog,
  { now, actor, type, body }: { now: number; actor: string; type: string; body: Record<string, unknown> },
): Entry {
  const position = log.position(SYSTEM_LOG) ?? log.begin(SYSTEM_LOG, now);
  advance(position, now);
  const entry = log.addEntry(position, { actor, type, body, commandId: null, batchId: null });
  log.save(position);
  return entry;
}
