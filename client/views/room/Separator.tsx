import { useRef } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';

export const LOG_WIDTH = { least: 360, usual: 420, most: 560 } as const;
const STEP = 16;

function within(width: number): number {
  return Math.min(LOG_WIDTH.most, Math.max(LOG_WIDTH.least, Math.round(width)));
}

interface SeparatorProps {
  width: number;
  onWidth: (width: number) => void;
}

/** The edge between document and log: dragged, or moved by arrows in steps of 16 pixels. */
export function Separator({ width, onWidth }: SeparatorProps): ReactNode {
  const { t } = useTranslation('room');
  const from = useRef<{ x: number; width: number } | null>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowLeft' ? STEP : event.key === 'ArrowRight' ? -STEP : 0;
    const end = event.key === 'Home' ? LOG_WIDTH.least : event.key === 'End' ? LOG_WIDTH.most : null;
    if (step === 0 && end === null) return;
    event.preventDefault();
    onWidth(end ?? within(width + step));
  };
  const onPointerDown = (event: PointerEvent): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width };
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (from.current) onWidth(within(from.current.width + from.current.x - event.clientX));
  };
  const onPointerUp = (): void => {
    from.current = null;
  };
  return (
    // A separator that can be moved is a control with a value, which no element of HTML is.
    <div
      className="separator"
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="separator"
      aria-orientation="vertical"
      aria-label={t('separator')}
      aria-valuemin={LOG_WIDTH.least}
      aria-valuemax={LOG_WIDTH.most}
      aria-valuenow={width}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
    />
  );
}
