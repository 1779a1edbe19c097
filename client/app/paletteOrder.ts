import type { PaletteAction, PaletteGroup } from './commands.ts';
import { bestMatch } from './hangul.ts';

const MOST = 50;

/**
 * What the palette lists: with an empty query everything by group; with a query what matches it, the best first, and
 * among equals what can be done now before what is refused.
 */
export function arrangeActions(
  actions: readonly PaletteAction[],
  query: string,
  groups: readonly PaletteGroup[],
): readonly PaletteAction[] {
  if (query.trim() === '')
    return actions.toSorted((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group)).slice(0, MOST);
  return actions
    .map((action) => ({ action, quality: bestMatch(query, [action.title, ...(action.also ?? [])]) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality || refused(a.action) - refused(b.action))
    .map(({ action }) => action)
    .slice(0, MOST);
}

function refused(action: PaletteAction): number {
  return action.disabledReason === undefined ? 0 : 1;
}
