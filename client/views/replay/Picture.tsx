import { memo, useMemo } from 'react';
import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { formatElapsed } from '../../design/time.ts';
import { currentLocale, useTranslation } from '../../i18n/index.ts';
import type { Stretch, Timeline } from './timeline.ts';
import type { TimeScale } from './timeScale.ts';

/** Inner width of the drawing; it is stretched to the room there is. */
export const WIDTH = 1_000;
const LANES = ['severity', 'status', 'command', 'activity', 'updates'] as const;
const LANE_HEIGHT = 24;
const COLUMNS = 200;

interface PictureProps {
  timeline: Timeline;
  scale: TimeScale;
  /** Changes when the timeline has grown. */
  loaded: number;
}

/** The incident as lanes over time. Everything in it also stands in the table. */
export const Picture = memo(function Picture({ timeline, scale, loaded }: PictureProps): ReactNode {
  const { t } = useTranslation(['replay', 'common']);
  const nameOf = useNameOf();
  const drawn = useMemo(
    () => ({
      severities: timeline.severities(),
      statuses: timeline.statuses(),
      commanders: timeline.commanders(),
      offers: timeline.offers(),
      columns: activity(loaded, scale),
      updates: timeline.marks.filter(({ kind }) => kind === 'update'),
    }),
    [timeline, scale, loaded],
  );
  const x = (seq: number): number => scale.at(seq) * WIDTH;
  const wide = ({ from, until }: Stretch<unknown>): number => Math.max(2, x(until) - x(from));
  const label = (stretch: Stretch<unknown>, text: string): string => (wide(stretch) > 56 ? text : '');
  return (
    <div className="replay-lanes">
      <div className="replay-lane-names" aria-hidden="true">
        {LANES.map((lane) => (
          <span key={lane}>{t(`lane.${lane}`)}</span>
        ))}
      </div>
      <div className="replay-lane-picture">
        <svg
          viewBox={`0 0 ${WIDTH} ${LANES.length * LANE_HEIGHT}`}
          preserveAspectRatio="none"
          // A drawing of many shapes cannot be an img element.
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
          role="img"
          aria-label={t('picture')}
        >
          <defs>
            <pattern
              id="replay-hatch"
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="6" height="6" className="pattern-ground" />
              <path d="M0 0V6" className="pattern-line" strokeWidth="4" />
            </pattern>
            <pattern id="replay-dots" width="6" height="6" patternUnits="userSpaceOnUse">
              <rect width="6" height="6" className="pattern-ground" />
              <circle cx="3" cy="3" r="1.4" className="pattern-dot" />
            </pattern>
          </defs>
          {drawn.severities.map((stretch) => (
            <rect
              key={stretch.from}
              className={`lane-${stretch.value}`}
              x={x(stretch.from)}
              width={wide(stretch)}
              y={3}
              height={18}
            />
          ))}
          {drawn.statuses.map((stretch) => (
            <rect
              key={stretch.from}
              className="lane-status"
              x={x(stretch.from)}
              width={wide(stretch)}
              y={LANE_HEIGHT + 3}
              height={18}
            />
          ))}
          {drawn.commanders.map((stretch) => (
            <rect
              key={stretch.from}
              className="lane-command"
              x={x(stretch.from)}
              width={wide(stretch)}
              y={2 * LANE_HEIGHT + 3}
              height={18}
            />
          ))}
          {drawn.offers.map((stretch) => (
            <rect
              key={stretch.from}
              className="lane-offer"
              x={x(stretch.from)}
              width={wide(stretch)}
              y={2 * LANE_HEIGHT + 8}
              height={8}
            />
          ))}
          {drawn.columns.map((height, column) =>
            height === 0 ? null : (
              <rect
                key={column}
                className="lane-activity"
                x={(column * WIDTH) / COLUMNS}
                width={WIDTH / COLUMNS}
                y={4 * LANE_HEIGHT - 2 - height * 20}
                height={height * 20}
              />
            ),
          )}
          {drawn.updates.map(({ seq }) => (
            <rect
              key={seq}
              className="lane-update"
              x={x(seq) - 3}
              width={6}
              y={4 * LANE_HEIGHT + 6}
              height={12}
            />
          ))}
          {scale.breaks.map(({ after, position }) => (
            <path
              key={after}
              className="lane-break"
              d={`M${position * WIDTH} 0V${LANES.length * LANE_HEIGHT}`}
              vectorEffect="non-scaling-stroke"
            />
          ))}
        </svg>
        {/* Words are laid over the drawing, so that they are not stretched with it. */}
        <div className="replay-lane-words" aria-hidden="true">
          {drawn.severities.map((stretch) => (
            <Word
              key={`s${stretch.from}`}
              at={x(stretch.from)}
              width={wide(stretch)}
              lane={0}
              className={`lane-word-${stretch.value}`}
              text={stretch.value}
            />
          ))}
          {drawn.statuses.map((stretch) => (
            <Word
              key={`t${stretch.from}`}
              at={x(stretch.from)}
              width={wide(stretch)}
              lane={1}
              text={label(stretch, t(`common:status.${stretch.value}`))}
            />
          ))}
          {drawn.commanders.map((stretch) => (
            <Word
              key={`c${stretch.from}`}
              at={x(stretch.from)}
              width={wide(stretch)}
              lane={2}
              className="lane-word-command"
              text={label(stretch, nameOf(stretch.value))}
            />
          ))}
          {scale.breaks.map(({ after, position, milliseconds }) => (
            <span
              key={after}
              className="lane-break-word"
              style={{ left: `${position * 100}%` }}
              title={t('silence', { time: formatElapsed(milliseconds, currentLocale()) })}
            />
          ))}
        </div>
      </div>
    </div>
  );
});

interface WordProps {
  at: number;
  width: number;
  lane: number;
  text: string;
  className?: string;
}

function Word({ at, width, lane, text, className = '' }: WordProps): ReactNode {
  if (text === '') return null;
  return (
    <span
      className={`lane-word ${className}`}
      style={{
        left: `${(at / WIDTH) * 100}%`,
        width: `${(width / WIDTH) * 100}%`,
        top: lane * LANE_HEIGHT + 3,
      }}
    >
      {text}
    </span>
  );
}

/** How busy each column of the picture was, 0 to 1. */
function activity(entries: number, scale: TimeScale): number[] {
  const counts = Array.from({ length: COLUMNS }, () => 0);
  for (let seq = 1; seq <= entries; seq += 1) {
    const column = Math.min(COLUMNS - 1, Math.floor(scale.at(seq) * COLUMNS));
    counts[column] = (counts[column] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  return counts.map((count) => count / most);
}
