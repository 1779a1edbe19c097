import * as Y from 'yjs';
import { SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { closeCodes } from '#shared/contract/wire.ts';
import { openRootsOf } from '#shared/document.ts';
import { Checkpoints } from './checkpoints.ts';
import { MalformedBytes } from './byteReader.ts';
import { DocumentAudience } from './documentAudience.ts';
import type { DocumentOthers } from './documentAudience.ts';
import { DocumentBacklog } from './documentBacklog.ts';
import { createCatchUp } from './documentCatchUp.ts';
import { SocketConnection } from './documentConnection.ts';
import type { ConnectionHost } from './documentConnection.ts';
import { updateFrame } from './documentFrames.ts';
import type { InboundMessage } from './documentFrames.ts';
import { DocumentInbox } from './documentInbox.ts';
import type { QueuedUpdate } from './documentInbox.ts';
import { DocumentOffers } from './documentOffers.ts';
import { DocumentReplica } from './documentReplica.ts';
import { DocumentSize } from './documentSize.ts';
import type { RoomMetrics } from './metrics.ts';
import type {
  Clock,
  DocumentBatch,
  DocumentConnection,
  DocumentIntake,
  DocumentSocket,
  LiveDocumentHandle,
  Store,
  StoredDocument,
} from './ports.ts';
import { Projection } from './projection.ts';
import type { RoomLog } from './room.ts';
import { bytesOf } from './segments.ts';
import { readUpdate } from './updateReader.ts';

/** How long the document may lag behind what is durable while nobody needs its state. Milliseconds. */
const REFRESH_MILLISECONDS = 500;

export interface LiveDocumentParts {
  incidentId: string;
  name: string;
  store: Pick<Store, 'loadDocument' | 'readBatches' | 'saveCheckpoint' | 'saveSearchText' | 'storageEpoch'>;
  clock: Clock;
  limits: Limits;
  log: RoomLog;
  metrics: RoomMetrics;
  /** So many bytes became durable. */
  grew(bytes: number): void;
  /** Something is queued. */
  wake(): void;
  mayRead(person: string): boolean;
  mayWrite(person: string): boolean;
  personName(person: string): string;
  /** The other instances that may have it open; null when there are none. */
  others: DocumentOthers | null;
}

type Sender = SocketConnection;

const NO_RIGHT = 'you may read this document, not write in it';

/** Loads a document and opens it for sockets. Rejects when it does not load: never an empty document in its place. */
export async function openLiveDocument(parts: LiveDocumentParts): Promise<LiveDocument> {
  const stored = await parts.store.loadDocument(parts.incidentId, parts.name);
  return new LiveDocument(parts, stored);
}

/**
 * A document that people have open. Edits are judged as they arrive, queued for the room's tick, and told to everybody
 * once they are durable; it never commits by itself. `close` is its stop.
 */
export class LiveDocument implements DocumentIntake, LiveDocumentHandle {
  readonly name: string;
  readonly #parts: LiveDocumentParts;
  readonly #replica: DocumentReplica;
  readonly #inbox: DocumentInbox<Sender>;
  readonly #offers: DocumentOffers;
  readonly #audience: DocumentAudience;
  readonly #checkpoints: Checkpoints;
  readonly #host: ConnectionHost;
  readonly #backlog = new DocumentBacklog();
  #cancelRefresh: (() => void) | null = null;
  #closed = false;

  constructor(parts: LiveDocumentParts, stored: StoredDocument) {
    this.name = parts.name;
    this.#parts = parts;
    const { clock, limits, store } = parts;
    this.#replica = new DocumentReplica(stored);
    const owners = new Map(stored.clientIds.map(({ clientId, person }) => [clientId, person]));
    this.#inbox = new DocumentInbox(
      new Projection(this.#replica.clocks(), owners),
      this.#replica.doc,
      (client) => this.#audience.announcerOf(client),
      openRootsOf(parts.name),
    );
    this.#replica.listen({
      ownUpdate: (update) => this.#queueOwn(update),
      refreshed: () => this.#refreshed(),
      failed: (error) => this.#logError('a durable update does not apply', error),
    });
    this.#checkpoints = new Checkpoints(
      { ...parts, replica: this.#replica, mayStart: () => !this.#inbox.hasOwn },
      {
        docSeq: stored.checkpoint?.docSeq ?? 0,
        bytes: stored.checkpoint?.state.length ?? 0,
        tailBytes: stored.batches.reduce((sum, batch) => sum + bytesOf(batch), 0),
      },
    );
    const size = new DocumentSize({
      clock,
      limit: limits.documentBytes,
      estimate: () => this.#checkpoints.estimatedBytes + this.#inbox.bytes,
      measure: () => this.#replica.encodeState().length,
    });
    this.#offers = new DocumentOffers({
      inbox: this.#inbox,
      replica: this.#replica,
      limits,
      storageEpoch: store.storageEpoch,
      mayWrite: (person) => parts.mayWrite(person),
      isFull: (bytes) => size.isFull(bytes),
      catchUp: createCatchUp({ ...parts, replica: this.#replica, received: (batch) => this.received(batch) }),
      askForState: (connection) => this.#audience.askForState(connection),
      settleNow: (connection, number, answer) => settle([{ sender: connection, number, answer }]),
      queued: (connection) => {
        this.#backlog.queued(connection, this.#inbox.bytes);
        parts.wake();
      },
    });
    this.#audience = new DocumentAudience({
      clock,
      limits,
      replica: this.#replica,
      ownerOf: (client) => this.#inbox.projection.owner(client),
      personName: (person) => parts.personName(person),
      others: parts.others,
      mayAskAgain: (connection) => parts.mayWrite(connection.person) && !size.isFull(0),
    });
    this.#host = {
      clock,
      limits,
      message: (connection, message) => this.#hear(connection, message),
      gone: (connection) => this.#gone(connection),
      warn: (connection, code, problem) => this.#warn(connection, code, problem),
    };
    if (this.#replica.hasPending()) this.#logError('the stored document waits for content that it lacks');
  }

  get socketCount(): number {
    return this.#audience.size;
  }

  /** Messages that wait for the next commit. */
  get queued(): number {
    return this.#inbox.length;
  }

  /** True when nobody is here and nothing is on its way, so that the document may leave memory. */
  idle(): boolean {
    return this.#audience.size === 0 && this.#inbox.isSettled && !this.#checkpoints.isSaving;
  }

  // What edges call.

  connect(
    socket: DocumentSocket,
    options: { person: string; sessionId: string; acknowledge: boolean },
  ): DocumentConnection {
    const mayWrite = this.#parts.mayWrite(options.person);
    const connection = new SocketConnection(socket, { ...options, mayWrite }, this.#host);
    if (this.#closed) {
      connection.close(closeCodes.restart, 'the document left memory');
      return connection;
    }
    this.#audience.enter(connection, mayWrite);
    return connection;
  }

  encodeState(): Promise<{ update: Uint8Array; docSeq: number }> {
    return Promise.resolve({ update: this.#replica.encodeState(), docSeq: this.#replica.docSeq });
  }

  /**
   * Judges the sockets of a person (null: of everybody) anew after rights changed: who may not read is closed, who may
   * not write becomes a reader at once.
   */
  rightsChanged(person: string | null): void {
    for (const connection of this.#audience.list()) {
      if (person !== null && connection.person !== person) continue;
      if (!this.#parts.mayRead(connection.person)) {
        connection.close(closeCodes.forbidden, 'no right to this document any more');
        continue;
      }
      const mayWrite = this.#parts.mayWrite(connection.person);
      // What it kept while it could only read is offered now.
      if (mayWrite && !connection.couldWrite) this.#audience.askForState(connection);
      connection.setRight(mayWrite);
    }
  }

  /** Closes every socket and leaves memory. Nothing is flushed: what was acknowledged is durable. */
  async close(code: number, reason: string): Promise<void> {
    this.#closed = true;
    for (const connection of this.#audience.list()) connection.close(code, reason);
    this.#cancelRefresh?.();
    this.#audience.stop();
    await this.#checkpoints.stop();
    this.#replica.destroy();
  }

  // What the room's tick calls.

  take(max: number): ReturnType<DocumentIntake['take']> {
    const { request, settled, denied, lost } = this.#inbox.take(max, (person) =>
      this.#parts.mayWrite(person),
    );
    for (const sender of new Set(denied.map((item) => item.sender))) sender?.denyRight(NO_RIGHT);
    this.#resync(lost);
    settle(settled);
    this.#backlog.shrank(this.#inbox.bytes);
    return request;
  }

  committed(batch: DocumentBatch): void {
    const items = this.#inbox.committed();
    this.#deliver(batch);
    settle(items);
    this.#backlog.shrank(this.#inbox.bytes);
  }

  restore(): void {
    this.#inbox.restore();
  }

  failed(): void {
    for (const item of this.#inbox.failed()) item.sender?.close(closeCodes.notSaved, 'not saved');
    if (this.#inbox.length > 0) this.#parts.wake();
  }

  refused(clientId: number): void {
    const { guilty, lost } = this.#inbox.refused(clientId);
    for (const { sender } of guilty)
      sender?.refuse(closeCodes.refused, `client id ${clientId} is somebody else's`);
    this.#resync(lost);
    if (this.#inbox.length > 0) this.#parts.wake();
  }

  received(batch: DocumentBatch): void {
    if (batch.docSeq <= this.#replica.docSeq) return;
    this.#inbox.received(batch);
    this.#deliver(batch);
  }

  // What other instances say of carets.

  /** Who is at the sockets of another instance. What cannot be read is left out: it comes again. */
  hearAwareness(instance: string, entries: Uint8Array): void {
    try {
      this.#audience.hearElsewhere(instance, entries);
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      this.#logError('another instance told of carets what cannot be read', error);
    }
  }

  /** Another instance asks who is here. */
  asked(): void {
    this.#audience.asked();
  }

  /** Another instance is gone, and whoever was there. */
  instanceGone(instance: string): void {
    this.#audience.instanceGone(instance);
  }

  // Outbound.

  /** Puts a durable batch aside for the document and tells everybody with one frame, the authors included. */
  #deliver(batch: DocumentBatch): void {
    if (batch.docSeq <= this.#replica.docSeq) return;
    const updates = batch.updates.map(({ update }) => update);
    const [first] = updates;
    if (!first) return;
    this.#audience.stream(updateFrame(updates.length === 1 ? first : Y.mergeUpdates(updates)));
    this.#replica.add(batch);
    this.#parts.metrics.frame({ updates: updates.length, sockets: this.#audience.size });
    this.#checkpoints.grew(bytesOf(batch));
    this.#parts.grew(bytesOf(batch));
    this.#cancelRefresh ??= this.#parts.clock.after(REFRESH_MILLISECONDS, () => this.#replica.refresh());
  }

  // Inbound.

  #hear(connection: Sender, message: InboundMessage): void {
    switch (message.kind) {
      case 'step1':
        return this.#audience.sendState(connection, message.vector);
      case 'update':
        return this.#offers.offer(connection, message.update, message.answer);
      case 'awareness':
        return this.#audience.hearAwareness(connection, message.entries);
      case 'queryAwareness':
        return this.#audience.tellWhoIsHere(connection);
      default:
        return message satisfies never;
    }
  }

  /** What Yjs itself changed while applying is journaled like anybody's edit, in the next tick. */
  #queueOwn(update: Uint8Array): void {
    const { sections: fresh, deletes } = readUpdate(update, Infinity);
    const advances = fresh.map(({ client, end }) => ({ client, end }));
    this.#inbox.push({
      author: SYSTEM_ACTOR,
      update,
      advances,
      fresh,
      deletes,
      relies: false,
      sender: null,
      number: 0,
      answer: false,
    });
    this.#parts.wake();
  }

  /** Messages that built on something which is gone: their senders still have them, and are asked for all they have. */
  #resync(lost: readonly QueuedUpdate<Sender>[]): void {
    for (const sender of new Set(lost.map((item) => item.sender))) {
      if (!sender?.isOpen) continue;
      sender.outOfStep = true;
      // A reader has nothing to offer, and is never asked.
      if (this.#parts.mayWrite(sender.person)) this.#audience.askForState(sender);
    }
  }

  // Housekeeping.

  #refreshed(): void {
    this.#cancelRefresh?.();
    this.#cancelRefresh = null;
    this.#inbox.forgetShown();
    if (this.#replica.hasPending()) this.#logError('an update waits for content that never came');
  }

  #gone(connection: Sender): void {
    this.#backlog.forget(connection);
    this.#audience.leave(connection);
    // The last to leave closes the book, so that search finds what was written.
    if (this.#audience.size === 0) this.#checkpoints.begin();
  }

  #warn(connection: Sender, code: number, problem: string): void {
    const { incidentId, log, metrics } = this.#parts;
    metrics.refused(`document_${code}`);
    log.warn(
      { incidentId, name: this.name, person: connection.person, code, problem },
      'a document socket was refused',
    );
  }

  #logError(problem: string, error?: unknown): void {
    this.#parts.log.error({ incidentId: this.#parts.incidentId, name: this.name, err: error }, problem);
  }
}

/** Counts messages as durable and tells their senders. */
function settle(items: readonly { sender: Sender | null; number: number; answer: boolean }[]): void {
  for (const { sender, number, answer } of items) {
    if (answer) sender?.received.settledUpTo(number);
    else sender?.received.settled(number);
  }
  for (const sender of new Set(items.map((item) => item.sender))) sender?.acknowledge();
}
