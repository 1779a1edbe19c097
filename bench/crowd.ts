import { backoff } from '../client/document/backoff.ts';
import type { Seeded as Chance } from '../test/support/seeded.ts';
import { caretFrame, frameReader, nothingFrame, questionFrame, typedFrame } from './documentBytes.ts';
import type { Clocks, Run } from './documentBytes.ts';
import { openLongLine } from './longLine.ts';

/** One person's tab: a room socket and a document socket of one incident, both coming back by themselves. */
export interface CrowdClient {
  readonly number: number;
  readonly incident: number;
  /** Last entry and last content of each writer that arrived here. */
  seq(): number;
  clocks(): ReadonlyMap<number, number>;
  /** In the room with every entry up to the join, and in the document with its state. */
  isBack(): boolean;
  /** Which of its sockets are in. */
  standing(): 'both' | 'room' | 'document' | 'none';
  /** Since when, on this process's clock; NaN while away. */
  backSince(): number;
  /** Writes text into the document; answers the clock it begins at, or null while away. */
  type(text: string): number | null;
  /** Says something; the acknowledgement comes to `said` under this number. False while away. */
  say(number: number, text: string): boolean;
  stop(): void;
}

export interface CrowdEvents {
  /** A client is in again with everything. */
  back(client: CrowdClient): void;
  /** Content arrived live, not by catching up. */
  edits(client: CrowdClient, runs: readonly Run[]): void;
  /** All edits up to this many of this socket are durable. */
  acknowledged(client: CrowdClient, count: number): void;
  said(client: CrowdClient, number: number, isTaken: boolean): void;
  fault(what: string): void;
  /** A try to connect was answered no, or not at all. */
  failed(why: string): void;
}

export interface CrowdMember {
  token: string;
  incidentId: string;
  /** Which of the incidents, for counting. */
  incident: number;
}

export const FIRST_CLIENT_ID = 100_000;
/** The first wait of the room socket after a loss and the longest, as our client has them. Milliseconds. */
const ROOM_WAIT = { first: 250, longest: 2_000 };
const readFrame = frameReader();
const readEntries = entryReader();

