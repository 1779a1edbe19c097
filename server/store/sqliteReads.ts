import type { Head, IncidentSummary } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type {
  Deadline,
  LogPage,
  PersonRecord,
  SessionRecord,
  Store,
  StoredDocument,
  StoredRoom,
  TokenRecord,
} from '../rooms/ports.ts';
import { people, permissions, sessions, tokens } from './queries/accounts.ts';
import { board } from './queries/board.ts';
import { documents } from './queries/documents.ts';
import { deadlines, logs } from './queries/logs.ts';
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
import { build } from './sqliteDatabase.ts';
import type { Queries } from './sqliteDatabase.ts';

type Query<Name extends keyof Store> = Store[Name] extends (...args: infer Args) => unknown ? Args : never;

/** A stored document on its way between threads. */
export type PackedDocument = Omit<StoredDocument, 'batches'> & { batches: PackedBatch[] };

/** Reads that many wait for and that touch few rows. Each sees the database at one moment. */
export type Reads = ReturnType<typeof sqliteReads>;

export function sqliteReads(queries: Queries) {
  const reads = {
    /** Answers at all, and its schema is this program's: the columns are there. */
    healthy: () => queries.all(logs.heads(build).limit(1)).length <= 1,
    head: (incidentId: string): Head | null => {
      if (incidentId === SYSTEM_LOG) return null;
      const row = queries.get(logs.head(build, incidentId));
      return row ? headOf(row) : null;
    },
    readMissed: (incidentId: string, known: { seq: number; docSeq: number }) => {
      const head = reads.head(incidentId);
      if (!head) return null;
      const entries = queries.all(logs.missed(build, incidentId, known.seq)).map(entryOf);
      const batches = queries.all(documents.missed(build, incidentId, known.docSeq)).map(packedBatchOf);
      return { missed: { entries, documents: batches }, head };
    },
    heads: (incidentIds: readonly string[]): Map<string, Head> =>
      new Map(
        slices(incidentIds.filter((id) => id !== SYSTEM_LOG)).flatMap((ids) =>
          queries.all(logs.headsOf(build, ids)).map((row) => [row.incident_id, headOf(row)] as const),
        ),
      ),
    openIncidents: () =>
      queries.all(board.notClosed(build)).map((row) => ({ incidentId: row.id, seq: row.seq })),
    findCommand: (incidentId: string, actor: string, commandId: string) => {
      const row = queries.get(logs.command(build, incidentId, actor, commandId));
      return row ? { seq: row.seq, commandHash: row.command_hash } : null;
    },
    loadRoom: (incidentId: string): StoredRoom | null => {
      const head = reads.head(incidentId);
      if (!head) return null;
      const fold = stateAt(queries, incidentId, head.seq);
      const names = queries.all(documents.all(build, incidentId));
      return { ...fold, head, documents: names.map((row) => ({ name: row.name, docSeq: row.doc_seq })) };
    },
    stateAt: (incidentId: string, seq: number) =>
      reads.head(incidentId) === null ? null : stateAt(queries, incidentId, seq),
    readLog: (incidentId: string, range: Query<'readLog'>[1]): LogPage | null => {
      const head = reads.head(incidentId);
      return head && { ...page(queries, incidentId, range), head };
    },
    readSystemLog: (range: Query<'readSystemLog'>[0]): LogPage => {
      const row = queries.get(logs.head(build, SYSTEM_LOG));
      return { ...page(queries, SYSTEM_LOG, range), head: headOf(row ?? EMPTY_HEAD) };
    },
    readEntry: (incidentId: string, seq: number) => {
      const row = incidentId === SYSTEM_LOG ? undefined : queries.get(logs.entry(build, incidentId, seq));
      return row ? entryOf(row) : null;
    },
    positionAt: (incidentId: string, at: string) => {
      if (reads.head(incidentId) === null) return null;
      const seq = queries.get(logs.lastSeqAt(build, incidentId, at))?.seq ?? 0;
      const docSeq = queries.get(logs.lastDocSeqAt(build, incidentId, at))?.doc_seq ?? 0;
      return { seq, docSeq };
    },
    readSummary: (incidentId: string): IncidentSummary | null => {
      const row = queries.get(board.one(build, incidentId));
      return row ? summaryOf(row) : null;
    },
    findIncidentByNumber: (number: number) => queries.get(board.idOfNumber(build, number))?.id ?? null,
    incidentsOfferedTo: (person: string): string[] =>
      queries.all(board.offeredTo(build, person)).map((row) => row.id),
    readBatches: (incidentId: string, name: string, after: number, limit: number): PackedBatch[] =>
      queries
        .all(documents.batches(build, incidentId, name, after, Number.MAX_SAFE_INTEGER, limit))
        .map(packedBatchOf),
    loadDocument: (incidentId: string, name: string, docSeq?: number): PackedDocument =>
      loadDocument(queries, incidentId, name, docSeq ?? Number.MAX_SAFE_INTEGER),
    dueDeadlines: (now: number, limit: number): Deadline[] =>
      queries.all(deadlines.due(build, now, limit)).map((row) => ({
        incidentId: row.incident_id,
        id: row.id,
        dueAt: row.due_at,
        command: { type: row.type, body: JSON.parse(row.body) as Record<string, unknown> },
      })),
    nextDeadline: () => queries.get(deadlines.next(build))?.due_at ?? null,
    listPeople: (after?: number): PersonRecord[] =>
      queries.all(after === undefined ? people.all(build) : people.changedAfter(build, after)).map(personOf),
    permissionEpoch: () => queries.get(permissions.read(build))?.value ?? 0,
    readSession: (id: string): SessionRecord | null => {
      const row = queries.get(sessions.read(build, id));
      return row ? sessionOf(row) : null;
    },
    liveSessions: (ids: readonly string[], now: number): Set<string> =>
      new Set(
        slices(ids).flatMap((some) => queries.all(sessions.live(build, some, now)).map((row) => row.id)),
      ),
    readToken: (hash: string): TokenRecord | null => {
      const row = queries.get(tokens.read(build, hash));
      return row ? tokenOf(row) : null;
    },
    listTokens: (kind: TokenRecord['kind'], subject: string): TokenRecord[] =>
      queries.all(tokens.list(build, kind, subject)).map(tokenOf),
  };
  return reads;
}

