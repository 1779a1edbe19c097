import type { OutsideRecord } from '#shared/contract/review.ts';
import type { ParsedImport, SkippedLine } from './parsed.ts';

/** What a file holds, without what would be large. */
export interface ImportSummary {
  records: number;
  skipped: number;
  skippedLines: SkippedLine[];
  /** Times of the earliest and the latest record. */
  from: string | null;
  to: string | null;
  sample: OutsideRecord[];
}

const SHOWN = 20;

/** How much a file holds, and its first records and skipped lines. */
export function summaryOf({ records, skipped }: ParsedImport): ImportSummary {
  let [from, to]: [string | null, string | null] = [null, null];
  for (const { happenedAt } of records) {
    if (from === null || happenedAt < from) from = happenedAt;
    if (to === null || happenedAt > to) to = happenedAt;
  }
  return {
    ...{ records: records.length, skipped: skipped.length, skippedLines: skipped.slice(0, SHOWN) },
    ...{ from, to, sample: records.slice(0, SHOWN) },
  };
}
