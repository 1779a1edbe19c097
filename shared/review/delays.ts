import type { Entry } from '../contract/entries.ts';
import { milestones } from '../contract/reviewWords.ts';
import type { Milestone, RecordKind } from '../contract/reviewWords.ts';
import type { ReviewState } from '../incident/reviewState.ts';

/** When an entry's matter happened (ISO time): its own time where it has one, else when it was recorded. */
export function happenedAt(entry: Entry): string {
  const own = entry.body['happenedAt'];
  return typeof own === 'string' ? own : entry.at;
}

/** The entry that shows a milestone; `chosen` when somebody said so, else the log proposes it. */
export interface ShownMilestone {
  milestone: Milestone;
  seq: number;
  at: string;
  chosen: boolean;
}

/** Between which milestones a delay is measured, in the order in which reviews show them. */
export const delayPairs = [
  { delay: 'in_effect', from: 'effect_began', to: 'effect_ended' },
  { delay: 'until_sign', from: 'effect_began', to: 'first_sign' },
  { delay: 'until_noticed', from: 'effect_began', to: 'noticed' },
  { delay: 'knew_until_report', from: 'somebody_knew', to: 'reported' },
  /** Somebody knew and the room did not: a finding about the process. */
  { delay: 'knew_until_room', from: 'somebody_knew', to: 'noticed' },
  { delay: 'report_until_noticed', from: 'reported', to: 'noticed' },
  { delay: 'report_until_update', from: 'reported', to: 'first_update' },
  { delay: 'noticed_until_declared', from: 'noticed', to: 'declared' },
  { delay: 'declared_until_commander', from: 'declared', to: 'commander' },
  { delay: 'declared_until_update', from: 'declared', to: 'first_update' },
  { delay: 'declared_until_mitigated', from: 'declared', to: 'mitigated' },
  { delay: 'declared_until_resolved', from: 'declared', to: 'resolved' },
] as const satisfies readonly { delay: string; from: Milestone; to: Milestone }[];
export type Delay = (typeof delayPairs)[number]['delay'];

/**
 * The milestones of an incident, in the order of the list: what people chose, else what its entries propose. Those that
 * nothing shows are left out; what was withdrawn proposes nothing.
 */
export function milestonesOf(entries: readonly Entry[], review: ReviewState | undefined): ShownMilestone[] {
  const withdrawn = new Set(review?.imports.filter((each) => each.withdrawn).map((each) => each.importId));
  const counted = entries.filter(
    ({ type, body }) => type !== 'record.imported' || !withdrawn.has(body['importId'] as string),
  );
  const proposed = propose(counted);
  return milestones.flatMap((milestone) => {
    const chosen = review?.milestones[milestone];
    const entry =
      chosen === undefined ? proposed.get(milestone) : entries.find((each) => each.seq === chosen);
    return entry ? [{ milestone, seq: entry.seq, at: happenedAt(entry), chosen: chosen !== undefined }] : [];
  });
}

/** A delay in milliseconds, with the milestones it lies between. */
export interface MeasuredDelay {
  delay: Delay;
  milliseconds: number;
  from: Milestone;
  to: Milestone;
}

/** The delays between milestones; what has no beginning or no end, or ended before it began, is left out. */
export function delaysOf(shown: readonly ShownMilestone[]): MeasuredDelay[] {
  const times = new Map(shown.map(({ milestone, at }) => [milestone, Date.parse(at)]));
  return delayPairs.flatMap(({ delay, from, to }) => {
    const [began, ended] = [times.get(from), times.get(to)];
    if (began === undefined || ended === undefined || ended < began) return [];
    return [{ delay, milliseconds: ended - began, from, to }];
  });
}

/** What the entries say by their types and kinds alone; people judge the rest. */
function propose(entries: readonly Entry[]): Map<Milestone, Entry> {
  const dated = entries
    .filter((entry) => entry.type === 'record.imported' || entry.type === 'fact.recorded')
    .toSorted((a, b) => compare(happenedAt(a), happenedAt(b)));
  const first = (kinds: readonly RecordKind[], after?: Entry): Entry | undefined =>
    dated.find(
      (entry) =>
        kinds.includes(entry.body['kind'] as RecordKind) &&
        (after === undefined || happenedAt(entry) >= happenedAt(after)),
    );
  const status = (words: readonly string[]): Entry | undefined =>
    entries.find((entry) => entry.type === 'status.set' && words.includes(String(entry.body['status'])));

  const [declared] = entries;
  const began = first(['deploy']);
  const reported = first(['report']);
  const found: [Milestone, Entry | undefined][] = [
    ['effect_began', began],
    ['first_sign', first(['alert', 'sign', 'report'])],
    ['effect_ended', first(['recovery']) ?? (began && first(['change'], began))],
    ['reported', reported],
    ['noticed', (reported && first(['told'], reported)) ?? declared],
    ['declared', declared],
    ['commander', declared],
    ['first_update', (reported && first(['update'], reported)) ?? ofType(entries, 'update.sent')],
    ['mitigated', status(['monitoring', 'resolved'])],
    ['resolved', entries.findLast((entry) => entry.body['status'] === 'resolved')],
  ];
  return new Map(found.flatMap(([milestone, entry]) => (entry ? [[milestone, entry] as const] : [])));
}

function ofType(entries: readonly Entry[], type: string): Entry | undefined {
  return entries.find((entry) => entry.type === type);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
