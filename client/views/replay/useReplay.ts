import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import type { ApiError } from '../../app/api.ts';
import { readLog } from './logSource.ts';
import { speeds, waitBetween } from './playback.ts';
import type { Speed } from './playback.ts';
import { createTimeline } from './timeline.ts';
import type { Timeline } from './timeline.ts';

export interface Replay {
  timeline: Timeline;
  /** Last position loaded so far; a new value means a longer timeline. */
  loaded: number;
  /** Position of the head, as far as known. */
  total: number;
  /** The last document batch of the incident, as far as known; the log's last entry may be older. */
  headDocSeq: number;
  error: ApiError | null;
  retry: () => void;
  /** Where the replay stands, 0 before the first entry is there. */
  at: number;
  moveTo: (seq: number) => void;
  playing: boolean;
  play: (on: boolean) => void;
  speed: Speed;
  setSpeed: (speed: Speed) => void;
  /** The silence being passed over while playing, in milliseconds of the incident; 0 when none is. */
  skipping: number;
}

/**
 * Loads the log of an incident and moves through it. `first` is the position to begin at. For one incident: give the
 * component a key of its own for another.
 */
export function useReplay(incidentId: string, first: number): Replay {
  const [timeline] = useState(createTimeline);
  const [loaded, setLoaded] = useState(0);
  const [total, setTotal] = useState(0);
  const [headDocSeq, setHeadDocSeq] = useState(0);
  const [error, setError] = useState<ApiError | null>(null);
  const [tries, setTries] = useState(0);
  const [wanted, setWanted] = useState(first);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(speeds[2]);

  useEffect(() => {
    const aborter = new AbortController();
    const take = (entries: Entry[], head: Head): void => {
      timeline.append(entries);
      setLoaded(timeline.last);
      setTotal(head.seq);
      setHeadDocSeq(head.docSeq);
    };
    // A second try goes on where the first stopped.
    void readLog(incidentId, timeline.last, take, aborter.signal).then((failure) => {
      if (!aborter.signal.aborted) setError(failure);
    });
    return () => aborter.abort();
  }, [incidentId, timeline, tries]);

  const at = Math.max(Math.min(wanted, loaded), Math.min(1, loaded));
  const moveTo = useCallback((seq: number) => setWanted(Math.max(1, Math.min(seq, total || seq))), [total]);

  const wait = useMemo(() => {
    const [here, next] = [timeline.times[at - 1], timeline.times[at]];
    // Where the next page is still on its way, playing waits for it.
    return playing && at < loaded && here !== undefined && next !== undefined
      ? waitBetween(here, next, speed)
      : null;
  }, [timeline, at, playing, speed, loaded]);
  useEffect(() => {
    if (wait === null) return;
    const timer = setTimeout(() => {
      setWanted(at + 1);
      if (at + 1 >= total) setPlaying(false);
    }, wait.milliseconds);
    return () => clearTimeout(timer);
  }, [wait, at, total]);

  return {
    timeline,
    loaded,
    total,
    headDocSeq,
    error,
    retry: () => {
      setError(null);
      setTries((count) => count + 1);
    },
    at,
    moveTo,
    playing,
    play: (on) => setPlaying(on && at < total),
    speed,
    setSpeed,
    skipping: wait?.skipped ?? 0,
  };
}
