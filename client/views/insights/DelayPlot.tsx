import { useId } from 'react';
import type { ReactNode } from 'react';
import type { IncidentInsight, InsightDelay } from '#shared/review/insights.ts';
import { spreadOf } from '#shared/review/figures.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { Behind } from './Behind.tsx';
import { formatDuration } from './duration.ts';

/** Fewer values than this have no spread worth drawing. */
const FEW = 5;
/** Dots of one column, as a share of the width. */
const COLUMN = 3;
const [DOT, BASE, HEIGHT] = [4, 46, 56];

/** How long one thing took: the median, the middle half, and a dot for every incident; below, the incidents. */
export function DelayPlot(props: { delay: InsightDelay; rows: readonly IncidentInsight[] }): ReactNode {
  const { delay, rows } = props;
  const { t } = useTranslation('insights');
  const { locale } = useTimeStyle();
  const heading = useId();
  const shown = rows.flatMap((row) => {
    const value = row.delays[delay];
    return value === undefined ? [] : [{ row, value }];
  });
  const spread = spreadOf(shown.map(({ value }) => value));
  const words = (milliseconds: number): string => formatDuration(milliseconds, locale);
  const name = t(`delay.${delay}`);
  return (
    <section className="insight-card" aria-labelledby={heading}>
      <h3 id={heading}>{name}</h3>
      {spread ? (
        <>
          <p className="insight-figure tabular">{t('median', { value: words(spread.median) })}</p>
          <p className="muted meta tabular">
            {spread.count < FEW
              ? t('few')
              : t('middle', { lower: words(spread.lower), upper: words(spread.upper) })}
          </p>
          <Dots
            values={shown.map(({ value }) => value)}
            spread={spread}
            label={t('plot', {
              ...{ name, count: spread.count, median: words(spread.median) },
              ...{ least: words(spread.least), most: words(spread.most) },
            })}
          />
          <p className="insight-scale muted meta tabular" aria-hidden="true">
            <span>{words(0)}</span>
            <span>{words(spread.most)}</span>
          </p>
          <Behind
            rows={shown
              .toSorted((one, other) => other.value - one.value)
              .map(({ row, value }) => ({ incident: row, value: words(value) }))}
          />
        </>
      ) : (
        <>
          <p className="muted">{t('unknown')}</p>
          {delay === 'until_noticed' || delay === 'noticed_until_declared' ? (
            <p className="muted meta">{t(`unknownHint.${delay}`)}</p>
          ) : null}
        </>
      )}
    </section>
  );
}

function Dots(props: {
  values: readonly number[];
  spread: { median: number; lower: number; upper: number; most: number; count: number };
  label: string;
}): ReactNode {
  const { values, spread, label } = props;
  // A margin on both sides, so that no dot is cut.
  const place = (value: number): number => 2 + (spread.most === 0 ? 0 : (value / spread.most) * 96);
  const columns = new Map<number, number>();
  const dots = values.map((value, index) => {
    const column = Math.round(place(value) / COLUMN);
    const level = columns.get(column) ?? 0;
    columns.set(column, level + 1);
    const y = Math.max(DOT, BASE - DOT - 2 - level * DOT * 2);
    return <circle key={`${index}`} cx={`${place(value)}%`} cy={y} r={DOT} />;
  });
  return (
    // A drawing of many shapes cannot be an img element.
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
    <svg className="insight-dots" width="100%" height={HEIGHT} role="img" aria-label={label}>
      {spread.count < FEW ? null : (
        <rect
          className="insight-half"
          x={`${place(spread.lower)}%`}
          width={`${Math.max(0.5, place(spread.upper) - place(spread.lower))}%`}
          y={4}
          height={BASE - 4}
        />
      )}
      <line className="insight-axis" x1="0" x2="100%" y1={BASE} y2={BASE} />
      {dots}
      <line
        className="insight-median"
        x1={`${place(spread.median)}%`}
        x2={`${place(spread.median)}%`}
        y1={2}
        y2={BASE + 6}
      />
    </svg>
  );
}
