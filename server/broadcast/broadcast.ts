import type { RoomLog } from '../rooms/roomParts.ts';
import type { Clock, DeliveryRecord, Rooms, Store } from '../rooms/ports.ts';
import type { Channel, Channels } from './channel.ts';
import { expand } from './expander.ts';
import { startLane } from './lane.ts';
import type { Lane, LaneParts } from './lane.ts';
import { createPreparing } from './preparing.ts';
import type { Settings } from './settings.ts';
import type { OutgoingLinks } from './outgoingLinks.ts';

/** How often the store is asked what is due: what other instances committed, retries, and claims that ended. */
const ROUND_MILLISECONDS = 1_000;
/** How long an entry is kept from other instances while its deliveries are added. Milliseconds. */
const CLAIM_MILLISECONDS = 60_000;
const MOST_BROADCASTS = 20;
/** Queues that are worked on at once. */
const MOST_LANES = 256;
/** How long what is under way may go on when the server stops. Milliseconds. */
const STOP_MILLISECONDS = 5_000;

export interface BroadcastParts {
  store: Store;
  rooms: Pick<Rooms, 'onSummary'>;
  settings: Settings;
  channels: Channels;
  links: OutgoingLinks;
  clock: Clock;
  /** From [0, 1). */
  random: () => number;
  log: RoomLog;
}

export interface Broadcasting {
  /** Something may be due now. */
  wake(): void;
  /** Begins nothing new, gives what is under way a few seconds, and writes down what came of it. */
  stop(): Promise<void>;
}

/** Sends what goes out. Any number of instances do so at once: each takes what nobody else has. */
export function startBroadcast(parts: BroadcastParts): Broadcasting {
  const { store, channels, clock, log } = parts;
  const stopping = new AbortController();
  const cutting = new AbortController();
  const lanes = new Map<string, Lane>();
  let cancel = (): void => {};
  let running: Promise<void> | null = null;
  let isAwake = false;
  let isBegun = false;

  const laneParts: LaneParts = {
    ...parts,
    stopping: stopping.signal,
    cutting: cutting.signal,
    prepare: createPreparing(parts),
    ended: (delivery) => endTarget(delivery, parts),
    onFailure: (error) => log.error({ err: error }, 'a queue could not be emptied; tried again'),
  };

  async function round(): Promise<void> {
    const now = clock.now();
    // Once, before anything is claimed here: what a crash left under way goes on at once.
    if (!isBegun) await store.endClaims(now);
    isBegun = true;
    const claim = { now, until: now + CLAIM_MILLISECONDS, limit: MOST_BROADCASTS };
    for (const broadcast of await store.claimBroadcasts(claim)) await expand(broadcast, parts);
    for (const queue of await store.dueQueues(clock.now())) {
      if (stopping.signal.aborted) return;
      // Something came while one of its attempts takes long: the others need not wait for that.
      const under = lanes.get(queue);
      const channel = channelOf(queue, channels);
      if (under) under.wake();
      else if (channel && lanes.size < MOST_LANES) begin(queue, channel);
    }
  }

  function begin(queue: string, channel: Channel): void {
    const lane = startLane(queue, channel, laneParts, () => {
      lanes.delete(queue);
      if (lanes.size === MOST_LANES - 1) wake();
    });
    lanes.set(queue, lane);
  }

  /** One round at a time; asked for meanwhile, another follows. */
  function wake(): void {
    if (stopping.signal.aborted) return;
    isAwake = true;
    running ??= (async () => {
      while (isAwake && !stopping.signal.aborted) {
        isAwake = false;
        await round().catch((error: unknown) =>
          log.error({ err: error }, 'what is to go out could not be read; tried again'),
        );
      }
      running = null;
    })();
  }

  function next(): void {
    cancel = clock.after(ROUND_MILLISECONDS, () => {
      wake();
      next();
    });
  }

  const stopHearing = parts.rooms.onSummary((_, isOwn) => {
    if (isOwn) wake();
  });
  next();
  return {
    wake,
    async stop() {
      stopping.abort();
      cancel();
      stopHearing();
      await running;
      const cancelCut = clock.after(STOP_MILLISECONDS, () => cutting.abort());
      await Promise.all([...lanes.values()].map(({ over }) => over));
      cancelCut();
      cutting.abort();
      await Promise.all([...channels.values()].map((channel) => channel.close()));
    },
  };
}

/** A queue is named after its channel; one that this server does not have waits for one that does. */
function channelOf(queue: string, channels: Channels): Channel | undefined {
  const name = queue.slice(0, queue.indexOf(' '));
  return [...channels.values()].find((channel) => channel.name === name);
}

/** Sends nothing more to an address that said it is gone. */
async function endTarget({ target }: DeliveryRecord, { store }: BroadcastParts): Promise<void> {
  const found = await store.readTarget(target);
  if (found) await store.saveTarget({ ...found, state: 'ended' });
}
