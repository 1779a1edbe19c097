import { canonicalJson } from '#shared/contract/chain.ts';
import type { IncidentSummary } from '#shared/contract/wire.ts';

/** Incidents remembered at most; those told longest ago are forgotten first, and then told once more than needed. */
const MOST_REMEMBERED = 20_000;

/**
 * Tells summaries that look different on a board from those that do not: every message in every incident makes a new one,
 * and everybody who is signed in would be told of each. Answers true for what is to be told. `atStart`: how incidents looked
 * before anybody could look, or after a restart the first message of each would be told to all.
 */
export function createBoardNews(
  mostRemembered = MOST_REMEMBERED,
  atStart: readonly IncidentSummary[] = [],
): (summary: IncidentSummary) => boolean {
  const told = new Map(atStart.map((summary) => [summary.id, looksOf(summary)]));
  return (summary) => {
    const looks = looksOf(summary);
    if (told.get(summary.id) === looks) return false;
    told.delete(summary.id);
    told.set(summary.id, looks);
    const oldest = told.keys().next();
    if (told.size > mostRemembered && !oldest.done) told.delete(oldest.value);
    return true;
  };
}

/** What a board shows of an incident, whatever the order of its fields. */
function looksOf({ head, ...shown }: IncidentSummary): string {
  return canonicalJson(shown);
}
