import { asKnown } from '#shared/contract/entries.ts';
import type { KnownEntry } from '#shared/contract/entries.ts';
import type { Severity, Status } from '#shared/contract/identifiers.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import type { UpdateBody, UpdateWords } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { evolve, fold } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { sha256 } from '../rooms/hashing.ts';
import type { Store } from '../rooms/ports.ts';

/** What an update tells, without to whom. */
export interface NoticeUpdate extends Omit<UpdateBody, 'audiences' | 'corrects'> {
  number: number;
  /** The update it corrects, as far as that is still known. */
  corrects: { number: number; at: string | null } | null;
}

/** What is told to those whom an administrator listed, and to nobody who subscribed by themselves. */
export interface Inside {
  incidentId: string;
  severity: Severity;
  status: Status;
  private: boolean;
  /** The entry it goes out for; its hash anchors the log outside the database. */
  seq: number;
  hash: string;
}

/** What goes out because of one entry: the whole of what a channel may know. */
export interface Notice {
  /** The same for all of an incident, and tells nothing else. */
  thread: string;
  /** Of the incident. */
  number: number;
  title: string;
  drill: boolean;
  declaredAt: string;
  resolvedAt: string | null;
  at: string;
  /** Null for a notice of a handoff alone. */
  update: NoticeUpdate | null;
  /** Command changed hands since the last update: to whom (person id), and when. */
  handoff: { to: string; at: string } | null;
  /** Null in what goes to readers. */
  inside: Inside | null;
}

/** Whether a list is one that readers put themselves on: the public page's, or that of one incident. */
export function isOfReaders(list: string, incidentId: string): boolean {
  return list === PUBLIC_PAGE || list === incidentId;
}

/** What readers may know of a notice: what the pages outside show. Null when that is nothing. */
export function noticeForReaders(notice: Notice): Notice | null {
  return notice.update && { ...notice, handoff: null, inside: null };
}

/**
 * The notice of an entry, from the log up to it. Null when there is nothing to send: no such entry, one that does not go
 * out, or one that was redacted.
 */
export async function readNotice(
  store: Pick<Store, 'stateAt' | 'readEntry'>,
  incidentId: string,
  seq: number,
): Promise<{ notice: Notice; entry: KnownEntry; state: IncidentState } | null> {
  const [stored, found] = await Promise.all([
    store.stateAt(incidentId, seq - 1),
    store.readEntry(incidentId, seq),
  ]);
  const before = stored && fold(stored.state, stored.entries);
  const entry = found && !found.redacted ? asKnown(found) : null;
  if (!before || !found || !entry) return null;
  const state = evolve(before, found);
  const notice = noticeOf(entry, before, state);
  return notice && { notice, entry, state };
}

/** The notice of an entry with the states before and after it; null for one that does not go out. */
export function noticeOf(entry: KnownEntry, before: IncidentState, after: IncidentState): Notice | null {
  if (entry.type === 'update.sent') {
    return { ...head(entry, after), update: updateOf(entry.body, before), handoff: handoffBefore(before) };
  }
  if (entry.type !== 'handoff.accepted' && entry.type !== 'handoff.forced') return null;
  return { ...head(entry, after), update: null, handoff: { to: entry.body.to, at: entry.at } };
}

function head(entry: KnownEntry, state: IncidentState) {
  const { number, title, severity, status, drill, declaredAt, resolvedAt } = state;
  const { incidentId, seq, at, hash } = entry;
  return {
    ...{ number, title, drill, declaredAt, resolvedAt, at },
    thread: sha256(`thread ${incidentId}`).slice(0, 32),
    inside: { incidentId, severity, status, private: state.private, seq, hash },
  };
}

function updateOf(body: UpdateBody & { number: number }, before: IncidentState): NoticeUpdate {
  const { audiences: _, corrects, ...said } = body;
  if (corrects === undefined) return { ...said, corrects: null };
  const isLast = before.lastUpdate?.number === corrects;
  return { ...said, corrects: { number: corrects, at: isLast ? (before.lastUpdate?.at ?? null) : null } };
}

/** The change of command that no update told of yet. */
function handoffBefore({ epoch, commander, commanderSince, lastUpdate }: IncidentState): Notice['handoff'] {
  const isTold = lastUpdate !== null && lastUpdate.at >= commanderSince;
  return epoch === 1 || isTold ? null : { to: commander, at: commanderSince };
}

/** The words of an update for who reads this language: the translation, or else what was written. */
export function wordsFor(update: NoticeUpdate, locale: Locale): UpdateWords & { locale: Locale | null } {
  const translated = update.locale === locale ? undefined : update.translations?.[locale];
  if (translated) return { ...translated, locale };
  const { text, impact, known, ruledOut, doing } = update;
  const given = { impact, known, ruledOut, doing };
  const parts = Object.fromEntries(Object.entries(given).filter(([, words]) => words !== undefined));
  return { text, ...parts, locale: update.locale ?? null };
}
