/** What the picture has lanes for. */
export type LaneName = 'severity' | 'status' | 'command' | 'activity' | 'updates' | 'changes' | 'moments';

export const LANE_HEIGHT = 22;

/** Which lanes a picture of some width shows, and in which row; narrow ones merge lanes or leave them to the table. */
export interface LaneRows {
  /** The row's name, by row. */
  names: readonly LaneName[];
  /** Room for the names, in CSS pixels. */
  gutter: number;
  /** The row of a lane; null where it is left out. */
  rowOf(lane: LaneName): number | null;
}

const WIDE: readonly LaneName[][] = [
  ['severity'],
  ['status'],
  ['command'],
  ['activity'],
  ['updates'],
  ['changes'],
  ['moments'],
];
const MIDDLE: readonly LaneName[][] = [
  ['severity'],
  ['command'],
  ['activity'],
  ['updates', 'changes'],
  ['moments'],
];
const NARROW: readonly LaneName[][] = [['severity'], ['command'], ['moments', 'updates']];

export function laneRows(width: number): LaneRows {
  const rows = width >= 1_000 ? WIDE : width >= 560 ? MIDDLE : NARROW;
  return {
    names: rows.flatMap(([name]) => (name ? [name] : [])),
    gutter: width >= 560 ? 84 : 64,
    rowOf(lane) {
      const row = rows.findIndex((lanes) => lanes.includes(lane));
      return row === -1 ? null : row;
    },
  };
}
