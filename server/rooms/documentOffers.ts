import type { Limits } from '#shared/contract/limits.ts';
import { closeCodes } from '#shared/contract/wire.ts';
import type { SocketConnection } from './documentConnection.ts';
import type { DocumentInbox } from './documentInbox.ts';
import type { DocumentReplica } from './documentReplica.ts';
import { isWhole, newDeletes, reduceUpdate } from './knownDeletes.ts';
import type { Verdict } from './updateGuard.ts';
import { readUpdate, TooManyParts } from './updateReader.ts';
import type { ReadUpdate } from './updateReader.ts';

export interface OfferParts {
  inbox: DocumentInbox<SocketConnection>;
  replica: DocumentReplica;
  limits: Limits;
  storageEpoch: string;
  mayWrite(person: string): boolean;
  /** True when the document would be past its limit with so many bytes more. */
  isFull(bytes: number): boolean;
  /** Reads what another instance may have committed in the meantime. Rejects when the store does not answer. */
  catchUp(): Promise<void>;
  /** Sends sync step 1: offer me everything you have. */
  askForState(connection: SocketConnection): void;
  /** These messages add nothing to what is durable. */
  settleNow(connection: SocketConnection, number: number, answer: boolean): void;
  /** Something of this sender is queued. */
  queued(connection: SocketConnection): void;
}

/** One update message of a client: what it brought, and as which of its messages. */
interface Offer {
  connection: SocketConnection;
  update: Uint8Array;
  answer: boolean;
  number: number;
}

type Sound = Extract<Verdict, { kind: 'sound' }>;

/** Judges what clients offer, synchronously as it arrives, and queues what is new and sound. */
export class DocumentOffers {
  readonly #parts: OfferParts;

  constructor(parts: OfferParts) {
    this.#parts = parts;
  }

  /** Takes one update message. `answer`: it is a sync step 2. */
  offer(connection: SocketConnection, update: Uint8Array, answer: boolean): void {
    const offer = { connection, update, answer, number: connection.received.arrived() };
    const { limits } = this.#parts;
    if (!answer && update.length > limits.documentUpdateBytes) {
      return connection.refuse(closeCodes.tooLarge, 'update too large');
    }
    const read = this.#read(offer);
    if (!read) return;
    if (!this.#parts.mayWrite(connection.person)) return this.#offerOfReader(offer, read);
    const verdict = this.#parts.inbox.judge(read, connection.person);
    if (verdict.kind === 'gap' || verdict.kind === 'foreign' || this.#bringsStrangers(offer, verdict)) {
      return this.#doubt(offer, read);
    }
    this.#conclude(offer, read, verdict);
  }

  #read({ connection, update, answer }: Offer): ReadUpdate | null {
    try {
      return readUpdate(update, answer ? Infinity : this.#parts.limits.documentUpdateStructs);
    } catch (error) {
      if (error instanceof TooManyParts) connection.refuse(closeCodes.tooLarge, error.message);
      else
        connection.refuse(
          closeCodes.refused,
          `update: ${error instanceof Error ? error.message : 'malformed'}`,
        );
      return null;
    }
  }

  /**
   * True of a sync step 2 under client ids that nobody here knows: it may hold what others wrote at an instance that was
   * ahead, and taken for the sender's own ids they would be refused as somebody else's.
   */
  #bringsStrangers({ connection, answer }: Offer, verdict: Verdict): boolean {
    const { inbox } = this.#parts;
    return (
      answer &&
      verdict.kind === 'sound' &&
      verdict.fresh.some(
        ({ client }) => !inbox.projection.isOwned(client) && inbox.announcerOf(client) !== connection.person,
      )
    );
  }

