import { createPeers } from './peers.ts';
import type { Peers } from './peers.ts';
import type { Clock } from './ports.ts';

/** Bytes of one message to other instances; larger ones are not carried. */
const MOST_MESSAGE_BYTES = 32 * 1024;
/** An instance that has carets says so again after this long, so that its silence means something. Milliseconds. */
const REPEAT_MILLISECONDS = 4_000;

export interface AwarenessSharingParts {
  clock: Clock;
  /** Encodes what there is to say about these clients. */
  encode(clients: readonly number[]): Uint8Array;
  /** The clients at this instance's sockets. */
  own(): number[];
  publish(entries: Uint8Array): void;
  /** An instance that had carets is silent. */
  gone(instance: string): void;
}

/** What other instances are told about the carets of this one, and which instances still speak. `stop` ends both. */
export class AwarenessSharing {
  readonly peers: Peers;
  readonly #parts: AwarenessSharingParts;
  readonly #changed = new Set<number>();
  #cancelRepeat = (): void => {};

  constructor(parts: AwarenessSharingParts) {
    this.#parts = parts;
    this.peers = createPeers({ clock: parts.clock, gone: (instance) => parts.gone(instance) });
  }

  /** True when there is something to publish. */
  get isDue(): boolean {
    return this.#changed.size > 0;
  }

  /** A client of ours has a new state, or left. */
  changed(client: number): void {
    this.#changed.add(client);
  }

  /** Another instance asks who is here. */
  asked(): void {
    for (const client of this.#parts.own()) this.#changed.add(client);
  }

  /** Part of the tick: publishes the latest state of each client that changed. */
  publish(): void {
    if (this.#changed.size === 0) return;
    this.#publishAll([...this.#changed]);
    this.#changed.clear();
  }

  stop(): void {
    this.#cancelRepeat();
    this.peers.stop();
  }

  /** In as many messages as it takes. */
  #publishAll(clients: readonly number[]): void {
    const entries = this.#parts.encode(clients);
    if (entries.length > MOST_MESSAGE_BYTES && clients.length > 1) {
      const half = Math.ceil(clients.length / 2);
      this.#publishAll(clients.slice(0, half));
      this.#publishAll(clients.slice(half));
      return;
    }
    this.#parts.publish(entries);
    this.#cancelRepeat();
    this.#cancelRepeat = this.#parts.clock.after(REPEAT_MILLISECONDS, () => this.#repeat());
  }

  /** Says that this instance lives; what got lost comes again with the next change, at most 15 s later. */
  #repeat(): void {
    if (this.#parts.own().length > 0) this.#publishAll([]);
  }
}
