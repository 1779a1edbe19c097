import type { Entry } from '../contract/entries.ts';
import type { Milestone } from '../contract/reviewWords.ts';
import type { ReviewState } from '../incident/reviewState.ts';
import { delaysOf, happenedAt, milestonesOf } from './delays.ts';
import type { Delay } from './delays.ts';
import { leavesOf } from './tree.ts';

/** A stretch of drafted text with the entries that show it; without any it may be an assumption. */
export interface DraftPiece {
  text: string;
  cites: readonly number[];
  assumption?: true;
}

/** What a draft is made of. A prompt asks for what no log can say; exports leave it out while nobody answered. */
export type DraftBlock =
  | { kind: 'heading'; text: string }
  | { kind: 'paragraph'; pieces: readonly DraftPiece[] }
  | { kind: 'prompt'; text: string }
  | { kind: 'bullets'; items: readonly DraftPiece[] };

/** The parts of a review, in their order. */
export const draftSections = [
  'summary',
  'impact',
  'timeline',
  'detection',
  'response',
  'went_well',
  'went_badly',
  'lucky',
  'root_causes',
  'safeguards',
  'recovery',
  'damage',
] as const;
export type DraftSection = (typeof draftSections)[number];

/** The words of a draft in the language in which it is written. */
export interface DraftWords {
  heading(section: DraftSection): string;
  prompt(section: DraftSection): string;
  /** What an entry says, in one sentence. */
  sentence(entry: Entry): string;
  /** A time as the writers read it. */
  clock(at: string): string;
  delay(delay: Delay): string;
  duration(milliseconds: number): string;
  effect(from: string, to: string, lasted: string): string;
  /** When nothing shows from when to when users were affected. */
  effectUnknown(noticed: string): string;
  handoffs(count: number): string;
  updates(count: number): string;
}

/** What the log and its people say of an incident. */
export interface DraftSource {
  title: string;
  entries: readonly Entry[];
  review: ReviewState | undefined;
}

/** Entries of the timeline at most: a draft is to be read. */
export const TIMELINE_MOST = 120;

const keyTypes: ReadonlySet<string> = new Set([
  'incident.declared',
  'incident.reopened',
  'severity.set',
  'status.set',
  'handoff.accepted',
  'handoff.forced',
  'update.sent',
  'fact.recorded',
]);

/** Delays of how the incident was found, the others are of how it was answered. */
const detection: ReadonlySet<Delay> = new Set([
  'until_sign',
  'until_noticed',
  'knew_until_report',
  'knew_until_room',
  'report_until_noticed',
  'noticed_until_declared',
]);

/** A review as far as the log can write it: facts with the entries that show them, and prompts for the rest. */
export function draftReview(source: DraftSource, words: DraftWords): DraftBlock[] {
  return draftSections.flatMap((section) => [
    { kind: 'heading', text: words.heading(section) } as const,
    ...sectionOf(section, source, words),
  ]);
}

function sectionOf(section: DraftSection, source: DraftSource, words: DraftWords): DraftBlock[] {
  const prompt: DraftBlock = { kind: 'prompt', text: words.prompt(section) };
  switch (section) {
    case 'summary':
      return [summary(source, words), prompt];
    case 'impact':
      return [impact(source, words), prompt];
    case 'timeline': {
      const items = keyEntries(source).map((entry) => ({
        text: `${words.clock(happenedAt(entry))} ${words.sentence(entry)}`,
        cites: [entry.seq],
      }));
      return items.length === 0 ? [prompt] : [{ kind: 'bullets', items }];
    }
    case 'detection':
      return [...delays(source, words, (delay) => detection.has(delay)), prompt];
    case 'response':
      return [...response(source, words), prompt];
    case 'root_causes':
      return [...causes(source), prompt];
    case 'went_well':
    case 'went_badly':
    case 'lucky':
    case 'safeguards':
    case 'recovery':
    case 'damage':
      return [prompt];
    default:
      return section satisfies never;
  }
}

function summary({ title, entries }: DraftSource, words: DraftWords): DraftBlock {
  const [declared] = entries;
  const resolved = entries.findLast(({ body }) => body['status'] === 'resolved');
  const said = [declared, resolved].filter((entry) => entry !== undefined);
  return {
    kind: 'paragraph',
    pieces: [
      { text: `${title}.`, cites: [] },
      ...said.map((entry) => ({
        text: `${words.clock(happenedAt(entry))} ${words.sentence(entry)}.`,
        cites: [entry.seq],
      })),
    ],
  };
}

