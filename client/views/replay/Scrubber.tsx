import { useRef } from 'react';
import type { PointerEvent, ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import type { Position } from './position.ts';
import type { TimeScale } from './timeScale.ts';

interface ScrubberProps {
  scale: TimeScale;
  position: Position;
  /** Places there are in all. */
  total: number;
  isLoading: boolean;
  /** The moment in words, for screen readers. */
  words: string;
  goTo: (place: number) => void;
  moveToTime: (time: number) => void;
  /** A second moment that is shown beside this one. */
  beside: Position | null;
}

/** A pointer this near to an entry means it. CSS pixels. */
const NEAR = 6;

/** The bar over the log: drag or click to a moment; the keys of the replay move it by entries. */
export function Scrubber(props: ScrubberProps): ReactNode {
  const { scale, position, total, isLoading, words, goTo, moveToTime, beside } = props;
  const { t } = useTranslation('replay');
  const bar = useRef<HTMLDivElement>(null);

  function follow(event: PointerEvent): void {
    const rect = bar.current?.getBoundingClientRect();
    if (!rect || rect.width === 0) return;
    const share = Math.min(1, Math.max(0, (event.clientX - rect.left) / rect.width));
    const place = scale.nearest(share);
    // Near an entry it is that entry; between entries the document has moments of its own.
    if (Math.abs(scale.at(place) - share) * rect.width <= NEAR) goTo(place);
    else moveToTime(scale.timeAt(share));
  }

  const spot = (at: Position): number =>
    Math.min(scale.at(at.place + 1), Math.max(scale.at(at.place), scale.of(at.time)));

  return (
    <div
      ref={bar}
      className="replay-scrubber"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.querySelector<HTMLElement>('[role=slider]')?.focus();
        follow(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event);
      }}
    >
      <div className="replay-rail" />
      {beside ? <div className="replay-beside" style={{ left: `${spot(beside) * 100}%` }} /> : null}
      <div
        // A range input could not follow the picture, whose time has cuts in it.
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
        role="slider"
        tabIndex={0}
        className="replay-thumb"
        style={{ left: `${spot(position) * 100}%` }}
        aria-label={t('slider')}
        aria-valuemin={1}
        aria-valuemax={Math.max(1, total)}
        aria-valuenow={position.place}
        aria-valuetext={words}
        aria-busy={isLoading}
      />
    </div>
  );
}
