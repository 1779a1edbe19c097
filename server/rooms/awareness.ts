import type { Limits } from '#shared/contract/limits.ts';
import { readEntries, userIdIn, withUser } from './awarenessEntries.ts';
import type { AwarenessEntry, AwarenessUser } from './awarenessEntries.ts';
import { AwarenessRoster, isInstance, isSocket } from './awarenessRoster.ts';
import type { AwarenessSource, DepartedClient, PresentClient, Speaker } from './awarenessRoster.ts';
import { AwarenessSharing } from './awarenessSharing.ts';
import { caretColor } from './caretColor.ts';
import type { Clock } from './ports.ts';
import { TokenBucket } from './tokenBucket.ts';

/** Client ids that one socket may announce: its own and those of sibling tabs that it relays. */
const MOST_IDS_PER_SOCKET = 16;
/** Client ids of one other instance; more than sockets of a room there can be. */
const MOST_IDS_PER_INSTANCE = 4_096;
const MOST_CLOCK = 2 ** 31;
/** Bytes of one message; the echo of a full room is smaller. */
const MOST_MESSAGE_BYTES = 1024 * 1024;
/**
 * Who comes, goes or only renews is told with everybody who does so until the pause since the last telling is over: what
 * each is told of grows with who is there, and after a restart everybody comes. Milliseconds.
 */
const PAUSE_PER_SOCKET_MILLISECONDS = 25;
const LONGEST_PAUSE_MILLISECONDS = 1_000;
/** What the server's `user` adds to a state at most. */
const MOST_USER_BYTES = 1_024;
/** How often outdated states of other instances are looked for. Milliseconds. */
const LOOK_MILLISECONDS = 5_000;

export type { AwarenessSource } from './awarenessRoster.ts';

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
  /** Tells the other instances about clients at our sockets; null when there are none. */
  publish: ((entries: Uint8Array) => void) | null;
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
 * Clients at other instances are shown like our own, as long as their instance speaks of them.
 */
export class AwarenessTable {
  readonly #parts: AwarenessParts;
  readonly #roster: AwarenessRoster;
  readonly #announced = new Map<number, Announced>();
  readonly #sockets = new Map<AwarenessSource, Socket>();
  readonly #sharing: AwarenessSharing | null;
  #cancelTick: (() => void) | null = null;
  #lookedAt = -Infinity;
  #tickAt = -Infinity;
  #toldAt = -Infinity;

  constructor(parts: AwarenessParts) {
    this.#parts = parts;
    const { clock, publish } = parts;
    this.#roster = new AwarenessRoster(clock);
    this.#sharing =
      publish &&
      new AwarenessSharing({
        clock,
        publish,
        encode: (clients) => this.#roster.encode(clients),
        own: () => this.#roster.atOurSockets(),
        gone: (instance) => this.instanceGone(instance),
      });
  }

