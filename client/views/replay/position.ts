import type { AskedMoment } from './momentAddress.ts';
import { writeMoment } from '#shared/review/moment.ts';
import type { Timeline } from './timeline.ts';

/** The moment a person asked for; `time` where it was asked for by time (milliseconds since 1970). */
export interface WantedMoment extends AskedMoment {
  time: number | null;
}

/** A moment of the replay. */
export interface Position {
  /** Where it stands in the order shown, from 1. */
  place: number;
  /** The entry at that place. */
  seq: number;
  /** The newest entry of the room itself by then; 0 before the incident was declared. */
  native: number;
  /** The document batch that is shown. */
  docSeq: number;
  /** The first and last batch that this place can show. */
  floor: number;
  ceiling: number;
  /** Milliseconds since 1970. */
  time: number;
  /** True where no entry says which batch it was: between entries, and at what came in from outside. */
  isBetween: boolean;
  /** As it stands in the address. */
  written: string;
}

/** The batches that a place can show: from the one that its entry names to the one that the next entry names. */
export function batchesAt(
  timeline: Timeline,
  place: number,
  headDocSeq: number,
): { floor: number; ceiling: number } {
  const order = timeline.order();
  const native = order.nativeAt(place);
  const next = order.nextNative(place);
  const floor = timeline.entry(native)?.docSeq ?? 0;
  const ceiling = (next === null ? undefined : timeline.entry(next)?.docSeq) ?? headDocSeq;
  return { floor: native === 0 ? 0 : floor, ceiling: native === 0 ? 0 : Math.max(floor, ceiling) };
}

/** The moment that is meant, as far as the log is here. There has to be an entry. */
export function positionOf(timeline: Timeline, wanted: WantedMoment, headDocSeq: number): Position {
  const order = timeline.order();
  const place = Math.max(1, order.placeOf(wanted.seq));
  const seq = order.seqAt(place);
  const native = order.nativeAt(place);
  const { floor, ceiling } = batchesAt(timeline, place, headDocSeq);
  const happened = order.times[place - 1] ?? 0;
  const time = Math.max(happened, wanted.time ?? 0);
  const docSeq = Math.max(floor, Math.min(ceiling, wanted.docSeq ?? floor));
  const isOutside = native !== seq;
  return {
    place,
    seq,
    native,
    docSeq,
    floor,
    ceiling,
    time,
    isBetween: ceiling > floor && (isOutside || time > happened),
    written: writeMoment({ seq, docSeq }, isOutside && docSeq > floor ? null : floor),
  };
}
