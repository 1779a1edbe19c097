import type { IncidentState } from '../incident/state.ts';
import type { Entry } from './entries.ts';
import type { Severity, Status } from './identifiers.ts';
import type { WireError } from './refusals.ts';

/**
 * Version of what browsers and server say to each other.
 * 1 (2026-11): first.
 */
export const PROTOCOL_VERSION = 1;

export type Access = 'responder' | 'stakeholder';
export type Locale = 'en' | 'ko';

/** A person as anybody signed in may see them. */
export interface Person {
  id: string;
  name: string;
  access: Access;
  admin: boolean;
  locale: Locale;
}

/** Where an incident's log and documents stand; two equal heads mean equal histories. */
export interface Head {
  seq: number;
  hash: string;
  docSeq: number;
  docHash: string;
}

/** An incident as lists show it. */
export interface IncidentSummary {
  id: string;
  number: number;
  title: string;
  severity: Severity;
  status: Status;
  private: boolean;
  drill: boolean;
  commander: string;
  epoch: number;
  declaredAt: string;
  head: Head;
  /** Additions to the outside contract. */
  nextUpdateAt: string | null;
  resolvedAt: string | null;
  /** To whom command is offered now. */
  offeredTo: string | null;
  members?: string[];
}

export interface PresentPerson {
  person: string;
  since: string;
  away?: true;
}

export type JoinAnswer =
  | {
      ok: true;
      protocol: number;
      storageEpoch: string;
      state: IncidentState;
      entries: Entry[];
      head: Head;
      more: boolean;
    }
  | { ok: false; error: WireError };

/** What became of one entry that went out: how many of its deliveries stand where. */
export interface DeliveryCounts {
  delivered: number;
  failed: number;
  unknown: number;
  waiting: number;
  sending: number;
  withdrawn: number;
}

export interface UpdateDeliveries {
  seq: number;
  counts: DeliveryCounts;
  /** Nothing of it is on its way any more. */
  settled: boolean;
}

export type CommandAnswer = { ok: true; seq: number } | { ok: false; error: WireError };

/** What the server sends over Socket.IO. */
export interface ServerToClient {
  entries: (message: { incidentId: string; entries: Entry[]; head: Head }) => void;
  /** Who is in the room; and (addition to the contract) since when the commander has had no connection at all. */
  presence: (message: {
    incidentId: string;
    people: PresentPerson[];
    commanderAbsentSince: string | null;
  }) => void;
  left: (message: { incidentId: string; code: string }) => void;
  session: (message: { code: string }) => void;
  /** How far the receiver of an offer has read the brief; never stored (addition to the contract). */
  progress: (message: { incidentId: string; offer: string; read: number; of: number }) => void;
  /** An incident the person may enter appeared or changed on the board (addition to the contract). */
  board: (message: { incident: IncidentSummary }) => void;
  /** People were added or changed; ask again (addition to the contract). */
  people: (message: { person: Person }) => void;
  /** What became of what went out changed (addition to the contract). */
  deliveries: (message: { incidentId: string; updates: UpdateDeliveries[] }) => void;
  /** Which build of the browser's part this instance serves, once after connecting (addition to the contract). */
  build: (message: { build: string }) => void;
}

/** What a client sends over Socket.IO; each is answered where it has an acknowledgement callback. */
export interface ClientToServer {
  join: (request: { incidentId: string; after?: number }, answer: (answer: JoinAnswer) => void) => void;
  leave: (request: { incidentId: string }, answer: (answer: { ok: boolean }) => void) => void;
  command: (
    request: { commandId: string; incidentId: string; type: string; body: unknown; epoch?: number },
    answer: (answer: CommandAnswer) => void,
  ) => void;
  /** I am (not) looking at this tab (addition to the contract). */
  away: (request: { incidentId: string; away: boolean }) => void;
  /** How far I have read the brief of the offer made to me (addition to the contract). */
  progress: (request: { incidentId: string; offer: string; read: number; of: number }) => void;
}

/** Close codes of document sockets. Those from 4400 to 4499 are final to stock clients: they never come back. */
export const closeCodes = {
  /** Final: the session ended. */
  sessionEnded: 4401,
  /** Final: no right to this document. */
  forbidden: 4403,
  /** Final: there is no such document for this person. */
  gone: 4404,
  /** Final for this document instance: it was refused; replace it. */
  refused: 4409,
  /** Final: a frame or document past its limit. */
  tooLarge: 4413,
  /** Final: bytes that are no message of this protocol. */
  malformed: 4400,
  /** Come back: the store did not take the edits. */
  notSaved: 1011,
  /** Come back: the server restarts. */
  restart: 1012,
  /** Come back: too slow, or overloaded. */
  overloaded: 1013,
  /** Come back: the store is away. */
  storeAway: 4503,
} as const;

/** Message types of the y-websocket wire, and our own acknowledgement. */
export const documentMessages = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  /** varuint 100, varuint number of this socket's update messages that are durable so far. */
  acknowledged: 100,
} as const;
