import { SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import type * as Y from 'yjs';
import { PendingDeletes } from './knownDeletes.ts';
import { Nesting } from './nesting.ts';
import type { AuthoredUpdate, DocumentBatch } from './ports.ts';
import type { Advance, Projection } from './projection.ts';
import { judge } from './updateGuard.ts';
import type { Verdict } from './updateGuard.ts';
import { readUpdate } from './updateReader.ts';
import type { DeletedRange, Position, ReadSection, ReadUpdate } from './updateReader.ts';

/** Bytes of one commit and one broadcast frame of a document, unless a single update is larger. */
const MOST_BATCH_BYTES = 2 * 1024 * 1024;

/** A sender's message in the queue. */
export interface QueuedUpdate<Sender> {
  author: string;
  /** Null: adds nothing to what stands before it in the queue, and is durable when that is. */
  update: Uint8Array | null;
  advances: Advance[];
  /** What of it is new, for judging what nests in it. */
  fresh: readonly ReadSection[];
  deletes: readonly DeletedRange[];
  /** It leaves out what stands before it in the queue: should that never become durable, this is not whole either. */
  relies: boolean;
  /** Null: the server itself. */
  sender: Sender | null;
  /** Which of the sender's messages it is. */
  number: number;
  /** A sync step 2, which holds all that the sender has and the document had not. */
  answer: boolean;
}

/** What `take` found: the commit's part, what became durable by itself, and what may not be written any more. */
export interface TakenUpdates<Sender> {
  request: { updates: AuthoredUpdate[]; newClientIds: { clientId: number; person: string }[] } | null;
  settled: QueuedUpdate<Sender>[];
  denied: QueuedUpdate<Sender>[];
  /** Judged again after something before it went away, and found to build on that. */
  lost: QueuedUpdate<Sender>[];
}

/**
 * The updates of one document between being judged and being durable, with the projection that they are judged against.
 * At most one batch is taken at a time.
 */
export class DocumentInbox<Sender> {
  readonly projection: Projection;
  /** Deletions that the document does not show yet. */
  readonly pendingDeletes = new PendingDeletes();
  readonly #nesting: Nesting;
  readonly #announcedBy: (client: number) => string | null;
  readonly #openRoots: ReadonlySet<string>;
  #queue: QueuedUpdate<Sender>[] = [];
  #taken: QueuedUpdate<Sender>[] | null = null;
  #queuedBytes = 0;

  /** `openRoots` are those that people write in. */
  constructor(
    projection: Projection,
    doc: Y.Doc,
    announcedBy: (client: number) => string | null,
    openRoots: ReadonlySet<string>,
  ) {
    this.projection = projection;
    this.#openRoots = openRoots;
    this.#nesting = new Nesting(doc);
    this.#announcedBy = announcedBy;
  }

  /** Judges an update of a person as what would come next in the queue. */
  judge(update: ReadUpdate, person: string): Verdict {
    return judge(update, this.projection, person, {
      announcedBy: this.#announcedBy,
      isOpenRoot: (name) => this.#openRoots.has(name),
      levelOf: (position: Position) => this.#nesting.levelOf(position),
    });
  }

  /** Who announced a client id with a caret; null when nobody here did. */
  announcerOf(client: number): string | null {
    return this.#announcedBy(client);
  }

  get length(): number {
    return this.#queue.length;
  }

  get bytes(): number {
    return this.#queuedBytes;
  }

  /** True when everything that was accepted is durable. */
  get isSettled(): boolean {
    return this.#queue.length === 0 && this.#taken === null;
  }

  /** True while something that the server itself changed is not durable yet. */
  get hasOwn(): boolean {
    return [...this.#queue, ...(this.#taken ?? [])].some((item) => item.author === SYSTEM_ACTOR);
  }

  push(item: QueuedUpdate<Sender>): void {
    this.#queue.push(item);
    this.#count(item);
  }

  take(max: number, mayWrite: (person: string) => boolean): TakenUpdates<Sender> {
    const nothing = { request: null, settled: [], denied: [], lost: [] };
    if (this.#taken !== null || this.#queue.length === 0) return nothing;
    const denied = this.#queue.filter((item) => item.author !== SYSTEM_ACTOR && !mayWrite(item.author));
    const lost =
      denied.length > 0 ? this.#judgeAgain(this.#queue.filter((item) => !denied.includes(item))) : [];
    const taken = this.#queue.splice(0, this.#batchLength(max));
    for (const item of taken) this.#queuedBytes -= item.update?.length ?? 0;
    const updates = taken.flatMap(({ author, update }) => (update ? [{ author, update }] : []));
    if (updates.length === 0) return { ...nothing, settled: taken, denied, lost };
    this.#taken = taken;
    return { request: { updates, newClientIds: this.#claimsOf(taken) }, settled: [], denied, lost };
  }

  /** How many items make the next batch: up to `max` updates and a bound of bytes, at least one. */
  #batchLength(max: number): number {
    let updates = 0;
    let bytes = 0;
    for (const [index, { update }] of this.#queue.entries()) {
      if (!update) continue;
      updates += 1;
      bytes += update.length;
      if (updates > max || (updates > 1 && bytes > MOST_BATCH_BYTES)) return index;
    }
    return this.#queue.length;
  }

  /** What was taken is durable. */
  committed(): QueuedUpdate<Sender>[] {
    const taken = this.#taken ?? [];
    this.#taken = null;
    for (const item of taken) this.projection.settle(item.advances, item.author);
    return taken;
  }

  /** What was taken is tried again, before everything else. */
  restore(): void {
    const taken = this.#taken ?? [];
    this.#taken = null;
    this.#queue.unshift(...taken);
    for (const item of taken) this.#queuedBytes += item.update?.length ?? 0;
  }

  /** What was taken is not durable: it leaves, and with it what builds on it. What the server changed itself stays. */
  failed(): QueuedUpdate<Sender>[] {
    const taken = this.#taken ?? [];
    this.#taken = null;
    const own = taken.filter((item) => item.author === SYSTEM_ACTOR);
    const lost = this.#judgeAgain([...own, ...this.#queue]);
    return [...taken.filter((item) => item.author !== SYSTEM_ACTOR), ...lost];
  }

  /** What was taken claims somebody else's client id: who claimed it is guilty, the others are tried again. */
  refused(clientId: number): { guilty: QueuedUpdate<Sender>[]; lost: QueuedUpdate<Sender>[] } {
    const taken = this.#taken ?? [];
    this.#taken = null;
    const claimed = (item: QueuedUpdate<Sender>) =>
      item.advances.some((advance) => advance.client === clientId);
    const [guilty, innocent] = partition([...taken, ...this.#queue], claimed);
    return { guilty, lost: this.#judgeAgain(innocent) };
  }

  /** A batch that another instance committed. */
  received(batch: DocumentBatch): void {
    for (const { author, update } of batch.updates) {
      const read = readUpdate(update, Infinity);
      this.projection.settle(
        read.sections.map((section) => ({ client: section.client, end: section.end })),
        author,
      );
      this.pendingDeletes.add(read.deletes);
      this.#nesting.add(read.sections);
    }
  }

  /** The document shows everything durable: only what is still on its way has to be remembered. */
  forgetShown(): void {
    this.pendingDeletes.clear();
    this.#nesting.clear();
    for (const item of [...(this.#taken ?? []), ...this.#queue]) this.#remember(item);
  }

  /** Replaces the queue by what of it still stands on the durable state, in order; answers the rest. */
  #judgeAgain(items: QueuedUpdate<Sender>[]): QueuedUpdate<Sender>[] {
    this.projection.rollBack();
    this.pendingDeletes.clear();
    this.#nesting.clear();
    this.#queue = [];
    this.#queuedBytes = 0;
    const lost: QueuedUpdate<Sender>[] = [];
    for (const item of items) {
      // What left something out may have left out what is now lost.
      const stands = item.update !== null && !item.relies && this.#stands(item, item.update);
      if (stands) this.push(item);
      else lost.push(item);
    }
    return lost;
  }

  #stands(item: QueuedUpdate<Sender>, update: Uint8Array): boolean {
    return this.judge(readUpdate(update, Infinity), item.author).kind === 'sound';
  }

  /** Ids that the commit has to reserve. */
  #claimsOf(items: readonly QueuedUpdate<Sender>[]): { clientId: number; person: string }[] {
    const persons = new Map<number, string>();
    for (const { author, advances } of items) {
      for (const { client } of advances) if (!this.projection.isOwned(client)) persons.set(client, author);
    }
    return [...persons].map(([clientId, person]) => ({ clientId, person }));
  }

  #count(item: QueuedUpdate<Sender>): void {
    this.projection.advance(item.advances, item.author);
    this.#remember(item);
    this.#queuedBytes += item.update?.length ?? 0;
  }

  #remember({ deletes, fresh }: QueuedUpdate<Sender>): void {
    this.pendingDeletes.add(deletes);
    this.#nesting.add(fresh);
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
