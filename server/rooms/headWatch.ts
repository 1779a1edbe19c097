import type { Head } from '#shared/contract/wire.ts';
import type { Clock, Fanout, RoomStore } from './ports.ts';
import type { RoomLog } from './roomParts.ts';

/** How often rooms that changed say where they stand, and how often the store is asked while the fan-out is away. */
const BEAT_MILLISECONDS = 1_000;
/** Every how many beats the store is asked while the fan-out is connected: for pushes that were lost. */
const BEATS_BETWEEN_ASKING = 3;

/** A room as far as its head is watched. */
export interface WatchedRoom {
  readonly incidentId: string;
  readonly head: Head;
  readonly remote: { stored(head: Head): void };
}

export interface HeadWatch {
  /**
   * Hints about this room may have been missed: it hears soon where the store stands. Of all rooms at once, as after the
   * bus was away, that is one read.
   */
  suspect(room: WatchedRoom): void;
  stop(): void;
}

/**
 * Makes lost hints good: once a second each room that changed tells the other instances where it stands, and the heads
 * of all open rooms are compared with the store's. Does nothing for an instance alone.
 */
export function startHeadWatch(parts: {
  store: Pick<RoomStore, 'heads'>;
  fanout: Fanout;
  clock: Clock;
  log: RoomLog;
  rooms(): Iterable<WatchedRoom>;
}): HeadWatch {
  const { store, fanout, clock, log } = parts;
  if (fanout.state() === 'alone') return { suspect() {}, stop() {} };
  let told = new Map<string, Head>();
  let beats = 0;
  let stopped = false;
  let asking = false;
  let cancel = (): void => {};
  const suspects = new Set<WatchedRoom>();
  let cancelSoon: (() => void) | null = null;

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
    const rooms = new Set(parts.rooms());
    if (rooms.size === 0 || asking) return;
    asking = true;
    await compare(rooms);
    asking = false;
  }

  /** Never rejects: the next beats ask again. */
  async function compare(some: Iterable<WatchedRoom>): Promise<void> {
    const rooms = new Map([...some].map((room) => [room.incidentId, room]));
    try {
      const heads = await store.heads([...rooms.keys()]);
      for (const [incidentId, head] of heads) rooms.get(incidentId)?.remote.stored(head);
    } catch (error) {
      log.warn({ err: error }, 'where the logs stand could not be read; tried again');
    }
  }

  function compareSuspects(): void {
    cancelSoon = null;
    const rooms = [...suspects];
    suspects.clear();
    void compare(rooms);
  }

  function beat(): void {
    beats += 1;
    tell();
    if (fanout.state() === 'away' || beats % BEATS_BETWEEN_ASKING === 0) void ask();
    if (!stopped) cancel = clock.after(BEAT_MILLISECONDS, beat);
  }

  cancel = clock.after(BEAT_MILLISECONDS, beat);
  return {
    suspect(room) {
      suspects.add(room);
      cancelSoon ??= clock.after(0, compareSuspects);
    },
    stop() {
      stopped = true;
      cancel();
      cancelSoon?.();
    },
  };
}

function isSame(one: Head, other: Head): boolean {
  return one.seq === other.seq && one.docSeq === other.docSeq;
}
