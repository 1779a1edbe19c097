import { useRef } from 'react';
import type { PointerEvent, ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import type { TimeScale } from './timeScale.ts';

interface ScrubberProps {
  scale: TimeScale;
  at: number;
  total: number;
  loaded: number;
  /** The moment in words, for screen readers. */
  words: string;
  moveTo: (seq: number) => void;
}

/** The bar over the log: drag or click to a moment; the keys of the replay move it by entries. */
export function Scrubber({ scale, at, total, loaded, words, moveTo }: ScrubberProps): ReactNode {
  const { t } = useTranslation('replay');
  const bar = useRef<HTMLDivElement>(null);

  function follow(event: PointerEvent): void {
    const rect = bar.current?.getBoundingClientRect();
    if (!rect || rect.width === 0) return;
    moveTo(scale.nearest(Math.min(1, Math.max(0, (event.clientX - rect.left) / rect.width))));
  }

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
      <div
        // A range input could not follow the picture, whose time has cuts in it.
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
        role="slider"
        tabIndex={0}
        className="replay-thumb"
        style={{ left: `${scale.at(at) * 100}%` }}
        aria-label={t('slider')}
        aria-valuemin={1}
        aria-valuemax={Math.max(1, total)}
        aria-valuenow={Math.max(1, at)}
        aria-valuetext={words}
        aria-busy={loaded < total}
      />
    </div>
  );
}
