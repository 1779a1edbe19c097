import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type {
  CommitRequest,
  CommitResult,
  DocumentBatch,
  RoomStore,
  StoredDocument,
} from '../../server/rooms/ports.ts';
import { MemoryLog } from './memoryLog.ts';

/**
 * What a test does to commits: lets them pass, fails them before they are stored, or loses the answer after, so that
 * nothing can be said of them but that they may be sent again.
 */
export type Fault = 'none' | 'reject' | 'lose_answer';

export interface MemoryStore extends RoomStore {
  /** Adds an incident with its first entry and batch. */
  seed(
    incidentId: string,
    entry: { actor: string; body: Entry['body']; at: string },
    template?: Uint8Array,
  ): void;
  /** Decides the fate of each commit; called once per request. */
  faults: (request: CommitRequest) => Fault;
  /** Everything that is durable, for checks. */
  log(incidentId: string): readonly Entry[];
  batches(incidentId: string): readonly DocumentBatch[];
}

/**
 * A store in memory: the same promises for rooms as the real ones, with the same hashes but salts that can be foretold,
 * and faults on demand.
 */
export function createMemoryStore(): MemoryStore {
  const incidents = new Map<string, MemoryLog>();
  const locks = createLocks();

  function incident(id: string): MemoryLog {
    const found = incidents.get(id);
    if (!found) throw new Error(`no incident ${id}`);
    return found;
  }

  function take(request: CommitRequest): CommitResult {
    const fault = store.faults(request);
    if (fault === 'reject') throw new StoreUnavailable('the disk said no');
    const result = incident(request.incidentId).commit(request);
    if (fault === 'lose_answer') throw new StoreUnavailable('the answer was lost');
    return result;
  }

  const store: MemoryStore = {
    storageEpoch: 'memory',
    faults: () => 'none',
    seed(incidentId, entry, template) {
      const found = new MemoryLog(incidentId, entry.at);
      incidents.set(incidentId, found);
      if (template) found.addBatch('main', [{ author: 'system', update: template }]);
      const { actor, body } = entry;
      found.addEntry({ actor, commandId: null, type: 'incident.declared', body });
    },
    log: (incidentId) => incident(incidentId).entries,
    batches: (incidentId) => incident(incidentId).batches,
    commit: (request) => locks.within(request.incidentId, async () => take(request)),
    commitLocked: (incidentId, known, decide) =>
      locks.within(incidentId, async () => {
        const found = incident(incidentId);
        const request = await decide(found.missedSince(known), found.head());
        return request ? take(request) : null;
      }),
    async findCommand(incidentId, actor, commandId) {
      return incident(incidentId).commands.get(`${actor} ${commandId}`) ?? null;
    },
    async loadRoom(incidentId) {
      const found = incidents.get(incidentId);
      if (!found) return null;
      const names = [...new Set(found.batches.map((batch) => batch.name))];
      const documents = names.map((name) => ({ name, docSeq: lastOf(found, name) }));
      return { state: null, entries: [...found.entries], head: found.head(), documents };
    },
    async head(incidentId) {
      return incidents.get(incidentId)?.head() ?? null;
    },
    async heads(incidentIds) {
      const heads = new Map<string, Head>();
      for (const id of incidentIds) {
        const found = incidents.get(id);
        if (found) heads.set(id, found.head());
      }
      return heads;
    },
    async readLog(incidentId, { after, before, limit }) {
      const found = incidents.get(incidentId);
      if (!found) return null;
      const head = found.head();
      if (before !== undefined) {
        const start = Math.max(0, before - 1 - limit);
        return { entries: found.entries.slice(start, before - 1), head, more: start > 0 };
      }
      const entries = found.entries.slice(after ?? 0, (after ?? 0) + limit);
      return { entries, head, more: (after ?? 0) + entries.length < head.seq };
    },
    async readMissed(incidentId, known) {
      const found = incidents.get(incidentId);
      return found ? { missed: found.missedSince(known), head: found.head() } : null;
    },
    async readEntry(incidentId, seq) {
      return incident(incidentId).entries[seq - 1] ?? null;
    },
    async loadDocument(incidentId, name, docSeq = Infinity): Promise<StoredDocument> {
      const found = incident(incidentId);
      const checkpoint =
        found.checkpoints.findLast((point) => point.name === name && point.docSeq <= docSeq) ?? null;
      const batches = found.batches.filter(
        (batch) => batch.name === name && batch.docSeq <= docSeq && batch.docSeq > (checkpoint?.docSeq ?? 0),
      );
      const clientIds = [...found.clientIds]
        .filter(([key]) => key.startsWith(`${name} `))
        .map(([key, person]) => ({ clientId: Number(key.split(' ')[1]), person }));
      const last = batches.at(-1)?.docSeq ?? checkpoint?.docSeq ?? 0;
      return { checkpoint, batches, clientIds, docSeq: last };
    },
    async readBatches(incidentId, name, after, limit) {
      return incident(incidentId)
        .batches.filter((batch) => batch.name === name && batch.docSeq > after)
        .slice(0, limit);
    },
    async saveCheckpoint(incidentId, name, docSeq, state) {
      incident(incidentId).checkpoints.push({ name, docSeq, state });
    },
    async saveSegment(segment) {
      incident(segment.incidentId).segments.push(segment);
    },
    async lastSegment(incidentId, name) {
      return incident(incidentId).segments.findLast((segment) => segment.name === name)?.docSeq ?? 0;
    },
    async saveSearchText() {},
    async dueDeadlines(now, limit) {
      return [...incidents.values()]
        .flatMap((found) => [...found.deadlines.values()])
        .filter((deadline) => deadline.dueAt <= now)
        .sort((one, other) => one.dueAt - other.dueAt)
        .slice(0, limit);
    },
    async clearDeadlines(incidentId, ids) {
      for (const id of ids) incident(incidentId).deadlines.delete(id);
    },
    async incidentsOfferedTo() {
      return [...incidents.keys()];
    },
  };
  return store;
}

/** One at a time per incident, in order of asking; others wait. */
function createLocks(): { within<T>(key: string, work: () => Promise<T>): Promise<T> } {
  const last = new Map<string, Promise<unknown>>();
  return {
    within(key, work) {
      const turn = (last.get(key) ?? Promise.resolve()).then(work);
      last.set(
        key,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}

function lastOf(found: MemoryLog, name: string): number {
  return found.batches.findLast((batch) => batch.name === name)?.docSeq ?? 0;
}
