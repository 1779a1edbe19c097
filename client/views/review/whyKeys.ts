import type { PlacedWhy } from '#shared/review/tree.ts';

/** What can be done with an answer of the why-tree. */
export type WhyAct = 'edit' | 'add' | 'ground' | 'remove' | 'action';

/** What is being done with one answer; one thing at a time. */
export interface WhyDoing {
  why: string;
  act: WhyAct;
  /** Rises with each thing begun, so that a form begun again is empty. */
  turn: number;
}

/** Where a key leads from an answer; null where it leads nowhere. Every answer is unfolded, so left and right climb. */
export function treeMove(placed: readonly PlacedWhy[], from: string, key: string): string | null {
  const at = placed.findIndex(({ why }) => why.why === from);
  const here = placed[at];
  if (!here) return null;
  const idAt = (index: number): string | null => placed[index]?.why.why ?? null;
  switch (key) {
    case 'arrowdown':
      return idAt(at + 1);
    case 'arrowup':
      return at === 0 ? null : idAt(at - 1);
    case 'arrowright':
      return here.hasAnswers ? idAt(at + 1) : null;
    case 'arrowleft':
      return here.why.under;
    case 'home':
      return idAt(0);
    case 'end':
      return idAt(placed.length - 1);
    default:
      return null;
  }
}

/** What a key does with the answer that has the focus; null for keys that do nothing here. */
export function actOfKey(key: string): WhyAct | 'assume' | null {
  switch (key) {
    case 'enter':
      return 'edit';
    case 'n':
      return 'add';
    case 'e':
      return 'ground';
    case 'a':
      return 'assume';
    case 'delete':
      return 'remove';
    default:
      return null;
  }
}
