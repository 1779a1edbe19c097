import { performance } from 'node:perf_hooks';
import { seeded } from '../test/support/seeded.ts';
import { Histogram } from './histogram.ts';
import { Schedule, readTask, runLoad, tell } from './load.ts';
import type { Phases } from './load.ts';
import { clientFrame, openRawSocket } from './rawSocket.ts';
import type { RawSocket } from './rawSocket.ts';

/** What `bench/chat.ts` asks of this process. */
export interface ChatTask {
  port: number;
  /** One person per token; '' for the bare broadcast. */
  tokens: string[];
  /** Null for the bare broadcast. */
  incidentId: string | null;
  /** Of all people together. */
  messagesPerSecond: number;
  phases: Phases;
}

interface Message {
  author: number;
  intended: number;
  measured: boolean;
}

const task = readTask<ChatTask>();
const messages: Message[] = [];
const received = task.tokens.map(() => 0);
const faults: string[] = [];
const peerTimes = new Histogram();
const acknowledgedTimes = new Histogram();
/** Each distinct frame is read once, however many sockets it comes to. */
const read = new Map<string, number[]>();
let measuring = false;
let delivered = 0;
let acknowledged = 0;
let finished = false;

const sockets: RawSocket[] = [];
for (let start = 0; start < task.tokens.length; start += 20) {
  const some = task.tokens.slice(start, start + 20);
  sockets.push(...(await Promise.all(some.map((token, index) => open(token, start + index)))));
}
const random = seeded(2);
const perPerson = task.messagesPerSecond / task.tokens.length;
const schedule = new Schedule(
  performance.now() + 100,
  perPerson,
  task.tokens.map(() => random.next()),
);
const usage = await runLoad(task.phases, {
  schedule,
  send,
  measuring: () => {
    measuring = true;
  },
  measured: () => {
    measuring = false;
  },
  complete: () => acknowledged === messages.length && received.every((count) => count === messages.length),
});
finished = true;
if (acknowledged !== messages.length)
  faults.push(`${acknowledged} of ${messages.length} messages acknowledged`);
for (const [person, count] of received.entries()) {
  if (count !== messages.length)
    faults.push(`person ${person} received ${count} of ${messages.length} messages`);
}
tell({
  kind: 'result',
  result: {
    peer: peerTimes.summary(),
    acknowledged: acknowledgedTimes.summary(),
    delivered,
    sent: messages.length,
    faults,
    ...usage,
  },
});
for (const socket of sockets) socket.end();
process.disconnect?.();

/** Engine.IO and Socket.IO by hand: open, connect, join. */
async function open(token: string, person: number): Promise<RawSocket> {
  const socket = await openRawSocket(task.port, '/socket.io/?EIO=4&transport=websocket');
  await new Promise<void>((resolve) => {
    socket.listen(
      (payload) => hear(socket, person, payload.toString('latin1'), resolve),
      (why) => {
        if (!finished) faults.push(`person ${person}: ${why}`);
        resolve();
      },
    );
    socket.send(clientFrame(token === '' ? '40' : `40${JSON.stringify({ token, protocol: 1 })}`));
  });
  return socket;
}

function hear(socket: RawSocket, person: number, text: string, ready: () => void): void {
  if (text === '2') {
    socket.send(clientFrame('3'));
  } else if (text.startsWith('40')) {
    if (task.incidentId === null) ready();
    else socket.send(clientFrame(`420["join",${JSON.stringify({ incidentId: task.incidentId })}]`));
  } else if (text.startsWith('44')) {
    faults.push(`person ${person} was refused: ${text}`);
    ready();
  } else if (text.startsWith('430[')) {
    if (!text.startsWith('430[{"ok":true'))
      faults.push(`person ${person} could not join: ${text.slice(0, 200)}`);
    ready();
  } else if (text.startsWith('43')) {
    hearAcknowledged(text);
  } else if (text.startsWith('42["entries"') || text.startsWith('42["chat"')) {
    hearMessages(person, text);
  }
}

function send(person: number, intended: number): void {
  const number = messages.length;
  messages.push({ author: person, intended, measured: measuring });
  const text = `m${number}. the error rate in the second zone is falling since the rollback`;
  // Acknowledgement numbers begin with 1: 0 was the join.
  const packet =
    task.incidentId === null
      ? `42${number + 1}${JSON.stringify(['chat', { text }])}`
      : `42${number + 1}${JSON.stringify(['command', { commandId: `bench-command-${number}`, incidentId: task.incidentId, type: 'chat.post', body: { text } }])}`;
  sockets[person]?.send(clientFrame(packet));
}

function hearAcknowledged(text: string): void {
  const now = performance.now();
  const number = Number.parseInt(text.slice(2), 10) - 1;
  const message = messages[number];
  if (!message || !text.includes('"ok":true')) {
    faults.push(`message ${number} was answered ${text.slice(0, 200)}`);
    return;
  }
  acknowledged += 1;
  if (message.measured) acknowledgedTimes.add(now - message.intended);
}

function hearMessages(person: number, text: string): void {
  const now = performance.now();
  for (const number of messagesIn(text)) {
    received[person] = (received[person] ?? 0) + 1;
    if (measuring) delivered += 1;
    const message = messages[number];
    if (message?.measured && message.author !== person) peerTimes.add(now - message.intended);
  }
}

/** The numbers of the messages a frame carries. */
function messagesIn(text: string): number[] {
  const known = read.get(text);
  if (known) return known;
  const numbers = Array.from(text.matchAll(/"text":"m(\d+)\. /g), ([, number]) => Number(number));
  if (read.size > 2_000) read.clear();
  read.set(text, numbers);
  return numbers;
}
