import type { SystemCommand } from '#shared/contract/commands.ts';
import { refusalReasons } from '#shared/contract/refusals.ts';
import type { RefusalReason } from '#shared/contract/refusals.ts';
import type { RoomLog } from './room.ts';
import type { Clock, Deadline, Rooms, RoomStore } from './ports.ts';

/** How often the store is asked for what falls due. Milliseconds. */
const ROUND_MILLISECONDS = 1_000;
const MOST_PER_ROUND = 100;

/**
 * Puts a system command into the inbox for every deadline that fell due. The command id is the deadline's, so it
 * happens once, whichever instance is first and however often it is tried. The answer stops it.
 */
export function startDeadlines(parts: {
  store: RoomStore;
  rooms: Rooms;
  clock: Clock;
  log: RoomLog;
}): () => Promise<void> {
  const { store, rooms, clock, log } = parts;
  let stopped = false;
  let cancel = () => {};
  let running: Promise<void> = Promise.resolve();
  /** What is on its way: an incident that is slow, or cannot be opened, holds up no other. */
  const giving = new Map<string, Promise<void>>();

  async function round(): Promise<void> {
    for (const deadline of await store.dueDeadlines(clock.now(), MOST_PER_ROUND)) {
      const key = `${deadline.incidentId} ${deadline.id}`;
      if (stopped || giving.has(key)) continue;
      const given = give(deadline)
        .catch((error: unknown) => {
          const { incidentId, id } = deadline;
          log.error({ incidentId, id, err: error }, 'a deadline could not be given; tried again');
        })
        .finally(() => giving.delete(key));
      giving.set(key, given);
    }
  }

  function next(): void {
    cancel = clock.after(ROUND_MILLISECONDS, () => {
      running = round()
        .catch((error: unknown) => log.error({ err: error }, 'deadlines could not be read; tried again'))
        .finally(() => {
          if (!stopped) next();
        });
    });
  }

  next();
  return async () => {
    stopped = true;
    cancel();
    await running;
    await Promise.all(giving.values());
  };

  async function give(deadline: Deadline): Promise<void> {
    // Judged where the store stands: a room that has not heard of the deadline would refuse it for good.
    const room = await rooms.openCurrent(deadline.incidentId);
    if (!room) return;
    const command = { ...deadline.command, commandId: deadline.id } as SystemCommand;
    const answer = await room.submit(command, { kind: 'system' });
    // Its entry clears the row; a refusal for good must clear it too, or it would come back for ever.
    if (!answer.ok && maySucceedLater(answer.refusal.reason)) return;
    await store.clearDeadlines(deadline.incidentId, [deadline.id]);
  }
}

/** Not for good: the store was away, or a clock was set back. */
function maySucceedLater(reason: RefusalReason): boolean {
  return reason === 'not_due' || refusalReasons[reason].code === 'unavailable';
}
