import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';

/** The promises that a run is held to; `work` is the run's own: that it did anything at all. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'work';

/** A promise that was not kept. */
export interface Violation {
  invariant: Invariant;
  text: string;
}

/** A moment on both clocks, in milliseconds: order and length by `mono`, comparison with entries by `wall`. */
export interface Moment {
  wall: number;
  mono: number;
}

/** What a client knows of a command: a time-out is unknown, never a failure. */
export type Knowledge =
  { kind: 'invoked' } | { kind: 'ok'; seq: number } | { kind: 'refused'; code: string } | { kind: 'unknown' };

/** A command as its author gave it, under one id, however often it was sent. */
export interface Operation {
  client: string;
  person: string;
  incidentId: string;
  commandId: string;
  type: string;
  body: Readonly<Record<string, unknown>>;
  epoch: number | null;
  invoked: Moment;
  ended: Moment | null;
  attempts: number;
  knowledge: Knowledge;
}

/** An edit of a document: a word that occurs nowhere else. */
export interface Edit {
  writer: string;
  incidentId: string;
  word: string;
  invoked: Moment;
  /** When its author was told that it is durable; null: never. */
  saved: Moment | null;
}

/** What one client was shown of a log, in the order in which it was shown. */
export interface View {
  client: string;
  incidentId: string;
  entries: readonly Entry[];
  head: Head | null;
  /** Gaps and changed entries that the client noticed itself. */
  faults: readonly string[];
}

/** A document as one replica holds it when all is quiet. */
export interface Replica {
  holder: string;
  incidentId: string;
  state: Uint8Array;
}

/** What one instance answers about an incident when all is quiet. */
export interface Answered {
  instance: string;
  incidentId: string;
  entries: readonly Entry[];
  head: Head;
}

/** A right taken away, and what its former holder could still do or hear. */
export interface Revocation {
  person: string;
  what: string;
  at: Moment;
  /** Frames of that scope that reached the person, and writes of theirs that were acknowledged, by when they came. */
  after: readonly { what: string; at: Moment }[];
}

/** Something a scenario asserts beside the general promises. */
export interface Claim {
  invariant: Invariant;
  text: string;
  held: boolean;
}

/** An amount of one process at two quiet moments. */
export interface Measured {
  instance: string;
  what: string;
  before: number;
  after: number;
  /** How much more than before it may be: a share of before, and an amount below which it is noise. */
  share: number;
  noise: number;
}

/** Everything that a run leaves behind for the checkers. */
export interface History {
  operations: readonly Operation[];
  edits: readonly Edit[];
  views: readonly View[];
  replicas: readonly Replica[];
  answered: readonly Answered[];
  revocations: readonly Revocation[];
  claims: readonly Claim[];
  measured: readonly Measured[];
  /** Processes that ended or cried out without being told to. */
  crashes: readonly string[];
  /** What `warroom verify` said; null when it found nothing. */
  verification: string | null;
}

/** The present moment. */
export function moment(): Moment {
  return { wall: Date.now(), mono: performance.now() };
}

/** Everything that happens in a run, as it happens. */
export class Recorder {
  readonly operations: Operation[] = [];
  readonly edits: Edit[] = [];
  readonly revocations: (Revocation & { after: { what: string; at: Moment }[] })[] = [];
  readonly claims: Claim[] = [];
  readonly measured: Measured[] = [];
  readonly crashes: string[] = [];
  faultsInjected = 0;

  invoke(command: Omit<Operation, 'invoked' | 'ended' | 'attempts' | 'knowledge'>): Operation {
    const operation: Operation = {
      ...command,
      invoked: moment(),
      ended: null,
      attempts: 0,
      knowledge: { kind: 'invoked' },
    };
    this.operations.push(operation);
    return operation;
  }

  end(operation: Operation, knowledge: Knowledge, attempts: number): void {
    operation.ended = moment();
    operation.knowledge = knowledge;
    operation.attempts = attempts;
  }

  claim(invariant: Invariant, text: string, held: boolean): void {
    this.claims.push({ invariant, text, held });
  }
}

/** An empty history, for tests of checkers to break. */
export function emptyHistory(): History {
  return {
    operations: [],
    edits: [],
    views: [],
    replicas: [],
    answered: [],
    revocations: [],
    claims: [],
    measured: [],
    crashes: [],
    verification: null,
  };
}
