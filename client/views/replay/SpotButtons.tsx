import { useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatClock } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import type { Spot } from './lanes.ts';
import type { Timeline } from './timeline.ts';
import { useSpotWords } from './useSpotWords.ts';

interface SpotButtonsProps {
  timeline: Timeline;
  spots: readonly Spot[];
  /** Where the lane begins, in CSS pixels. */
  left: number;
  top: number;
  choose: (spot: Spot) => void;
}

/** The key moments of the picture: one stop for Tab, arrows from one to the next, the same card on focus and on hover. */
export function SpotButtons({ timeline, spots, left, top, choose }: SpotButtonsProps): ReactNode {
  const { t } = useTranslation('replay');
  const style = useTimeStyle();
  const wordsOf = useSpotWords(timeline);
  const [current, setCurrent] = useState(0);
  const [carded, setCarded] = useState<string | null>(null);
  const stop = Math.min(current, spots.length - 1);

  function onKey(event: KeyboardEvent<HTMLDivElement>): void {
    const to = { ArrowRight: stop + 1, ArrowLeft: stop - 1, Home: 0, End: spots.length - 1 }[event.key];
    if (to === undefined || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(spots.length - 1, to));
    setCurrent(next);
    event.currentTarget.querySelectorAll('button')[next]?.focus();
  }

  const card = spots.find(({ key }) => key === carded);
  return (
    // The stop for Tab is the one of its buttons that was used last.
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus
    <div
      className="replay-spots"
      role="toolbar"
      aria-label={t('spots')}
      style={{ left, top }}
      onKeyDown={onKey}
    >
      {spots.map((spot, index) => (
        <button
          key={spot.key}
          type="button"
          className="replay-spot"
          data-spot={spot.key}
          tabIndex={index === stop ? 0 : -1}
          style={{ left: `${spot.at * 100}%` }}
          aria-label={`${formatClock(spot.time, style)} ${wordsOf(spot)}`}
          onFocus={() => {
            setCurrent(index);
            setCarded(spot.key);
          }}
          onBlur={() => setCarded(null)}
          onPointerEnter={() => setCarded(spot.key)}
          onPointerLeave={() => setCarded(null)}
          onClick={() => choose(spot)}
        />
      ))}
      {card ? (
        <p
          className="replay-card"
          aria-hidden="true"
          data-side={card.at > 0.5 ? 'left' : 'right'}
          style={card.at > 0.5 ? { right: `${(1 - card.at) * 100}%` } : { left: `${card.at * 100}%` }}
        >
          <strong className="tabular">{formatClock(card.time, style)}</strong> {wordsOf(card)}
        </p>
      ) : null}
    </div>
  );
}