  join(source: AwarenessSource): void {
    const { awarenessPerSecond } = this.#parts.limits;
    const bucket = new TokenBucket(awarenessPerSecond, awarenessPerSecond, this.#parts.clock.elapsed());
    this.#sockets.set(source, { bucket, own: null, ids: new Set() });
  }

  /** The socket is gone and with it the clients it spoke for; told to the others at the clock they already know. */
  leave(source: AwarenessSource): void {
    const socket = this.#sockets.get(source);
    if (!this.#sockets.delete(source) || !socket) return;
    for (const client of socket.ids) {
      const announced = this.#announced.get(client);
      if (announced?.source === source) this.#announced.delete(client);
      const present = this.#roster.present(client);
      if (present && isSocket(present.speaker, source)) this.#leaveBehind(client, present);
    }
    this.#scheduleIfDue();
  }

  /** Takes the entries of one message. Throws MalformedBytes; what is stale, foreign or too large is only dropped. */
  receive(source: AwarenessSource, entries: Uint8Array): void {
    const socket = this.#sockets.get(source);
    if (!socket || entries.length > MOST_MESSAGE_BYTES) return;
    // A client says its own state alone; several at once are what it heard of others.
    const isAlone = entries[0] === 1;
    for (const entry of readEntries(entries)) {
      if (isAlone) socket.own ??= entry.client;
      this.#announce(source, socket, entry);
    }
    this.#scheduleIfDue();
  }

  /**
   * Takes what another instance says about the clients at its sockets. Throws MalformedBytes; what is stale, too large or
   * speaks for somebody else's client is only dropped.
   */
  hear(instance: string, entries: Uint8Array): void {
    if (entries.length > MOST_MESSAGE_BYTES) return;
    this.#sharing?.peers.heard(instance);
    for (const entry of readEntries(entries)) this.#hearOne(instance, entry);
    this.#dropOutdated();
    this.#scheduleIfDue();
  }

  /** Another instance asks who is here. */
  asked(): void {
    this.#sharing?.asked();
    this.#scheduleIfDue();
  }

  /** Another instance is gone, and with it the clients at its sockets. */
  instanceGone(instance: string): void {
    this.#sharing?.peers.forget(instance);
    for (const client of this.#roster.at(instance)) this.#departElsewhere(client);
    this.#roster.forgetAt(instance);
    this.#scheduleIfDue();
  }

  /** Everybody present, for a newcomer; null when nobody is. */
  snapshot(): Uint8Array | null {
    const clients = this.#roster.upToDate();
    return clients.length > 0 ? this.#roster.encode(clients) : null;
  }

  /** Whose id it is among those connected now, at whatever instance; null when nobody announced it. */
  personOf(client: number): string | null {
    return this.#roster.present(client)?.person ?? this.#announced.get(client)?.source.person ?? null;
  }

  stop(): void {
    this.#cancelTick?.();
    this.#cancelTick = null;
    this.#sharing?.stop();
  }

  #announce(source: AwarenessSource, socket: Socket, { client, clock, state }: AwarenessEntry): void {
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
    const present = this.#roster.present(client);
    const isOwnState = socket.own === client && state !== null;
    // Going away is said at the clock of the last state, and so is coming over from another instance.
    if (present) {
      const isComing = isOwnState && present.speaker.kind === 'instance';
      return state === null || isComing ? present.clock - 1 : present.clock;
    }
    const departed = this.#roster.departed(client)?.clock ?? -1;
    // A client that comes back says its last state again, at the clock at which it left.
    return isOwnState ? departed - 1 : departed;
  }

  #mayAnnounce(source: AwarenessSource, socket: Socket, client: number, state: Uint8Array | null): boolean {
    const owner = this.#ownerOf(client);
    if (owner !== null && owner !== source.person) return false;
    const speaker = this.#roster.present(client)?.speaker;
    // A sibling tab that lost sight of a client may not send it away while its own socket is here.
    if (state === null) return speaker !== undefined && isSocket(speaker, source);
    // What a sibling knows of a client at another instance, that instance says itself.
    if (speaker?.kind === 'instance' && socket.own !== client) return false;
    return socket.ids.has(client) || socket.ids.size < MOST_IDS_PER_SOCKET;
  }

  #ownerOf(client: number): string | null {
    return (
      this.#parts.ownerOf(client) ?? this.personOf(client) ?? this.#roster.departed(client)?.person ?? null
    );
  }

