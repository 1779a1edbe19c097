import * as encoding from 'lib0/encoding';
import type { Limits } from '#shared/contract/limits.ts';
import { ByteReader } from './byteReader.ts';
import { caretColor } from './caretColor.ts';
import type { Clock } from './ports.ts';
import { TokenBucket } from './tokenBucket.ts';

/** Client ids that one socket may announce: its own and those of sibling tabs that it relays. */
const MOST_IDS_PER_SOCKET = 16;
/** Ids that left are remembered so long that no late echo brings them back; the oldest are forgotten first. */
const MOST_DEPARTED = 4_096;
const MOST_CLOCK = 2 ** 31;
/** Bytes of one message; the echo of a full room is smaller. */
const MOST_MESSAGE_BYTES = 1024 * 1024;
/** A state that nobody renewed for this long is not told to newcomers. Stock clients renew every 15 s. Milliseconds. */
const OUTDATED_MILLISECONDS = 30_000;

/** A socket as awareness sees it. */
export interface AwarenessSource {
  readonly person: string;
}

export interface AwarenessParts {
  clock: Clock;
  limits: Pick<Limits, 'awarenessBytes' | 'awarenessPerSecond'>;
  /** Whose client id it is in the document; null when it has not written yet. */
  ownerOf(client: number): string | null;
  personName(person: string): string;
  /** How many sockets a frame goes to. */
  sockets(): number;
  /** Tells all sockets, their author included: it is what keeps a lone stock client connected. */
  broadcast(entries: Uint8Array): void;
}

interface Present {
  clock: number;
  /** The state as sent on: JSON with the server's `user`. */
  state: string;
  source: AwarenessSource;
  person: string;
  heardAt: number;
}

interface Announced {
  clock: number;
  /** JSON as the client sent it, not yet read; null: gone. */
  state: Uint8Array | null;
  source: AwarenessSource;
}

interface Socket {
  bucket: TokenBucket;
  /** The id of the client at the other end: the one that it announced alone and first. */
  own: number | null;
  ids: Set<number>;
}

/**
 * Who is where in a document: lossy, never stored, on its own slower tick. Echoes are dropped on their clocks alone,
 * without reading the state; each tick sends only the latest state of each client; who somebody is comes from the server.
 */
export class AwarenessTable {
  readonly #parts: AwarenessParts;
  readonly #present = new Map<number, Present>();
  readonly #departed = new Map<number, { clock: number; person: string }>();
  readonly #announced = new Map<number, Announced>();
  readonly #sockets = new Map<AwarenessSource, Socket>();
  readonly #changed = new Set<number>();
  #cancelTick: (() => void) | null = null;

  constructor(parts: AwarenessParts) {
    this.#parts = parts;
  }

  join(source: AwarenessSource): void {
    const { awarenessPerSecond } = this.#parts.limits;
    const bucket = new TokenBucket(awarenessPerSecond, awarenessPerSecond, this.#parts.clock.now());
    this.#sockets.set(source, { bucket, own: null, ids: new Set() });
  }

  /** The socket is gone and with it the clients it spoke for; told to the others at the clock they already know. */
  leave(source: AwarenessSource): void {
    const socket = this.#sockets.get(source);
    if (!this.#sockets.delete(source) || !socket) return;
    for (const client of socket.ids) {
      const announced = this.#announced.get(client);
      if (announced?.source === source) this.#announced.delete(client);
      const present = this.#present.get(client);
      if (present?.source === source) this.#depart(client, present.clock, source.person);
    }
    if (this.#changed.size > 0) this.#schedule();
  }

  /** Takes the entries of one message. Throws MalformedBytes; what is stale, foreign or too large is only dropped. */
  receive(source: AwarenessSource, entries: Uint8Array): void {
    const socket = this.#sockets.get(source);
    if (!socket || entries.length > MOST_MESSAGE_BYTES) return;
    const reader = new ByteReader(entries);
    const count = reader.varUint();
    for (let index = 0; index < count; index += 1) {
      const client = reader.varUint();
      const clock = reader.varUint();
      const state = reader.varBytes();
      if (count === 1) socket.own ??= client;
      this.#announce(source, socket, client, clock, isNull(state) ? null : state);
    }
    if (this.#announced.size > 0) this.#schedule();
  }

  /** Everybody present, for a newcomer; null when nobody is. */
  snapshot(): Uint8Array | null {
    const oldest = this.#parts.clock.now() - OUTDATED_MILLISECONDS;
    const clients = [...this.#present.keys()].filter(
      (client) => (this.#present.get(client)?.heardAt ?? 0) >= oldest,
    );
    return clients.length > 0 ? this.#encode(clients) : null;
  }

  /** Whose id it is among those connected now; null when nobody here announced it. */
  personOf(client: number): string | null {
    return this.#present.get(client)?.person ?? this.#announced.get(client)?.source.person ?? null;
  }

  stop(): void {
    this.#cancelTick?.();
    this.#cancelTick = null;
  }

  #announce(
    source: AwarenessSource,
    socket: Socket,
    client: number,
    clock: number,
    state: Uint8Array | null,
  ): void {
    const known = this.#knownClock(client, socket, state);
    if (clock <= known || clock >= MOST_CLOCK) return;
    if (state && state.length > this.#parts.limits.awarenessBytes) return;
    if (!this.#mayAnnounce(source, socket, client, state)) return;
    socket.ids.add(client);
    this.#announced.set(client, { clock, state, source: this.#speaker(source, socket, client) });
  }

  /** The clock up to which this client's news is no news. */
  #knownClock(client: number, socket: Socket, state: Uint8Array | null): number {
    const announced = this.#announced.get(client);
    if (announced) return announced.clock;
    const present = this.#present.get(client);
    // Going away is said at the clock of the last state.
    if (present) return state === null ? present.clock - 1 : present.clock;
    const departed = this.#departed.get(client)?.clock ?? -1;
    // A client that comes back says its last state again, at the clock at which it left.
    return socket.own === client && state !== null ? departed - 1 : departed;
  }

  #mayAnnounce(source: AwarenessSource, socket: Socket, client: number, state: Uint8Array | null): boolean {
    const owner =
      this.#parts.ownerOf(client) ?? this.personOf(client) ?? this.#departed.get(client)?.person ?? null;
    if (owner !== null && owner !== source.person) return false;
    const present = this.#present.get(client);
    // A sibling tab that lost sight of a client may not send it away while its own socket is here.
    if (state === null) return present?.source === source;
    return socket.ids.has(client) || socket.ids.size < MOST_IDS_PER_SOCKET;
  }

  /** A client's own socket claims it; a relaying sibling speaks for it only while nobody better does. */
  #speaker(source: AwarenessSource, socket: Socket, client: number): AwarenessSource {
    if (socket.own === client) return source;
    const present = this.#present.get(client)?.source;
    return present && this.#sockets.has(present) ? present : source;
  }

  #schedule(): void {
    if (this.#cancelTick) return;
    this.#cancelTick = this.#parts.clock.after(this.#interval(), () => {
      this.#cancelTick = null;
      this.#tick();
    });
  }

  /** Carets may be slower than text, and slower the more people watch them. Milliseconds. */
  #interval(): number {
    const sockets = this.#parts.sockets();
    if (sockets < 50) return 50;
    return sockets < 200 ? 100 : 250;
  }