/** Opens both sockets of a member of the crowd. */
export function openCrowdClient(
  number: number,
  member: CrowdMember,
  parts: { port(): number; chance: Chance; events: CrowdEvents },
): CrowdClient {
  const { port, chance, events } = parts;
  const { token, incidentId, incident } = member;
  const clocks: Clocks = new Map();
  /** Updates that came before the state they build on. */
  const early: (readonly Run[])[] = [];
  let seq = 0;
  let inRoom = false;
  let inDocument = false;
  let backSince = Number.NaN;
  let caretClock = 0;

  const arrived = (): void => {
    if (!inRoom || !inDocument || backSince > 0) return;
    backSince = performance.now();
    room.settled();
    document.settled();
    events.back(client);
  };
  const lost = (): void => {
    backSince = Number.NaN;
  };

  const room = openLongLine({
    ...{ port, path: '/socket.io/?EIO=4&transport=websocket', headers: {}, failed: events.failed },
    wait(attempt) {
      const whole = Math.min(ROOM_WAIT.longest, ROOM_WAIT.first * 2 ** attempt);
      return whole * (0.5 + chance.next());
    },
    welcome: (line) => line.send(`40${JSON.stringify({ token, protocol: 1 })}`),
    lost() {
      inRoom = false;
      lost();
    },
    hear(payload) {
      hearRoom(payload.toString('latin1'));
    },
  });

  function join(): void {
    room.send(`420${JSON.stringify(['join', seq === 0 ? { incidentId } : { incidentId, after: seq }])}`);
  }

  function hearRoom(text: string): void {
    if (text === '2') room.send('3');
    else if (text.startsWith('42["entries"')) hearEntries(readEntries(text));
    else if (text.startsWith('430[')) hearJoin(text);
    else if (text.startsWith('43')) hearSaid(text);
    else if (text.startsWith('40')) join();
    else if (text.startsWith('44')) {
      events.failed(`handshake: ${text.slice(0, 100)}`);
      room.again();
    }
  }

  function hearJoin(text: string): void {
    if (!text.startsWith('430[{"ok":true')) {
      events.failed(`join: ${text.slice(0, 150)}`);
      setTimeout(join, 1_000 * (1 + chance.next()));
      return;
    }
    const { first, last } = readEntries(text);
    if (first > seq + 1 && seq > 0)
      events.fault(`client ${number} joined after ${seq} and got ${first} first`);
    seq = Math.max(seq, last);
    inRoom = true;
    arrived();
  }

  function hearEntries({ first, last }: { first: number; last: number }): void {
    if (!inRoom || last <= seq) return;
    if (first > seq + 1) events.fault(`client ${number} has ${seq} and got ${first} next`);
    seq = last;
  }

  function hearSaid(text: string): void {
    const id = Number.parseInt(text.slice(2), 10) - 1;
    events.said(client, id, text.includes('[{"ok":true'));
  }

  const document = openLongLine({
    ...{ port, path: `/doc/${incidentId}?ack=1`, headers: { Authorization: `Bearer ${token}` } },
    failed: events.failed,
    wait: (attempt) => backoff(attempt, false, chance.next()),
    welcome(line) {
      line.send(questionFrame(clocks));
      caretClock += 1;
      line.send(caretFrame(FIRST_CLIENT_ID + number, caretClock));
    },
    lost() {
      inDocument = false;
      early.length = 0;
      lost();
    },
    hear(payload) {
      const frame = readFrame(payload);
      if (frame.kind === 'question') document.send(nothingFrame);
      else if (frame.kind === 'acknowledged') events.acknowledged(client, frame.count);
      else if (frame.kind === 'answer') {
        take(frame.runs);
        for (const runs of early.splice(0)) take(runs);
        inDocument = true;
        arrived();
      } else if (frame.kind === 'update') {
        if (!inDocument) return void early.push(frame.runs);
        take(frame.runs);
        events.edits(client, frame.runs);
      }
      return undefined;
    },
  });

  function take(runs: readonly Run[]): void {
    for (const { client: writer, clock, length } of runs) {
      const known = clocks.get(writer) ?? 0;
      if (clock > known) events.fault(`client ${number} has ${known} of writer ${writer} and got ${clock}`);
      clocks.set(writer, Math.max(known, clock + length));
    }
  }

  let written = 0;
  const client: CrowdClient = {
    ...{ number, incident },
    seq: () => seq,
    clocks: () => clocks,
    isBack: () => backSince > 0,
    standing: () => (inRoom ? (inDocument ? 'both' : 'room') : inDocument ? 'document' : 'none'),
    backSince: () => backSince,
    type(text) {
      if (!(backSince > 0)) return null;
      const clock = written;
      written += text.length;
      document.send(typedFrame(FIRST_CLIENT_ID + number, clock, text));
      return clock;
    },
    say(id, text) {
      if (!(backSince > 0)) return false;
      const commandId = `bench-${number}-${id}`;
      const command = { commandId, incidentId, type: 'chat.post', body: { text } };
      room.send(`42${id + 1}${JSON.stringify(['command', command])}`);
      return true;
    },
    stop() {
      room.stop();
      document.stop();
    },
  };
  return client;
}

interface Page {
  entries: { seq: number }[];
  head: { seq: number };
}

/** First and last `seq` a frame carries; each distinct one is read once. A join without entries says 0 and the head. */
function entryReader(): (text: string) => { first: number; last: number } {
  const known = new Map<string, { first: number; last: number }>();
  return (text) => {
    const found = known.get(text);
    if (found) return found;
    const parts = JSON.parse(text.replace(/^\d+/, '')) as ['entries', Page] | [Page];
    const { entries, head } = parts[0] === 'entries' ? parts[1]! : parts[0];
    const range = { first: entries[0]?.seq ?? 0, last: entries.at(-1)?.seq ?? head.seq };
    if (known.size > 2_000) known.clear();
    known.set(text, range);
    return range;
  };
}
