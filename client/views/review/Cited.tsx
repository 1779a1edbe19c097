import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { happenedAt } from '#shared/review/delays.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident } from '../../room/RoomContext.tsx';
import { useEntrySentence, useReview, useReviewLog } from './ReviewContext.tsx';
import { reviewAddress } from './ReviewTabs.tsx';

/** An entry that shows something: its number leads to the replay at its moment, its words stand beside it. */
export function Cited({ seq, onRemove }: { seq: number; onRemove?: () => void }): ReactNode {
  const { t } = useTranslation('review');
  const { number } = useIncident();
  const { signedOffAt } = useReview();
  const { entries } = useReviewLog();
  const sentence = useEntrySentence();
  const style = useTimeStyle();
  // The window has no gap.
  const entry = entries[seq - (entries[0]?.seq ?? 1)];
  return (
    <span className="cited">
      <Link className="cite" href={`${reviewAddress(number)}?at=${seq}`}>
        #{seq}
      </Link>
      {entry ? (
        <span className="cited-words">
          <span className="tabular">{formatTime(happenedAt(entry), style)}</span> {sentence(entry)}
        </span>
      ) : null}
      {onRemove && signedOffAt === null ? (
        <button
          type="button"
          className="cited-remove"
          aria-label={t('why.uncite', { seq })}
          title={t('why.uncite', { seq })}
          onClick={onRemove}
        >
          ×
        </button>
      ) : null}
    </span>
  );
}
