import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import type { ApiError } from '../../app/api.ts';
import { api } from '../../app/api.ts';
import { createDocumentPlayer } from './documentPlayer.ts';
import type { DocumentPlayer } from './documentPlayer.ts';
import { documentSource } from './documentSource.ts';
import { readLog } from './logSource.ts';
import type { AskedMoment } from './momentAddress.ts';
import { speeds } from './playhead.ts';
import type { Speed } from './playhead.ts';
import { positionOf } from './position.ts';
import type { Position, WantedMoment } from './position.ts';
import { createTimeline } from './timeline.ts';
import type { Timeline } from './timeline.ts';
import { usePlaying } from './usePlaying.ts';

export interface Replay {
  timeline: Timeline;
  player: DocumentPlayer;
  /** Entries loaded so far; a new value means a longer timeline. */
  loaded: number;
  /** Entries there are, as far as known. */
  total: number;
  /** The last document batch of the incident, as far as known; the log's last entry may be older. */
  headDocSeq: number;
  error: ApiError | null;
  retry: () => void;
  /** Where the replay stands; null before the first entry is there. */
  position: Position | null;
  /** Goes to an entry, and with `docSeq` to a batch after it. */
  moveTo: (seq: number, docSeq?: number | null) => void;
  /** Goes to a place in the order shown. */
  goTo: (place: number) => void;
  /** Goes to what happened last by a time, in milliseconds since 1970. */
  moveToTime: (time: number) => void;
  playing: boolean;
  play: (on: boolean) => void;
  speed: Speed;
  setSpeed: (speed: Speed) => void;
  /** The silence being passed over while playing, in milliseconds of the incident; 0 when none is. */
  skipping: number;
}

/**
 * Loads the log of an incident and moves through it. `first` is the moment to begin at. For one incident: give the
 * component a key of its own for another.
 */
export function useReplay(incidentId: string, first: AskedMoment): Replay {
  const [timeline] = useState(createTimeline);
  const [player] = useState(() => createDocumentPlayer(documentSource(incidentId, 'main')));
  const log = useLog(incidentId, timeline);
  const { loaded, total, headDocSeq } = log;
  const [wanted, setWanted] = useState<WantedMoment>({ ...first, time: null });
  const [speed, setSpeed] = useState<Speed>(speeds[2]);

  // `loaded` stands for the timeline, which grows without becoming another.
  const position = useMemo(
    () => (loaded === 0 ? null : positionOf(timeline, wanted, headDocSeq)),
    [timeline, wanted, headDocSeq, loaded],
  );
  const playing = usePlaying({ timeline, player, position, loaded, total, headDocSeq, speed, setWanted });
  useDocumentMoment(incidentId, wanted, position, playing.playing, setWanted);

  const moveTo = useCallback(
    (seq: number, docSeq: number | null = null) =>
      setWanted({ seq: Math.max(1, Math.min(seq, total || seq)), docSeq, time: null }),
    [total],
  );
  const goTo = useCallback(
    (place: number) => {
      const order = timeline.order();
      const seq = order.seqAt(Math.max(1, Math.min(place, order.length)));
      if (seq > 0) setWanted({ seq, docSeq: null, time: null });
    },
    [timeline],
  );
  const moveToTime = useCallback(
    (time: number) => {
      const order = timeline.order();
      const seq = order.seqAt(Math.max(1, order.placeBy(time)));
      if (seq > 0) setWanted({ seq, docSeq: null, time });
    },
    [timeline],
  );
  useEffect(() => () => player.stop(), [player]);

  return { ...log, ...playing, timeline, player, position, moveTo, goTo, moveToTime, speed, setSpeed };
}

interface LoadedLog {
  loaded: number;
  total: number;
  headDocSeq: number;
  error: ApiError | null;
  retry: () => void;
}

function useLog(incidentId: string, timeline: Timeline): LoadedLog {
  const [read, setRead] = useState({ loaded: 0, total: 0, headDocSeq: 0 });
  const [error, setError] = useState<ApiError | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const aborter = new AbortController();
    const take = (entries: Entry[], head: Head): void => {
      timeline.append(entries);
      setRead({ loaded: timeline.last, total: head.seq, headDocSeq: head.docSeq });
    };
    // A second try goes on where the first stopped.
    void readLog(incidentId, timeline.last, take, aborter.signal).then((failure) => {
      if (!aborter.signal.aborted) setError(failure);
    });
    return () => aborter.abort();
  }, [incidentId, timeline, tries]);
  const retry = (): void => {
    setError(null);
    setTries((count) => count + 1);
  };
  return { ...read, error, retry };
}

/** Asks the server for the document batch of a time that no entry names. */
function useDocumentMoment(
  incidentId: string,
  wanted: WantedMoment,
  position: Position | null,
  playing: boolean,
  setWanted: (wanted: WantedMoment) => void,
): void {
  const time = position?.isBetween === true && wanted.docSeq === null && !playing ? position.time : null;
  useEffect(() => {
    if (time === null) return;
    const aborter = new AbortController();
    const timer = setTimeout(() => {
      void api<{ seq: number; docSeq: number }>(`/api/incidents/${incidentId}/replay/at`, {
        query: { time: new Date(time).toISOString() },
        signal: aborter.signal,
      }).then((answer) => {
        if (answer.ok && !aborter.signal.aborted) setWanted({ ...wanted, docSeq: answer.value.docSeq });
      });
    }, 60);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [incidentId, time, wanted, setWanted]);
}
