import { fold } from '#shared/incident/evolve.ts';
import type { CommitRequest, CommitResult, CreateIncident, CreateResult, Store } from '../rooms/ports.ts';
import { incidentLocks } from './incidentLocks.ts';
import { packCommit, unpackMissed, unpackResult } from './packed.ts';
import { unpackBatch } from './rows.ts';
import type { Reads } from './reads.ts';
import type { SlowReads } from './sqliteSlowReads.ts';
import { startReader, startWriter } from './sqliteThreads.ts';
import type { Reader, Writer } from './sqliteThreads.ts';

export interface SqliteOptions {
  /** The data directory; made if it is not there. */
  folder: string;
  /** Keep a copy of the database beside it before a newer version changes its schema. Default: yes. */
  backupOnMigrate?: boolean;
  /** The least time between two lines about one incident in the anchors file. Milliseconds; default 30,000. */
  anchorEvery?: number;
  /** The database grows to this many pages of 4 KiB at most; past it writes are refused. Default: the disk decides. */
  mostPages?: number;
}

/**
 * Opens the store of a single instance. Rejects with one sentence when another server holds the folder, when a newer
 * version wrote it, or when the disk cannot promise durability.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { folder, backupOnMigrate = true, anchorEvery = 30_000, mostPages = null } = options;
  const writer = await startWriter({ folder, backupOnMigrate, anchorEvery, mostPages });
  return sqliteStore(writer, startReader<Reads>({ folder }), startReader<SlowReads>({ folder }));
}

function sqliteStore(writer: Writer, reader: Reader<Reads>, slow: Reader<SlowReads>): Store {
  const { read } = reader;
  const locks = incidentLocks();
  const store: Store = {
    storageEpoch: writer.storageEpoch,

    createIncident: (request) => createIncident(writer, store, request),
    commit: (request) => locks.shared(request.incidentId, () => commit(writer, request)),
    commitLocked: (incidentId, known, decide) =>
      locks.alone(incidentId, async () => {
        const { missed, head } = await writer.call('missedAfter', [incidentId, known]);
        const request = await decide(unpackMissed(missed), head);
        return request && commit(writer, request);
      }),
    findCommand: (incidentId, actor, commandId) => read('findCommand', incidentId, actor, commandId),

    loadRoom: (incidentId) => read('loadRoom', incidentId),
    readMissed: async (incidentId, known) => {
      const answer = await read('readMissed', incidentId, known);
      return answer && { missed: unpackMissed(answer.missed), head: answer.head };
    },
    head: (incidentId) => read('head', incidentId),
    heads: (incidentIds) => read('heads', incidentIds),
    openIncidents: () => read('openIncidents'),
    readLog: (incidentId, range) => read('readLog', incidentId, range),
    readEntriesOf: (...args) => slow.read('readEntriesOf', ...args),
    readEntry: (incidentId, seq) => read('readEntry', incidentId, seq),
    stateAt: (incidentId, seq) => read('stateAt', incidentId, seq),
    positionAt: (incidentId, at) => read('positionAt', incidentId, at),

    loadDocument: async (incidentId, name, docSeq) => {
      const document = await read('loadDocument', incidentId, name, docSeq);
      return { ...document, batches: document.batches.map(unpackBatch) };
    },
    readBatches: async (incidentId, name, after, limit) =>
      (await read('readBatches', incidentId, name, after, limit)).map(unpackBatch),
    saveSearchText: (incidentId, name, docSeq, markdown) =>
      writer.call('saveSearchText', [incidentId, name, docSeq, markdown]),
    saveCheckpoint: (incidentId, name, docSeq, state, markdown) =>
      writer.call('saveCheckpoint', [incidentId, name, docSeq, ownBytes(state), markdown]),

    listIncidents: (query) => slow.read('listIncidents', query),
    publishedIncidents: (limit) => slow.read('publishedIncidents', limit),
    readSummary: (incidentId) => read('readSummary', incidentId),
    findIncidentByNumber: (number) => read('findIncidentByNumber', number),
    search: (query) => slow.read('search', query),

    incidentsOfferedTo: (person) => read('incidentsOfferedTo', person),
    dueDeadlines: (now, limit) => read('dueDeadlines', now, limit),
    nextDeadline: () => read('nextDeadline'),
    clearDeadlines: (incidentId, ids) => writer.call('clearDeadlines', [incidentId, ids]),

    listPeople: (after) => read('listPeople', after),
    permissionEpoch: () => read('permissionEpoch'),
    savePerson: (person, knownEpoch) => writer.call('savePerson', [person, knownEpoch]),

    createSession: (session) => writer.call('createSession', [session]),
    readSessions: (ids) => read('readSessions', ids),
    liveSessions: (ids, now) => read('liveSessions', ids, now),
    extendSession: (id, expiresAt) => writer.call('extendSession', [id, expiresAt]),
    revokeSessions: (person, at, which) => writer.call('revokeSessions', [person, at, which]),

    saveToken: (token) => writer.call('saveToken', [token]),
    readToken: (hash) => read('readToken', hash),
    takeToken: (hash, now) => writer.call('takeToken', [hash, now]),
    revokeToken: (hash, at) => writer.call('revokeToken', [hash, at]),
    listTokens: (kind, subject) => read('listTokens', kind, subject),

    sharedSecret: (name, make) => writer.call('sharedSecret', [name, make()]),
    appendSystemEntry: (entry) => writer.call('appendSystemEntry', [entry]),
    readSystemLog: (range) => read('readSystemLog', range),

    saveInstance: (instance) => writer.call('saveInstance', [instance]),
    liveInstances: (since) => writer.call('liveInstances', [since]),
    removeInstance: (id) => writer.call('removeInstance', [id]),

    saveSetting: (...args) => writer.call('saveSetting', args),
    saveTarget: (...args) => writer.call('saveTarget', args),
    removeTarget: (...args) => writer.call('removeTarget', args),
    claimBroadcasts: (...args) => writer.call('claimBroadcasts', args),
    addDeliveries: (...args) => writer.call('addDeliveries', args),
    finishBroadcast: (...args) => writer.call('finishBroadcast', args),
    // The folder is locked: whoever claimed before is gone.
    endClaims: (...args) => writer.call('endClaims', args),
    claimDeliveries: (...args) => writer.call('claimDeliveries', args),
    finishDeliveries: (...args) => writer.call('finishDeliveries', args),
    retryDeliveries: (...args) => writer.call('retryDeliveries', args),
    listSettings: (...args) => read('listSettings', ...args),
    settingsEpoch: (...args) => read('settingsEpoch', ...args),
    readTarget: (...args) => read('readTarget', ...args),
    findTarget: (...args) => read('findTarget', ...args),
    listTargets: (...args) => read('listTargets', ...args),
    countTargets: (...args) => read('countTargets', ...args),
    dueQueues: (...args) => read('dueQueues', ...args),
    countDeliveries: (...args) => read('countDeliveries', ...args),
    listDeliveries: (...args) => read('listDeliveries', ...args),
    unfinishedBroadcasts: (...args) => read('unfinishedBroadcasts', ...args),

    loadMoment: async (...args) => {
      const moment = await slow.read('loadMoment', ...args);
      return { ...moment, batches: moment.batches.map(unpackBatch) };
    },
    lastSegment: (...args) => read('lastSegment', ...args),
    documentClients: (...args) => read('documentClients', ...args),
    activity: (...args) => slow.read('activity', ...args),
    saveSegment: (segment) => writer.call('saveSegment', [{ ...segment, update: ownBytes(segment.update) }]),
    saveOutsideEvent: (event) => writer.call('saveOutsideEvent', [event]),
    outsideEvents: (span) => slow.read('outsideEvents', span),
    saveAttachment: (attachment, bytes) => writer.call('saveAttachment', [attachment, ownBytes(bytes)]),
    readAttachment: (...args) => slow.read('readAttachment', ...args),
    listAttachments: (incidentId) => slow.read('listAttachments', incidentId),
    busyTimesOf: (incidentId) => slow.read('busyTimesOf', incidentId),

    healthy: () => (writer.failed() ? Promise.resolve(false) : read('healthy').catch(() => false)),
    onFatal: (report) => writer.onFatal(report),
    close: async () => {
      await writer.drain();
      // The writer last: closing the last connection folds the write-ahead log into the one file.
      await Promise.all([reader.close(), slow.close()]);
      await writer.close();
    },
  };
  return store;
}

async function commit(writer: Writer, request: CommitRequest): Promise<CommitResult> {
  const packed = packCommit(request);
  const buffers = packed.documents.map((document) => document.payload.buffer as ArrayBuffer);
  return unpackResult(request, await writer.call('commit', [packed], buffers));
}

async function createIncident(writer: Writer, store: Store, request: CreateIncident): Promise<CreateResult> {
  const template = ownBytes(request.template);
  const created = await writer.call('createIncident', [{ ...request, template }]);
  if (created.kind === 'reused') return { kind: 'reused' };
  const id = created.kind === 'created' ? created.entry.incidentId : created.incidentId;
  const [summary, room] = await Promise.all([store.readSummary(id), store.loadRoom(id)]);
  const state = room && fold(room.state, room.entries);
  if (!summary || !state) throw new Error(`Incident ${id} was declared and cannot be read.`);
  return { kind: created.kind, summary, state };
}

/** The bytes alone: a view into a larger buffer would take all of it along to the other thread. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