  #tick(): void {
    for (const [client, announced] of this.#announced) {
      const socket = this.#sockets.get(announced.source);
      // A socket past its rate keeps its latest state here until the next tick; those in between are gone.
      if (socket && !socket.bucket.take(this.#parts.clock.now())) continue;
      this.#announced.delete(client);
      this.#take(client, announced);
    }
    if (this.#changed.size > 0) {
      const entries = this.#encode([...this.#changed]);
      this.#changed.clear();
      this.#parts.broadcast(entries);
    }
    if (this.#announced.size > 0) this.#schedule();
  }

  #take(client: number, { clock, state, source }: Announced): void {
    const socket = this.#sockets.get(source);
    if (!socket) return;
    if (state === null) return this.#depart(client, clock, source.person);
    const json = withServerUser(state, this.#userOf(source.person));
    if (json === null) {
      if (!this.#present.has(client)) socket.ids.delete(client);
      return;
    }
    const departed = this.#departed.get(client)?.clock;
    // The others know the departure at this clock; only a later one brings the client back for them.
    const seen = departed === clock ? clock + 1 : clock;
    this.#departed.delete(client);
    socket.ids.add(client);
    this.#present.set(client, {
      clock: seen,
      state: json,
      source,
      person: source.person,
      heardAt: this.#parts.clock.now(),
    });
    this.#changed.add(client);
  }

  #depart(client: number, clock: number, person: string): void {
    this.#present.delete(client);
    this.#departed.delete(client);
    this.#departed.set(client, { clock, person });
    for (const socket of this.#sockets.values()) socket.ids.delete(client);
    const oldest = this.#departed.keys().next();
    if (this.#departed.size > MOST_DEPARTED && !oldest.done) this.#departed.delete(oldest.value);
    this.#changed.add(client);
  }

  #userOf(person: string): { id: string; name: string; color: string } {
    return { id: person, name: this.#parts.personName(person), color: caretColor(person) };
  }

  #encode(clients: readonly number[]): Uint8Array {
    const encoder = encoding.createEncoder();
    const told = clients.filter((client) => this.#present.has(client) || this.#departed.has(client));
    encoding.writeVarUint(encoder, told.length);
    for (const client of told) {
      const present = this.#present.get(client);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, present?.clock ?? this.#departed.get(client)?.clock ?? 0);
      encoding.writeVarString(encoder, present?.state ?? 'null');
    }
    return encoding.toUint8Array(encoder);
  }
}

function isNull(state: Uint8Array): boolean {
  return (
    state.length === 4 && state[0] === 0x6e && state[1] === 0x75 && state[2] === 0x6c && state[3] === 0x6c
  );
}

/** The state with the server's `user`; null when it is no JSON object. */
function withServerUser(bytes: Uint8Array, user: object): string | null {
  try {
    const state: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof state !== 'object' || state === null || Array.isArray(state)) return null;
    const fields = Object.entries(state).filter(([name]) => name !== '__proto__');
    return JSON.stringify({ ...Object.fromEntries(fields), user });
  } catch {
    return null;
  }
}
