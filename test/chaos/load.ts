import type { Account } from '../support/client.ts';
import { readIncident } from '../support/client.ts';
import type { SavingWriter } from '../support/clientDocuments.ts';
import type { Outcome, RoomClient } from '../support/clientRoom.ts';
import type { Seeded } from '../support/seeded.ts';
import { delay } from '../support/serverProcess.ts';

/** A message and what its author knows of it. */
export interface Message {
  text: string;
  actor: string;
  outcome: Outcome;
}

/** When the load ends. */
export interface Flag {
  stopped: boolean;
}

/** One person talks; most messages until their outcome is known, some once only, so that true unknowns remain. */
export async function chat(
  room: RoomClient,
  name: string,
  random: Seeded,
  flag: Flag,
  messages: Message[],
): Promise<void> {
  for (let number = 1; !flag.stopped; number += 1) {
    const text = `${name} says ${number} 장애 ${random.below(1_000_000)}`;
    const once = random.chance(0.25);
    const outcome = await room.command('chat.post', { text }, once ? { attempts: 1 } : { within: 60_000 });
    messages.push({ text, actor: room.account.id, outcome });
    await delay(random.below(8));
  }
}

/** One person writes; each edit is a word that nothing else contains. */
export async function write(writer: SavingWriter, name: string, random: Seeded, flag: Flag): Promise<void> {
  for (let number = 1; !flag.stopped; number += 1) {
    writer.write(`[${name}-${number}]`, random.next());
    await delay(15 + random.below(30));
  }
}

/** Two people hand command to each other now and then, and read how it stands after each unknown. */
export async function handOver(
  url: string,
  people: readonly [RoomClient, RoomClient],
  incidentId: string,
  random: Seeded,
  flag: Flag,
): Promise<void> {
  while (!flag.stopped) {
    await delay(100 + random.below(600));
    const state = await stateOf(url, people[0].account, incidentId);
    if (!state) continue;
    const commander = people.find((room) => room.account.id === state.commander);
    const other = people.find((room) => room.account.id !== state.commander);
    if (!commander || !other) throw new Error('Somebody who was never offered command holds it.');
    if (!state.offer) {
      await commander.command('handoff.offer', { to: other.account.id }, { epoch: state.epoch });
      continue;
    }
    const { offer } = state.offer;
    const receiver = people.find((room) => room.account.id === state.offer?.to);
    await receiver?.command('handoff.accept', {
      offer,
      briefedSeq: state.seq,
      words: 'I am the incident commander',
    });
  }
}

async function stateOf(url: string, who: Account, incidentId: string) {
  try {
    const { state, head } = await readIncident(url, who, incidentId);
    return { ...state, seq: head.seq };
  } catch {
    // The server is being killed; ask again later.
    return null;
  }
}
