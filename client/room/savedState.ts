import type { ConnectionState } from '../connection/connectionState.ts';
import type { OutboxItem } from '../connection/outbox.ts';
import type { DocumentSaveState } from '../document/saveState.ts';

/** The one word on "is it saved". `count`: things of mine that are not durable yet. */
export type SavedState =
  | { kind: 'saved' }
  /** Live, and something is under way for less than a second: too short for a word, too early for "all saved". */
  | { kind: 'live' }
  | { kind: 'saving'; count: number }
  | { kind: 'notSaved'; count: number }
  /** `since`: milliseconds since 1970. */
  | { kind: 'offline'; since: number; count: number }
  | { kind: 'connecting'; count: number }
  | { kind: 'readOnly' }
  | { kind: 'sessionEnded'; count: number }
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
  const count = waiting.length + (document?.unsaved ?? 0);
  switch (connection.kind) {
    case 'offline':
      return { kind: 'offline', since: connection.since, count };
    case 'connecting':
      return { kind: 'connecting', count };
    case 'sessionEnded':
      return { kind: 'sessionEnded', count };
    case 'newVersion':
      return { kind: 'newVersion' };
    case 'live':
      return whileLive(waiting, document, count, now);
    default:
      return connection satisfies never;
  }
}

function whileLive(
  waiting: readonly OutboxItem[],
  document: DocumentSaveState | null,
  count: number,
  now: number,
): SavedState {
  const oldest = Math.min(...waiting.map((item) => item.createdAt));
  const age = waiting.length === 0 ? 0 : now - oldest;
  const lost = document?.kind === 'offline' || document?.kind === 'refused';
  if (age >= NOT_SAVED_AFTER || document?.kind === 'not_saved' || (lost && count > 0))
    return { kind: 'notSaved', count };
  if (age >= SAVING_AFTER || document?.kind === 'saving') return { kind: 'saving', count };
  if (count > 0) return { kind: 'live' };
  return document?.kind === 'read_only' ? { kind: 'readOnly' } : { kind: 'saved' };
}
