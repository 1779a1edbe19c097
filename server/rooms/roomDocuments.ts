import { documentNames } from '#shared/document.ts';
import type { LiveDocument } from './liveDocument.ts';
import type { CommitRequest, DocumentBatch } from './ports.ts';

/** Updates of one document that a commit carries. */
export interface TakenUpdates {
  document: LiveDocument;
  request: CommitRequest['documents'][number];
}

/** The live documents of one room. */
export interface RoomDocuments {
  /** Opens a document, or finds it open; null when the incident has none of that name. */
  open(name: string): Promise<LiveDocument | null>;
  /** Takes up to `most` queued updates over all documents, from those first that had none taken for longest. */
  take(most: number): TakenUpdates[];
  /** The same again, for what was taken and not committed: rights are judged anew, and what came meanwhile joins. */
  takeAgain(taken: readonly TakenUpdates[], most: number): TakenUpdates[];
  /** A document's claim of somebody else's client id fails that document's part only; answers the others. */
  refuseClaim(taken: readonly TakenUpdates[], name: string, clientId: number): TakenUpdates[];
  hasQueued(): boolean;
  /** Batches that are durable now: own ones to the documents they were taken from, others as news. */
  apply(batches: readonly DocumentBatch[], own: readonly TakenUpdates[]): void;
  /** Rights to documents follow from a person's access, the members and the status; null judges everybody anew. */
  rightsChanged(person: string | null): void;
  /** Who has a document open at another instance, for the document of that name if it is open here. */
  hearAwareness(name: string, entries: Uint8Array, instance: string): void;
  /** Another instance asks who is here. */
  asked(): void;
  /** Another instance is gone, and whoever was there. */
  instanceGone(instance: string): void;
  sockets(): number;
  idle(): boolean;
  close(code: number, reason: string): Promise<void>;
}

/** Starts with none open; `names` are those that were written in, `openOne` loads one. */
export function createRoomDocuments(
  names: readonly string[],
  openOne: (name: string) => Promise<LiveDocument>,
): RoomDocuments {
  const known = new Set([...documentNames, ...names]);
  const opening = new Map<string, Promise<LiveDocument>>();
  const open = new Map<string, LiveDocument>();
  /** What other instances committed while a document was being read: the reading may have been before it. */
  const meanwhile = new Map<string, DocumentBatch[]>();

  async function load(name: string): Promise<LiveDocument> {
    meanwhile.set(name, []);
    try {
      const document = await openOne(name);
      open.set(name, document);
      for (const batch of meanwhile.get(name) ?? []) document.received(batch);
      return document;
    } catch (error) {
      // Tried again by whoever asks next; a failed load never becomes an empty document.
      opening.delete(name);
      throw error;
    } finally {
      meanwhile.delete(name);
    }
  }

  function receive(batch: DocumentBatch): void {
    known.add(batch.name);
    meanwhile.get(batch.name)?.push(batch);
    open.get(batch.name)?.received(batch);
  }

  function take(most: number): TakenUpdates[] {
    const taken: TakenUpdates[] = [];
    for (const document of open.values()) {
      const part = most > 0 ? document.take(most) : null;
      if (!part) continue;
      most -= part.updates.length;
      taken.push({ document, request: { name: document.name, ...part } });
    }
    // Asked last the next time: one in which people write all the time leaves no room for the others.
    for (const { document } of taken) {
      open.delete(document.name);
      open.set(document.name, document);
    }
    return taken;
  }

  return {
    open(name) {
      if (!known.has(name)) return Promise.resolve(null);
      const pending = opening.get(name) ?? load(name);
      opening.set(name, pending);
      return pending;
    },
    take,
    takeAgain(taken, most) {
      for (const { document } of taken) document.restore();
      return take(most);
    },
    refuseClaim(taken, name, clientId) {
      for (const { document } of taken) if (document.name === name) document.refused(clientId);
      return taken.filter(({ document }) => document.name !== name);
    },
    hasQueued: () => [...open.values()].some((document) => document.queued > 0),
    apply(batches, own) {
      for (const batch of batches) {
        const taken = own.find((part) => part.document.name === batch.name);
        if (taken) taken.document.committed(batch);
        else receive(batch);
      }
    },
    rightsChanged(person) {
      for (const document of open.values()) document.rightsChanged(person);
    },
    hearAwareness: (name, entries, instance) => open.get(name)?.hearAwareness(instance, entries),
    asked() {
      for (const document of open.values()) document.asked();
    },
    instanceGone(instance) {
      for (const document of open.values()) document.instanceGone(instance);
    },
    sockets: () => [...open.values()].reduce((sum, document) => sum + document.socketCount, 0),
    idle: () => opening.size === open.size && [...open.values()].every((document) => document.idle()),
    async close(code, reason) {
      await Promise.allSettled(opening.values());
      await Promise.all([...open.values()].map((document) => document.close(code, reason)));
    },
  };
}
