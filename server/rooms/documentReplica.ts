import { documentRoots } from '#shared/document.ts';
import * as Y from 'yjs';
import type { DocumentBatch, StoredDocument } from './ports.ts';

/** Marks transactions that apply what is durable, so that what Yjs adds by itself can be told apart. */
const BATCHES = Symbol('batches');

/** What the replica tells. */
export interface ReplicaListener {
  /** Yjs changed something by itself (formatting clean-up): it must be journaled, or log and memory drift apart. */
  ownUpdate(update: Uint8Array): void;
  /** Everything durable is shown now. */
  refreshed(): void;
  /** A durable update did not apply. */
  failed(error: unknown): void;
}

/**
 * The document as Yjs knows it. It is not on the path of an edit: batches are put aside and applied in one transaction
 * when somebody needs state.
 */
export class DocumentReplica {
  readonly doc = new Y.Doc({ gc: true });
  /** The last batch that belongs to the document, applied or put aside. */
  docSeq: number;
  #listener: ReplicaListener | null = null;
  /** What Yjs changed while the stored batches were applied, before anybody listened. */
  #early: Uint8Array[] = [];
  #aside: DocumentBatch[] = [];
  #state: Uint8Array | null = null;
  #vector: Uint8Array | null = null;

  constructor(stored: StoredDocument) {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === BATCHES) return;
      if (this.#listener) this.#listener.ownUpdate(update);
      else this.#early.push(update);
    });
    // Typed before anything is applied, so that Yjs treats them here as it does in every client.
    this.doc.getXmlFragment(documentRoots.content);
    this.doc.getText(documentRoots.scratch);
    // A checkpoint that does not load fails the opening: never an empty document in its place.
    if (stored.checkpoint) Y.applyUpdate(this.doc, stored.checkpoint.state, BATCHES);
    this.docSeq = stored.docSeq;
    this.#aside = stored.batches;
    this.refresh();
  }

  /** From now on `listener` hears, beginning with what happened while the document was loaded. */
  listen(listener: ReplicaListener): void {
    this.#listener = listener;
    for (const update of this.#early.splice(0)) listener.ownUpdate(update);
  }

  /** Puts a durable batch aside. */
  add(batch: DocumentBatch): void {
    this.#aside.push(batch);
    this.docSeq = batch.docSeq;
  }

  /** Brings the document up to date with everything durable. */
  refresh(): void {
    if (this.#aside.length === 0) return;
    const batches = this.#aside;
    this.#aside = [];
    this.#state = null;
    this.#vector = null;
    this.doc.transact(() => {
      for (const batch of batches) this.#apply(batch);
    }, BATCHES);
    this.#listener?.refreshed();
  }

  #apply(batch: DocumentBatch): void {
    for (const { update } of batch.updates) {
      try {
        Y.applyUpdate(this.doc, update, BATCHES);
      } catch (error) {
        // The guard let pass what Yjs does not take: say so, and keep the neighbours.
        if (!this.#listener) throw error;
        this.#listener.failed(error);
      }
    }
  }

  /** Full state of everything durable; encoded once per version and shared. */
  encodeState(): Uint8Array {
    this.refresh();
    return (this.#state ??= Y.encodeStateAsUpdate(this.doc));
  }

  /** What somebody with this state vector lacks. Throws on a vector that is none. */
  encodeSince(vector: Uint8Array): Uint8Array {
    if (isEmptyVector(vector)) return this.encodeState();
    this.refresh();
    return Y.encodeStateAsUpdate(this.doc, vector);
  }

  /** State vector of everything durable. */
  encodeVector(): Uint8Array {
    this.refresh();
    return this.lastVector();
  }

  /** State vector as of the last refresh: what everybody has at least. */
  lastVector(): Uint8Array {
    return (this.#vector ??= Y.encodeStateVector(this.doc));
  }

  /** The next clock of every client id, for the projection; asked once, at opening. */
  clocks(): Map<number, number> {
    const clocks = new Map<number, number>();
    for (const [client, structs] of this.doc.store.clients) {
      const last = structs.at(-1);
      if (last) clocks.set(client, last.id.clock + last.length);
    }
    return clocks;
  }

  /** True when something waits for content that never came; the guard exists so that this stays false. */
  hasPending(): boolean {
    return this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null;
  }

  destroy(): void {
    this.doc.destroy();
  }
}

function isEmptyVector(vector: Uint8Array): boolean {
  return vector.length === 1 && vector[0] === 0;
}
