import type { ReactNode } from 'react';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import type { Spot } from './lanes.ts';
import type { Timeline } from './timeline.ts';
import { useSpotWords } from './useSpotWords.ts';

interface MarksTableProps {
  timeline: Timeline;
  spots: readonly Spot[];
  /** The moment shown, in milliseconds since 1970. */
  now: number;
  choose: (spot: Spot) => void;
}

/** The key moments of the picture as a table: the same marks, one row each. */
export function MarksTable({ timeline, spots, now, choose }: MarksTableProps): ReactNode {
  const { t } = useTranslation('replay');
  const wordsOf = useSpotWords(timeline);
  return (
    // Focusable, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="replay-marks" tabIndex={0} aria-label={t('table.caption')}>
      <table>
        <caption className="visually-hidden">{t('table.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('table.time')}</th>
            <th scope="col">{t('table.entry')}</th>
            <th scope="col">{t('table.what')}</th>
          </tr>
        </thead>
        <tbody>
          {spots.map((spot) => (
            <tr key={spot.key} data-past={spot.time <= now}>
              <td>
                <TimeOf at={spot.time} seconds />
              </td>
              <td>
                <button
                  type="button"
                  className="replay-seq"
                  onClick={() => choose(spot)}
                  {...(spot.what === 'entry' ? { 'aria-label': t('goTo', { seq: spot.mark.seq }) } : {})}
                >
                  {spot.what === 'entry' ? `#${spot.mark.seq}` : t('goThere')}
                </button>
              </td>
              <td>{wordsOf(spot)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {spots.length === 0 ? <p className="muted">{t('table.empty')}</p> : null}
    </section>
  );
}