function impact({ entries, review }: DraftSource, words: DraftWords): DraftBlock {
  const shown = milestonesOf(entries, review);
  const find = (...names: Milestone[]): (typeof shown)[number] | undefined =>
    names.map((name) => shown.find(({ milestone }) => milestone === name)).find((each) => each !== undefined);
  const [began, ended] = [find('effect_began'), find('effect_ended', 'mitigated', 'resolved')];
  if (began && ended && ended.at >= began.at) {
    const lasted = words.duration(Date.parse(ended.at) - Date.parse(began.at));
    const text = words.effect(words.clock(began.at), words.clock(ended.at), lasted);
    return { kind: 'paragraph', pieces: [{ text, cites: [began.seq, ended.seq] }] };
  }
  const noticed = find('noticed', 'declared');
  const text = words.effectUnknown(noticed ? words.clock(noticed.at) : '');
  return { kind: 'paragraph', pieces: [{ text, cites: [], assumption: true }] };
}

function delays(
  { entries, review }: DraftSource,
  words: DraftWords,
  wanted: (delay: Delay) => boolean,
): DraftBlock[] {
  const shown = milestonesOf(entries, review);
  const seqOf = new Map(shown.map(({ milestone, seq }) => [milestone, seq]));
  const items = delaysOf(shown)
    .filter(({ delay }) => wanted(delay))
    .map(({ delay, milliseconds, from, to }) => ({
      text: `${words.delay(delay)}: ${words.duration(milliseconds)}`,
      cites: [...new Set([seqOf.get(from), seqOf.get(to)])].filter((seq) => seq !== undefined),
    }));
  return items.length === 0 ? [] : [{ kind: 'bullets', items }];
}

function response(source: DraftSource, words: DraftWords): DraftBlock[] {
  const ofTypes = (...types: string[]): number[] =>
    source.entries.filter(({ type }) => types.includes(type)).map(({ seq }) => seq);
  const handoffs = ofTypes('handoff.accepted', 'handoff.forced');
  const updates = ofTypes('update.sent');
  const counted: DraftPiece[] = [
    ...(handoffs.length === 0 ? [] : [{ text: words.handoffs(handoffs.length), cites: handoffs }]),
    ...(updates.length === 0 ? [] : [{ text: words.updates(updates.length), cites: updates.slice(0, 5) }]),
  ];
  return [
    ...delays(source, words, (delay) => !detection.has(delay)),
    ...(counted.length === 0 ? [] : [{ kind: 'bullets', items: counted } as const]),
  ];
}

/** What the why-tree ends in: that is what nobody explained further. */
function causes({ review }: DraftSource): DraftBlock[] {
  const items = leavesOf(review?.whys ?? [])
    .filter(({ under }) => under !== null)
    .map((why): DraftPiece => {
      return { text: why.text, cites: why.cites, ...(why.assumption ? { assumption: true } : {}) };
    });
  return items.length === 0 ? [] : [{ kind: 'bullets', items }];
}

/** The entries that tell the incident, by the time at which they happened; what is hidden or was withdrawn is left out. */
export function keyEntries({ entries, review }: Pick<DraftSource, 'entries' | 'review'>): Entry[] {
  const pinned = new Set<number>();
  for (const { type, body } of entries) {
    if (type === 'entry.pinned') pinned.add(Number(body['seq']));
    if (type === 'entry.unpinned') pinned.delete(Number(body['seq']));
  }
  const chosen = new Set([
    ...pinned,
    ...Object.values(review?.milestones ?? {}),
    ...(review?.whys ?? []).flatMap(({ cites }) => cites),
  ]);
  const withdrawn = new Set(review?.imports.filter((each) => each.withdrawn).map((each) => each.importId));
  const isKey = (entry: Entry): boolean => {
    if (entry.redacted || entry.withheld) return false;
    if (entry.type !== 'record.imported') return keyTypes.has(entry.type) || chosen.has(entry.seq);
    if (withdrawn.has(entry.body['importId'] as string)) return false;
    const { kind } = entry.body;
    return chosen.has(entry.seq) || (kind !== undefined && kind !== 'message');
  };
  return entries
    .filter(isKey)
    .toSorted((a, b) => Date.parse(happenedAt(a)) - Date.parse(happenedAt(b)) || a.seq - b.seq)
    .slice(0, TIMELINE_MOST);
}
