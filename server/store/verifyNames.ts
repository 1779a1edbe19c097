import type { Anchor } from './anchors.ts';
import { SYSTEM_LOG } from './rows.ts';
import type { HeadsTable } from './schema.ts';
import type { Verdict } from '../rooms/verifyLog.ts';

/** A verified log with the name people know it by. */
export type NamedVerdict = Verdict & { name: string };

export interface Verification {
  /** What the database itself finds wrong with its file; empty when nothing, or when it does not say. */
  damage: string[];
  logs: NamedVerdict[];
  /** Lines of the anchors file that are no anchors. */
  unreadableAnchors: number;
}

/** The logs to be verified, and the names of all. */
export interface NamedLogs {
  heads: HeadsTable[];
  nameOf(incidentId: string): string;
  /** Logs that the anchors file knows and the database does not. */
  gone: NamedVerdict[];
}

/** Which logs a verification is about: all, or only one incident's. Throws when there is no such incident. */
export function namedLogs(
  found: { heads: readonly HeadsTable[]; numbers: readonly { id: string; number: number }[] },
  anchors: readonly Anchor[],
  only?: number,
): NamedLogs {
  const names = new Map(found.numbers.map((row) => [row.id, `INC-${row.number}`]));
  const heads = found.heads.filter(
    (head) =>
      // An import that is under way, or broke off, is no log yet.
      (head.seq > 0 || names.has(head.incident_id)) &&
      (only === undefined || names.get(head.incident_id) === `INC-${only}`),
  );
  if (only !== undefined && heads.length === 0) throw new Error(`There is no incident INC-${only}.`);
  return {
    heads,
    nameOf: (incidentId) => names.get(incidentId) ?? nameOfOther(incidentId),
    gone: only === undefined ? anchoredButGone(anchors, heads) : [],
  };
}

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
