import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { DocumentPlayer } from './documentPlayer.ts';
import { advance } from './playhead.ts';
import type { Speed } from './playhead.ts';
import { batchesAt } from './position.ts';
import type { Position, WantedMoment } from './position.ts';
import type { Timeline } from './timeline.ts';

interface Played {
  timeline: Timeline;
  player: DocumentPlayer;
  position: Position | null;
  loaded: number;
  total: number;
  headDocSeq: number;
  speed: Speed;
  setWanted: (wanted: WantedMoment) => void;
}

/** The page is told of a new moment at most this often. Milliseconds. */
const TELL_EVERY = 50;
/** A frame that comes later than this counts as this much: a hidden tab does not leap. Milliseconds. */
const LONGEST_FRAME = 250;

/** Plays entries and document batches on as they came, faster than life, without their silences. */
export function usePlaying(played: Played): {
  playing: boolean;
  play: (on: boolean) => void;
  skipping: number;
} {
  const [playing, setPlaying] = useState(false);
  const [skipping, setSkipping] = useState(0);
  const latest = useRef(played);
  useLayoutEffect(() => {
    latest.current = played;
  });

  useEffect(() => {
    const start = latest.current.position;
    if (!playing || !start) return;
    let here = { place: start.place, docSeq: start.docSeq };
    let head = { clock: start.time, skipped: 0 };
    let [last, told] = [performance.now(), 0];
    let request = requestAnimationFrame(function frame(now) {
      request = requestAnimationFrame(frame);
      const elapsed = Math.min(Math.max(0, now - last), LONGEST_FRAME);
      last = now;
      const { timeline, player, loaded, total, headDocSeq, speed, setWanted } = latest.current;
      player.prepare();
      const next = nextAfter(timeline, player, here, headDocSeq);
      if (next === 'unknown') return;
      if (next === null) {
        if (loaded >= total) setPlaying(false);
        return;
      }
      head = advance(head, elapsed, speed, next);
      setSkipping(head.skipped);
      if (now - told < TELL_EVERY) return;
      told = now;
      const order = timeline.order();
      const place = Math.max(here.place, order.placeBy(head.clock));
      const { floor, ceiling } = batchesAt(timeline, place, headDocSeq);
      const docSeq = player.batchBy(head.clock, Math.max(floor, here.docSeq), Math.max(ceiling, here.docSeq));
      here = { place, docSeq };
      setWanted({ seq: order.seqAt(place), docSeq, time: head.clock });
    });
    return () => {
      cancelAnimationFrame(request);
      setSkipping(0);
    };
  }, [playing]);

  const { position, loaded, total, headDocSeq } = played;
  const isAtEnd =
    position !== null &&
    loaded >= total &&
    position.place >= played.timeline.order().length &&
    position.docSeq >= headDocSeq;
  return { playing, play: (on) => setPlaying(on && !isAtEnd), skipping };
}

/** When something happens next: an entry, or a batch of the document before it. */
function nextAfter(
  timeline: Timeline,
  player: DocumentPlayer,
  { place, docSeq }: { place: number; docSeq: number },
  headDocSeq: number,
): number | null | 'unknown' {
  const order = timeline.order();
  const entryAt = order.times[place] ?? null;
  const batchAt = player.nextAt(docSeq, batchesAt(timeline, place, headDocSeq).ceiling);
  if (batchAt === 'unknown') return 'unknown';
  if (entryAt === null || batchAt === null) return entryAt ?? batchAt;
  return Math.min(entryAt, batchAt);
}
