import { performance } from 'node:perf_hooks';
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { seeded } from '../test/support/seeded.ts';
import { questionFrame, typedFrame } from './documentBytes.ts';
import { Histogram } from './histogram.ts';
import { Schedule, readTask, runLoad, tell } from './load.ts';
import type { Phases } from './load.ts';
import { clientFrame, openRawSocket } from './rawSocket.ts';
import type { RawSocket } from './rawSocket.ts';

/** What `bench/edit.ts` and `bench/cluster.ts` ask of this process. */
export interface EditTask {
  editors: EditMember[];
  rooms: EditRoom[];
  editsPerSecond: number;
  phases: Phases;
  /** Client ids that have written in the first room before the first editor comes, as a long incident's document has them. */
  seenBefore?: number;
}

export interface EditMember {
  /** '' for a server that asks for none. */
  token: string;
  /** Of the server where this one is. */
  port: number;
  /** Index of the room. */
  room: number;
}

export interface EditRoom {
  path: string;
  /** Hocuspocus' wire: the document's name, which stands before each message. Null: y-websocket's. */
  envelope: string | null;
  /** A relay answers no question: whoever connects to it is in. */
  isRelay?: boolean;
}

interface Edit {
  author: number;
  intended: number;
  measured: boolean;
}

const FIRST_CLIENT_ID = 100_000;
/** Of those who were there before. */
const FIRST_EARLIER_ID = 10_000_000;
/** So many of them write before an answer is waited for, less than any server's limit of what may be on its way. */
const EARLIER_AT_ONCE = 50;
const task = readTask<EditTask>();
const envelopes = task.rooms.map(({ envelope }) =>
  envelope === null ? Buffer.alloc(0) : Buffer.from([envelope.length, ...Buffer.from(envelope)]),
);
const editors = task.editors.length;
const edits: Edit[][] = task.editors.map(() => []);
const received = task.editors.map(() => 0);
const acknowledged = task.editors.map(() => 0);
const sentIn = task.rooms.map(() => 0);
const faults: string[] = [];
const peerTimes = new Histogram();
/** Of these the ones between editors at different servers. */
const acrossTimes = new Histogram();
const ownTimes = new Histogram();
const acknowledgedTimes = new Histogram();
/** Each distinct frame is read once, however many sockets it comes to. */
const read = new Map<string, Edit[]>();
let measuring = false;
let delivered = 0;
let sent = 0;
let finished = false;

if (task.seenBefore) await writeEarlier(task.seenBefore);
const sockets = await Promise.all(task.editors.map((member, editor) => open(member, editor)));
const random = seeded(1);
const schedule = new Schedule(
  performance.now() + 100,
  task.editsPerSecond,
  task.editors.map(() => random.next()),
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
  complete: () => received.every((count, editor) => count === sentTo(editor)),
});
finished = true;
for (const [editor, count] of received.entries()) {
  const all = sentTo(editor);
  if (count !== all) faults.push(`editor ${editor} received ${count} of ${all} edits`);
}
tell({
  kind: 'result',
  result: {
    peer: peerTimes.summary(),
    across: acrossTimes.summary(),
    acknowledged: (acknowledged.some((count) => count > 0) ? acknowledgedTimes : ownTimes).summary(),
    delivered,
    sent,
    faults,
    ...usage,
  },
});
for (const socket of sockets) socket.end();
process.disconnect?.();

async function open(member: EditMember, editor: number): Promise<RawSocket> {
  return enter(member, editor, (message, isHocuspocus) => hear(editor, message, isHocuspocus));
}

/** Resolves when the socket has the whole document. */
async function enter(
  { token, port, room }: EditMember,
  editor: number,
  take: (message: Buffer, isHocuspocus: boolean) => void,
  isLeaving: () => boolean = () => false,
): Promise<RawSocket> {
  const { path, envelope, isRelay } = task.rooms[room] ?? { path: '/', envelope: null };
  const headers: Record<string, string> = token === '' ? {} : { Authorization: `Bearer ${token}` };
  const socket = await openRawSocket(port, path, headers);
  // Sync step 1 with an empty state: the server sends what there is, as to everybody who opens the page.
  const question = (): void => socket.send(framed(editor, questionFrame(new Map())));
  const answersNothing = isRelay === true;
  await new Promise<void>((resolve) => {
    socket.listen(
      (payload) => {
        const message = payload.subarray(envelopes[room]?.length ?? 0);
        if (message[0] === 2 && envelope !== null) question();
        if (answersNothing || ((message[0] === 0 || message[0] === 4) && message[1] === 1)) resolve();
        take(message, envelope !== null);
      },
      (why) => {
        if (!finished && !isLeaving()) faults.push(`editor ${editor}: ${why}`);
        resolve();
      },
    );
    // Hocuspocus wants to know who it is first; any token will do.
    if (envelope !== null) socket.send(framed(editor, Uint8Array.of(2, 0, 1, 0x78)));
    else question();
    if (answersNothing) resolve();
  });
  return socket;
}

