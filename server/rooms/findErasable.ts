import type { DocumentRange } from '#shared/contract/records.ts';
import type { Erasable } from '#shared/incident/context.ts';
import type { RoomStore } from './ports.ts';
import { indexRanges, redactUpdate } from './redactUpdate.ts';
import { readUpdate } from './updateReader.ts';

/** Batches read at once; other work gets its turn between. */
const PAGE = 500;

/** What a redaction reaches, with the batch after which all of it was deleted. */
export type FoundErasable =
  Exclude<Erasable, { kind: 'erasable' }> | (Extract<Erasable, { kind: 'erasable' }> & { until: number });

/**
 * Which batches of a document hold these ranges, and whether all of it was deleted. What was deleted never comes back at its
 * place (an undo writes it anew), so that the answer stays true however the document goes on.
 */
export async function findErasable(
  store: Pick<RoomStore, 'readBatches'>,
  incidentId: string,
  { name, ranges }: { name: string; ranges: readonly DocumentRange[] },
): Promise<FoundErasable> {
  const index = indexRanges(ranges);
  const written = new Missing(ranges);
  const shown = new Missing(ranges);
  const batches: number[] = [];
  let until = 0;
  for (let after = 0; ;) {
    const page = await store.readBatches(incidentId, name, after, PAGE);
    for (const { docSeq, updates } of page) {
      let changed = 0;
      for (const { update } of updates) {
        changed += redactUpdate(update, index).changed;
        const { sections, deletes } = readUpdate(update, Infinity);
        for (const { client, clock, end } of sections) written.found({ client, clock, length: end - clock });
        for (const range of deletes) if (shown.found(range)) until = docSeq;
      }
      if (changed > 0) batches.push(docSeq);
    }
    after = page.at(-1)?.docSeq ?? after;
    if (page.length < PAGE) break;
  }
  if (!written.isNone) return { kind: 'unknown' };
  if (!shown.isNone) return { kind: 'shown' };
  return batches.length === 0 ? { kind: 'nothing' } : { kind: 'erasable', batches, until };
}

/** What of some ranges was not come upon yet. */
class Missing {
  #left: DocumentRange[];

  constructor(ranges: readonly DocumentRange[]) {
    this.#left = [...ranges];
  }

  get isNone(): boolean {
    return this.#left.length === 0;
  }

  /** True when some of it was missing until now. */
  found({ client, clock, length }: DocumentRange): boolean {
    const end = clock + length;
    const touches = (range: DocumentRange) =>
      range.client === client && range.clock < end && range.clock + range.length > clock;
    if (!this.#left.some(touches)) return false;
    this.#left = this.#left.flatMap((range) => {
      if (!touches(range)) return [range];
      const before = { client, clock: range.clock, length: clock - range.clock };
      const after = { client, clock: end, length: range.clock + range.length - end };
      return [before, after].filter((part) => part.length > 0);
    });
    return true;
  }
}
