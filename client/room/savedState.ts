import type { ConnectionState } from '../connection/connectionState.ts';
import type { OutboxItem } from '../connection/outbox.ts';
import type { DocumentSaveState } from '../document/saveState.ts';

/** What of mine is not durable yet. */
export interface Unsaved {
  /** Messages and commands. */
  count: number;
  /** Edits of the document, which nobody counts: a word is many of them. */
  edits: boolean;
}

/** The one word on "is it saved". */
export type SavedState =
  | { kind: 'saved' }
  /** Live, and too early for "all saved": something is under way, or what this browser keeps was not read yet. */
  | { kind: 'live' }
  | ({ kind: 'saving' } & Unsaved)
  | ({ kind: 'notSaved' } & Unsaved)
  /** `since`: milliseconds since 1970. */
  | ({ kind: 'offline'; since: number } & Unsaved)
  | ({ kind: 'connecting' } & Unsaved)
  | { kind: 'readOnly' }
  | ({ kind: 'sessionEnded' } & Unsaved)
  | { kind: 'newVersion' };

const SAVING_AFTER = 1_000;
const NOT_SAVED_AFTER = 3_000;

/** Messages and commands of mine that are not durable, without those that were refused for good. */
export function onTheirWay(pending: readonly OutboxItem[]): OutboxItem[] {
  return pending.filter((item) => item.phase.kind === 'waiting' || item.phase.kind === 'sending');
}

/**
 * What may be said about everything of mine together: messages, commands and document. Follows from acknowledgements
 * alone. `now`: milliseconds since 1970.
 */
export function savedState(
  connection: ConnectionState,
  pending: readonly OutboxItem[],
  document: DocumentSaveState | null,
  now: number,
): SavedState {
  const waiting = onTheirWay(pending);
  const unsaved: Unsaved = { count: waiting.length, edits: (document?.unsaved ?? 0) > 0 };
  switch (connection.kind) {
    case 'offline':
      return { kind: 'offline', since: connection.since, ...unsaved };
    case 'connecting':
      return { kind: 'connecting', ...unsaved };
    case 'reconnecting': {
      // Trouble that was said before is not taken back by a line that drops.
      const before = whileLive(waiting, document, unsaved, now);
      return before.kind === 'notSaved' ? before : { kind: 'connecting', ...unsaved };
    }
    case 'sessionEnded':
      return { kind: 'sessionEnded', ...unsaved };
    case 'newVersion':
      return { kind: 'newVersion' };
    case 'live':
      return whileLive(waiting, document, unsaved, now);
    default:
      return connection satisfies never;
  }
}

function whileLive(
  waiting: readonly OutboxItem[],
  document: DocumentSaveState | null,
  unsaved: Unsaved,
  now: number,
): SavedState {
  const oldest = Math.min(...waiting.map((item) => item.createdAt));
  const age = waiting.length === 0 ? 0 : now - oldest;
  const any = unsaved.count > 0 || unsaved.edits;
  const lost = document?.kind === 'offline' || document?.kind === 'refused';
  if (age >= NOT_SAVED_AFTER || document?.kind === 'not_saved' || (lost && any))
    return { kind: 'notSaved', ...unsaved };
  if (age >= SAVING_AFTER || document?.kind === 'saving') return { kind: 'saving', ...unsaved };
  if (any) return { kind: 'live' };
  if (document?.kind === 'read_only') return { kind: 'readOnly' };
  // What waits in this browser from an earlier visit is known once its copy of the document was read and offered.
  return { kind: document?.kind === 'saved' ? 'saved' : 'live' };
}
