import { parseAnchors, readAnchors } from './anchors.ts';
import type { Anchor } from './anchors.ts';
import { board } from './queries/board.ts';
import { logs } from './queries/logs.ts';
import { headOf, SYSTEM_LOG } from './rows.ts';
import type { HeadsTable } from './schema.ts';
import { build } from './sqliteDatabase.ts';
import type { Queries } from './sqliteDatabase.ts';
import { verifyLog } from './verify.ts';
import type { LogEvidence, StoredBatch, StoredEntry, Verdict } from './verify.ts';

/** A verified log with the name people know it by. */
export type NamedVerdict = Verdict & { name: string };

export interface Verification {
  /** What SQLite itself finds wrong with the file; empty when nothing. */
  damage: string[];
  logs: NamedVerdict[];
  /** Lines of the anchors file that are no anchors. */
  unreadableAnchors: number;
}

/**
 * Verifies the logs of a data directory, or only one incident's. All of it is of one moment, so that a running
 * server does not make it fail. Throws when there is no such incident.
 */
export function verifyFolder(queries: Queries, folder: string, only?: number): Verification {
  // Read first: an anchor is of a head that was committed by then.
  const { anchors, unreadable } = parseAnchors(readAnchors(folder));
  return queries.snapshot(() => {
    const names = new Map(queries.all(board.numbers(build)).map((row) => [row.id, `INC-${row.number}`]));
    const heads = queries
      .all(logs.heads(build))
      .filter((head) => isWanted(names.get(head.incident_id), only));
    if (only !== undefined && heads.length === 0) throw new Error(`There is no incident INC-${only}.`);
    const missing = only === undefined ? anchoredButGone(anchors, heads) : [];
    return {
      damage: only === undefined ? damageOf(queries) : [],
      unreadableAnchors: unreadable,
      logs: [
        ...heads.map((head) => ({
          name: names.get(head.incident_id) ?? nameOfOther(head.incident_id),
          ...verifyLog(evidenceOf(queries, head, anchors)),
        })),
        ...missing,
      ],
    };
  });
}

/** What proves a log, read as it is asked for. */
export function evidenceOf(queries: Queries, head: HeadsTable, anchors: readonly Anchor[]): LogEvidence {
  const { incident_id: incidentId } = head;
  const rows = <T>(table: string, order: string): Iterable<T> =>
    queries.db
      .prepare<[string], T>(`SELECT * FROM ${table} WHERE incident_id = ? ORDER BY ${order}`)
      .iterate(incidentId);
  return {
    incidentId,
    entries: rows<StoredEntry>('entries', 'seq'),
    batches: rows<StoredBatch>('document_batches', 'doc_seq'),
    head: headOf(head),
    anchors: anchors.filter((anchor) => anchor.incidentId === incidentId),
  };
}

/** Logs that the anchors file knows and the database does not. */
function anchoredButGone(anchors: readonly Anchor[], heads: readonly HeadsTable[]): NamedVerdict[] {
  const there = new Set(heads.map((head) => head.incident_id));
  const gone = new Set(anchors.map((anchor) => anchor.incidentId).filter((id) => !there.has(id)));
  return [...gone].map((id) => ({
    name: nameOfOther(id),
    entries: 0,
    batches: 0,
    anchors: anchors.filter((anchor) => anchor.incidentId === id).length,
    difference: 'the whole log is missing, but it was anchored',
  }));
}

function nameOfOther(incidentId: string): string {
  return incidentId === SYSTEM_LOG ? 'system log' : incidentId;
}

function isWanted(name: string | undefined, only: number | undefined): boolean {
  return only === undefined || name === `INC-${only}`;
}

function damageOf(queries: Queries): string[] {
  const rows = queries.db.pragma('integrity_check(10)') as { integrity_check: string }[];
  return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok');
}
