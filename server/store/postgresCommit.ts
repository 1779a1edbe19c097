import type { Head } from '#shared/contract/wire.ts';
import { HistoryReplaced, noRows, planCommit } from './commitPlan.ts';
import type { CommitFacts, CommitRows } from './commitPlan.ts';
import type { PackedCommit, PackedMissed, PackedResult } from './packed.ts';
import type { Connection } from './postgresPool.ts';
import { entryOf, headOf, packedBatchOf, SYSTEM_LOG } from './rows.ts';
import type { BatchRow } from './rows.ts';
import type { ClientIdsTable, EntriesTable, HeadsTable } from './schema.ts';

const BATCH = 'incident_id, doc_seq, name, seq_before, at, payload, doc_hash';
const lockHeads = `SELECT incident_id, seq, hash, doc_seq, doc_hash, at FROM heads WHERE incident_id = ANY ($1::text[])
  ORDER BY incident_id FOR UPDATE`;

const readEpoch = `SELECT value FROM meta WHERE key = 'storage_epoch'`;

/** What became of one request of a transaction, before its COMMIT. */
export type Planned =
  | { kind: 'answered'; request: PackedCommit; result: PackedResult }
  /** It cannot be carried out. Nothing of it was written. */
  | { kind: 'failed'; error: Error }
  /** Somebody else has the incident locked. */
  | { kind: 'locked' };

/**
 * Carries requests of different incidents out inside the open transaction, up to the rows to be written. Incidents that
 * somebody else has locked are waited for, or left out.
 */
export async function planAll(
  connection: Connection,
  requests: readonly PackedCommit[],
  { waits, storageEpoch }: { waits: boolean; storageEpoch: string },
): Promise<{ planned: Planned[]; rows: CommitRows }> {
  const known = await readFacts(connection, requests, waits);
  checkEpoch(known.epoch, storageEpoch);
  const all = noRows();
  const planned: Planned[] = [];
  for (const request of requests) {
    const position = known.heads.get(request.incidentId);
    if (!position) {
      planned.push(waits ? { kind: 'failed', error: noIncident(request.incidentId) } : { kind: 'locked' });
      continue;
    }
    const facts: CommitFacts = {
      position,
      knowsCommand: known.commands.has(request.incidentId),
      owners: known.owners.filter((row) => row.incident_id === request.incidentId),
      missed: await readMissed(connection, position, {
        seq: request.expectedSeq,
        docSeq: request.expectedDocSeq,
      }),
      erased: await readErased(connection, request),
      erasedBatches: await readErasedBatches(connection, request),
    };
    planned.push(plan(request, facts, all));
  }
  return { planned, rows: all };
}

/** Locks an incident, and reads what stands after a position. Throws when there is none. */
export async function lockOne(
  connection: Connection,
  incidentId: string,
  known: { seq: number; docSeq: number },
  storageEpoch: string,
): Promise<{ missed: PackedMissed; head: Head }> {
  const [[position], epoch] = await Promise.all([
    connection.rows<HeadsTable>(lockHeads, [[incidentId]], 'lock_heads'),
    connection.rows<{ value: string }>(readEpoch, [], 'storage_epoch'),
  ]);
  checkEpoch(epoch, storageEpoch);
  if (!position || incidentId === SYSTEM_LOG) throw noIncident(incidentId);
  return { missed: await readMissed(connection, position, known), head: headOf(position) };
}

/** An instance that slept through a restore must not write on where it stood. */
function checkEpoch([row]: readonly { value: string }[], storageEpoch: string): void {
  if (row?.value !== storageEpoch) {
    throw new HistoryReplaced(
      'A backup was restored into the database; this instance knows what was before.',
    );
  }
}

