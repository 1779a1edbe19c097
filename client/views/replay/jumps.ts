import type { Entry } from '#shared/contract/entries.ts';
import type { Timeline } from './timeline.ts';

/** What jumping takes for the same: all talk is one kind, all of a handoff is one, and so on. */
export const jumpKinds = [
  'chat',
  'handoff',
  'role',
  'status',
  'severity',
  'update',
  'service',
  'doing',
  'pin',
  'question',
  'access',
  'record',
  'review',
  'other',
] as const;
export type JumpKind = (typeof jumpKinds)[number];

const KIND_OF: ReadonlyMap<string, JumpKind> = new Map([
  ['chat', 'chat'],
  ['handoff', 'handoff'],
  ['role', 'role'],
  ['deputy', 'role'],
  ['incident', 'status'],
  ['status', 'status'],
  ['severity', 'severity'],
  ['update', 'update'],
  ['audience', 'update'],
  ['service', 'service'],
  ['doing', 'doing'],
  ['entry', 'pin'],
  ['question', 'question'],
  ['member', 'access'],
  ['access', 'access'],
  ['record', 'record'],
  ['records', 'record'],
  ['fact', 'record'],
  ['milestone', 'review'],
  ['comment', 'review'],
  ['why', 'review'],
  ['action', 'review'],
  ['review', 'review'],
]);

/** Links between incidents belong to the review, though they are named after the incident. */
const LINKS: ReadonlySet<string> = new Set(['incident.linked', 'incident.unlinked']);

export function kindOf(type: string): JumpKind {
  if (LINKS.has(type)) return 'review';
  return KIND_OF.get(type.split('.')[0] ?? '') ?? 'other';
}

/** What to jump among; empty text and null let everything through. */
export interface JumpFilter {
  kind: JumpKind | null;
  /** A person's id, or a name as an import has it. */
  person: string | null;
  text: string;
}

export const noFilter: JumpFilter = { kind: null, person: null, text: '' };

/** Whose words an entry has: a person's id, or for an imported one the name in its source. */
export function voiceOf(entry: Entry): string {
  const { who } = entry.body;
  return entry.type === 'record.imported' && typeof who === 'string' ? who : entry.actor;
}

/** Does anything in the filter narrow down? */
export function isNarrow(filter: JumpFilter): boolean {
  return filter.kind !== null || filter.person !== null || filter.text.trim() !== '';
}

/** The places of the log that a filter finds, ascending. */
export function placesOf(timeline: Timeline, filter: JumpFilter): number[] {
  const order = timeline.order();
  const words = filter.text.trim().normalize('NFC').toLowerCase();
  const found: number[] = [];
  for (let place = 1; place <= order.length; place += 1) {
    const entry = timeline.entry(order.seqAt(place));
    if (!entry) continue;
    if (filter.kind !== null && kindOf(entry.type) !== filter.kind) continue;
    if (filter.person !== null && voiceOf(entry) !== filter.person) continue;
    if (words !== '' && !textOf(entry.body).normalize('NFC').toLowerCase().includes(words)) continue;
    found.push(place);
  }
  return found;
}

/** The nearest place after (`step` 1) or before `from`; null when there is none. */
export function nearestPlace(places: readonly number[], from: number, step: 1 | -1): number | null {
  const found = step === 1 ? places.find((place) => place > from) : places.findLast((place) => place < from);
  return found ?? null;
}

/** Who speaks in the log, and how often; the busiest first. */
export function voicesIn(timeline: Timeline): { voice: string; isPerson: boolean; count: number }[] {
  const voices = new Map<string, { isPerson: boolean; count: number }>();
  for (let seq = 1; seq <= timeline.last; seq += 1) {
    const entry = timeline.entry(seq);
    if (!entry) continue;
    const voice = voiceOf(entry);
    const known = voices.get(voice);
    if (known) known.count += 1;
    else voices.set(voice, { isPerson: voice === entry.actor, count: 1 });
  }
  return [...voices]
    .map(([voice, more]) => ({ voice, ...more }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, 200);
}

/** Fields of bodies that people wrote. */
const WRITTEN: readonly string[] = [
  'text',
  'title',
  'reason',
  'note',
  'next',
  'impact',
  'known',
  'ruledOut',
  'doing',
  'who',
];

function textOf(body: Entry['body']): string {
  return WRITTEN.map((field) => body[field])
    .filter((value) => typeof value === 'string')
    .join('\n');
}
