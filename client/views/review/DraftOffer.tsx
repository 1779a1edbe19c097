import { Button } from '@mantine/core';
import { useCallback, useEffect, useMemo, useReducer } from 'react';
import type { ReactNode } from 'react';
import type * as Y from 'yjs';
import { draftReview } from '#shared/review/draft.ts';
import type { DraftWords } from '#shared/review/draft.ts';
import { isUnwritten, writeDraft } from '#shared/review/draftDocument.ts';
import { announce } from '../../app/announce.ts';
import { useNameOf } from '../../app/people.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatElapsed, formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident } from '../../room/RoomContext.tsx';
import { useEntrySentence, useReview, useReviewLog } from './ReviewContext.tsx';
import { useRoleNames } from './useRoleNames.ts';

/** The words of a draft in the reader's language. */
export function useDraftWords(): DraftWords {
  const { t } = useTranslation('review');
  const style = useTimeStyle();
  const nameOf = useNameOf();
  const call = useRoleNames();
  const sentence = useEntrySentence(
    // A review tells what people were in the incident, not who they are.
    useCallback((id) => (id === 'system' ? nameOf(id) : call(nameOf(id))), [nameOf, call]),
  );
  return useMemo(
    () => ({
      heading: (section) => t(`draft.heading.${section}`),
      prompt: (section) => t(`draft.prompt.${section}`),
      sentence,
      clock: (at) => formatTime(at, style),
      delay: (delay) => t(`delay.${delay}`),
      duration: (milliseconds) => formatElapsed(milliseconds, style.locale),
      effect: (from, to, lasted) => t('draft.effect', { from, to, lasted }),
      effectUnknown: (noticed) => t('draft.effectUnknown', { noticed }),
      handoffs: (count) => t('draft.handoffs', { count }),
      updates: (count) => t('draft.updates', { count }),
    }),
    [t, style, sentence],
  );
}

/** Offers a draft from the log while nobody has written anything. */
export function DraftOffer({ content }: { content: Y.XmlFragment }): ReactNode {
  const { t } = useTranslation('review');
  const { title } = useIncident();
  const { entries, state } = useReviewLog();
  const review = useReview();
  const words = useDraftWords();
  const isEmpty = useIsUnwritten(content);
  if (!isEmpty) return null;
  const waits = state === 'reading';
  return (
    <section className="review-offer">
      <p>{t('doc.draftWhat')}</p>
      <Button
        aria-disabled={waits}
        onClick={() => {
          if (waits) return announce('polite', t('doc.draftWaits'));
          writeDraft(content, draftReview({ title, entries, review }, words));
          announce('polite', t('doc.drafted'));
        }}
      >
        {t('doc.draft')}
      </Button>
    </section>
  );
}

function useIsUnwritten(content: Y.XmlFragment): boolean {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    content.observeDeep(redraw);
    return () => content.unobserveDeep(redraw);
  }, [content]);
  return isUnwritten(content);
}
