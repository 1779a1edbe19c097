/** How values lie: the middle one, where the middle half begins and ends, and the outermost two. */
export interface Spread {
  count: number;
  median: number;
  lower: number;
  upper: number;
  least: number;
  most: number;
}

/** The spread of values in any order; null when there is none. Between two values it takes the point between them. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return null;
  const at = (share: number): number => between(sorted, (sorted.length - 1) * share);
  return { count: sorted.length, median: at(0.5), lower: at(0.25), upper: at(0.75), least, most };
}

function between(sorted: readonly number[], place: number): number {
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