  /** A client's own socket claims it; a relaying sibling speaks for it only while nobody better does. */
  #speaker(source: AwarenessSource, socket: Socket, client: number): AwarenessSource {
    if (socket.own === client) return source;
    const speaker = this.#roster.present(client)?.speaker;
    return speaker?.kind === 'socket' && this.#sockets.has(speaker.socket) ? speaker.socket : source;
  }

  #scheduleIfDue(): void {
    if (this.#announced.size === 0 && !this.#roster.hasChanged && !this.#sharing?.isDue) return;
    const wait = Math.max(this.#interval(), this.#announced.size > 0 ? 0 : this.#pauseLeft());
    const at = this.#parts.clock.elapsed() + wait;
    // One that waits for the pause to end does not hold up somebody's move.
    if (this.#cancelTick && this.#tickAt <= at) return;
    this.#cancelTick?.();
    this.#tickAt = at;
    this.#cancelTick = this.#parts.clock.after(wait, () => {
      this.#cancelTick = null;
      this.#tick();
    });
  }

  /** Until changes are told that are nobody's move. Milliseconds. */
  #pauseLeft(): number {
    if (this.#roster.hasMoved) return 0;
    const pause = Math.min(LONGEST_PAUSE_MILLISECONDS, this.#parts.sockets() * PAUSE_PER_SOCKET_MILLISECONDS);
    return this.#toldAt + pause - this.#parts.clock.elapsed();
  }

  /** Carets may be slower than text, and slower the more people watch them. Milliseconds. */
  #interval(): number {
    const sockets = this.#parts.sockets();
    if (sockets < 25) return 50;
    return sockets < 100 ? 100 : 250;
  }

  #tick(): void {
    for (const [client, announced] of this.#announced) {
      const socket = this.#sockets.get(announced.source);
      // A socket past its rate keeps its latest state here until the next tick; those in between are gone.
      if (socket && !socket.bucket.take(this.#parts.clock.elapsed())) continue;
      this.#announced.delete(client);
      this.#take(client, announced);
    }
    if (this.#pauseLeft() <= 0) this.#tell();
    this.#scheduleIfDue();
  }

  #tell(): void {
    this.#toldAt = this.#parts.clock.elapsed();
    const changes = this.#roster.takeChanges();
    if (changes) this.#parts.broadcast(changes);
    this.#sharing?.publish();
  }

  #take(client: number, { clock, state, source }: Announced): void {
    const socket = this.#sockets.get(source);
    if (!socket) return;
    const { person } = source;
    const speaker: Speaker = { kind: 'socket', socket: source };
    if (state === null) return this.#depart(client, { clock, person, speaker });
    const json = withUser(state, this.#userOf(person));
    if (json === null) {
      if (!this.#roster.present(client)) socket.ids.delete(client);
      return;
    }
    socket.ids.add(client);
    this.#roster.show(client, { clock: this.#clockToShow(client, clock), state: json, speaker, person });
    this.#sharing?.changed(client);
  }

  /** The others know a departure, or what another instance said, at some clock; only a later one is news to them. */
  #clockToShow(client: number, clock: number): number {
    const present = this.#roster.present(client);
    const told = present?.speaker.kind === 'instance' ? present : this.#roster.departed(client);
    return told && told.clock >= clock ? told.clock + 1 : clock;
  }

  #hearOne(instance: string, { client, clock, state }: AwarenessEntry): void {
    const present = this.#roster.present(client);
    const isTheirs = present !== undefined && isInstance(present.speaker, instance);
    if (state === null) {
      // What came back here at its old clock is one ahead of what its instance says.
      if (isTheirs && clock >= present.clock - 1) this.#departElsewhere(client);
      else this.#roster.forgetAt(instance, client);
      return;
    }
    if (clock === present?.clock) this.#roster.heardAgain(present, instance, userIdIn(state));
    if (clock >= MOST_CLOCK || !this.#isNewsOf(instance, client, clock)) return;
    if (state.length > this.#parts.limits.awarenessBytes + MOST_USER_BYTES) return;
    const person = userIdIn(state);
    if (person === null || (this.#ownerOf(client) ?? person) !== person) return;
    if (!isTheirs && this.#isFull(instance)) return;
    const json = withUser(state, this.#userOf(person));
    if (json === null) return;
    const departed = this.#roster.departed(client);
    const shown = departed?.clock === clock ? clock + 1 : clock;
    this.#roster.show(client, { clock: shown, state: json, speaker: { kind: 'instance', instance }, person });
  }

  /** Its socket is gone from here; it stays if it came up elsewhere. */
  #leaveBehind(client: number, present: PresentClient): void {
    if (present.alsoAt === null) this.#depart(client, present);
    else this.#roster.handOver(client, present, present.alsoAt);
  }

  #isNewsOf(instance: string, client: number, clock: number): boolean {
    const known = this.#roster.present(client) ?? this.#announced.get(client);
    if (known) return clock > known.clock;
    const departed = this.#roster.departed(client);
    if (!departed) return true;
    // Who left here and came up there says the same clock again; the same from where it left is a late echo.
    return clock > departed.clock || (clock === departed.clock && !isInstance(departed.speaker, instance));
  }

  /** Clients elsewhere whose own tabs have not renewed them: their end got lost on the way. */
  #dropOutdated(): void {
    const now = this.#parts.clock.elapsed();
    if (now - this.#lookedAt < LOOK_MILLISECONDS) return;
    this.#lookedAt = now;
    for (const client of this.#roster.outdatedElsewhere()) this.#departElsewhere(client);
  }

  #isFull(instance: string): boolean {
    if (this.#roster.size < MOST_IDS_PER_INSTANCE) return false;
    return this.#roster.at(instance).length >= MOST_IDS_PER_INSTANCE;
  }

  #departElsewhere(client: number): void {
    const present = this.#roster.present(client);
    if (present) this.#depart(client, present);
  }

  #depart(client: number, departed: DepartedClient): void {
    this.#roster.depart(client, departed);
    for (const socket of this.#sockets.values()) socket.ids.delete(client);
    if (departed.speaker.kind === 'socket') this.#sharing?.changed(client);
  }

  #userOf(person: string): AwarenessUser {
    return { id: person, name: this.#parts.personName(person), color: caretColor(person) };
  }
}
