import { closeCodes } from '#shared/contract/wire.ts';
import type { SocketConnection } from './documentConnection.ts';
import { awarenessFrame, emptyAwarenessFrame, step2Frame, updateFrame } from './documentFrames.ts';
import type { Clock } from './ports.ts';

/** How often sockets are looked at, and how often while one of them reads too slowly. Milliseconds. */
const LOOK_MILLISECONDS = 5_000;
const LOOK_AT_SLOW_MILLISECONDS = 250;
/** A socket that was sent nothing for this long gets an empty awareness frame; stock clients hang up after 30 s. */
const SILENT_MILLISECONDS = 20_000;

interface WatchParts {
  clock: Clock;
  connections: ReadonlySet<SocketConnection>;
  encodeSince(vector: Uint8Array): Uint8Array;
  /** Who is here, for a socket that missed it. */
  snapshot(): Uint8Array | null;
  /** True when a socket that is out of step could now be brought into it. */
  mayAskAgain(connection: SocketConnection): boolean;
  askForState(connection: SocketConnection): void;
}

/** Looks after the sockets of a document: slow ones are caught up or hung up on, silent ones kept alive. */
export class DocumentWatch {
  readonly #parts: WatchParts;
  #timer: { cancel: () => void; at: number } | null = null;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Makes sure that the next look comes in time. */
  start(): void {
    const { clock, connections } = this.#parts;
    if (connections.size === 0) return;
    const slow = [...connections].some((connection) => connection.outlet.isLagging);
    const at = clock.elapsed() + (slow ? LOOK_AT_SLOW_MILLISECONDS : LOOK_MILLISECONDS);
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = { at, cancel: clock.after(at - clock.elapsed(), () => this.#look()) };
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #look(): void {
    this.#timer = null;
    for (const connection of [...this.#parts.connections]) {
      if (connection.outlet.isLagging) this.#lookAtSlow(connection);
      else this.#lookAt(connection);
    }
    this.start();
  }

  #lookAt(connection: SocketConnection): void {
    const { clock, mayAskAgain, askForState } = this.#parts;
    if (connection.outOfStep && mayAskAgain(connection)) {
      connection.outOfStep = false;
      askForState(connection);
    }
    if (clock.elapsed() - connection.outlet.sentAt >= SILENT_MILLISECONDS)
      connection.outlet.lossy(emptyAwarenessFrame);
  }

  #lookAtSlow(connection: SocketConnection): void {
    const found = connection.outlet.look();
    if (found === 'reading') return;
    if (found === 'stuck') return connection.close(closeCodes.overloaded, 'too slow');
    const { encodeSince, snapshot } = this.#parts;
    const asked = connection.waitingVector;
    connection.waitingVector = null;
    connection.outlet.send(
      asked ? step2Frame(encodeSince(asked)) : updateFrame(encodeSince(found.catchUpFrom)),
    );
    const present = snapshot();
    if (present) connection.outlet.lossy(awarenessFrame(present));
    connection.acknowledge();
  }
}
