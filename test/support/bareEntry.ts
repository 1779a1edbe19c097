import type { Entry } from '#shared/contract/entries.ts';

/** An entry whose envelope (hashes, place in the documents) no rule and no view reads; what is given stands. */
export function bareEntry(
  given: Pick<Entry, 'seq' | 'at' | 'actor' | 'type' | 'body'> & Partial<Entry>,
): Entry {
  return {
    incidentId: 'incident-1',
    version: 1,
    commandId: null,
    docSeq: 1,
    docHash: '',
    salt: '',
    bodyHash: '',
    prevHash: '',
    hash: '',
    ...given,
  };
}
