import type { Entry } from '#shared/contract/entries.ts';
import type { Command, SystemCommand } from '#shared/contract/commands.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { Head, IncidentSummary, PresentPerson } from '#shared/contract/wire.ts';
import type { Actor, PersonFacts } from '#shared/incident/context.ts';
import type { IncidentState } from '#shared/incident/state.ts';

import type { AuthoredUpdate, DocumentBatch, PersonRecord } from './storePort.ts';

export { StoreUnavailable } from './storePort.ts';
export type * from './storePort.ts';
export type * from './outboxPort.ts';
export type * from './reviewPort.ts';

/** Time; tests drive it. */
export interface Clock {
  /** The wall clock: milliseconds since 1970. People and machines set it, also back: never for how long something took. */
  now(): number;
  /** Milliseconds since some moment, never stepping: for everything that measures how long. */
  elapsed(): number;
  /** Runs `work` once after `milliseconds`, never within this call (0: when the present turn of the event loop is over); the answer cancels it. */
  after(milliseconds: number, work: () => void): () => void;
}

/**
 * Carries hints between instances; one instance alone uses the local one, which carries nothing. Everything it brings
 * may be late, twice, out of order or missing: what is true is read from the store.
 */
export interface Fanout {
  /** This instance, new with every start. */
  readonly instance: string;
  /** `alone`: there are no others. `away`: the others cannot be reached now, so that the store must be asked instead. */
  state(): 'alone' | 'connected' | 'away';
  /** Hears each change of the state. */
  onState(hear: (state: 'connected' | 'away') => void): () => void;
  /** Tells the other instances that have this incident open. Never awaited, never throws; lost while away. */
  publish(incidentId: string, message: FanoutMessage): void;
  /** Hears what other instances publish about an incident. The answer stops it. */
  subscribe(incidentId: string, listener: FanoutListener): () => void;
  /** Tells all other instances. Never awaited, never throws; lost while away. */
  announce(notice: FanoutNotice): void;
  /** Hears what other instances announce. The answer stops it. */
  onNotice(hear: (notice: FanoutNotice, from: string) => void): () => void;
  close(): Promise<void>;
}

export interface FanoutListener {
  /** A message of another instance (`from`), never one's own. */
  hear(message: FanoutMessage, from: string): void;
  /** Messages may have been missed or could not be read: ask the store. Also after each (re)subscription. */
  doubt(): void;
}

/** What instances tell each other about one incident. */
export type FanoutMessage =
  /** One committed batch; it must continue the hash chains of whoever hears it. */
  | { kind: 'batch'; head: Head; entries: Entry[]; documents: DocumentBatch[] }
  /** Where the log stands: for batches too large to carry, and once a second while there is something new. */
  | { kind: 'head'; head: Head }
  /** Who is in the room at that instance; repeated every few seconds. */
  | { kind: 'presence'; people: PresentPerson[] }
  /** States of awareness (y-protocols entries, identity already the server's) of clients at that instance. */
  | { kind: 'awareness'; name: string; entries: Uint8Array }
  | { kind: 'progress'; person: string; progress: { offer: string; read: number; of: number } }
  /** Somebody opened the room and asks who is where: answered with presence and awareness. */
  | { kind: 'hello' };

/** What instances tell each other about no incident in particular. */
export type FanoutNotice =
  /** People or sessions changed: the permission epoch was raised. */
  | { kind: 'permissions' }
  | { kind: 'sessions_ended'; ids: string[] }
  | { kind: 'summary'; summary: IncidentSummary }
  /** Who has a connection to that instance; repeated every few seconds. */
  | { kind: 'connected'; people: string[] }
  /** The instance leaves: nobody is there any more. */
  | { kind: 'goodbye' };

/** Everybody, in memory; kept true by whoever saves people. */
export interface Directory {
  get(id: string): PersonRecord | undefined;
  /** The same people as rules need them. */
  readonly facts: ReadonlyMap<string, PersonFacts>;
  all(): PersonRecord[];
  /** Hears each person that was added or changed, after the change is durable. */
  onChange(hear: (person: PersonRecord) => void): () => void;
  /** True while rights were compared with the store so lately that none can have been gone for longer than promised. */
  isCurrent(): boolean;
  /** Compares them if that is due, with the sessions that depend on them; rejects when the store does not answer. */
  makeCurrent(): Promise<void>;
}

