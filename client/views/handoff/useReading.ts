import { useCallback, useEffect, useState } from 'react';
import type { Offer } from '#shared/incident/state.ts';
import { briefOf } from '#shared/incident/brief.ts';
import type { Entry } from '#shared/contract/entries.ts';
import { useIncident, useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { readStored, writeStored } from '../../room/stored.ts';
import { briefParts, isSignificant } from './briefParts.ts';
import type { BriefPart } from './briefParts.ts';
import { readKept, startReading, withNewer, withTick } from './reading.ts';
import type { Reading } from './reading.ts';

export interface ReadingAccess {
  reading: Reading;
  /** Entries that matter and are newer than what was read. */
  newer: readonly Entry[];
  missing: readonly BriefPart[];
  tick: (part: BriefPart, ticked: boolean) => void;
  write: (next: string) => void;
  addNewer: () => void;
}

/** What I have read of the offer made to me; survives folding and reloading, and the offerer sees how far it is. */
export function useReading(offer: Offer): ReadingAccess {
  const { store, me } = useRoomHandle();
  const state = useIncident();
  const log = useRoom((snapshot) => snapshot.log);
  const key = `warroom.reading.${me.id}.${offer.offer}`;
  const [reading, setReading] = useState<Reading>(
    () => readKept(readStored(key), offer.offer) ?? startReading(offer.offer, offer.brief),
  );
  useEffect(() => writeStored(key, JSON.stringify(reading)), [key, reading]);

  const { ticked } = reading;
  useEffect(() => {
    store.tellProgress({ offer: offer.offer, read: ticked.length, of: briefParts.length });
  }, [store, offer.offer, ticked.length]);

  const from = Math.max(reading.briefedSeq + 1, log.first);
  const newer =
    state.lastSignificantSeq > reading.briefedSeq
      ? log.entries.slice(from - log.first).filter(isSignificant)
      : [];
  return {
    reading,
    newer,
    missing: briefParts.filter((part) => !ticked.includes(part)),
    tick: useCallback((part, isTicked) => setReading((before) => withTick(before, part, isTicked)), []),
    write: useCallback((next) => setReading((before) => ({ ...before, next })), []),
    addNewer: () =>
      setReading((before) => withNewer(before, briefOf({ ...state, seq: log.last }, Date.now()), newer)),
  };
}
