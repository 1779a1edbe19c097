import type { Limits } from '#shared/contract/limits.ts';
import { markdownParts } from '#shared/documentMarkdown.ts';
import { UPDATE_DOCUMENT } from '#shared/draft.ts';
import type { DocumentReplica } from './documentReplica.ts';
import type { Clock, Store } from './ports.ts';
import type { RoomLog } from './room.ts';

/** The tail that is always allowed to grow before a checkpoint. Bytes. */
export const SMALLEST_TAIL_BYTES = 64 * 1024;
/** A document that changes gets a checkpoint at least this often, so that any moment is near one. Milliseconds. */
export const CHECKPOINT_MILLISECONDS = 5 * 60_000;

/** How long a change may stay out of search while people write. Milliseconds. */
export const SEARCH_MILLISECONDS = 10_000;

/** Blocks written as Markdown before other work gets its turn; some milliseconds. */
const BLOCKS_PER_SLICE = 1_000;

interface CheckpointParts {
  incidentId: string;
  name: string;
  store: Pick<Store, 'saveCheckpoint' | 'saveSearchText'>;
  clock: Clock;
  log: RoomLog;
  replica: DocumentReplica;
  limits: Pick<Limits, 'documentWarningBytes'>;
  /** False while the document shows something that is not durable yet. */
  mayStart(): boolean;
}

/**
 * Keeps full states of a document, off the commit path and one at a time: when the tail is as large as the last
 * checkpoint (so that their cost stays in proportion to what was written), and every five minutes while it changes.
 * What search finds is renewed more often, without the state.
 */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  #tailBytes: number;
  #lastBytes: number;
  #docSeq: number;
  #saving: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  #cancelSearch: (() => void) | null = null;
  #stopped = false;

  constructor(parts: CheckpointParts, start: { docSeq: number; bytes: number; tailBytes: number }) {
    this.#parts = parts;
    this.#docSeq = start.docSeq;
    this.#lastBytes = start.bytes;
    this.#tailBytes = start.tailBytes;
  }

  /** About how large the document is, encoded; never less than it was at the last checkpoint plus what came since. */
  get estimatedBytes(): number {
    return this.#lastBytes + this.#tailBytes;
  }

  get isSaving(): boolean {
    return this.#saving !== null;
  }

  /** So many bytes became durable. */
  grew(bytes: number): void {
    this.#tailBytes += bytes;
    if (this.#tailBytes >= Math.max(SMALLEST_TAIL_BYTES, this.#lastBytes)) this.begin();
    this.#cancelTimer ??= this.#parts.clock.after(CHECKPOINT_MILLISECONDS, () => {
      this.#cancelTimer = null;
      this.begin();
    });
    this.#cancelSearch ??= this.#parts.clock.after(SEARCH_MILLISECONDS, () => {
      this.#cancelSearch = null;
      this.#beginSearchable();
    });
  }

  /** Lets search find what was written, unless a checkpoint does that now or did. */
  #beginSearchable(): void {
    const { replica } = this.#parts;
    if (this.#stopped || this.#saving || replica.docSeq === this.#docSeq || !this.#parts.mayStart()) return;
    replica.refresh();
    if (!this.#parts.mayStart()) return;
    this.#saving = this.#searchable(replica.docSeq).finally(() => {
      this.#saving = null;
    });
  }

  async #searchable(docSeq: number): Promise<void> {
    const { incidentId, name, store, log } = this.#parts;
    try {
      await store.saveSearchText(incidentId, name, docSeq, await this.#markdown());
    } catch (error) {
      log.warn({ incidentId, name, docSeq, err: error }, 'search could not be told what was written');
    }
  }

  /** Starts a checkpoint if there is anything new and none is running. */
  begin(): void {
    const { replica } = this.#parts;
    if (this.#stopped || this.#saving || replica.docSeq === this.#docSeq || !this.#parts.mayStart()) return;
    // Refreshing may journal a clean-up of formatting; the checkpoint then waits for the commit that carries it.
    const state = replica.encodeState();
    if (!this.#parts.mayStart()) return;
    this.#saving = this.#save(replica.docSeq, state).finally(() => {
      this.#saving = null;
    });
  }

  async #save(docSeq: number, state: Uint8Array): Promise<void> {
    const { incidentId, name, store, log, limits } = this.#parts;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#docSeq = docSeq;
    if (state.length >= limits.documentWarningBytes && this.#lastBytes < limits.documentWarningBytes) {
      log.warn({ incidentId, name, bytes: state.length }, 'a document became large');
    }
    this.#lastBytes = state.length;
    this.#tailBytes = 0;
    try {
      await store.saveCheckpoint(incidentId, name, docSeq, state, await this.#markdown());
    } catch (error) {
      // Nothing is lost: the log has every update. The next checkpoint tries again.
      log.warn({ incidentId, name, docSeq, err: error }, 'a checkpoint could not be saved');
    }
  }

  /** Written in slices, so that a long document keeps nobody waiting; an edit in between may show in a later part. */
  async #markdown(): Promise<string> {
    // A draft is not said yet.
    if (this.#parts.name === UPDATE_DOCUMENT) return '';
    const parts: string[] = [];
    for (const part of markdownParts(this.#parts.replica.doc)) {
      parts.push(part);
      if (parts.length % BLOCKS_PER_SLICE === 0) await this.#otherWork();
    }
    return parts.join('');
  }

  #otherWork(): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.clock.after(0, resolve);
    });
  }

  /** Waits for a running checkpoint; starts no further one. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelSearch?.();
    await this.#saving;
  }
}
