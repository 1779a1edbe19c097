import { readMoment } from '#shared/review/moment.ts';

/** A moment as an address asks for it; `docSeq` is null where the entry says it. */
export interface AskedMoment {
  seq: number;
  docSeq: number | null;
}

const FIRST: AskedMoment = { seq: 1, docSeq: null };

/** The moment in `?at=`, and the second one in `&with=`; the first entry and null where there is none. */
export function askedMoments(search: string): { at: AskedMoment; with: AskedMoment | null } {
  const query = new URLSearchParams(search);
  return {
    at: readMoment(query.get('at') ?? '') ?? FIRST,
    with: readMoment(query.get('with') ?? ''),
  };
}

/** The address of a replay at a moment, and beside a second one; both as `writeMoment` writes them. */
export function momentAddress(path: string, at: string, beside: string | null): string {
  return beside === null ? `${path}?at=${at}` : `${path}?at=${at}&with=${beside}`;
}
