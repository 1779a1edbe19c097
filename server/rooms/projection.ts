import { SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import { TEMPLATE_CLIENT_ID } from '#shared/document.ts';

/** How far a judged update brings each client it writes for. */
export interface Advance {
  client: number;
  end: number;
}

/**
 * What a document will hold once everything queued is durable: the next clock of each client id and the person it
 * belongs to. Kept as the durable part and what the queue adds to it, so that a failed commit is forgotten in one step.
 * Never computed from the document: that would cost more per edit the longer an incident lasts.
 */
export class Projection {
  readonly #durable: Map<number, number>;
  readonly #owners: Map<number, string>;
  readonly #queued = new Map<number, number>();
  readonly #claimed = new Map<number, string>();

  constructor(clocks: Map<number, number>, owners: Map<number, string>) {
    this.#durable = clocks;
    this.#owners = owners;
    this.#owners.set(TEMPLATE_CLIENT_ID, SYSTEM_ACTOR);
  }

  /** The clock that this client's next struct must have; 0 for one never seen. */
  clock(client: number): number {
    return this.#queued.get(client) ?? this.#durable.get(client) ?? 0;
  }

  /** Whose client id this is. An id with content but without an owner belongs to nobody alive. */
  owner(client: number): string | null {
    const owner = this.#claimed.get(client) ?? this.#owners.get(client);
    if (owner !== undefined) return owner;
    return this.#durable.has(client) ? SYSTEM_ACTOR : null;
  }

  /** True when the id's owner is written in the store already. */
  isOwned(client: number): boolean {
    return this.#owners.has(client);
  }

  /** Counts a judged update as part of the document, for judging what comes after it. */
  advance(advances: readonly Advance[], person: string): void {
    for (const { client, end } of advances) {
      this.#queued.set(client, end);
      if (!this.#owners.has(client)) this.#claimed.set(client, person);
    }
  }

  /** The update is durable, by whomever. */
  settle(advances: readonly Advance[], person: string): void {
    for (const { client, end } of advances) {
      this.#durable.set(client, Math.max(end, this.#durable.get(client) ?? 0));
      if (!this.#owners.has(client)) this.#owners.set(client, person);
      this.#claimed.delete(client);
      if ((this.#queued.get(client) ?? 0) <= end) this.#queued.delete(client);
    }
  }

  /** Forgets everything that is not durable; what is still queued is judged and counted anew. */
  rollBack(): void {
    this.#queued.clear();
    this.#claimed.clear();
  }
}
