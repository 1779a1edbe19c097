import type { Entry } from '#shared/contract/entries.ts';
import type { Head, IncidentSummary } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type {
  Deadline,
  IncidentsQuery,
  LogPage,
  PersonRecord,
  SessionRecord,
  Store,
  StoredDocument,
  StoredRoom,
  TokenRecord,
} from '../rooms/ports.ts';
import { outboxReads } from './outbox.ts';
import type { PackedMissed } from './packed.ts';
import { people, permissions, sessions, tokens } from './queries/accounts.ts';
import { board } from './queries/board.ts';
import type { Build } from './queries/build.ts';
import { documents } from './queries/documents.ts';
import { deadlines, logs } from './queries/logs.ts';
import { all, first } from './queries/reading.ts';
import type { Reading } from './queries/reading.ts';
import {
  entryOf,
  headOf,
  packedBatchOf,
  personOf,
  sessionOf,
  summaryOf,
  SYSTEM_LOG,
  tokenOf,
} from './rows.ts';
import type { PackedBatch } from './rows.ts';
import { reviewReads } from './review.ts';

type Query<Name extends keyof Store> = Store[Name] extends (...args: infer Args) => unknown ? Args : never;

/** A stored document with its updates still as bytes. */
export type PackedDocument = Omit<StoredDocument, 'batches'> & { batches: PackedBatch[] };

/** Reads of both databases. Whoever runs one does it from one moment of the database. */
export type Reads = ReturnType<typeof storeReads>;

export function storeReads(db: Build) {
  function* head(incidentId: string): Reading<Head | null> {
    if (incidentId === SYSTEM_LOG) return null;
    const row = yield* first(logs.head(db, incidentId));
    // At 0 while an import brings its rows in: nobody can open it yet.
    return row && row.seq > 0 ? headOf(row) : null;
  }

  return {
    ...outboxReads(db),
    ...reviewReads(db),
    head,
    /** Answers at all, and its schema is this program's: the columns are there. */
    *healthy(): Reading<boolean> {
      return (yield* all(logs.heads(db).limit(1))).length <= 1;
    },
    *readMissed(
      incidentId: string,
      known: { seq: number; docSeq: number },
    ): Reading<{ missed: PackedMissed; head: Head } | null> {
      const found = yield* head(incidentId);
      if (!found) return null;
      const entries = (yield* all(logs.missed(db, incidentId, known.seq))).map(entryOf);
      const batches = (yield* all(documents.missed(db, incidentId, known.docSeq))).map(packedBatchOf);
      return { missed: { entries, documents: batches }, head: found };
    },
    *heads(incidentIds: readonly string[]): Reading<Map<string, Head>> {
      const heads = new Map<string, Head>();
      for (const ids of slices(incidentIds.filter((id) => id !== SYSTEM_LOG))) {
        for (const row of yield* all(logs.headsOf(db, ids))) heads.set(row.incident_id, headOf(row));
      }
      return heads;
    },
    *openIncidents(): Reading<{ incidentId: string; seq: number }[]> {
      return (yield* all(board.notClosed(db))).map((row) => ({ incidentId: row.id, seq: row.seq }));
    },
    *findCommand(
      incidentId: string,
      actor: string,
      commandId: string,
    ): Reading<{ seq: number; commandHash: string } | null> {
      const row = yield* first(logs.command(db, incidentId, actor, commandId));
      return row ? { seq: row.seq, commandHash: row.command_hash } : null;
    },
    *loadRoom(incidentId: string): Reading<StoredRoom | null> {
      const found = yield* head(incidentId);
      if (!found) return null;
      const fold = yield* stateAt(db, incidentId, found.seq);
      const names = yield* all(documents.all(db, incidentId));
      return {
        ...fold,
        head: found,
        documents: names.map((row) => ({ name: row.name, docSeq: row.doc_seq })),
      };
    },
    *stateAt(incidentId: string, seq: number): Reading<Awaited<ReturnType<Store['stateAt']>>> {
      return (yield* head(incidentId)) && (yield* stateAt(db, incidentId, seq));
    },
    *readLog(incidentId: string, range: Query<'readLog'>[1]): Reading<LogPage | null> {
      const found = yield* head(incidentId);
      return found && { ...(yield* page(db, incidentId, range)), head: found };
    },
    *readSystemLog(range: Query<'readSystemLog'>[0]): Reading<LogPage> {
      const row = yield* first(logs.head(db, SYSTEM_LOG));
      return { ...(yield* page(db, SYSTEM_LOG, range)), head: headOf(row ?? EMPTY_HEAD) };
    },
    *readEntriesOf(incidentId: string, types: readonly string[], after: number): Reading<Entry[]> {
      if (incidentId === SYSTEM_LOG) return [];
      return (yield* all(logs.ofTypes(db, incidentId, after, types))).map(entryOf);
    },
    *readEntry(incidentId: string, seq: number): Reading<Awaited<ReturnType<Store['readEntry']>>> {
      if (incidentId === SYSTEM_LOG) return null;
      const row = yield* first(logs.entry(db, incidentId, seq));
      return row ? entryOf(row) : null;
    },
    *positionAt(incidentId: string, at: string): Reading<{ seq: number; docSeq: number } | null> {
      if (!(yield* head(incidentId))) return null;
      const entry = yield* first(logs.lastSeqAt(db, incidentId, at));
      const batch = yield* first(logs.lastDocSeqAt(db, incidentId, at));
      return { seq: entry?.seq ?? 0, docSeq: batch?.doc_seq ?? 0 };
    },

    *readSummary(incidentId: string): Reading<IncidentSummary | null> {
      const row = yield* first(board.one(db, incidentId));
      return row ? summaryOf(row) : null;
    },
    *publishedIncidents(limit: number): Reading<IncidentSummary[]> {
      return (yield* all(board.published(db, limit))).map(summaryOf);
    },
    *findIncidentByNumber(number: number): Reading<string | null> {
      return (yield* first(board.idOfNumber(db, number)))?.id ?? null;
    },
    *listIncidents(query: IncidentsQuery): Reading<{ incidents: IncidentSummary[]; next: number | null }> {
      if (query.reader.access !== 'responder') return { incidents: [], next: null };
      const rows = yield* all(board.list(db, { ...query, limit: query.limit + 1 }));
      const incidents = rows.slice(0, query.limit).map(summaryOf);
      return { incidents, next: rows.length > query.limit ? (incidents.at(-1)?.number ?? null) : null };
    },
    *incidentsOfferedTo(person: string): Reading<string[]> {
      return (yield* all(board.offeredTo(db, person))).map((row) => row.id);
    },

    *readBatches(incidentId: string, name: string, after: number, limit: number): Reading<PackedBatch[]> {
      const upTo = Number.MAX_SAFE_INTEGER;
      return (yield* all(documents.batches(db, incidentId, name, after, upTo, limit))).map(packedBatchOf);
    },
    loadDocument: (incidentId: string, name: string, docSeq = Number.MAX_SAFE_INTEGER) =>
      loadDocument(db, incidentId, name, docSeq),
    *dueDeadlines(now: number, limit: number): Reading<Deadline[]> {
      return (yield* all(deadlines.due(db, now, limit))).map((row) => ({
        incidentId: row.incident_id,
        id: row.id,
        dueAt: row.due_at,
        command: { type: row.type, body: JSON.parse(row.body) as Record<string, unknown> },
      }));
    },
    *nextDeadline(): Reading<number | null> {
      return (yield* first(deadlines.next(db)))?.due_at ?? null;
    },

    *listPeople(after?: number): Reading<PersonRecord[]> {
      const query = after === undefined ? people.all(db) : people.changedAfter(db, after);
      return (yield* all(query)).map(personOf);
    },
    *permissionEpoch(): Reading<number> {
      return (yield* first(permissions.read(db)))?.value ?? 0;
    },
    *readSessions(ids: readonly string[]): Reading<Map<string, SessionRecord>> {
      const found = new Map<string, SessionRecord>();
      for (const some of slices(ids)) {
        for (const row of yield* all(sessions.read(db, some))) found.set(row.id, sessionOf(row));
      }
      return found;
    },
    *liveSessions(ids: readonly string[], now: number): Reading<Set<string>> {
      const live = new Set<string>();
      for (const some of slices(ids)) {
        for (const row of yield* all(sessions.live(db, some, now))) live.add(row.id);
      }
      return live;
    },
    *readToken(hash: string): Reading<TokenRecord | null> {
      const row = yield* first(tokens.read(db, hash));
      return row ? tokenOf(row) : null;
    },
    *listTokens(kind: TokenRecord['kind'], subject: string): Reading<TokenRecord[]> {
      return (yield* all(tokens.list(db, kind, subject))).map(tokenOf);
    },
  };
}

