import type { ReactNode, Ref } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatClock, formatDate, formatElapsed, formatElapsedClock } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { COLUMNS } from './lanes.ts';
import type { Lanes, Span, Spot } from './lanes.ts';
import { laneRows, LANE_HEIGHT } from './laneRows.ts';
import type { LaneName, LaneRows } from './laneRows.ts';

interface LanesSvgProps {
  ref?: Ref<SVGSVGElement>;
  lanes: Lanes;
  /** CSS pixels. */
  width: number;
  /** A heading and the times below, for a picture that stands alone; `timeAt` of the scale. */
  alone?: { title: string; timeAt: (position: number) => number };
}

const HEADING = 32;
const AXIS = 24;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;

/** The lanes as a drawing at its true size. Everything in it also stands in the table. */
export function LanesSvg({ ref, lanes, width, alone }: LanesSvgProps): ReactNode {
  const { t } = useTranslation(['replay', 'common']);
  const nameOf = useNameOf();
  const style = useTimeStyle();
  const rows = laneRows(width);
  const inner = Math.max(1, width - rows.gutter);
  const height = rows.names.length * LANE_HEIGHT;
  const x = (position: number): number => rows.gutter + position * inner;
  const draw: Drawing = { rows, x };
  const clock = (milliseconds: number): string => formatElapsedClock(milliseconds, true);
  const top = alone ? HEADING : 0;
  return (
    <svg
      ref={ref}
      className="replay-svg"
      width={width}
      height={height + (alone ? HEADING + AXIS : 0)}
      viewBox={`0 ${-top} ${width} ${height + (alone ? HEADING + AXIS : 0)}`}
      // A drawing of many shapes cannot be an img element.
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="img"
      aria-label={t('picture')}
    >
      <Patterns />
      {rows.names.map((name, row) => (
        <text key={name} className="lane-name" x={0} y={row * LANE_HEIGHT + 15}>
          {t(`lane.${name}`)}
        </text>
      ))}
      {lanes.severities.map((span) => (
        <Bar key={span.key} draw={draw} lane="severity" span={span} className={`lane-${span.value}`}>
          <Label text={span.value} className={`lane-word-${span.value}`} />
        </Bar>
      ))}
      {lanes.statuses.map((span) => (
        <Bar key={span.key} draw={draw} lane="status" span={span} className="lane-status">
          <Label text={t(`common:status.${span.value}`)} />
        </Bar>
      ))}
      {lanes.commanders.map((span) => (
        <Bar key={span.key} draw={draw} lane="command" span={span} className="lane-command">
          <Label text={nameOf(span.value)} className="lane-word-command" />
        </Bar>
      ))}
      {lanes.waits.map((span) => (
        <Bar key={span.key} draw={draw} lane="command" span={span} className="lane-offer" inset={6}>
          <Label text={clock(span.milliseconds)} className="lane-word-offer" short />
        </Bar>
      ))}
      <Activity draw={draw} columns={lanes.chat} className="lane-activity" half="upper" />
      <Activity draw={draw} columns={lanes.document} className="lane-document" half="lower" />
      {lanes.deploys.map((span, index) => (
        <Deploy key={span.key} draw={draw} span={span} next={lanes.deploys[index + 1]} />
      ))}
      {lanes.alerts.map((span) => (
        <Bar key={span.key} draw={draw} lane="changes" span={span} className="lane-alert" inset={8} />
      ))}
      {lanes.promises.map(({ key, due, kept, late }) => (
        <Promise key={key} draw={draw} due={due} kept={kept} late={late > 0 ? `+${clock(late)}` : null} />
      ))}
      {lanes.updates.map(({ key, at }) => (
        <circle key={key} className="lane-update" cx={x(at)} cy={middle(rows, 'updates')} r={5} />
      ))}
      {lanes.spots.map((spot) => (
        <SpotShape key={spot.key} spot={spot} x={x(spot.at)} y={middle(rows, 'moments')} />
      ))}
      {lanes.breaks.map(({ after, position }) => (
        <path key={after} className="lane-break" d={`M${x(position)} 0V${height}`} />
      ))}
      {lanes.breaks.map(({ after, position, milliseconds }) => (
        <path key={after} className="lane-break-edge" d={`M${x(position)} 0V${height}`}>
          <title>{t('silence', { time: formatElapsed(milliseconds, style.locale) })}</title>
        </path>
      ))}
      {alone ? (
        <>
          <text className="lane-title" x={0} y={-12}>
            {alone.title} · {formatDate(alone.timeAt(0), style)}
          </text>
          {TICKS.map((tick) => (
            <text
              key={tick}
              className="lane-name"
              x={x(tick)}
              y={height + 16}
              textAnchor={tick === 0 ? 'start' : tick === 1 ? 'end' : 'middle'}
            >
              {formatClock(alone.timeAt(tick), style)}
            </text>
          ))}
        </>
      ) : null}
    </svg>
  );
}

interface Drawing {
  rows: LaneRows;
  x: (position: number) => number;
}

function middle(rows: LaneRows, lane: LaneName): number {
  return (rows.rowOf(lane) ?? 0) * LANE_HEIGHT + LANE_HEIGHT / 2;
}