/** What the tick needs of an open document. It never waits for the document and the document never commits. */
export interface DocumentIntake {
  readonly name: string;
  /** Takes up to `max` queued updates for one commit; senders whose right is gone are dropped here. Null: nothing queued. */
  take(
    max: number,
  ): { updates: AuthoredUpdate[]; newClientIds: { clientId: number; person: string }[] } | null;
  /** What was taken is durable as this batch: broadcast one merged frame to all, the authors included, and acknowledge. */
  committed(batch: DocumentBatch): void;
  /** What was taken goes back to the front of the queue: the commit was not taken and is tried again. */
  restore(): void;
  /** What was taken could not be stored: roll the projection back and close its senders with 1011. */
  failed(): void;
  /** What was taken claims a client id of another person: roll back, and refuse its senders with 4409. */
  refused(clientId: number): void;
  /** A batch that another instance committed. */
  received(batch: DocumentBatch): void;
}

export interface RoomListener {
  /** Entries in order, each once, after they are durable. `state` is the fold up to the last of them. */
  entries(entries: Entry[], head: Head, state: IncidentState): void;
  /** `commanderAbsentSince`: ISO time since when the commander has had no connection to this server, or null. */
  presence(people: PresentPerson[], commanderAbsentSince: string | null): void;
  /** How far the receiver of an offer has read; volatile. */
  progress(progress: { offer: string; read: number; of: number }): void;
}

export type SubmitAnswer = { ok: true; seq: number } | { ok: false; refusal: Refusal };

/** An incident that is open in memory on this instance, as edges use it. */
export interface Room {
  readonly incidentId: string;
  /** Fold of everything durable. */
  readonly state: IncidentState;
  readonly head: Head;
  /** Puts a command into the inbox; answers after the commit or with the refusal. Never throws for bad input. */
  submit(command: Command | SystemCommand, actor: Actor): Promise<SubmitAnswer>;
  /** The last `limit` entries up to the head, from memory where possible. */
  lastEntries(limit: number): Promise<{ entries: Entry[]; head: Head; more: boolean }>;
  subscribe(listener: RoomListener): () => void;
  /** Marks a connection of a person as present; the answer ends it. */
  arrive(person: string): { away(away: boolean): void; leave(): void };
  present(): PresentPerson[];
  /** Since when the commander has had no connection to this server (ISO time); null while connected. */
  commanderAbsentSince(): string | null;
  /** Tells the room how far the named person has read the brief. */
  progress(person: string, progress: { offer: string; read: number; of: number }): void;
  /** The live document of that name; null when the incident has none of that name. Keeps the room open until released. */
  document(name: string): Promise<LiveDocumentHandle | null>;
  /** Keeps the room in memory until released; rooms nobody holds are evicted when idle. */
  hold(): () => void;
}

/** A live document as its edge uses it. */
export interface LiveDocumentHandle {
  /** Connects a document socket of a person; everything after that goes through the connection. */
  connect(
    socket: DocumentSocket,
    options: { person: string; sessionId: string; acknowledge: boolean },
  ): DocumentConnection;
  /** Full state now, as one V1 update, and the docSeq it is of. */
  encodeState(): Promise<{ update: Uint8Array; docSeq: number }>;
}

/** The half of a WebSocket that a document needs; tests implement it in memory. */
export interface DocumentSocket {
  send(frame: Uint8Array): void;
  close(code: number, reason: string): void;
  /** Bytes handed to `send` that have not left the process. */
  bufferedBytes(): number;
  /** Stops and resumes reading (floods are paused, not refused). */
  pause(): void;
  resume(): void;
}

export interface DocumentConnection {
  /** One inbound frame. Never throws: bad bytes close this socket only. */
  receive(frame: Uint8Array): void;
  /** The socket is gone. */
  closed(): void;
}

/** All open rooms of this instance. */
export interface Rooms {
  /**
   * The room of an incident, opened if need be; null when there is no such incident. Two opens at once give one room.
   * Rejects with `StoreUnavailable` while rooms drain: it is not known then.
   */
  open(incidentId: string): Promise<Room | null>;
  /**
   * The same, brought to where the store stood when asked: whoever was answered by another instance finds that here.
   * For everything that begins here: a request, a join, a document's socket.
   */
  openCurrent(incidentId: string): Promise<Room | null>;
  /** The room if it is open. */
  peek(incidentId: string): Room | undefined;
  /** Hears every change of the summary of an open room, for the board; `isOwn`: this instance committed it. */
  onSummary(hear: (summary: IncidentSummary, isOwn: boolean) => void): () => void;
  /** A new incident exists. */
  created(summary: IncidentSummary): void;
  /** Commits what is queued, refuses the rest with `draining`, closes document sockets with 1012. */
  drain(): Promise<void>;
}
