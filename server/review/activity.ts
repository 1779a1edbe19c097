import type { StoredActivity } from '../rooms/ports.ts';

/** How much was said and written in each stretch of time from `from` on (milliseconds). */
export interface Activity {
  from: number;
  bucketMilliseconds: number;
  chat: number[];
  document: number[];
}

const MOST_BUCKETS = 500;
const UNITS = { second: 1_000, minute: 60_000 } as const;

/** True when what was counted by the minute is short enough to be counted by the second. */
export function fitsSeconds(byMinute: StoredActivity, from: number): boolean {
  return lastOf(byMinute, from) - from < MOST_BUCKETS * UNITS.minute;
}

/** Counts as at most 500 stretches of equal length, none shorter than wanted, the last one the last with anything in it. */
export function activityOf(
  counted: StoredActivity,
  given: { from: number; per: keyof typeof UNITS; wanted: number },
): Activity {
  const unit = UNITS[given.per];
  const from = Math.floor(given.from / unit) * unit;
  const span = lastOf(counted, from) - from + unit;
  const bucket = Math.ceil(Math.max(given.wanted, span / MOST_BUCKETS) / unit) * unit;
  const spread = (counts: StoredActivity['chat']): number[] => {
    const buckets = Array.from({ length: Math.ceil(span / bucket) }, () => 0);
    for (const { at, count } of counts) {
      const place = Math.max(0, Math.floor((Date.parse(at) - from) / bucket));
      buckets[place] = (buckets[place] ?? 0) + count;
    }
    return buckets;
  };
  return {
    ...{ from, bucketMilliseconds: bucket },
    ...{ chat: spread(counted.chat), document: spread(counted.document) },
  };
}

/** When the last thing was counted; `from` when nothing was. */
function lastOf({ chat, document }: StoredActivity, from: number): number {
  return [chat.at(-1), document.at(-1)].reduce(
    (last, counted) => Math.max(last, counted ? Date.parse(counted.at) : from),
    from,
  );
}
