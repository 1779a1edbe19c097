import type { Limits } from '#shared/contract/limits.ts';
import { AwarenessTable } from './awareness.ts';
import type { SocketConnection } from './documentConnection.ts';
import { awarenessFrame, step1Frame, step2Frame } from './documentFrames.ts';
import type { DocumentReplica } from './documentReplica.ts';
import { DocumentWatch } from './documentWatch.ts';
import type { Clock } from './ports.ts';

export interface AudienceParts {
  clock: Clock;
  limits: Limits;
  replica: DocumentReplica;
  /** Whose client id it is in the document; null when it has not written yet. */
  ownerOf(client: number): string | null;
  personName(person: string): string;
  /** True when a socket that is out of step could now be brought into it. */
  mayAskAgain(connection: SocketConnection): boolean;
  /** The other instances; null when there are none. */
  others: DocumentOthers | null;
}

/** What a document says to the other instances that may have it open. */
export interface DocumentOthers {
  /** Tells who is at the sockets here. */
  publish(entries: Uint8Array): void;
  /** Asks who is at theirs. */
  ask(): void;
}

/** Everybody who has a document open, and what they are told: state, the stream of updates, and who else is here. */
export class DocumentAudience {
  readonly #connections = new Set<SocketConnection>();
  readonly #replica: DocumentReplica;
  readonly #awareness: AwarenessTable;
  readonly #watch: DocumentWatch;
  readonly #others: DocumentOthers | null;
  #hasAsked = false;

  constructor(parts: AudienceParts) {
    this.#replica = parts.replica;
    const { others } = parts;
    this.#others = others;
    this.#awareness = new AwarenessTable({
      clock: parts.clock,
      limits: parts.limits,
      ownerOf: (client) => parts.ownerOf(client),
      personName: (person) => parts.personName(person),
      sockets: () => this.#connections.size,
      broadcast: (entries) => this.#tellAwareness(entries),
      publish: others && ((entries) => others.publish(entries)),
    });
    this.#watch = new DocumentWatch({
      clock: parts.clock,
      connections: this.#connections,
      encodeSince: (vector) => this.#replica.encodeSince(vector),
      snapshot: () => this.#awareness.snapshot(),
      mayAskAgain: (connection) => parts.mayAskAgain(connection),
      askForState: (connection) => this.askForState(connection),
    });
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Everybody now, so that whoever leaves meanwhile disturbs no walk. */
  list(): SocketConnection[] {
    return [...this.#connections];
  }

  /** From here on the socket gets everything; writers are asked for what they have, readers never. */
  enter(connection: SocketConnection, mayWrite: boolean): void {
    this.#connections.add(connection);
    this.#awareness.join(connection);
    if (mayWrite) this.askForState(connection);
    this.tellWhoIsHere(connection);
    this.#watch.start();
    // Before the first socket came nobody wanted to know; since then it was heard.
    if (!this.#hasAsked) this.#others?.ask();
    this.#hasAsked = true;
  }

  leave(connection: SocketConnection): void {
    this.#connections.delete(connection);
    this.#awareness.leave(connection);
  }

  /** Sends one frame of the stream of updates to everybody. The document must not show it yet. */
  stream(frame: Uint8Array): void {
    const vector = () => this.#replica.lastVector();
    for (const connection of this.#connections) connection.outlet.stream(frame, vector);
    this.#watch.start();
  }

  /** Sends sync step 1: offer me everything you have. */
  askForState(connection: SocketConnection): void {
    connection.outlet.lossy(step1Frame(this.#replica.encodeVector()));
  }

  /** Answers a sync step 1. */
  sendState(connection: SocketConnection, vector: Uint8Array): void {
    if (connection.outlet.mayTake(() => this.#replica.lastVector())) {
      connection.outlet.send(step2Frame(this.#replica.encodeSince(vector)));
    } else {
      // A socket that does not read gets its answer when it has read, not once more on top.
      connection.waitingVector = vector;
      this.#watch.start();
    }
  }

  hearAwareness(connection: SocketConnection, entries: Uint8Array): void {
    this.#awareness.receive(connection, entries);
  }

  /** Hears who is at the sockets of another instance. Throws MalformedBytes. */
  hearElsewhere(instance: string, entries: Uint8Array): void {
    this.#awareness.hear(instance, entries);
  }

  /** Another instance asks who is here. */
  asked(): void {
    this.#awareness.asked();
  }

  /** Another instance is gone, and whoever was there. */
  instanceGone(instance: string): void {
    this.#awareness.instanceGone(instance);
  }

  tellWhoIsHere(connection: SocketConnection): void {
    const present = this.#awareness.snapshot();
    if (present) connection.outlet.lossy(awarenessFrame(present));
  }

  /** Who announced a client id with a caret, at whatever instance; null when nobody did. */
  announcerOf(client: number): string | null {
    return this.#awareness.personOf(client);
  }

  stop(): void {
    this.#watch.stop();
    this.#awareness.stop();
  }

  #tellAwareness(entries: Uint8Array): void {
    const frame = awarenessFrame(entries);
    for (const connection of this.#connections) connection.outlet.lossy(frame);
  }
}
