import { asKnown } from '#shared/contract/entries.ts';
import type { Entry, EntryType } from '#shared/contract/entries.ts';
import type { ServiceImpact, UpdateBody } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { Store } from '../rooms/ports.ts';
import { wordsFor } from './notice.ts';
import { addAnswer, addQuestion, eraseQuestion, questionsFor } from './publishedQuestions.ts';
import type { Asked, PublishedQuestion } from './publishedQuestions.ts';
import type { Settings } from './settings.ts';

/** An update as it went out to stakeholders, in one language. */
export interface PublishedUpdate {
  number: number;
  at: string;
  /** The state in the words of the update. */
  state: string;
  /** Null once it was redacted; so are the parts below. */
  text: string | null;
  impact: string | null;
  known: string | null;
  ruledOut: string | null;
  doing: string | null;
  /** The language of these words, where the writer said. */
  locale: Locale | null;
  nextUpdateAt: string | null;
  nothingNew: boolean;
  /** The number of the update that this one corrects. */
  corrects: number | null;
  /** The newest update that corrects this one. */
  correctedBy: number | null;
}

/** A service that the incident hits, or hit. */
export interface PublishedService {
  name: string;
  impact: ServiceImpact;
  since: string;
}

/** What stakeholders may read of an incident, and nothing else. */
export interface StakeholderView {
  title: string;
  /** The state as last published; null while nothing was. */
  state: string | null;
  /** Newest first. */
  updates: PublishedUpdate[];
  services: PublishedService[];
  /** Those of this reader, and those answered to all; newest first. */
  questions: PublishedQuestion[];
  since: string;
  nextUpdateAt: string | null;
  /** True when the promised time of the next update has passed without one. */
  overdue: boolean;
  resolvedAt: string | null;
}

/** Who reads. */
export interface Reader {
  /** Null: each update in the language it was written in. */
  locale: Locale | null;
  /** Who asks questions, where that is known. */
  asker: string | null;
  /** Only updates that went to one of these; null: all of them. */
  audiences: ReadonlySet<string> | null;
}

/** An update in the log, with what became of it. */
export interface CollectedUpdate extends UpdateBody {
  number: number;
  seq: number;
  at: string;
  redacted: boolean;
}

/** What went outside of one incident, in the order of the log. */
export interface Collected {
  updates: CollectedUpdate[];
  services: { at: string; service: string; impact: ServiceImpact }[];
  questions: Asked[];
  /** Last entry that was looked at. */
  seq: number;
}

/** Reads what was published. */
export interface PublishedUpdates {
  view(state: IncidentState, reader: Reader): Promise<StakeholderView>;
  /** What went outside up to an entry at least. */
  collect(incidentId: string, upTo: number): Promise<Collected>;
}

const COLLECTED: readonly EntryType[] = [
  'update.sent',
  'service.set',
  'question.asked',
  'question.answered',
  'entry.redacted',
];
/** Incidents whose updates are kept in memory; the one asked for longest ago goes first. */
const REMEMBERED = 200;

