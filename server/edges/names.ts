import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { countGraphemes, isBlank, plainTitle } from '#shared/incident/text.ts';

/** More marks than this on one letter is not writing but a tower over its neighbours. */
const TOWER = /\p{M}{9}/u;

/**
 * A person's name as it is kept: one line, composed, without marks that reorder or hide text. Refused when nothing is
 * left to read, or when it is longer than `maxGraphemes` characters as readers count them.
 */
export function readName(text: string, maxGraphemes: number): { name: string } | { refusal: Refusal } {
  const name = plainTitle(text);
  if (isBlank(name)) return { refusal: refuse('blank') };
  if (TOWER.test(name)) return { refusal: refuse('invalid', { problem: 'the name piles up marks' }) };
  const length = countGraphemes(name);
  return length > maxGraphemes
    ? { refusal: refuse('too_large', { n: length, max: maxGraphemes }) }
    : { name };
}
