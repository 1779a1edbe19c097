import type { Head } from '#shared/contract/wire.ts';
import type { TakenCommands } from './inbox.ts';
import type { CommitRequest, CommitResult, Missed, RoomStore } from './ports.ts';
import type { TakenUpdates } from './roomDocuments.ts';

export type Committed = Extract<CommitResult, { kind: 'committed' }>;

/** What one tick brings to the store. */
export interface TickBatch {
  readonly commands: TakenCommands;
  /** Replaced whenever rights are judged again, or a claim is refused. */
  taken: TakenUpdates[];
}

/** One batch of a room on its way into the store. */
export interface Attempted {
  /** Where the room stands. */
  known(): { seq: number; docSeq: number };
  /** What is to be committed as decided now; null: nothing. */
  request(): CommitRequest | null;
  /** Others were faster: the batch is tried once more, with the log locked. */
  behind(): void;
  /** Takes in what was missed and decides anew. */
  decideAgain(missed: Missed, head: Head): Promise<void>;
  /** A document's part claims somebody else's client id, and leaves the batch. */
  clientIdTaken(name: string, clientId: number): void;
}

/**
 * Commits a batch: at once if nobody was faster, else decided again while the log is locked, so that nobody starves.
 * Null when nothing of it was left to commit. Rejects when the store failed: then nothing of it is known to be durable.
 */
export async function commitAttempts(
  store: Pick<RoomStore, 'commit' | 'commitLocked'>,
  incidentId: string,
  batch: Attempted,
): Promise<Committed | null> {
  let isBehind = false;
  for (;;) {
    const result = isBehind ? await commitLocked(store, incidentId, batch) : await commitNow(store, batch);
    switch (result?.kind) {
      case undefined:
        return null;
      case 'committed':
        return result;
      case 'behind':
        if (isBehind) throw new Error('the log went on while it was locked');
        isBehind = true;
        batch.behind();
        break;
      case 'client_id_taken':
        batch.clientIdTaken(result.name, result.clientId);
        break;
      default:
        result satisfies never;
    }
  }
}

/** How much of its own a commit brought. */
export function sizeOf({ entries, documents }: Committed): { entries: number; updates: number } {
  return {
    entries: entries.length,
    updates: documents.reduce((sum, batch) => sum + batch.updates.length, 0),
  };
}

async function commitNow(store: Pick<RoomStore, 'commit'>, batch: Attempted): Promise<CommitResult | null> {
  const request = batch.request();
  return request && (await store.commit(request));
}

function commitLocked(
  store: Pick<RoomStore, 'commitLocked'>,
  incidentId: string,
  batch: Attempted,
): Promise<CommitResult | null> {
  return store.commitLocked(incidentId, batch.known(), async (missed, head) => {
    await batch.decideAgain(missed, head);
    return batch.request();
  });
}
