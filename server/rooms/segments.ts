import * as Y from 'yjs';
import type { Clock, DocumentBatch, RoomStore } from './ports.ts';
import type { RoomLog } from './roomParts.ts';

/** A segment holds at least this much of raw updates; less than that stays raw at the end of a document. */
export const SEGMENT_BYTES = 16 * 1024;
/** Updates merged before other work gets its turn; some milliseconds. */
const MERGED_AT_ONCE = 200;
/** Batches read at once. */
const READ_AT_ONCE = 250;

interface SegmentsParts {
  store: Pick<RoomStore, 'head' | 'lastSegment' | 'readBatches' | 'saveSegment'>;
  clock: Clock;
  log: RoomLog;
}

/**
 * Merges what documents recorded into segments, so that a replay reads little wherever it seeks. Off the commit path,
 * one document at a time, and derived: what fails or is done twice costs time only.
 */
export interface Segments {
  /** So many bytes of a document became durable; merged as soon as they are enough for a segment. */
  grew(incidentId: string, name: string, bytes: number): void;
  /** Merges whatever of a document is enough for a segment and in none yet. */
  fill(incidentId: string, name: string): void;
  /** Waits for what runs; merges nothing after. */
  stop(): Promise<void>;
}

/** Starts with nothing to do. `stop` is its stop. */
export function createSegments({ store, clock, log }: SegmentsParts): Segments {
  const grown = new Map<string, number>();
  /** Documents to be looked at; the first is, while `running`. */
  const queue = new Map<string, { incidentId: string; name: string }>();
  let running: Promise<void> | null = null;
  let stopped = false;

  function fill(incidentId: string, name: string): void {
    if (stopped) return;
    queue.set(`${incidentId} ${name}`, { incidentId, name });
    begin();
  }

  function begin(): void {
    running ??= work().finally(() => {
      running = null;
      if (queue.size > 0 && !stopped) begin();
    });
  }

  async function work(): Promise<void> {
    for (;;) {
      const [next] = queue;
      if (!next || stopped) return;
      const [key, { incidentId, name }] = next;
      // Before it is looked at: what comes meanwhile asks for another look.
      queue.delete(key);
      try {
        await fillOne(incidentId, name);
      } catch (error) {
        log.warn({ incidentId, name, err: error }, 'a document could not be merged for replay');
      }
    }
  }

  async function fillOne(incidentId: string, name: string): Promise<void> {
    const seq = (await store.head(incidentId))?.seq ?? 0;
    let after = await store.lastSegment(incidentId, name);
    let batches: DocumentBatch[] = [];
    let bytes = 0;
    for (let read = after; !stopped;) {
      const page = await store.readBatches(incidentId, name, read, READ_AT_ONCE);
      for (const batch of page) {
        batches.push(batch);
        bytes += bytesOf(batch);
        if (bytes < SEGMENT_BYTES) continue;
        const update = await merged(batches);
        if (stopped) return;
        await store.saveSegment({ incidentId, name, after, docSeq: batch.docSeq, update, seq });
        [after, batches, bytes] = [batch.docSeq, [], 0];
      }
      read = page.at(-1)?.docSeq ?? read;
      if (page.length < READ_AT_ONCE) return;
    }
  }

  async function merged(batches: readonly DocumentBatch[]): Promise<Uint8Array> {
    const updates = batches.flatMap((batch) => batch.updates.map(({ update }) => update));
    const parts: Uint8Array[] = [];
    for (let at = 0; at < updates.length; at += MERGED_AT_ONCE) {
      parts.push(Y.mergeUpdates(updates.slice(at, at + MERGED_AT_ONCE)));
      await otherWork();
    }
    return Y.mergeUpdates(parts);
  }

  function otherWork(): Promise<void> {
    return new Promise((resolve) => {
      clock.after(0, resolve);
    });
  }

  return {
    fill,
    grew(incidentId, name, bytes) {
      const key = `${incidentId} ${name}`;
      const sum = (grown.get(key) ?? 0) + bytes;
      if (sum < SEGMENT_BYTES) return void grown.set(key, sum);
      grown.delete(key);
      fill(incidentId, name);
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** Bytes of the updates of a batch. */
export function bytesOf(batch: Pick<DocumentBatch, 'updates'>): number {
  return batch.updates.reduce((sum, { update }) => sum + update.length, 0);
}
