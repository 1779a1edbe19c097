export type GaugeName =
  'rooms' | 'room_sockets' | 'document_sockets' | 'lagging_sockets' | 'waiting_openings' | 'waiting_joins';

/** What rooms and documents count. Edges implement it; tests may leave it out with `noMetrics`. */
export interface RoomMetrics {
  /** One commit of a room: how long it took (milliseconds) and what it carried. */
  committed(commit: { milliseconds: number; entries: number; updates: number }): void;
  /** A commit that the store did not take. */
  commitFailed(): void;
  /** One merged document frame went to `sockets` sockets and carried `updates` edits. */
  frame(frame: { updates: number; sockets: number }): void;
  /** Rooms open in memory, sockets of each kind, and who waits for their turn to come in. */
  gauge(name: GaugeName, value: number): void;
  /** Something was missing and read again from the store. */
  gapRepaired(): void;
  /** A command or update was refused. */
  refused(code: string): void;
}

/** Counts nothing. */
export const noMetrics: RoomMetrics = {
  committed() {},
  commitFailed() {},
  frame() {},
  gauge() {},
  gapRepaired() {},
  refused() {},
};

/** What a fan-out counts. `kind` is a kind of message or notice; `bytes` are those on the wire. */
export interface FanoutMetrics {
  state(state: 'alone' | 'connected' | 'away'): void;
  published(message: { kind: string; bytes: number }): void;
  /** Messages of other instances only. */
  heard(message: { kind: string; bytes: number }): void;
  /** Not sent: nobody can be reached, too much is on its way already, or it is too large. */
  dropped(reason: 'away' | 'backlog' | 'too_large'): void;
  /** Came in and is not believed. `replayed` is one that had come in before. */
  unreadable(reason: 'malformed' | 'unknown_version' | 'forged' | 'replayed'): void;
  /** Connected again after having been away. */
  reconnected(): void;
  /** Time from sending a message to the answer that it was taken. */
  answered(milliseconds: number): void;
}

/** Counts nothing. */
export const noFanoutMetrics: FanoutMetrics = {
  state() {},
  published() {},
  heard() {},
  dropped() {},
  unreadable() {},
  reconnected() {},
  answered() {},
};
