import type { IncidentState } from '#shared/incident/state.ts';
import { voiceOf } from './jumps.ts';
import type { Mark, Timeline } from './timeline.ts';

/** What changed in the log from one place to a later one. `null` for what stayed as it was. */
export interface Changes {
  severity: { from: string | null; to: string } | null;
  status: { from: IncidentState['status'] | null; to: IncidentState['status'] } | null;
  commander: { from: string | null; to: string } | null;
  /** Roles whose holder is another now. */
  roles: { role: string; title: string; from: string | null; to: string | null }[];
  /** Key moments in between. */
  marks: Mark[];
  /** Updates that went out in between. */
  updates: number;
  nextUpdateAt: string | null;
  /** What people are doing now that they were not. */
  doing: IncidentState['doing'];
  /** Who wrote how many messages, the busiest first. */
  voices: { voice: string; isPerson: boolean; count: number }[];
  /** Messages that name this person. */
  mentions: number[];
  /** Entries in between. */
  entries: number;
}

/** What changed between two places of the order shown, for the person who reads it. */
export function changesBetween(timeline: Timeline, from: number, to: number, reader: string): Changes {
  const order = timeline.order();
  const [before, after] = [order.nativeAt(from), order.nativeAt(to)].map((seq) => timeline.stateAt(seq));
  const inBetween = Array.from({ length: Math.max(0, to - from) }, (_, index) =>
    timeline.entry(order.seqAt(from + 1 + index)),
  ).filter((entry) => entry !== undefined);
  const voices = new Map<string, { isPerson: boolean; count: number }>();
  const mentions: number[] = [];
  for (const entry of inBetween) {
    if (entry.type !== 'chat.posted' && entry.type !== 'record.imported') continue;
    const voice = voiceOf(entry);
    const known = voices.get(voice) ?? { isPerson: voice === entry.actor, count: 0 };
    voices.set(voice, { ...known, count: known.count + 1 });
    if (Array.isArray(entry.body['mentions']) && entry.body['mentions'].includes(reader))
      mentions.push(entry.seq);
  }
  const marks = timeline.marks.filter(({ seq }) => {
    const place = order.placeOf(seq);
    return place > from && place <= to;
  });
  return {
    severity: changed(before?.severity, after?.severity),
    status: changed(before?.status, after?.status),
    commander: changed(before?.commander, after?.commander),
    roles: after ? rolesChanged(before ?? null, after) : [],
    marks,
    updates: (after?.updateCount ?? 0) - (before?.updateCount ?? 0),
    nextUpdateAt: after?.nextUpdateAt ?? null,
    doing: (after?.doing ?? []).filter(({ seq }) => seq > (before?.seq ?? 0)),
    voices: [...voices].map(([voice, more]) => ({ voice, ...more })).toSorted((a, b) => b.count - a.count),
    mentions,
    entries: inBetween.length,
  };
}

function changed<T>(from: T | undefined, to: T | undefined): { from: T | null; to: T } | null {
  return to === undefined || from === to ? null : { from: from ?? null, to };
}

function rolesChanged(before: IncidentState | null, after: IncidentState): Changes['roles'] {
  const former = new Map(before?.roles.map((role) => [role.role, role]));
  const now = new Map(after.roles.map((role) => [role.role, role]));
  const all = new Map([...former, ...now]);
  return [...all.values()].flatMap(({ role, title }) => {
    const [from, to] = [former.get(role)?.holder ?? null, now.get(role)?.holder ?? null];
    return from === to ? [] : [{ role, title, from, to }];
  });
}
