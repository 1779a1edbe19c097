import { asKnown } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { HeldRoles } from './authorBadges.ts';
import { entryAt } from './logWindow.ts';
import type { LogWindow } from './logWindow.ts';

export const logFilters = ['all', 'chat', 'command'] as const;
export type LogFilter = (typeof logFilters)[number];

/** Messages of one author within this time stand under one name. Milliseconds. */
const GROUP = 5 * 60_000;

export function isMessage(entry: Entry): boolean {
  return entry.type === 'chat.posted';
}

/** True when the entry names this person: such an entry is never filtered away. */
export function namesPerson(entry: Entry, person: string): boolean {
  const {
    person: subject,
    to,
    mentions,
  } = entry.body as { person?: unknown; to?: unknown; mentions?: unknown };
  return subject === person || to === person || (Array.isArray(mentions) && mentions.includes(person));
}

/** True when the filter shows the entry to this person. */
export function passes(entry: Entry, filter: LogFilter, me: string): boolean {
  if (filter === 'all') return true;
  const isChat = entry.type.startsWith('chat.');
  return isChat === (filter === 'chat') || namesPerson(entry, me);
}

/** The shown entries of a log, by `seq`, oldest first. */
export interface RowIndex {
  seqs: readonly number[];
  /** How many of them are older than where the page began: the list's first index moves down by as many. */
  added: number;
}

/** Keeps the shown entries of a growing log without looking at each again. One per filter. */
export function createRowIndex(filter: LogFilter, me: string): (log: LogWindow) => RowIndex {
  let seqs: number[] = [];
  let first = 0;
  let last = 0;
  let start = 0;
  let added = 0;
  const shownIn = (log: LogWindow, from: number, to: number): number[] => {
    const shown: number[] = [];
    for (let seq = from; seq <= to; seq += 1) {
      const entry = entryAt(log, seq);
      if (entry && passes(entry, filter, me)) shown.push(seq);
    }
    return shown;
  };
  return (log) => {
    const isContinued = first > 0 && log.first <= first && log.last >= last;
    if (!isContinued) {
      seqs = shownIn(log, log.first, log.last);
      ({ first, last } = log);
      start = first;
      added = 0;
    }
    if (log.first < first) {
      const older = shownIn(log, log.first, first - 1);
      seqs = [...older, ...seqs];
      added += older.length;
      ({ first } = log);
    }
    if (log.last > last) {
      seqs = [...seqs, ...shownIn(log, last + 1, log.last)];
      ({ last } = log);
    }
    return { seqs, added: start > 0 ? added : 0 };
  };
}

/** True when a message stands under the name of the one shown before it: same author, same roles, close in time. */
export function continuesGroup(
  log: LogWindow,
  previous: number | undefined,
  seq: number,
  badges: (seq: number) => HeldRoles | undefined,
): boolean {
  const [before, entry] = [previous === undefined ? undefined : entryAt(log, previous), entryAt(log, seq)];
  if (!before || !entry || !isMessage(before) || !isMessage(entry)) return false;
  if (before.actor !== entry.actor || log.pageStarts.has(seq)) return false;
  if (badges(before.seq) !== badges(entry.seq)) return false;
  const { replyTo } = entry.body as { replyTo?: unknown };
  return replyTo === undefined && Date.parse(entry.at) - Date.parse(before.at) < GROUP;
}

/** True when a line with the date stands above the entry. */
export function startsDay(log: LogWindow, previous: number | undefined, seq: number): boolean {
  const entry = entryAt(log, seq);
  if (!entry) return false;
  if (previous === undefined) return seq === 1;
  const before = entryAt(log, previous);
  return before !== undefined && new Date(before.at).toDateString() !== new Date(entry.at).toDateString();
}

/** The text of a message as it stands now: its latest correction, or null once it is hidden. */
export function currentText(log: LogWindow, entry: Entry): string | null {
  if (entry.redacted || entry.withheld) return null;
  const corrections = log.corrections.get(entry.seq)?.filter((each) => !log.redactions.has(each.seq));
  const latest = corrections?.at(-1);
  if (latest) return latest.text;
  const known = asKnown(entry);
  return known?.type === 'chat.posted' ? known.body.text : null;
}

/** The newest message of a person that is held and not hidden; null when there is none. */
export function lastMessageOf(log: LogWindow, person: string): Entry | null {
  for (let seq = log.last; seq >= log.first; seq -= 1) {
    const entry = entryAt(log, seq);
    if (entry && isMessage(entry) && entry.actor === person && !entry.redacted) return entry;
  }
  return null;
}
