import { randomBytes, randomUUID } from 'node:crypto';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import { fold } from '#shared/incident/evolve.ts';
import type { CreateIncident, CreateResult, Store } from '../rooms/ports.ts';
import { accountWrites } from './accounts.ts';
import { anchorKeeper } from './anchors.ts';
import { HistoryReplaced } from './commitPlan.ts';
import { unpackMissed } from './packed.ts';
import { LANES, PostgresCommitter } from './postgresCommitter.ts';
import { answer, build, migratePostgres } from './postgresDatabase.ts';
import { CommitUnknown } from './postgresErrors.ts';
import { postgresOutbox } from './postgresOutbox.ts';
import { postgresReview } from './postgresReview.ts';
import { PostgresPool, USUAL_PATIENCE } from './postgresPool.ts';
import type { PostgresPatience } from './postgresPool.ts';
import { search } from './postgresSearch.ts';
import { untilAnswered, wasCommitted } from './postgresUnknown.ts';
import {
  appendSystemEntry,
  createIncident,
  findDeclaration,
  saveCheckpoint,
  saveSearchText,
} from './postgresWrites.ts';
import type { CreatedIncident } from './postgresWrites.ts';
import { meta } from './queries/meta.ts';
import { all, first } from './queries/reading.ts';
import type { Reading } from './queries/reading.ts';
import { storeReads } from './reads.ts';
import { headOf, SYSTEM_LOG, unpackBatch } from './rows.ts';
import type { HeadsTable } from './schema.ts';
import { gate, turns } from './gate.ts';

export interface PostgresOptions {
  /** Address of the database, as `postgres://user:password@host:port/name`. */
  url: string;
  /** Connections for what is neither a commit nor slow; those have their own. Default: 8. */
  connections?: number;
  /** Where the anchors file is kept; without it heads are not anchored. */
  anchorFolder?: string;
  /** The least time between two lines about one incident in the anchors file. Milliseconds; default 30,000. */
  anchorEvery?: number;
  /** How long the database is waited for. */
  patience?: Partial<PostgresPatience>;
}

/** Connections for search and lists: however many ask, everything else goes on. */
const SLOW = 3;

/**
 * Opens the store of any number of instances. Brings the schema up to this program's first; of instances that start
 * together one does. Rejects with one sentence when the database cannot be reached, when a newer version wrote it, or
 * when it does not promise durability. Losing the database later is not fatal: it is used again as soon as it is back.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const { url, connections = 8 } = options;
  const patience = { ...USUAL_PATIENCE, ...options.patience };
  await migratePostgres(url);
  const pools = {
    commits: new PostgresPool({ url, size: LANES, patience }),
    others: new PostgresPool({ url, size: connections, patience }),
    slow: new PostgresPool({ url, size: SLOW, patience }),
  };
  try {
    const storageEpoch = await pools.others.transaction((connection) =>
      answer(connection, readStorageEpoch()),
    );
    return postgresStore(pools, storageEpoch, options);
  } catch (error) {
    await endAll(pools);
    throw error;
  }
}

async function endAll(pools: Pools): Promise<void> {
  await Promise.all([pools.commits.end(), pools.others.end(), pools.slow.end()]);
}

/** The storage's own name; made once, and anew by a restore. */
function* readStorageEpoch(): Reading<string> {
  yield* all(meta.keepFirst(build, 'storage_epoch', randomBytes(16).toString('hex')));
  const row = yield* first(meta.read(build, 'storage_epoch'));
  if (!row) throw new Error('The storage has no epoch.');
  return row.value;
}

type Pools = Record<'commits' | 'others' | 'slow', PostgresPool>;

