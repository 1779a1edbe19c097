import type { Entry } from '#shared/contract/entries.ts';

/** True of entries after which somebody may do more or less than before. */
export function changesRights(entry: Entry): boolean {
  return (
    entry.type === 'member.added' ||
    entry.type === 'member.removed' ||
    entry.type === 'status.set' ||
    entry.type === 'incident.reopened' ||
    // The document of the review is written in until it is signed off.
    entry.type === 'review.signed' ||
    entry.type === 'review.reopened' ||
    entry.type === 'access.broken'
  );
}

/** True of entries after which somebody else commands. */
export function passesCommand(entry: Entry): boolean {
  return entry.type === 'handoff.accepted' || entry.type === 'handoff.forced';
}
