import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { CloseMeaning } from './backoff.ts';
import type { Obstacle } from './parsable.ts';
import type { DocumentSaveState } from './saveState.ts';

/** Text that could not stay in the document and is handed back to the person. */
export interface KeptText {
  /** Names it in this browser. */
  id: string;
  /** When it was kept, in milliseconds since 1970. */
  at: number;
  reason: 'refused' | 'history_changed';
  /** Text with light marks of its form. */
  text: string;
}

export type FinalMeaning = Exclude<CloseMeaning, { kind: 'again' }>;

/** One Y.Doc and what belongs to it; a refused one is replaced as a whole. */
export interface DocumentInstance {
  readonly number: number;
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly content: Y.XmlFragment;
  readonly scratch: Y.Text;
}

/** What views show of the document; a new one after every change. */
export interface DocumentSnapshot {
  /** `opening`: nothing to show yet. `late`: still nothing after a while; the tries go on. */
  phase: 'opening' | 'late' | 'ready';
  instance: DocumentInstance;
  save: DocumentSaveState;
  /** When the server last had everything, in milliseconds since 1970; null before that. */
  savedAt: number | null;
  /** What keeps the text out of the editor; null when nothing does. */
  obstacle: Obstacle | null;
  /** How often something kept it out so far; each time the editor was taken down and a new one has to be made. */
  trips: number;
  /** The document was written by a newer version of warroom: reading only, until the page is reloaded. */
  newerSchema: boolean;
  /** The server said that this person may not write. */
  denied: boolean;
  /** The server takes only what makes the document smaller. */
  full: boolean;
  /** The server closed for good. */
  ended: FinalMeaning['kind'] | null;
  kept: readonly KeptText[];
  /** False when the browser keeps no copy: closing the tab loses what is not saved. */
  keptInBrowser: boolean;
}

/** True when views would show the same. */
export function isSameSnapshot(left: DocumentSnapshot, right: DocumentSnapshot): boolean {
  return (Object.keys(left) as (keyof DocumentSnapshot)[]).every((key) =>
    key === 'save'
      ? left.save.kind === right.save.kind && left.save.unsaved === right.save.unsaved
      : left[key] === right[key],
  );
}
