import { entryTypes, isEntryType } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import type {
  CommitRequest,
  CommitResult,
  Deadline,
  DocumentBatch,
  RoomStore,
  StoredDocument,
} from '../../server/rooms/ports.ts';

interface Incident {
  entries: Entry[];
  batches: DocumentBatch[];
  commands: Map<string, { seq: number; commandHash: string }>;
  clientIds: Map<string, string>;
  checkpoints: { name: string; docSeq: number; state: Uint8Array }[];
  deadlines: Map<string, Deadline>;
  last: string;
}

/** What a test does to commits: lets them pass, fails them before they are stored, or loses the answer after. */
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

/** A store in memory without hashes: the same promises for rooms, and faults on demand. */
export function createMemoryStore(): MemoryStore {
  const incidents = new Map<string, Incident>();

  function incident(id: string): Incident {
    const found = incidents.get(id);
    if (!found) throw new Error(`no incident ${id}`);
    return found;
  }

  function headOf(found: Incident): Head {
    const seq = found.entries.length;
    const docSeq = found.batches.length;
    return { seq, hash: `hash-${seq}`, docSeq, docHash: `doc-${docSeq}` };
  }

  function stamp(
    found: Incident,
    incidentId: string,
    part: Pick<Entry, 'actor' | 'commandId' | 'type' | 'body'>,
  ): Entry {
    const { seq, hash, docSeq, docHash } = headOf(found);
    const entry: Entry = {
      incidentId,
      seq: seq + 1,
      at: found.last,
      version: isEntryType(part.type) ? entryTypes[part.type].version : 1,
      docSeq,
      docHash,
      salt: '00',
      bodyHash: '',
      prevHash: hash,
      hash: `hash-${seq + 1}`,
      ...part,
    };
    found.entries.push(entry);
    return entry;
  }

  function take(found: Incident, request: CommitRequest): CommitResult {
    const { incidentId, commands, documents } = request;
    const isBehind =
      commands.length > 0 &&
      (request.expectedSeq !== found.entries.length ||
        commands.some((command) => found.commands.has(`${command.actor} ${command.commandId}`)));
    if (isBehind) {
      const entries = found.entries.slice(request.expectedSeq);
      return { kind: 'behind', entries, documents: [], head: headOf(found) };
    }
    for (const { name, newClientIds } of documents) {
      for (const { clientId, person } of newClientIds) {
        const owner = found.clientIds.get(`${name} ${clientId}`);
        if (owner !== undefined && owner !== person) return { kind: 'client_id_taken', name, clientId };
      }
    }
    const at = new Date(request.now).toISOString();
    found.last = at > found.last ? at : found.last;
    const stored = documents.map(({ name, updates, newClientIds }) => {
      for (const { clientId, person } of newClientIds) found.clientIds.set(`${name} ${clientId}`, person);
      const docSeq = found.batches.length + 1;
      const batch = {
        incidentId,
        name,
        docSeq,
        at: found.last,
        seqBefore: found.entries.length,
        updates,
        docHash: `doc-${docSeq}`,
      };
      found.batches.push(batch);
      return batch;
    });
    const entries = commands.flatMap((command) => {
      const seq = found.entries.length + 1;
      found.commands.set(`${command.actor} ${command.commandId}`, { seq, commandHash: command.commandHash });
      return command.entries.map(({ type, body }) =>
        stamp(found, incidentId, {
          actor: command.actor,
          commandId: command.commandId,
          type,
          body: { ...body },
        }),
      );
    });
    for (const { seq, fields } of request.erasures) erase(found, seq, fields);
    for (const deadline of request.deadlines.set) found.deadlines.set(deadline.id, deadline);
    for (const id of request.deadlines.clear) found.deadlines.delete(id);
    return { kind: 'committed', entries, documents: stored, head: headOf(found) };
  }

  const store: MemoryStore = {
    storageEpoch: 'memory',
    faults: () => 'none',
    seed(incidentId, entry, template) {
      const found: Incident = {
        entries: [],
        batches: [],
        commands: new Map(),
        clientIds: new Map(),
        checkpoints: [],
        deadlines: new Map(),
        last: entry.at,
      };
      incidents.set(incidentId, found);
      if (template) {
        const updates = [{ author: 'system', update: template }];
        found.batches.push({
          incidentId,
          name: 'main',
          docSeq: 1,
          at: entry.at,
          seqBefore: 0,
          updates,
          docHash: 'doc-1',
        });
      }
      stamp(found, incidentId, {
        actor: entry.actor,
        commandId: null,
        type: 'incident.declared',
        body: entry.body,
      });
    },
    log: (incidentId) => incident(incidentId).entries,
    batches: (incidentId) => incident(incidentId).batches,
    async commit(request) {
      const fault = store.faults(request);
      await Promise.resolve();
      if (fault === 'reject') throw new Error('the disk said no');
      const result = take(incident(request.incidentId), request);
      if (fault === 'lose_answer') throw new Error('the answer was lost');
      return result;
    },
    async findCommand(incidentId, actor, commandId) {
      return incident(incidentId).commands.get(`${actor} ${commandId}`) ?? null;
    },
    async loadRoom(incidentId) {
      const found = incidents.get(incidentId);
      if (!found) return null;
      const names = [...new Set(found.batches.map((batch) => batch.name))];
      const documents = names.map((name) => ({ name, docSeq: lastOf(found, name) }));
      return { state: null, entries: [...found.entries], head: headOf(found), documents };
    },
    async head(incidentId) {
      const found = incidents.get(incidentId);
      return found ? headOf(found) : null;
    },
    async readLog(incidentId, { after, before, limit }) {
      const found = incidents.get(incidentId);
      if (!found) return null;
      const head = headOf(found);
      if (before !== undefined) {
        const start = Math.max(0, before - 1 - limit);
        return { entries: found.entries.slice(start, before - 1), head, more: start > 0 };
      }
      const entries = found.entries.slice(after ?? 0, (after ?? 0) + limit);
      return { entries, head, more: (after ?? 0) + entries.length < head.seq };
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
    async saveSearchText() {},
    async dueDeadlines(now, limit) {
      return [...incidents.values()]
        .flatMap((found) => [...found.deadlines.values()])
        .filter((deadline) => deadline.dueAt <= now)
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

function lastOf(found: Incident, name: string): number {
  return found.batches.findLast((batch) => batch.name === name)?.docSeq ?? 0;
}

function erase(found: Incident, seq: number, fields: readonly string[]): void {
  const entry = found.entries[seq - 1];
  if (!entry) return;
  const body = Object.fromEntries(Object.entries(entry.body).filter(([name]) => !fields.includes(name)));
  found.entries[seq - 1] = { ...entry, body, salt: null, redacted: true };
}