/** Lists of a length that both databases take as parameters. */
function slices(values: readonly string[]): string[][] {
  const most = 1_024;
  return Array.from({ length: Math.ceil(values.length / most) }, (_, index) =>
    values.slice(index * most, (index + 1) * most),
  );
}

const EMPTY_HEAD = { seq: 0, hash: '0'.repeat(64), doc_seq: 0, doc_hash: '0'.repeat(64) };

function stateAt(queries: Queries, incidentId: string, seq: number) {
  const snapshot = queries.get(logs.snapshot(build, incidentId, seq));
  const entries = queries.all(logs.between(build, incidentId, snapshot?.seq ?? 0, seq)).map(entryOf);
  return { state: snapshot ? (JSON.parse(snapshot.state) as IncidentState) : null, entries };
}

/** One entry more than asked for says whether there are more. */
function page(
  queries: Queries,
  incidentId: string,
  range: { after?: number; before?: number; limit: number },
) {
  const { after = 0, before, limit } = range;
  const rows =
    before === undefined
      ? queries.all(logs.after(build, incidentId, after, limit + 1))
      : queries.all(logs.before(build, incidentId, before, limit + 1));
  const entries = rows.slice(0, limit).map(entryOf);
  return { entries: before === undefined ? entries : entries.toReversed(), more: rows.length > limit };
}

function loadDocument(queries: Queries, incidentId: string, name: string, upTo: number): PackedDocument {
  const checkpoint = queries.get(documents.checkpoint(build, incidentId, name, upTo));
  const from = checkpoint?.doc_seq ?? 0;
  const batches = queries.all(documents.batches(build, incidentId, name, from, upTo)).map(packedBatchOf);
  const clientIds = queries.all(documents.clientIds(build, incidentId, name));
  return {
    checkpoint: checkpoint ? { docSeq: checkpoint.doc_seq, state: checkpoint.state } : null,
    batches,
    clientIds: clientIds.map((row) => ({ clientId: row.client_id, person: row.person })),
    docSeq: batches.at(-1)?.docSeq ?? from,
  };
}