/** One character of each of so many client ids, all of which have arrived when it resolves. */
async function writeEarlier(count: number): Promise<void> {
  const first = task.editors[0];
  if (!first) return;
  let arrived = 0;
  let wake = (): void => undefined;
  const take = (message: Buffer): void => {
    if (message[0] !== 0 || message[1] !== 2) return;
    arrived += idsIn(message).filter(({ client }) => client >= FIRST_EARLIER_ID).length;
    wake();
  };
  let isOver = false;
  const socket = await enter(first, 0, take, () => isOver);
  for (let next = 0; next < count;) {
    const until = Math.min(count, next + EARLIER_AT_ONCE);
    for (; next < until; next += 1) socket.send(framed(0, typedFrame(FIRST_EARLIER_ID + next, 0, 'e')));
    while (arrived < next) await new Promise<void>((resolve) => (wake = resolve));
  }
  isOver = true;
  socket.end();
}

function roomOf(editor: number): number {
  return task.editors[editor]?.room ?? 0;
}

/** Edits that were sent in an editor's room. */
function sentTo(editor: number): number {
  return sentIn[roomOf(editor)] ?? 0;
}

function framed(editor: number, message: Uint8Array): Buffer {
  const envelope = envelopes[roomOf(editor)];
  return clientFrame(envelope?.length ? Buffer.concat([envelope, message]) : message);
}

/** One character after the editor's own last one: what somebody who types sends. */
function send(editor: number, intended: number): void {
  const own = edits[editor] ?? [];
  const clock = own.length;
  own.push({ author: editor, intended, measured: measuring });
  sent += 1;
  sentIn[roomOf(editor)] = sentTo(editor) + 1;
  sockets[editor]?.send(framed(editor, typedFrame(FIRST_CLIENT_ID + editor, clock, 'x')));
}

function hear(editor: number, payload: Buffer, isHocuspocus: boolean): void {
  if (payload[0] === 100) {
    const count = decoding.readVarUint(decoding.createDecoder(payload.subarray(1)));
    return hearAcknowledged(editor, count);
  }
  // Hocuspocus answers each update by itself, in order, once it has it in memory.
  if (isHocuspocus && payload[0] === 8) return hearAcknowledged(editor, (acknowledged[editor] ?? 0) + 1);
  if (payload[0] !== 0 || payload[1] !== 2) return undefined;
  const now = performance.now();
  for (const { author, intended, measured } of editsIn(payload)) {
    received[editor] = (received[editor] ?? 0) + 1;
    if (measuring) delivered += 1;
    if (!measured) continue;
    (author === editor ? ownTimes : peerTimes).add(now - intended);
    if (task.editors[author]?.port !== task.editors[editor]?.port) acrossTimes.add(now - intended);
  }
  return undefined;
}

function hearAcknowledged(editor: number, count: number): void {
  const now = performance.now();
  for (let index = acknowledged[editor] ?? 0; index < count; index += 1) {
    const edit = edits[editor]?.[index];
    if (!edit) faults.push(`editor ${editor} got an acknowledgement of edit ${index}, which was not sent`);
    else if (edit.measured) acknowledgedTimes.add(now - edit.intended);
  }
  acknowledged[editor] = count;
}

/** The edits a frame carries. */
function editsIn(payload: Buffer): Edit[] {
  const key = payload.toString('latin1');
  const known = read.get(key);
  if (known) return known;
  const found: Edit[] = [];
  for (const { client, clock, length } of idsIn(payload)) {
    const own = edits[client - FIRST_CLIENT_ID];
    if (client < FIRST_CLIENT_ID || client >= FIRST_CLIENT_ID + editors || !own) continue;
    found.push(...own.slice(clock, clock + length));
  }
  if (read.size > 2_000) read.clear();
  read.set(key, found);
  return found;
}

function idsIn(payload: Buffer): { client: number; clock: number; length: number }[] {
  const decoder = decoding.createDecoder(payload);
  decoding.readVarUint(decoder);
  decoding.readVarUint(decoder);
  return Y.decodeUpdate(decoding.readVarUint8Array(decoder)).structs.map(({ id, length }) => ({
    ...{ client: id.client, clock: id.clock },
    length,
  }));
}
