import { memo, useLayoutEffect, useRef, useState } from 'react';
import type { CSSProperties, ReactNode } from 'react';
import { laneRows, LANE_HEIGHT } from './laneRows.ts';
import type { Lanes, Spot } from './lanes.ts';
import { LanesSvg } from './LanesSvg.tsx';
import { SpotButtons } from './SpotButtons.tsx';
import type { Timeline } from './timeline.ts';

interface PictureProps {
  timeline: Timeline;
  lanes: Lanes;
  choose: (spot: Spot) => void;
  /** What lies over the lanes, from `--gutter` on. */
  children: ReactNode;
}

/** It is long, and the same while the replay plays. */
const Drawing = memo(LanesSvg);

/** The incident as lanes over time, as wide as there is room, with its key moments as buttons over the drawing. */
export function Picture({ timeline, lanes, choose, children }: PictureProps): ReactNode {
  const [width, setWidth] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    setWidth(Math.floor(element.clientWidth));
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const rows = laneRows(width);
  return (
    <div ref={place} className="replay-lanes" style={{ '--gutter': `${rows.gutter}px` } as CSSProperties}>
      {width === 0 ? null : (
        <>
          <Drawing lanes={lanes} width={width} />
          {children}
          <SpotButtons
            timeline={timeline}
            spots={lanes.spots}
            left={rows.gutter}
            top={(rows.rowOf('moments') ?? 0) * LANE_HEIGHT}
            choose={choose}
          />
        </>
      )}
    </div>
  );
}