interface BarProps {
  draw: Drawing;
  lane: LaneName;
  span: Pick<Span<unknown>, 'from' | 'until'>;
  className: string;
  /** How much lower than its lane it is, above and below. */
  inset?: number;
  children?: ReactNode;
}

/** A stretch; what is written on it is cut at its end. */
function Bar({ draw, lane, span, className, inset = 0, children }: BarProps): ReactNode {
  const row = draw.rows.rowOf(lane);
  if (row === null) return null;
  const x = draw.x(span.from);
  const width = Math.max(2, draw.x(span.until) - x);
  const height = LANE_HEIGHT - 4;
  return (
    <>
      <rect
        className={className}
        x={x}
        y={row * LANE_HEIGHT + 2 + inset}
        width={width}
        height={height - 2 * inset}
      />
      {width > 24 ? (
        <svg x={x} y={row * LANE_HEIGHT + 2} width={width} height={height}>
          {children}
        </svg>
      ) : null}
    </>
  );
}

function Label({
  text,
  className = '',
  short = false,
}: {
  text: string;
  className?: string;
  short?: boolean;
}): ReactNode {
  return (
    <text className={`lane-label ${className}`} x={short ? 2 : 5} y={14}>
      {text}
    </text>
  );
}

interface ActivityProps {
  draw: Drawing;
  columns: readonly number[];
  className: string;
  half: 'upper' | 'lower';
}

/** Talk stands on the middle of the lane, the document hangs below it. */
function Activity({ draw, columns, className, half }: ActivityProps): ReactNode {
  const row = draw.rows.rowOf('activity');
  if (row === null) return null;
  const axis = row * LANE_HEIGHT + LANE_HEIGHT / 2;
  const wide = (draw.x(1) - draw.x(0)) / COLUMNS;
  return columns.map((share, column) => {
    if (share === 0) return null;
    const height = 1.5 + share * (LANE_HEIGHT / 2 - 3);
    return (
      <rect
        key={column}
        className={className}
        x={draw.x(column / COLUMNS)}
        y={half === 'upper' ? axis - height : axis}
        width={wide}
        height={height}
      />
    );
  });
}

/** A version from its deploy on; what is written stops where the next deploy begins. */
function Deploy({
  draw,
  span,
  next,
}: {
  draw: Drawing;
  span: Lanes['deploys'][number];
  next: Lanes['deploys'][number] | undefined;
}): ReactNode {
  const row = draw.rows.rowOf('changes');
  if (row === null) return null;
  const [x, end] = [draw.x(span.from), draw.x(next ? Math.max(next.from, span.from) : span.until)];
  const y = row * LANE_HEIGHT;
  return (
    <>
      <path className="lane-deploy-line" d={`M${x} ${y + LANE_HEIGHT - 3}H${draw.x(span.until)}`} />
      <path className="lane-deploy" d={`M${x} ${y + 3}l5 8h-10z`} />
      {end - x > 30 ? (
        <svg x={x + 6} y={y} width={end - x - 8} height={LANE_HEIGHT}>
          <text className="lane-label" x={0} y={14}>
            {span.value.service} {span.value.title}
          </text>
        </svg>
      ) : null}
    </>
  );
}

function Promise({
  draw,
  due,
  kept,
  late,
}: {
  draw: Drawing;
  due: number;
  kept: number | null;
  late: string | null;
}): ReactNode {
  const y = middle(draw.rows, 'updates');
  const [x, end] = [draw.x(due), draw.x(kept ?? due)];
  return (
    <>
      {late === null ? null : <path className="lane-late" d={`M${x} ${y}H${Math.max(end, x + 2)}`} />}
      <path className="lane-due" d={`M${x} ${y - 7}v14`} />
      {late !== null && end - x > 46 ? (
        <text className="lane-label lane-word-late" x={(x + end) / 2} y={y - 3} textAnchor="middle">
          {late}
        </text>
      ) : null}
    </>
  );
}

const SPOT_PATHS: Readonly<Record<string, string>> = {
  command: 'M0-7L7 0L0 7L-7 0z',
  offer: 'M0-6L6 0L0 6L-6 0z',
  severity: 'M0-6L6 5H-6z',
  status: 'M-5-5H5V5H-5z',
  update: 'M-6-4H6V4H0L-4 8V4H-6z',
  late: 'M0-7A7 7 0 1 0 .01-7M0-4V1H4',
  pin: 'M-4-6H4V0H6V2H1V7H-1V2H-6V0H-4z',
  record: 'M-5-6H2L5-3V6H-5z',
  fact: 'M-5-6H2L5-3V6H-5z',
  deploy: 'M0-7L5 1H2V6H-2V1H-5z',
  alert: 'M0-7L7 6H-7z',
};

function SpotShape({ spot, x, y }: { spot: Spot; x: number; y: number }): ReactNode {
  const kind = spot.what === 'entry' ? spot.mark.kind : spot.event.kind;
  return (
    <path
      className={`lane-spot lane-spot-${kind}`}
      data-spot={spot.key}
      transform={`translate(${x} ${y})`}
      d={SPOT_PATHS[kind] ?? ''}
    />
  );
}

/** The severities by pattern as well as by tint, for whom colours do not tell apart. */
function Patterns(): ReactNode {
  return (
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
  );
}
