import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import { api } from '../../app/api.ts';
import type { ApiError } from '../../app/api.ts';

interface LogPage {
  entries: Entry[];
  head: Head;
  more: boolean;
}

const PAGE = 1_000;
/** The chain's fields are for verifying an export; 100,000 entries with them would weigh three times as much. */
const NO_CHAIN = { docHash: '', salt: null, bodyHash: '', prevHash: '', hash: '' } as const;

/**
 * Reads the log from its first entry, page by page, handing on each page with the head. Ends with null,
 * or with the error that stopped it after `from`.
 */
export async function readLog(
  incidentId: string,
  from: number,
  take: (entries: Entry[], head: Head) => void,
  signal: AbortSignal,
): Promise<ApiError | null> {
  let after = from;
  while (!signal.aborted) {
    // One page after the other: each begins where the one before ended.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await api<LogPage>(`/api/incidents/${incidentId}/log`, {
      query: { after, limit: PAGE },
      signal,
    });
    if (signal.aborted) return null;
    if (!answer.ok) {
      const wait = waitAsked(answer.error);
      if (wait === null) return answer.error;
      // oxlint-disable-next-line no-await-in-loop
      await pause(wait);
      continue;
    }
    const { entries, head, more } = answer.value;
    take(
      entries.map((entry) => ({ ...entry, ...NO_CHAIN })),
      head,
    );
    after = entries.at(-1)?.seq ?? after;
    if (!more || entries.length === 0) return null;
  }
  return null;
}

/** A long log may run into the limit of requests; then it only takes longer. */
function waitAsked(error: ApiError): number | null {
  return error.status === 429 ? 1_000 : null;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
