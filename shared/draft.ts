import { updateWordFields } from './contract/updates.ts';
import type { Locale } from './contract/wire.ts';

/**
 * The document in which the next update is drafted. It begins empty, and what is drafted is not said yet: no search finds
 * it. What is sent is the `update.send` of somebody who may; the draft itself goes nowhere.
 */
export const UPDATE_DOCUMENT = 'update';

/** Its root for what is chosen rather than written: a Y.Map of plain values by the names of `UpdateBody`. */
export const DRAFT_CHOICES = 'choices';

/** Its root for one part of the update in one language: a Y.Text, such as `impact.ko`. */
export function draftRoot(part: (typeof updateWordFields)[number], locale: Locale): string {
  return `${part}.${locale}`;
}

/** All of its roots. */
export const draftRoots: ReadonlySet<string> = new Set([
  DRAFT_CHOICES,
  ...updateWordFields.flatMap((part) => [draftRoot(part, 'en'), draftRoot(part, 'ko')]),
]);

/**
 * The document in which the review is written: the same roots and nodes as the main document. It begins empty, may be
 * written in after the incident is closed, and not once the review is signed off.
 */
export const REVIEW_DOCUMENT = 'review';
