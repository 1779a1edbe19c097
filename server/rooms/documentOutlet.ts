import type { Clock, DocumentSocket } from './ports.ts';

/** Above this a socket gets nothing more until it has read what it was sent. Bytes. */
export const LAGGING_BYTES = 1024 * 1024;
/** Below this it is caught up. Bytes. */
const CAUGHT_UP_BYTES = 64 * 1024;
/** What counts as progress of a slow reader. Bytes. */
const PROGRESS_BYTES = 64 * 1024;
/** A slow reader without progress is hung up on after this. Milliseconds. */
const PATIENCE_MILLISECONDS = 30_000;

type Reading =
  | { kind: 'live' }
  /** `vector` is a state that the socket was surely sent; it is caught up from there. */
  | { kind: 'lagging'; vector: Uint8Array; lowest: number; progressAt: number };

/**
 * What goes out to one document socket. A slow reader is skipped, never sent one update and not the next: it is caught up
 * with one frame when it has read what it has.
 */
export class DocumentOutlet {
  readonly #socket: DocumentSocket;
  readonly #clock: Clock;
  #reading: Reading = { kind: 'live' };
  /** When it was last sent anything. Milliseconds. */
  sentAt: number;

  constructor(socket: DocumentSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.sentAt = clock.elapsed();
  }

  get isLagging(): boolean {
    return this.#reading.kind === 'lagging';
  }

  /** Sends now, whatever waits: answers that the client asked for. */
  send(frame: Uint8Array): void {
    this.sentAt = this.#clock.elapsed();
    this.#socket.send(frame);
  }

  /** Sends a frame of the document's stream unless the socket is behind; `vector` is the state before the frame. */
  stream(frame: Uint8Array, vector: () => Uint8Array): void {
    if (this.mayTake(vector)) this.send(frame);
  }

  /** Sends what may be lost. */
  lossy(frame: Uint8Array): void {
    if (this.#reading.kind === 'live' && this.#socket.bufferedBytes() <= LAGGING_BYTES) this.send(frame);
  }

  /** False while the socket has too much unread; from then on it is caught up later. */
  mayTake(vector: () => Uint8Array): boolean {
    if (this.#reading.kind === 'lagging') return false;
    const buffered = this.#socket.bufferedBytes();
    if (buffered <= LAGGING_BYTES) return true;
    this.#reading = {
      kind: 'lagging',
      vector: vector(),
      lowest: buffered,
      progressAt: this.#clock.elapsed(),
    };
    return false;
  }

  /** Looks at a slow reader: the vector to catch it up from once it has read, `stuck` when it does not read. */
  look(): { catchUpFrom: Uint8Array } | 'stuck' | 'reading' {
    if (this.#reading.kind === 'live') return 'reading';
    const buffered = this.#socket.bufferedBytes();
    const { vector, lowest, progressAt } = this.#reading;
    if (buffered <= CAUGHT_UP_BYTES) {
      this.#reading = { kind: 'live' };
      return { catchUpFrom: vector };
    }
    const now = this.#clock.elapsed();
    if (buffered <= lowest - PROGRESS_BYTES) {
      this.#reading = { kind: 'lagging', vector, lowest: buffered, progressAt: now };
      return 'reading';
    }
    return now - progressAt >= PATIENCE_MILLISECONDS ? 'stuck' : 'reading';
  }
}