function postgresStore(pools: Pools, storageEpoch: string, options: PostgresOptions): Store {
  const { others } = pools;
  const reads = storeReads(build);
  const accounts = accountWrites(build);
  const anchors = anchorsOf(storageEpoch, options);
  const committer = new PostgresCommitter(pools.commits, storageEpoch, anchors.changed);
  const watch = watchHistory();
  /** Rejects what is asked after the end, and lets the end wait for what was asked before. */
  const open = gate();
  const inTurn = { declaring: turns(), people: turns(), system: turns() };

  /** One query. */
  const read = <T>(reading: () => Reading<T>): Promise<T> =>
    open(() => others.read((connection) => answer(connection, reading())));
  /** One query that may take long. */
  const readSlowly = <T>(reading: () => Reading<T>) =>
    open(() => pools.slow.read((connection) => answer(connection, reading())));
  /** Several queries of one moment. */
  const readTogether = <T>(reading: () => Reading<T>) =>
    open(() => others.snapshot((connection) => answer(connection, reading())));
  const write = <T>(writing: () => Reading<T>): Promise<T> =>
    open(() => others.transaction((connection) => answer(connection, writing())));

  const store: Store = {
    storageEpoch,

    createIncident: (request) =>
      open(() => inTurn.declaring(() => declare(others, store, request, anchors.changed))),
    commit: (request) => watch.over(committer.commit(request)),
    commitLocked: (incidentId, known, decide) =>
      watch.over(committer.commitLocked(incidentId, known, decide)),
    findCommand: (incidentId, actor, commandId) =>
      read(() => reads.findCommand(incidentId, actor, commandId)),

    loadRoom: (incidentId) => readTogether(() => reads.loadRoom(incidentId)),
    readMissed: async (incidentId, known) => {
      const found = await readTogether(() => reads.readMissed(incidentId, known));
      return found && { missed: unpackMissed(found.missed), head: found.head };
    },
    head: (incidentId) => read(() => reads.head(incidentId)),
    heads: (incidentIds) => readTogether(() => reads.heads(incidentIds)),
    openIncidents: () => read(() => reads.openIncidents()),
    readLog: (incidentId, range) => readTogether(() => reads.readLog(incidentId, range)),
    readEntriesOf: (...args) => readSlowly(() => reads.readEntriesOf(...args)),
    readEntry: (incidentId, seq) => read(() => reads.readEntry(incidentId, seq)),
    stateAt: (incidentId, seq) => readTogether(() => reads.stateAt(incidentId, seq)),
    positionAt: (incidentId, at) => readTogether(() => reads.positionAt(incidentId, at)),

    loadDocument: async (incidentId, name, docSeq) => {
      const document = await readTogether(() => reads.loadDocument(incidentId, name, docSeq));
      return { ...document, batches: document.batches.map(unpackBatch) };
    },
    readBatches: async (incidentId, name, after, limit) =>
      (await read(() => reads.readBatches(incidentId, name, after, limit))).map(unpackBatch),
    saveSearchText: (incidentId, name, docSeq, markdown) =>
      open(() =>
        others.transaction((connection) =>
          saveSearchText(connection, { incidentId, name, docSeq, markdown }),
        ),
      ),
    saveCheckpoint: (incidentId, name, docSeq, state, markdown) =>
      open(async () => {
        const text = { incidentId, name, docSeq, markdown };
        // Apart, so that the row which commits change is not kept while a large state travels.
        await others.transaction((connection) => saveCheckpoint(connection, { ...text, state }));
        await others.transaction((connection) => saveSearchText(connection, text));
      }),

    listIncidents: (query) => readSlowly(() => reads.listIncidents(query)),
    publishedIncidents: (limit) => readSlowly(() => reads.publishedIncidents(limit)),
    readSummary: (incidentId) => read(() => reads.readSummary(incidentId)),
    findIncidentByNumber: (number) => read(() => reads.findIncidentByNumber(number)),
    search: (query) => readSlowly(() => search(query)),

    incidentsOfferedTo: (person) => read(() => reads.incidentsOfferedTo(person)),
    dueDeadlines: (now, limit) => read(() => reads.dueDeadlines(now, limit)),
    nextDeadline: () => read(() => reads.nextDeadline()),
    clearDeadlines: (incidentId, ids) =>
      open(() =>
        others.transaction(async (connection) => {
          const text = 'DELETE FROM deadlines WHERE incident_id = $1 AND id = ANY ($2::text[])';
          await connection.rows(text, [incidentId, ids]);
        }),
      ),

    listPeople: (after) => read(() => reads.listPeople(after)),
    permissionEpoch: () => read(() => reads.permissionEpoch()),
    savePerson: (person, knownEpoch) =>
      inTurn.people(() => write(() => accounts.savePerson(person, knownEpoch))),

    createSession: (session) => write(() => accounts.createSession(session)),
    readSessions: (ids) => read(() => reads.readSessions(ids)),
    liveSessions: (ids, now) => readTogether(() => reads.liveSessions(ids, now)),
    extendSession: (id, expiresAt) => write(() => accounts.extendSession(id, expiresAt)),
    revokeSessions: (person, at, which) => write(() => accounts.revokeSessions(person, at, which)),

    saveToken: (token) => write(() => accounts.saveToken(token)),
    readToken: (hash) => read(() => reads.readToken(hash)),
    takeToken: (hash, now) => write(() => accounts.takeToken(hash, now)),
    revokeToken: (hash, at) => write(() => accounts.revokeToken(hash, at)),
    listTokens: (kind, subject) => read(() => reads.listTokens(kind, subject)),

    sharedSecret: (name, make) => write(() => accounts.sharedSecret(name, make())),
    appendSystemEntry: (entry) =>
      open(() => inTurn.system(() => appendToSystemLog(others, entry, anchors.changed))),
    readSystemLog: (range) => readTogether(() => reads.readSystemLog(range)),

    saveInstance: (instance) => write(() => accounts.saveInstance(instance)),
    liveInstances: (since) => write(() => accounts.liveInstances(since)),
    removeInstance: (id) => write(() => accounts.removeInstance(id)),

    ...postgresOutbox({ read, write }),
    ...postgresReview({
      ...{ read: readSlowly, readTogether, write },
      transaction: (work) => open(() => others.transaction(work)),
      anchored: (position) => anchors.changed(position.incident_id, headOf(position)),
    }),

    healthy: () => read(() => reads.healthy()),
    // Losing the database is not fatal: nothing is acknowledged meanwhile, and every connection is checked anew.
    onFatal: (report) => watch.onReplaced(report),
    close: async () => {
      await Promise.all([committer.drain(), open.close()]);
      anchors.close();
      await endAll(pools);
    },
  };
  return store;
}

