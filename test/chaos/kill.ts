import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import {
  addPeople,
  declare,
  readDocument,
  readIncident,
  readWholeLog,
  signInAdmin,
} from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { SavingWriter } from '../support/clientDocuments.ts';
import { RoomClient } from '../support/clientRoom.ts';
import { seeded } from '../support/seeded.ts';
import { childEnvironment, delay, root, startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';
import { losses } from './check.ts';
import type { History } from './check.ts';
import { chat, handOver, write } from './load.ts';
import type { Flag, Message } from './load.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } });
const rounds = Number(values.rounds ?? 100);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  throw new Error('Usage: npm run chaos:kill -- [--rounds 100] [--seed 1]');
}
process.exit(await run(rounds, seed));

/** Kills a server under load again and again; answers the exit code. */
async function run(times: number, from: number): Promise<number> {
  console.log(`chaos:kill: ${times} rounds, seed ${from}`);
  const started = performance.now();
  const server = await startServer();
  const open: { close(): void }[] = [];
  try {
    const admin = await signInAdmin(server.url);
    const people = await addPeople(server.url, admin, [
      'Ada',
      'Grace',
      'Edsger',
      'Barbara',
      'Alan',
      'Radia',
      'Jean',
      'Kathleen',
    ]);
    const ada = people[0] as Account;
    const { id: incidentId } = await declare(server.url, ada, { title: `Chaos, seed ${from}` });
    const random = seeded(from);
    const rooms = people.slice(0, 6).map((person) => new RoomClient(server.url, person, incidentId));
    const writers = people.slice(5, 8).map((person) => new SavingWriter(server.url, person, incidentId));
    open.push(...rooms, ...writers);
    await Promise.all(rooms.map((room) => room.joined()));

    const flag: Flag = { stopped: false };
    const messages: Message[] = [];
    const own = (index: number) => seeded(from * 1_000 + index);
    const load = Promise.all([
      ...rooms.slice(2).map((room, index) => chat(room, `c${index}`, own(index), flag, messages)),
      ...writers.map((writer, index) => write(writer, `w${index}`, own(100 + index), flag)),
      handOver(server.url, [rooms[0] as RoomClient, rooms[1] as RoomClient], incidentId, own(200), flag),
    ]);
    for (let round = 1; round <= times; round += 1) {
      await Promise.race([...rooms.map((room) => room.joined()), load]);
      await delay(50 + random.below(451));
      await server.kill();
      await server.restart();
      if (round % 10 === 0)
        console.log(`  round ${round}: ${messages.length} messages, ${saved(writers)} edits saved`);
    }
    flag.stopped = true;
    await load;
    await settle(writers);
    server.assertHealthy();
    const history = await collect(server, ada, incidentId, { messages, rooms, writers });
    const faults = [...losses(history), ...(await verifyFaults(server)), ...idleness(history, times)];
    report(history, faults, times, from, performance.now() - started);
    return faults.length === 0 ? 0 : 1;
  } finally {
    for (const it of open) it.close();
    await server.stop();
  }
}

function saved(writers: readonly SavingWriter[]): number {
  return writers.reduce((sum, writer) => sum + writer.saved.length, 0);
}

/** Every edit is saved in the end, and every writer holds all of the others'. */
async function settle(writers: readonly SavingWriter[]): Promise<void> {
  const settled = Promise.all(writers.map((writer) => writer.settled()));
  const done = await Promise.race([settled, delay(30_000)]);
  if (!done)
    throw new Error(`Edits stayed unsaved: ${writers.map((writer) => writer.pending.length).join(', ')}`);
  const deadline = performance.now() + 10_000;
  const states = (): number => new Set(writers.map((writer) => writer.doc.getText('scratch').length)).size;
  while (states() > 1 && performance.now() < deadline) await delay(20);
}

async function collect(
  server: ServerProcess,
  who: Account,
  incidentId: string,
  clients: Pick<History, 'messages' | 'rooms' | 'writers'>,
): Promise<History> {
  const entries = await readWholeLog(server.url, who, incidentId);
  const { head } = await readIncident(server.url, who, incidentId);
  return { ...clients, entries, head, document: await readDocument(server.url, who, incidentId) };
}

/** What the command line's own verification finds. */
async function verifyFaults(server: ServerProcess): Promise<string[]> {
  try {
    await promisify(execFile)(process.execPath, ['server/cli.ts', 'verify'], {
      cwd: root,
      env: childEnvironment({ DATA_DIR: server.dataDir }),
    });
    return [];
  } catch (error) {
    return [`warroom verify: ${String(error)}`];
  }
}

/** A run that did no work proves nothing. */
function idleness({ messages, writers, entries }: History, times: number): string[] {
  const acknowledged = messages.filter(({ outcome }) => outcome.kind === 'acknowledged').length;
  const handoffs = entries.filter((entry) => entry.type === 'handoff.accepted').length;
  const reconnects = writers.every((writer) => writer.reconnects >= times);
  return [
    ...(acknowledged < times * 5 ? [`only ${acknowledged} acknowledged messages in ${times} rounds`] : []),
    ...(saved(writers) < times * 3 ? [`only ${saved(writers)} saved edits in ${times} rounds`] : []),
    ...(handoffs < Math.floor(times / 20) ? [`only ${handoffs} handoffs in ${times} rounds`] : []),
    ...(reconnects ? [] : ['not every writer lost its connection in every round']),
  ];
}

function report(
  { messages, writers, entries }: History,
  faults: readonly string[],
  times: number,
  from: number,
  milliseconds: number,
): void {
  const of = (kind: string): number => messages.filter(({ outcome }) => outcome.kind === kind).length;
  const texts = new Set(entries.map((entry) => entry.body['text']));
  const found = messages.filter(({ outcome, text }) => outcome.kind === 'unknown' && texts.has(text)).length;
  const again = messages.filter(
    ({ outcome }) => outcome.kind === 'acknowledged' && outcome.attempts > 1,
  ).length;
  console.log(`chaos:kill: ${times} kills in ${(milliseconds / 1000).toFixed(1)} s, seed ${from}`);
  console.log(`  messages acknowledged ${of('acknowledged')}, of them given again with the same id ${again}`);
  console.log(`  messages of unknown outcome ${of('unknown')}, of them in the log ${found}`);
  console.log(
    `  edits saved ${saved(writers)}, not saved at the end ${writers.reduce((n, w) => n + w.pending.length, 0)}`,
  );
  console.log(`  handoffs accepted ${entries.filter((entry) => entry.type === 'handoff.accepted').length}`);
  console.log(`  entries ${entries.length}`);
  console.log(faults.length === 0 ? '  lost: nothing' : `  FAULTS ${faults.length}`);
  for (const fault of faults.slice(0, 30)) console.log(`    ${fault}`);
}
