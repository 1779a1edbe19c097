import type { IncidentSummary } from '#shared/contract/wire.ts';

/** Incidents remembered at most; those told longest ago are forgotten first, and then told once more than needed. */
const MOST_REMEMBERED = 20_000;

/**
 * Tells summaries that look different on a board from those that do not: every message in every incident makes a new one,
 * and everybody who is signed in would be told of each. Answers true for what is to be told.
 */
export function createBoardNews(mostRemembered = MOST_REMEMBERED): (summary: IncidentSummary) => boolean {
  const told = new Map<string, string>();
  return (summary) => {
    const { head, ...shown } = summary;
    const looks = JSON.stringify(shown);
    if (told.get(summary.id) === looks) return false;
    told.delete(summary.id);
    told.set(summary.id, looks);
    const oldest = told.keys().next();
    if (told.size > mostRemembered && !oldest.done) told.delete(oldest.value);
    return true;
  };
}
