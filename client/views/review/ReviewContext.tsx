import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { noReview } from '#shared/incident/reviewState.ts';
import type { ReviewState } from '#shared/incident/reviewState.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { entryWords } from '../replay/entryWords.ts';
import { useWordsOf } from './useWordsOf.ts';

/** The log as far as this page has read it. */
export interface ReviewLog {
  entries: readonly Entry[];
  /** Position of the head. */
  head: number;
  state: 'reading' | 'whole' | 'failed';
  again: () => void;
}

export const ReviewLogContext = createContext<ReviewLog | null>(null);

/** The log of the incident whose review is shown. */
export function useReviewLog(): ReviewLog {
  const log = use(ReviewLogContext);
  if (!log) throw new Error('a part of the review outside of it');
  return log;
}

/** What the log says of the review; empty while it says nothing. */
export function useReview(): ReviewState {
  return useIncident().review ?? noReview;
}

/** Reads the room's log back to its beginning. Hidden entries are marked as such, wherever they stand. */
export function useWholeLog(): ReviewLog {
  const { store } = useRoomHandle();
  const log = useRoom((snapshot) => snapshot.log);
  const [state, setState] = useState<ReviewLog['state']>('reading');
  const [tries, setTries] = useState(0);
  const isKnown = log.last > 0;
  useEffect(() => {
    if (!isKnown) return;
    let shown = true;
    store.loadBackTo(1).then(
      (found) => shown && setState(found ? 'whole' : 'failed'),
      () => shown && setState('failed'),
    );
    return () => {
      shown = false;
    };
  }, [store, isKnown, tries]);
  const again = useCallback(() => {
    setState('reading');
    setTries((count) => count + 1);
  }, []);
  const { version, last, redactions } = log;
  return useMemo(() => {
    // The window grows in place: `version` says that it did.
    void version;
    const entries = log.entries.map((entry) =>
      redactions.has(entry.seq) && !entry.redacted ? { ...entry, redacted: true as const } : entry,
    );
    return { entries, head: last, state, again };
  }, [log, version, last, redactions, state, again]);
}

/** Marks that keep names apart in lines of the log mean nothing in a document. */
const ISOLATES = /[\u2068\u2069\u2060]/g;
const MOST_CHARACTERS = 240;

/**
 * What an entry says in one sentence; what somebody wrote without who wrote it. `nameOf` says who people are, by name
 * where not given.
 */
export function useEntrySentence(nameOf?: (id: string | null) => string): (entry: Entry) => string {
  const { t } = useTranslation('review');
  const words = useWordsOf(nameOf);
  return useCallback(
    (entry) => {
      const { text } = entry.body;
      const own = typeof text === 'string' && !entry.redacted && !entry.withheld ? oneLine(text) : null;
      if (own !== null && entry.type === 'chat.posted') return `“${own}”`;
      if (own !== null && entry.type === 'fact.recorded') return own;
      if (own !== null && entry.type === 'record.imported') return t('draft.imported', { text: own });
      return oneLine(entryWords(entry, words));
    },
    [t, words],
  );
}

function oneLine(text: string): string {
  const line = text.replaceAll(ISOLATES, '').replaceAll(/\s+/g, ' ').trim();
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1).trimEnd()}…` : line;
}
