import type { Head } from '../contract/wire.ts';

/**
 * A moment of an incident: right after entry `seq` and document batch `docSeq`. The cross stamps make one total order of
 * both: an entry stands after the batch it names, a batch after the entry it names (design 6).
 */
export interface Moment {
  seq: number;
  docSeq: number;
}

/** What a log and its document say of their neighbours. */
export type Stamped =
  { kind: 'entry'; seq: number; docSeq: number } | { kind: 'batch'; docSeq: number; seqBefore: number };

/** The moment right after an entry or a batch. */
export function momentAfter(stamped: Stamped): Moment {
  return stamped.kind === 'entry'
    ? { seq: stamped.seq, docSeq: stamped.docSeq }
    : { seq: stamped.seqBefore, docSeq: stamped.docSeq };
}

/** Negative when `a` comes before `b`. Moments of one incident are never neither: both numbers only rise. */
export function compareMoments(a: Moment, b: Moment): number {
  return a.seq - b.seq || a.docSeq - b.docSeq;
}

/** As in a permalink: `412` right after entry 412, `412.1733` after the batch 1733 that came later. */
export function writeMoment(moment: Moment, docSeqOfEntry: number | null): string {
  return moment.docSeq === docSeqOfEntry ? String(moment.seq) : `${moment.seq}.${moment.docSeq}`;
}

/** Reads what `writeMoment` wrote; `docSeq` is null where the entry says it. Null for anything else. */
export function readMoment(text: string): { seq: number; docSeq: number | null } | null {
  const match = /^([1-9]\d{0,14})(?:\.(\d{1,15}))?$/.exec(text);
  if (!match) return null;
  return { seq: Number(match[1]), docSeq: match[2] === undefined ? null : Number(match[2]) };
}

/** True when there is such a moment: not past the head, and the batch neither before the entry's own nor after the next's. */
export function isMoment(moment: Moment, stamps: { own: number; next: number | null }, head: Head): boolean {
  const latest = stamps.next ?? head.docSeq;
  return moment.seq >= 1 && moment.seq <= head.seq && moment.docSeq >= stamps.own && moment.docSeq <= latest;
}
