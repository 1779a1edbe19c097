import type { Head } from '#shared/contract/wire.ts';
import type { Clock, Fanout, RoomStore } from './ports.ts';
import type { RoomLog } from './roomParts.ts';

/** How often rooms that changed say where they stand, and how often the store is asked while the fan-out is away. */
const BEAT_MILLISECONDS = 1_000;
/** Every how many beats the store is asked while the fan-out is connected: for pushes that were lost. */
const BEATS_BETWEEN_ASKING = 3;

interface WatchedRoom {
  readonly incidentId: string;
  readonly head: Head;
  readonly remote: { told(head: Head): void };
}

/**
 * Makes lost hints good: once a second each room that changed tells the other instances where it stands, and the heads
 * of all open rooms are compared with the store's. Does nothing for an instance alone. The answer stops it.
 */
export function startHeadWatch(parts: {
  store: Pick<RoomStore, 'heads'>;
  fanout: Fanout;
  clock: Clock;
  log: RoomLog;
  rooms(): Iterable<WatchedRoom>;
}): () => void {
  const { store, fanout, clock, log } = parts;
  if (fanout.state() === 'alone') return () => {};
  let told = new Map<string, Head>();
  let beats = 0;
  let stopped = false;
  let asking = false;
  let cancel = (): void => {};

  function tell(): void {
    const now = new Map<string, Head>();
    for (const room of parts.rooms()) {
      const before = told.get(room.incidentId);
      if (!before || !isSame(before, room.head))
        fanout.publish(room.incidentId, { kind: 'head', head: room.head });
      now.set(room.incidentId, room.head);
    }
    told = now;
  }

  async function ask(): Promise<void> {
    const rooms = new Map([...parts.rooms()].map((room) => [room.incidentId, room]));
    if (rooms.size === 0 || asking) return;
    asking = true;
    try {
      const heads = await store.heads([...rooms.keys()]);
      for (const [incidentId, head] of heads) rooms.get(incidentId)?.remote.told(head);
    } catch (error) {
      log.warn({ err: error }, 'where the logs stand could not be read; tried again');
    } finally {
      asking = false;
    }
  }

  function beat(): void {
    beats += 1;
    tell();
    if (fanout.state() === 'away' || beats % BEATS_BETWEEN_ASKING === 0) void ask();
    if (!stopped) cancel = clock.after(BEAT_MILLISECONDS, beat);
  }

  cancel = clock.after(BEAT_MILLISECONDS, beat);
  return () => {
    stopped = true;
    cancel();
  };
}

function isSame(one: Head, other: Head): boolean {
  return one.seq === other.seq && one.docSeq === other.docSeq;
}
