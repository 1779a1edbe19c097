import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from '../test/support/seeded.ts';
import { openCrowdClient } from './crowd.ts';
import type { CrowdClient, CrowdMember } from './crowd.ts';
import { inbox } from './generator.ts';

/** What `bench/rooms.ts` asks of this process. */
export interface RoomsTask {
  port: number;
  members: CrowdMember[];
}

/** Everybody who was asked for is in; `faults` says what was not as it should be. */
export interface RoomsReport {
  kind: 'in';
  faults: string[];
}

const OPENED_AT_ONCE = 100;
const PATIENCE = 120_000;

const told = inbox();
const { task } = await told<{ kind: 'task'; task: RoomsTask }>('task');
const chance = seeded(4);
const faults: string[] = [];
const clients: CrowdClient[] = [];
const events = {
  back: () => undefined,
  edits: () => undefined,
  acknowledged: () => undefined,
  said: () => undefined,
  fault: (what: string) => void faults.push(what),
  failed: (why: string) => void faults.push(why),
};

/** Opens members up to this many, and waits until all of them are in. */
async function openUpTo(count: number): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (clients.length < count) {
    for (const member of task.members.slice(
      clients.length,
      Math.min(count, clients.length + OPENED_AT_ONCE),
    )) {
      clients.push(openCrowdClient(clients.length, member, { port: () => task.port, chance, events }));
    }
    while (!clients.every((client) => client.isBack())) {
      if (performance.now() > deadline) throw new Error(`Not all are in. ${faults.slice(0, 3).join('; ')}`);
      await pause(20);
    }
  }
}

for (;;) {
  const { count } = await told<{ kind: 'open'; count: number }>('open');
  if (count === 0) break;
  await openUpTo(count);
  process.send?.({ kind: 'in', faults } satisfies RoomsReport);
}
for (const client of clients) client.stop();
process.disconnect?.();
