import type { ReviewAction } from '#shared/incident/reviewState.ts';

const rank = { open: 0, done: 1, dropped: 2 } as const;

/** The order in which actions are followed up: open ones first, those due first. */
export function inOrder(actions: readonly ReviewAction[]): ReviewAction[] {
  return actions.toSorted(
    (a, b) => rank[a.status] - rank[b.status] || Date.parse(a.dueAt) - Date.parse(b.dueAt),
  );
}
