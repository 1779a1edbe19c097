import type { SocketConnection } from './documentConnection.ts';

/** Queued bytes from which senders are paused, and below which they go on. */
const LONG_QUEUE_BYTES = 16 * 1024 * 1024;
const SHORT_QUEUE_BYTES = 8 * 1024 * 1024;

/** Senders that wait until the store has taken enough of what is queued. */
export class DocumentBacklog {
  readonly #waiting = new Set<SocketConnection>();

  /** The sender queued something, and so many bytes are queued now. */
  queued(connection: SocketConnection, bytes: number): void {
    if (bytes <= LONG_QUEUE_BYTES) return;
    this.#waiting.add(connection);
    connection.waitForQueue();
  }

  /** So many bytes are queued now. */
  shrank(bytes: number): void {
    if (this.#waiting.size === 0 || bytes > SHORT_QUEUE_BYTES) return;
    for (const connection of this.#waiting) connection.queueIsShort();
    this.#waiting.clear();
  }

  forget(connection: SocketConnection): void {
    this.#waiting.delete(connection);
  }
}