/** Lists of a length that both databases take as parameters. */
function slices(values: readonly string[]): string[][] {
  const most = 1_024;
  return Array.from({ length: Math.ceil(values.length / most) }, (_, index) =>
    values.slice(index * most, (index + 1) * most),
  );
}

const EMPTY_HEAD = { seq: 0, hash: '0'.repeat(64), doc_seq: 0, doc_hash: '0'.repeat(64) };

function* stateAt(db: Build, incidentId: string, seq: number) {
  const snapshot = yield* first(logs.snapshot(db, incidentId, seq));
  const entries = (yield* all(logs.between(db, incidentId, snapshot?.seq ?? 0, seq))).map(entryOf);
  return { state: snapshot ? (JSON.parse(snapshot.state) as IncidentState) : null, entries };
}

/** One entry more than asked for says whether there are more. */
function* page(db: Build, incidentId: string, range: { after?: number; before?: number; limit: number }) {
  const { after = 0, before, limit } = range;
  const rows = yield* all(
    before === undefined
      ? logs.after(db, incidentId, after, limit + 1)
      : logs.before(db, incidentId, before, limit + 1),
  );
  const entries = rows.slice(0, limit).map(entryOf);
  return { entries: before === undefined ? entries : entries.toReversed(), more: rows.length > limit };
}

function* loadDocument(db: Build, incidentId: string, name: string, upTo: number): Reading<PackedDocument> {
  const checkpoint = yield* first(documents.checkpoint(db, incidentId, name, upTo));
  const from = checkpoint?.doc_seq ?? 0;
  const batches = (yield* all(documents.batches(db, incidentId, name, from, upTo))).map(packedBatchOf);
  const clientIds = yield* all(documents.clientIds(db, incidentId, name));
  return {
    checkpoint: checkpoint ? { docSeq: checkpoint.doc_seq, state: checkpoint.state } : null,
    batches,
    clientIds: clientIds.map((row) => ({ clientId: row.client_id, person: row.person })),
    docSeq: batches.at(-1)?.docSeq ?? from,
  };
}