/** Tells once that what is stored is another history than the one that this instance knows: it must start anew. */
function watchHistory() {
  const reports = new Set<(error: Error) => void>();
  return {
    onReplaced(report: (error: Error) => void): () => void {
      reports.add(report);
      return () => reports.delete(report);
    },
    async over<T>(commit: Promise<T>): Promise<T> {
      try {
        return await commit;
      } catch (error) {
        if (error instanceof HistoryReplaced) {
          for (const report of reports) report(error);
          reports.clear();
        }
        throw error;
      }
    },
  };
}

type Committed = (incidentId: string, head: Head) => void;

async function declare(
  pool: PostgresPool,
  store: Store,
  request: CreateIncident,
  committed: Committed,
): Promise<CreateResult> {
  const created = await createOrReadBack(pool, request);
  if (created.kind === 'reused') return { kind: 'reused' };
  const id = created.kind === 'created' ? request.id : created.incidentId;
  const [summary, room] = await Promise.all([store.readSummary(id), store.loadRoom(id)]);
  const state = room && fold(room.state, room.entries);
  if (!summary || !state) throw new Error(`Incident ${id} was declared and cannot be read.`);
  committed(id, summary.head);
  return { kind: created.kind, summary, state };
}

/** A declaration whose COMMIT was not answered is found again by its command id. */
async function createOrReadBack(pool: PostgresPool, request: CreateIncident): Promise<CreatedIncident> {
  try {
    return await pool.transaction((connection) => createIncident(connection, request));
  } catch (error) {
    if (!(error instanceof CommitUnknown)) throw error;
    const found = await untilAnswered(() =>
      pool.transaction(async (connection) => {
        // Waits for the declaration in question if it still runs, and for everything before this to be durable.
        await connection.rows(`UPDATE counters SET value = value WHERE name = 'incident_number'`);
        return findDeclaration(connection, request);
      }),
    );
    if (!found) throw error;
    return found.kind === 'repeated' && found.incidentId === request.id ? { kind: 'created' } : found;
  }
}

async function appendToSystemLog(
  pool: PostgresPool,
  draft: Parameters<Store['appendSystemEntry']>[0],
  committed: Committed,
): Promise<Entry> {
  const batchId = randomUUID();
  let added: { entry: Entry; position: HeadsTable } | null = null;
  try {
    await pool.transaction(async (connection) => {
      added = await appendSystemEntry(connection, draft, batchId);
    });
  } catch (error) {
    if (!(error instanceof CommitUnknown)) throw error;
    if (!(await wasCommitted(pool, { incidentId: SYSTEM_LOG, batchId }))) throw error;
  }
  const { entry, position } = added as unknown as { entry: Entry; position: HeadsTable };
  committed(SYSTEM_LOG, headOf(position));
  return entry;
}

/** Keeps the newest committed head of each log for the anchors file. */
function anchorsOf(storageEpoch: string, { anchorFolder: folder, anchorEvery = 30_000 }: PostgresOptions) {
  if (folder === undefined) return { changed: () => undefined, close: () => undefined };
  const heads = new Map<string, Head>();
  const keeper = anchorKeeper({
    folder,
    storageEpoch,
    every: anchorEvery,
    now: () => Date.now(),
    head: (incidentId) => heads.get(incidentId) ?? null,
  });
  return {
    changed(incidentId: string, head: Head): void {
      const before = heads.get(incidentId);
      const isOlder = before && (head.seq < before.seq || head.docSeq < before.docSeq);
      if (!isOlder) heads.set(incidentId, head);
      keeper.changed([incidentId]);
    },
    close: () => keeper.close(),
  };
}