  /** An honest client may come from an instance that was ahead: read what is durable, then judge once more. */
  #doubt(offer: Offer, read: ReadUpdate): void {
    const { connection } = offer;
    connection.hold();
    this.#parts.catchUp().then(
      () => {
        if (!connection.isOpen) return;
        this.#conclude(offer, read, this.#parts.inbox.judge(read, connection.person));
        connection.release();
      },
      () => connection.close(closeCodes.storeAway, 'the store does not answer'),
    );
  }

  #conclude(offer: Offer, read: ReadUpdate, verdict: Verdict): void {
    const { connection } = offer;
    switch (verdict.kind) {
      case 'sound':
        return this.#accept(offer, read, verdict);
      case 'gap':
        return this.#gap(offer);
      case 'foreign':
        return connection.refuse(
          closeCodes.refused,
          `client id ${verdict.client} is not yours; ${this.#epoch()}`,
        );
      case 'refused':
        return connection.refuse(closeCodes.refused, verdict.reason);
      default:
        return verdict satisfies never;
    }
  }

  /** The client is asked for everything it has; if that does not help, it holds a history that is not ours. */
  #gap({ connection, answer }: Offer): void {
    // What a full document did not take is missing for everything after it: no fault of the client.
    if (this.#parts.isFull(0)) return connection.deny(DOCUMENT_FULL);
    if (!connection.missed(answer)) {
      return connection.refuse(closeCodes.refused, `builds on what is not here; ${this.#epoch()}`);
    }
    this.#parts.askForState(connection);
  }

  /** A client whose history is of another storage learns it here, keeps its text and starts anew. */
  #epoch(): string {
    return `storage epoch ${this.#parts.storageEpoch}`;
  }

  #accept(offer: Offer, read: ReadUpdate, { fresh, advances }: Sound): void {
    const { inbox, replica, limits } = this.#parts;
    const { connection, answer, number } = offer;
    // An answer repeats every deletion there ever was; which are new, only a document that is up to date can tell.
    if (answer) replica.refresh();
    const whole = !answer && isWhole(read, fresh, inbox.projection);
    const { deletes, relies } =
      whole && fresh.length > 0
        ? { deletes: read.deletes, relies: false }
        : newDeletes(replica.doc, inbox.pendingDeletes, read.deletes);
    if (fresh.length === 0 && deletes.length === 0) return this.#acceptNothing(offer);
    if (fresh.reduce((sum, section) => sum + section.structs.length, 0) > limits.documentUpdateStructs) {
      return connection.refuse(closeCodes.tooLarge, 'too many structs');
    }
    const update = whole ? read.bytes.slice() : reduceUpdate(read, fresh, deletes, inbox.projection);
    if (fresh.length > 0 && this.#parts.isFull(update.length)) return connection.deny(DOCUMENT_FULL);
    inbox.push({
      author: connection.person,
      update,
      advances,
      fresh,
      deletes,
      relies: relies && !whole,
      sender: connection,
      number,
      answer,
    });
    connection.fits();
    this.#parts.queued(connection);
  }

  /** Resync offers and the clean-ups that every receiver emits: nothing to log, but to be acknowledged in their order. */
  #acceptNothing({ connection, answer, number }: Offer): void {
    const { inbox } = this.#parts;
    if (answer) connection.fits();
    if (inbox.isSettled) return this.#parts.settleNow(connection, number, answer);
    const { person: author } = connection;
    inbox.push({
      author,
      update: null,
      advances: [],
      fresh: [],
      deletes: [],
      relies: true,
      sender: connection,
      number,
      answer,
    });
    this.#parts.queued(connection);
  }

  /** Somebody who may only read: their editor may still clean up what everybody cleans up, but nothing of theirs is taken. */
  #offerOfReader(offer: Offer, read: ReadUpdate): void {
    const { inbox, replica } = this.#parts;
    replica.refresh();
    const isNew = read.sections.some((section) => section.end > inbox.projection.clock(section.client));
    if (isNew || newDeletes(replica.doc, inbox.pendingDeletes, read.deletes).deletes.length > 0) {
      return offer.connection.denyRight('you may read this document, not write in it');
    }
    this.#acceptNothing(offer);
  }
}

const DOCUMENT_FULL = 'this document is full: only what shrinks it is taken';
