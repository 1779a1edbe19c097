import type { Why } from '../incident/reviewState.ts';

/** An answer of the why-tree with its place in it. */
export interface PlacedWhy {
  why: Why;
  /** 0 for the root. */
  level: number;
  /** Its number among the answers beside it, from 1, and how many those are. */
  place: number;
  of: number;
  hasAnswers: boolean;
}

/** The tree as it is read: each answer right after the one it explains. */
export function placedWhys(whys: readonly Why[]): PlacedWhy[] {
  const below = Map.groupBy(whys, ({ under }) => under);
  const placed: PlacedWhy[] = [];
  const visit = (under: string | null, level: number): void => {
    const beside = below.get(under) ?? [];
    for (const [index, why] of beside.entries()) {
      placed.push({ why, level, place: index + 1, of: beside.length, hasAnswers: below.has(why.why) });
      visit(why.why, level + 1);
    }
  };
  visit(null, 0);
  return placed;
}

/** Answers that nothing further explains. */
export function leavesOf(whys: readonly Why[]): Why[] {
  const explained = new Set(whys.map(({ under }) => under));
  return whys.filter(({ why }) => !explained.has(why));
}
