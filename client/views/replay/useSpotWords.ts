import { useTranslation } from '../../i18n/index.ts';
import { entryWords } from './entryWords.ts';
import type { Spot } from './lanes.ts';
import type { OutsideEvent } from './outside.ts';
import type { Timeline } from './timeline.ts';
import { useWordsAt } from './useWordsAround.ts';

/** What a key moment says, in one sentence. */
export function useSpotWords(timeline: Timeline): (spot: Spot) => string {
  const wordsAt = useWordsAt(timeline);
  const eventWords = useEventWords();
  return (spot) => {
    if (spot.what === 'outside') return eventWords(spot.event);
    const entry = timeline.entry(spot.mark.seq);
    return entry ? entryWords(entry, wordsAt(entry.seq)) : '';
  };
}

/** What a machine said, in one sentence. */
export function useEventWords(): (event: OutsideEvent) => string {
  const { t } = useTranslation('replay');
  return ({ kind, service, title }) =>
    kind === 'deploy' ? t('deployed', { service, version: title }) : t('alerted', { service, text: title });
}
