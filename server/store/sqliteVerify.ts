import { parseAnchors, readAnchors } from './anchors.ts';
import type { Anchor } from './anchors.ts';
import { board } from './queries/board.ts';
import { logs } from './queries/logs.ts';
import { headOf } from './rows.ts';
import type { HeadsTable } from './schema.ts';
import { build } from './sqliteDatabase.ts';
import type { Queries } from './sqliteDatabase.ts';
import { verifyLog } from '../rooms/verifyLog.ts';
import type { LogEvidence, StoredBatch, StoredEntry } from '../rooms/verifyLog.ts';
import { namedLogs } from './verifyNames.ts';
import type { Verification } from './verifyNames.ts';

/**
 * Verifies the logs of a data directory, or only one incident's. All of it is of one moment, so that a running
 * server does not make it fail. Throws when there is no such incident.
 */
export function verifyFolder(queries: Queries, folder: string, only?: number): Verification {
  // Read first: an anchor is of a head that was committed by then.
  const { anchors, unreadable } = parseAnchors(readAnchors(folder));
  return queries.snapshot(() => {
    const found = { heads: queries.all(logs.heads(build)), numbers: queries.all(board.numbers(build)) };
    const { heads, nameOf, gone } = namedLogs(found, anchors, only);
    return {
      damage: only === undefined ? damageOf(queries) : [],
      unreadableAnchors: unreadable,
      logs: [
        ...heads.map((head) => ({
          name: nameOf(head.incident_id),
          ...verifyLog(evidenceOf(queries, head, anchors)),
        })),
        ...gone,
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

function damageOf(queries: Queries): string[] {
  const rows = queries.db.pragma('integrity_check(10)') as { integrity_check: string }[];
  return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok');
}
