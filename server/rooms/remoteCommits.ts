import type { Head } from '#shared/contract/wire.ts';
import { standingOf } from './chainCheck.ts';
import type { ToldBatch } from './chainCheck.ts';
import type { RoomMetrics } from './metrics.ts';
import type { Clock, Directory, Missed, RoomStore } from './ports.ts';
import type { RoomLog } from './roomParts.ts';

/** Told batches that wait for a running commit at most; more are read from the store instead. */
const MOST_WAITING = 256;
/** Ticks in which a room should have come to where the store stands: the one that runs, and the next. */
const MOST_TICKS = 3;
/** How long after a failed reading of the store the next one begins. Milliseconds. */
const RETRY_MILLISECONDS = 1_000;

export interface RemoteCommitsParts {
  incidentId: string;
  store: Pick<RoomStore, 'readMissed'>;
  /** Where the log of an incident stands in the store; null where there is none. */
  storedHead(incidentId: string): Promise<Head | null>;
  directory: Pick<Directory, 'makeCurrent'>;
  clock: Clock;
  metrics: RoomMetrics;
  log: RoomLog;
  /** Where the room stands. */
  head(): Head;
  /** True while a commit of the room runs: nothing may be applied then but what that commit answers. */
  isCommitting(): boolean;
  apply(missed: Missed, head: Head): void;
  /** A tick is due. */
  wake(): void;
  /** Resolves when the tick that runs or is due is over. */
  ticked(): Promise<void>;
}

/**
 * What other instances committed. A batch that continues the chains is applied as it was told; whatever does not,
 * or may be missing, is read from the store in the room's next tick.
 */
export class RemoteCommits {
  readonly #parts: RemoteCommitsParts;
  #waiting: ToldBatch[] = [];
  #doubted = false;
  /** The store did not answer, and the next try is due. */
  #isWaiting = false;
  readonly #comparison = shared(() => this.#compare());
  #cancelRetry = (): void => {};

  constructor(parts: RemoteCommitsParts) {
    this.#parts = parts;
  }

  /** True when the store must be asked before the room knows where it stands. */
  get doubted(): boolean {
    return this.#doubted;
  }

  /** Hears a batch; one that comes while a commit runs waits for it. */
  hear(batch: ToldBatch): void {
    if (!this.#parts.isCommitting()) return this.#take(batch);
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(batch);
    else this.#doubted = true;
  }

  /** The commit that ran is over: takes what was told meanwhile. */
  settle(): void {
    for (const batch of this.#waiting.splice(0)) this.#take(batch);
  }

  /**
   * Brings the room to where the store stands now, so that whoever was answered by another instance finds that here.
   * Where the store does not answer the room stays where it is.
   */
  current(): Promise<void> {
    return this.#comparison();
  }

  /** Hears where the log stands. */
  told(head: Head): void {
    if (this.#isBehind(head)) this.doubt();
  }

  /** Hears where the log stands from the store itself, which answers again: nothing waits for the next try. */
  stored(head: Head): void {
    this.#cancelRetry();
    this.#isWaiting = false;
    this.told(head);
  }

  /** Something may have been missed: the next tick asks the store. While it does not answer, the next try is. */
  doubt(): void {
    if (this.#isWaiting) return;
    this.#doubted = true;
    this.#parts.wake();
  }

  /** Reads from the store what was missed, and applies it. Part of the tick; never throws. */
  async catchUp(): Promise<void> {
    const { store, incidentId, metrics, log } = this.#parts;
    this.#doubted = false;
    try {
      const { seq, docSeq } = this.#parts.head();
      const found = await store.readMissed(incidentId, { seq, docSeq });
      if (!found || (found.missed.entries.length === 0 && found.missed.documents.length === 0)) return;
      // Whoever lost a right while the store was away must not be shown what came after.
      await this.#parts.directory.makeCurrent();
      metrics.gapRepaired();
      this.#parts.apply(found.missed, found.head);
    } catch (error) {
      log.warn({ incidentId, err: error }, 'what other instances committed could not be read; tried again');
      this.#retryLater();
    }
  }

  stop(): void {
    this.#cancelRetry();
    this.#waiting = [];
  }

  #retryLater(): void {
    this.#isWaiting = true;
    this.#cancelRetry = this.#parts.clock.after(RETRY_MILLISECONDS, () => {
      this.#isWaiting = false;
      this.doubt();
    });
  }

  #isBehind(head: Head): boolean {
    const here = this.#parts.head();
    return head.seq > here.seq || head.docSeq > here.docSeq;
  }

  async #compare(): Promise<void> {
    const { storedHead, incidentId, log, ticked } = this.#parts;
    try {
      const head = await storedHead(incidentId);
      for (let tick = 0; head && this.#isBehind(head) && tick < MOST_TICKS; tick += 1) {
        this.stored(head);
        await ticked();
      }
    } catch (error) {
      log.warn({ incidentId, err: error }, 'where the log stands could not be read; what is known is shown');
    }
  }

  #take(batch: ToldBatch): void {
    const { incidentId, log, metrics } = this.#parts;
    const standing = standingOf(incidentId, this.#parts.head(), batch);
    switch (standing) {
      case 'known':
        return;
      case 'continues':
        this.#parts.apply({ entries: [...batch.entries], documents: [...batch.documents] }, batch.head);
        return;
      case 'broken':
        metrics.refused('broken_hint');
        log.error({ incidentId, told: batch.head }, 'another instance told what does not continue the log');
        this.doubt();
        return;
      case 'ahead':
        this.doubt();
        return;
      default:
        standing satisfies never;
    }
  }
}

/** Many callers, one run: whoever calls while one runs shares the next, which begins after the call. */
function shared(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const run = (): Promise<void> => {
    running = work().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (!running) return run();
    next ??= running.then(() => {
      next = null;
      return run();
    });
    return next;
  };
}
