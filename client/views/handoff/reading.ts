import type { Brief, Entry } from '#shared/contract/entries.ts';
import { untickedBy } from './briefParts.ts';
import type { BriefPart } from './briefParts.ts';

/** How far the receiver of an offer has read. */
export interface Reading {
  offer: string;
  brief: Brief;
  /** Position of the log up to which the brief was read; the acceptance names it. */
  briefedSeq: number;
  ticked: readonly BriefPart[];
  /** In the receiver's own words. */
  next: string;
}

/** Nothing is read yet. The brief of an offer stands for the log up to the entry before it. */
export function startReading(offer: string, brief: Brief): Reading {
  return { offer, brief, briefedSeq: brief.seq, ticked: [], next: '' };
}

export function withTick(reading: Reading, part: BriefPart, ticked: boolean): Reading {
  const others = reading.ticked.filter((each) => each !== part);
  return { ...reading, ticked: ticked ? [...others, part] : others };
}

/** The brief brought up to date: parts that changed, or to which newer entries belong, have to be ticked again. */
export function withNewer(reading: Reading, brief: Brief, newer: readonly Pick<Entry, 'type'>[]): Reading {
  const unticked = new Set(untickedBy(reading.brief, brief, newer));
  return {
    ...reading,
    brief,
    briefedSeq: brief.seq,
    ticked: reading.ticked.filter((part) => !unticked.has(part)),
  };
}

/** A kept reading of the same offer, or null when it is of another one or cannot be read. */
export function readKept(text: string | null, offer: string): Reading | null {
  if (text === null) return null;
  try {
    const kept = JSON.parse(text) as Partial<Reading> | null;
    if (
      kept?.offer !== offer ||
      typeof kept.briefedSeq !== 'number' ||
      !kept.brief ||
      !Array.isArray(kept.ticked)
    )
      return null;
    return {
      offer,
      brief: kept.brief,
      briefedSeq: kept.briefedSeq,
      ticked: kept.ticked,
      next: kept.next ?? '',
    };
  } catch {
    return null;
  }
}