/** Collects the updates of an incident once, then only what is new. `now` in milliseconds. */
export function createPublishedUpdates(parts: {
  store: Pick<Store, 'readEntriesOf'>;
  settings: Pick<Settings, 'get'>;
  now: () => number;
}): PublishedUpdates {
  const incidents = new Map<string, Promise<Collected>>();

  async function collect(
    incidentId: string,
    upTo: number,
    before: Promise<Collected> | undefined,
  ): Promise<Collected> {
    const collected = (await before) ?? { updates: [], services: [], questions: [], seq: 0 };
    if (collected.seq >= upTo) return collected;
    const entries = await parts.store.readEntriesOf(incidentId, COLLECTED, collected.seq);
    for (const entry of entries) include(collected, entry);
    collected.seq = Math.max(upTo, entries.at(-1)?.seq ?? 0);
    return collected;
  }

  /** One after another for each incident, so that two readers never collect the same entries into one list twice. */
  function collected(incidentId: string, upTo: number): Promise<Collected> {
    const next = collect(incidentId, upTo, incidents.get(incidentId));
    incidents.delete(incidentId);
    incidents.set(incidentId, next);
    next.catch(() => incidents.delete(incidentId));
    const oldest = incidents.keys().next();
    if (incidents.size > REMEMBERED && !oldest.done) incidents.delete(oldest.value);
    return next;
  }

  function serviceName(service: string, locale: Locale | null): string {
    return parts.settings.get('service', service)?.body.name[locale ?? 'en'] ?? service;
  }

  return {
    collect: collected,
    async view(state, { locale, asker, audiences }) {
      const isSilent = state.updateCount === 0 && state.questions === undefined;
      const found = isSilent ? null : await collected(state.id, state.seq);
      const updates = publishedOf(found?.updates ?? [], locale, audiences).toReversed();
      const { resolvedAt, nextUpdateAt } = state;
      const isOver = resolvedAt !== null;
      return {
        title: state.title,
        state: updates[0]?.state ?? null,
        updates,
        services: (state.services ?? []).map(({ service, impact, since }) => ({
          ...{ name: serviceName(service, locale), impact, since },
        })),
        questions: questionsFor(found?.questions ?? [], asker),
        since: state.declaredAt,
        nextUpdateAt: isOver ? null : nextUpdateAt,
        overdue: !isOver && nextUpdateAt !== null && Date.parse(nextUpdateAt) <= parts.now(),
        resolvedAt,
      };
    },
  };
}

/** Updates as a reader of a language gets them, oldest first; with audiences only those that went to one of them. */
export function publishedOf(
  collected: readonly CollectedUpdate[],
  locale: Locale | null,
  audiences: ReadonlySet<string> | null,
): PublishedUpdate[] {
  const own = collected.filter(
    (update) => audiences === null || update.audiences?.some((audience) => audiences.has(audience)),
  );
  const correctedBy = new Map(own.map(({ number, corrects }) => [corrects, number]));
  return own.map((update) => published(update, locale, correctedBy.get(update.number) ?? null));
}

function published(
  update: CollectedUpdate,
  locale: Locale | null,
  correctedBy: number | null,
): PublishedUpdate {
  const { number, at, state, nextUpdateAt, nothingNew, corrects, redacted } = update;
  const { audiences: _, ...rest } = update;
  const said = wordsFor({ ...rest, corrects: null }, locale ?? update.locale ?? 'en');
  return {
    ...{ number, at, state, correctedBy },
    text: redacted ? null : said.text,
    impact: said.impact ?? null,
    known: said.known ?? null,
    ruledOut: said.ruledOut ?? null,
    doing: said.doing ?? null,
    locale: said.locale,
    nextUpdateAt: nextUpdateAt ?? null,
    nothingNew: nothingNew === true && !redacted,
    corrects: corrects ?? null,
  };
}

function include(collected: Collected, entry: Entry): void {
  const known = asKnown(entry);
  if (!known) return;
  const { seq, at } = known;
  const redacted = entry.redacted === true;
  if (known.type === 'update.sent') {
    collected.updates.push(withWords({ ...known.body, seq, at, redacted }));
  } else if (known.type === 'service.set') {
    collected.services.push({ at, service: known.body.service, impact: known.body.impact });
  } else if (known.type === 'question.asked') {
    addQuestion(collected.questions, known, redacted);
  } else if (known.type === 'question.answered') {
    addAnswer(collected.questions, known, redacted);
  } else if (known.type === 'entry.redacted') {
    collected.updates = collected.updates.map((update) =>
      update.seq === known.body.seq ? withWords({ ...update, redacted: true }) : update,
    );
    eraseQuestion(collected.questions, known.body.seq);
  }
}

/** Without the words of one that was redacted, wherever they were read before. */
function withWords(update: CollectedUpdate): CollectedUpdate {
  if (!update.redacted) return update;
  const {
    impact: _,
    known: _known,
    ruledOut: _ruledOut,
    doing: _doing,
    translations: _words,
    ...rest
  } = update;
  return { ...rest, text: '' };
}
