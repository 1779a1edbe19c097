import { encodeEntries } from './awarenessEntries.ts';
import type { Clock } from './ports.ts';

/** Ids that left are remembered so long that no late echo brings them back; the oldest are forgotten first. */
const MOST_DEPARTED = 4_096;
/** A state that nobody renewed for this long counts for nothing any more. Stock clients renew every 15 s. Milliseconds. */
const OUTDATED_MILLISECONDS = 30_000;

/** A socket as awareness sees it. */
export interface AwarenessSource {
  readonly person: string;
}

/** Who speaks for a client: one of our sockets, or the instance where its socket is. */
export type Speaker = { kind: 'socket'; socket: AwarenessSource } | { kind: 'instance'; instance: string };

/** A client that is here, at whatever instance. */
export interface PresentClient {
  clock: number;
  /** The state as sent on: JSON with the server's `user`. */
  state: string;
  speaker: Speaker;
  person: string;
  heardAt: number;
  /** An instance that says the same of this client as our socket: it moves there, and one of the two sockets is dead. */
  alsoAt: string | null;
}

/** A client that left, at the clock at which it did. */
export type DepartedClient = Pick<PresentClient, 'clock' | 'person' | 'speaker'>;

/** The clients of one document, those here and those that left, and which of them changed since that was last told. */
export class AwarenessRoster {
  readonly #clock: Clock;
  readonly #present = new Map<number, PresentClient>();
  readonly #departed = new Map<number, DepartedClient>();
  readonly #changed = new Set<number>();
  #hasMoved = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#present.size;
  }

  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** True when one that was here changed its state since that was last told. */
  get hasMoved(): boolean {
    return this.#hasMoved;
  }

  present(client: number): PresentClient | undefined {
    return this.#present.get(client);
  }

  departed(client: number): DepartedClient | undefined {
    return this.#departed.get(client);
  }

  show(client: number, shown: Omit<PresentClient, 'heardAt' | 'alsoAt'>): void {
    const before = this.#present.get(client)?.state;
    if (before !== undefined && before !== shown.state) this.#hasMoved = true;
    this.#departed.delete(client);
    this.#present.set(client, { ...shown, heardAt: this.#clock.elapsed(), alsoAt: null });
    this.#changed.add(client);
  }

  depart(client: number, departed: DepartedClient): void {
    const { clock, person, speaker } = departed;
    this.#present.delete(client);
    this.#departed.delete(client);
    this.#departed.set(client, { clock, person, speaker });
    const oldest = this.#departed.keys().next();
    if (this.#departed.size > MOST_DEPARTED && !oldest.done) this.#departed.delete(oldest.value);
    this.#changed.add(client);
  }

  /** Another instance says what is known already. */
  heardAgain(present: PresentClient, instance: string, person: string | null): void {
    if (isInstance(present.speaker, instance)) present.heardAt = this.#clock.elapsed();
    else if (person === present.person) present.alsoAt = instance;
  }

  /** Its socket is gone from here, and it came up at the instance that says the same of it. */
  handOver(client: number, present: PresentClient, instance: string): void {
    const speaker: Speaker = { kind: 'instance', instance };
    this.#present.set(client, { ...present, speaker, alsoAt: null, heardAt: this.#clock.elapsed() });
  }

  /** The instance does not say the same of this client any more; null: of none. */
  forgetAt(instance: string, client: number | null = null): void {
    const clients = client === null ? [...this.#present.keys()] : [client];
    for (const present of clients.map((id) => this.#present.get(id)))
      if (present?.alsoAt === instance) present.alsoAt = null;
  }

  atOurSockets(): number[] {
    return this.#those(({ speaker }) => speaker.kind === 'socket');
  }

  at(instance: string): number[] {
    return this.#those(({ speaker }) => isInstance(speaker, instance));
  }

  upToDate(): number[] {
    return this.#those((present) => !this.#isOutdated(present));
  }

  /** Clients elsewhere that their own tabs have not renewed: their end got lost on the way. */
  outdatedElsewhere(): number[] {
    return this.#those((present) => present.speaker.kind === 'instance' && this.#isOutdated(present));
  }

  /** What changed since it was last taken, as one message; null when nothing did. */
  takeChanges(): Uint8Array | null {
    if (this.#changed.size === 0) return null;
    const entries = this.encode([...this.#changed]);
    this.#changed.clear();
    this.#hasMoved = false;
    return entries;
  }

  /** One message with what is known of these clients. */
  encode(clients: readonly number[]): Uint8Array {
    return encodeEntries(
      clients.flatMap((client) => {
        const present = this.#present.get(client);
        const clock = present?.clock ?? this.#departed.get(client)?.clock;
        return clock === undefined ? [] : [{ client, clock, state: present?.state ?? 'null' }];
      }),
    );
  }

  #isOutdated({ heardAt }: PresentClient): boolean {
    return heardAt < this.#clock.elapsed() - OUTDATED_MILLISECONDS;
  }

  #those(is: (present: PresentClient) => boolean): number[] {
    return [...this.#present].flatMap(([client, present]) => (is(present) ? [client] : []));
  }
}

export function isSocket(speaker: Speaker, source: AwarenessSource): boolean {
  return speaker.kind === 'socket' && speaker.socket === source;
}

export function isInstance(speaker: Speaker, instance: string): boolean {
  return speaker.kind === 'instance' && speaker.instance === instance;
}
