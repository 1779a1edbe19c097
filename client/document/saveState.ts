/**
 * What may be said about the safety of what one typed. `unsaved` counts one's own changes that the server has not
 * acknowledged as durable.
 *
 * `saved` with `unsaved > 0` is the first second after a change: nothing is wrong, but nobody may write "all saved"
 * until `unsaved` is 0.
 */
export interface DocumentSaveState {
  kind: 'saved' | 'saving' | 'not_saved' | 'offline' | 'connecting' | 'read_only' | 'refused';
  unsaved: number;
}

/** Everything the save state follows from. Times are milliseconds since 1970. */
export interface SaveFacts {
  /** Connected, and both sides have offered what they have. */
  settled: boolean;
  /** Since when there has been no settled connection; null while there is one. */
  awaySince: number | null;
  /** The server is there and cannot keep anything: it closed the line for that reason, and has acknowledged nothing since. */
  cannotKeep: boolean;
  unsaved: number;
  /** When the oldest unacknowledged change was made. */
  oldestUnsavedAt: number | null;
  readOnly: boolean;
  refused: boolean;
}

/** A change that is not durable after this long is worth a word. */
export const SAVING_AFTER = 1_000;
/** … and after this long it is trouble. */
export const NOT_SAVED_AFTER = 3_000;
/** A connection that is away this long is called offline. */
export const OFFLINE_AFTER = 4_000;

/** The one place that decides which word is shown. */
export function saveState(facts: SaveFacts, now: number): DocumentSaveState {
  const { unsaved } = facts;
  if (facts.refused) return { kind: 'refused', unsaved };
  if (facts.readOnly) return { kind: 'read_only', unsaved };
  if (!facts.settled) {
    const away = facts.awaySince === null ? 0 : now - facts.awaySince;
    const age = facts.oldestUnsavedAt === null ? 0 : now - facts.oldestUnsavedAt;
    if (facts.cannotKeep && unsaved > 0 && age >= NOT_SAVED_AFTER) return { kind: 'not_saved', unsaved };
    return { kind: away >= OFFLINE_AFTER ? 'offline' : 'connecting', unsaved };
  }
  if (facts.oldestUnsavedAt === null || unsaved === 0) return { kind: 'saved', unsaved: 0 };
  const age = now - facts.oldestUnsavedAt;
  if (age >= NOT_SAVED_AFTER) return { kind: 'not_saved', unsaved };
  return { kind: age >= SAVING_AFTER ? 'saving' : 'saved', unsaved };
}

/** Milliseconds until the answer of `saveState` changes by itself; null when only an event can change it. */
export function untilNextWord(facts: SaveFacts, now: number): number | null {
  if (facts.refused || facts.readOnly) return null;
  const { settled, cannotKeep, awaySince, oldestUnsavedAt } = facts;
  const marks: number[] = [];
  if (oldestUnsavedAt !== null) {
    if (settled) marks.push(oldestUnsavedAt + SAVING_AFTER);
    if (settled || cannotKeep) marks.push(oldestUnsavedAt + NOT_SAVED_AFTER);
  }
  if (!settled && awaySince !== null) marks.push(awaySince + OFFLINE_AFTER);
  const next = marks.filter((mark) => mark > now).toSorted((left, right) => left - right)[0];
  return next === undefined ? null : next - now;
}
