/** What rooms and documents count. Edges implement it; tests may leave it out with `noMetrics`. */
export interface RoomMetrics {
  /** One commit of a room: how long it took (milliseconds) and what it carried. */
  committed(commit: { milliseconds: number; entries: number; updates: number }): void;
  /** A commit that the store did not take. */
  commitFailed(): void;
  /** One merged document frame went to `sockets` sockets and carried `updates` edits. */
  frame(frame: { updates: number; sockets: number }): void;
  /** Rooms open in memory, and sockets of each kind. */
  gauge(name: 'rooms' | 'room_sockets' | 'document_sockets' | 'lagging_sockets', value: number): void;
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
