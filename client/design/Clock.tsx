import { useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { currentLocale, useTranslation } from '../i18n/index.ts';
import { formatClock, formatElapsed, formatElapsedClock, formatFull, formatTime, formatUtc } from './time.ts';
import type { Moment, TimeStyle } from './time.ts';

function everySecond(changed: () => void): () => void {
  const timer = window.setInterval(changed, 1_000);
  return () => window.clearInterval(timer);
}

/** Milliseconds since 1970, to the full second, ticking while shown. */
export function useNow(): number {
  return useSyncExternalStore(everySecond, () => Math.floor(Date.now() / 1_000) * 1_000);
}

/** The reader's language and zone for the time formats; follows a change of language. */
export function useTimeStyle(): TimeStyle {
  useTranslation('common');
  return { locale: currentLocale() };
}

/** A moment as `12:06`, in full with UTC on hover and for screen readers on focus of what is around it. */
export function TimeOf({ at, seconds = false }: { at: Moment; seconds?: boolean }): ReactNode {
  const style = useTimeStyle();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatFull(at, style)}>
      {seconds ? formatClock(at, style) : formatTime(at, style)}
    </time>
  );
}

/** The present time with UTC beside it; only the text ticks. */
export function Clock({ utc = true }: { utc?: boolean }): ReactNode {
  const now = useNow();
  const style = useTimeStyle();
  return (
    <span className="tabular">
      {formatClock(now, style)}
      {utc ? <span className="muted"> ({formatUtc(now)})</span> : null}
    </span>
  );
}

/** Time since a moment, as a clock (`01:24:10`) or in words (`1 h 24 min`). */
export function Elapsed({ since, words = false }: { since: Moment; words?: boolean }): ReactNode {
  const now = useNow();
  const { locale } = useTimeStyle();
  const passed = now - new Date(since).getTime();
  return (
    <span className="tabular">{words ? formatElapsed(passed, locale) : formatElapsedClock(passed)}</span>
  );
}
