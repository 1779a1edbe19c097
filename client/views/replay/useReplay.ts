import { useCallback, useEffect, useRef, useState } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
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

/** Loads the log of an incident and moves through it. `first` is the position to begin at. */
export function useReplay(incidentId: string | null, first: number): Replay {
  const [timeline, setTimeline] = useState(createTimeline);
  const [loaded, setLoaded] = useState(0);
  const [total, setTotal] = useState(0);
  const [error, setError] = useState<ApiError | null>(null);
  const [tries, setTries] = useState(0);
  const [wanted, setWanted] = useState(first);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(speeds[2]);
  const [skipping, setSkipping] = useState(0);
  const reading = useRef<{ incidentId: string; timeline: Timeline } | null>(null);

  useEffect(() => {
    if (incidentId === null) return;
    const aborter = new AbortController();
    setError(null);
    // A second try goes on where the first stopped.
    const source = reading.current?.incidentId === incidentId ? reading.current.timeline : createTimeline();
    reading.current = { incidentId, timeline: source };
    setTimeline(source);
    setLoaded(source.last);
    const take = (entries: Entry[], head: number): void => {
      source.append(entries);
      setLoaded(source.last);
      setTotal(head);
    };
    void readLog(incidentId, source.last, take, aborter.signal).then((failure) => {
      if (!aborter.signal.aborted) setError(failure);
    });
    return () => aborter.abort();
  }, [incidentId, tries]);

  const at = Math.max(Math.min(wanted, loaded), Math.min(1, loaded));
  const moveTo = useCallback(
    (seq: number) => setWanted(Math.max(1, Math.min(seq, total || seq))),
    [total],
  );

  useEffect(() => {
    const [here, next] = [timeline.entry(at), timeline.entry(at + 1)];
    if (!playing || !here || !next) {
      setSkipping(0);
      // At the end of what there is playing ends; while pages are still coming it waits for them.
      if (playing && here && !next && loaded >= total) setPlaying(false);
      return;
    }
    const wait = waitBetween(Date.parse(here.at), Date.parse(next.at), speed);
    setSkipping(wait.skipped);
    const timer = setTimeout(() => setWanted(at + 1), wait.milliseconds);
    return () => clearTimeout(timer);
  }, [timeline, at, playing, speed, loaded, total]);

  return {
    timeline,
    loaded,
    total,
    error,
    retry: () => setTries((count) => count + 1),
    at,
    moveTo,
    playing,
    play: setPlaying,
    speed,
    setSpeed,
    skipping,
  };
}