function plan(request: PackedCommit, facts: CommitFacts, all: CommitRows): Planned {
  try {
    const { result, rows } = planCommit(request, facts);
    for (const name of Object.keys(all) as (keyof CommitRows)[]) {
      (all[name] as unknown[]).push(...rows[name]);
    }
    return { kind: 'answered', request, result };
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Asked at once, and answered in order: what is read after the lock is as the lock keeps it. */
async function readFacts(connection: Connection, requests: readonly PackedCommit[], waits: boolean) {
  const ids = requests.map((request) => request.incidentId).filter((id) => id !== SYSTEM_LOG);
  const commands = requests.flatMap(({ incidentId, commands: list }) =>
    list.map(({ actor, commandId }) => [incidentId, actor, commandId] as const),
  );
  const claims = requests.flatMap(({ incidentId, documents }) =>
    documents.flatMap(({ name, newClientIds }) =>
      newClientIds.map(({ clientId }) => [incidentId, name, clientId] as const),
    ),
  );
  const [heads, epoch, used, owners] = await Promise.all([
    waits
      ? connection.rows<HeadsTable>(lockHeads, [ids], 'lock_heads')
      : connection.rows<HeadsTable>(`${lockHeads} SKIP LOCKED`, [ids], 'lock_free_heads'),
    connection.rows<{ value: string }>(readEpoch, [], 'storage_epoch'),
    commands.length === 0
      ? []
      : connection.rows<{ incident_id: string }>(
          `SELECT DISTINCT incident_id FROM commands JOIN unnest($1::text[], $2::text[], $3::text[]) AS given (i, a, c)
             ON incident_id = i AND actor = a AND command_id = c`,
          columnsOf(commands),
          'used_commands',
        ),
    claims.length === 0
      ? []
      : connection.rows<ClientIdsTable>(
          `SELECT incident_id, name, client_id, person FROM client_ids
             JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS given (i, n, c)
             ON incident_id = i AND name = n AND client_id = c`,
          columnsOf(claims),
          'owners',
        ),
  ]);
  return {
    heads: new Map(heads.map((row) => [row.incident_id, row])),
    epoch,
    commands: new Set(used.map((row) => row.incident_id)),
    owners,
  };
}

async function readMissed(
  connection: Connection,
  position: HeadsTable,
  known: { seq: number; docSeq: number },
): Promise<PackedMissed> {
  const { incident_id: id, seq, doc_seq: docSeq } = position;
  const [entries, batches] = await Promise.all([
    seq > known.seq
      ? connection.rows<EntriesTable>(
          'SELECT * FROM entries WHERE incident_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq',
          [id, known.seq, seq],
        )
      : [],
    docSeq > known.docSeq
      ? connection.rows<BatchRow>(
          `SELECT ${BATCH} FROM document_batches WHERE incident_id = $1 AND doc_seq > $2 AND doc_seq <= $3 ORDER BY doc_seq`,
          [id, known.docSeq, docSeq],
        )
      : [],
  ]);
  return { entries: entries.map(entryOf), documents: batches.map(packedBatchOf) };
}

function readErased(connection: Connection, request: PackedCommit): Promise<EntriesTable[]> {
  const { incidentId, erasures } = request;
  if (erasures.length === 0) return Promise.resolve([]);
  return connection.rows<EntriesTable>(
    'SELECT * FROM entries WHERE incident_id = $1 AND seq = ANY ($2::bigint[])',
    [incidentId, erasures.map(({ seq }) => seq)],
  );
}

function readErasedBatches(
  connection: Connection,
  { incidentId, documentErasures = [] }: PackedCommit,
): Promise<{ doc_seq: number; payload: Uint8Array }[]> {
  const numbers = documentErasures.flatMap(({ batches }) => batches);
  if (numbers.length === 0) return Promise.resolve([]);
  return connection.rows(
    'SELECT doc_seq, payload FROM document_batches WHERE incident_id = $1 AND doc_seq = ANY ($2::bigint[])',
    [incidentId, numbers],
  );
}

function columnsOf(rows: readonly (readonly [unknown, unknown, unknown])[]): unknown[][] {
  return [0, 1, 2].map((column) => rows.map((row) => row[column]));
}

export function noIncident(incidentId: string): Error {
  return new Error(`There is no incident ${incidentId}.`);
}
