import * as Y from 'yjs';
import { countUpTo } from './order.ts';

/** Who deleted a stretch of one client's text; null where the history that was read does not say. */
export interface Deletion {
  clock: number;
  length: number;
  by: string | null;
  /** Counts up: later deletions have higher numbers. */
  nth: number;
}

/** A document that forgets nothing, with who deleted what. */
export interface TracedDocument {
  readonly doc: Y.Doc;
  /** Applies updates as one change; `by` wrote them. */
  apply(updates: readonly Uint8Array[], by: string | null): void;
  /** The deletion that took a character; undefined where it is not known. */
  deletionOf(client: number, clock: number): Deletion | undefined;
  /** Ends of known deletions inside a stretch, so that it can be cut there: clock values, ascending. */
  edgesIn(client: number, clock: number, length: number): number[];
  /** What was there by now: to tell later what is new since. */
  mark(): DocumentMark;
}

export interface DocumentMark {
  /** The clock of each client. */
  vector: ReadonlyMap<number, number>;
  /** Deletions up to here were made before. */
  deletions: number;
}

/** Deletions of one client, ascending by clock; no two overlap, since nothing is deleted twice. */
interface Known {
  clocks: number[];
  deletions: Deletion[];
  isSorted: boolean;
}

/** An empty document. */
export function tracedDocument(): TracedDocument {
  // Collected text could not be shown struck.
  const doc = new Y.Doc({ gc: false });
  const known = new Map<number, Known>();
  let by: string | null = null;
  let count = 0;

  doc.on('afterTransaction', ({ deleteSet }: Y.Transaction) => {
    for (const [client, ranges] of deleteSet.clients) {
      const its: Known = known.get(client) ?? { clocks: [], deletions: [], isSorted: true };
      known.set(client, its);
      its.isSorted = false;
      for (const { clock, len } of ranges) {
        count += 1;
        its.deletions.push({ clock, length: len, by, nth: count });
      }
    }
  });

  function sorted(client: number): Known | undefined {
    const its = known.get(client);
    if (!its || its.isSorted) return its;
    its.deletions.sort((a, b) => a.clock - b.clock);
    its.clocks = its.deletions.map(({ clock }) => clock);
    its.isSorted = true;
    return its;
  }

  return {
    doc,
    apply(updates, author) {
      by = author;
      doc.transact(() => {
        for (const update of updates) Y.applyUpdate(doc, update);
      });
    },
    deletionOf(client, clock) {
      const its = sorted(client);
      const found = its?.deletions[countUpTo(its.clocks, clock) - 1];
      return found && clock < found.clock + found.length ? found : undefined;
    },
    edgesIn(client, clock, length) {
      const its = sorted(client);
      if (!its) return [];
      const edges: number[] = [];
      const end = clock + length;
      for (
        let index = Math.max(0, countUpTo(its.clocks, clock) - 1);
        index < its.deletions.length;
        index += 1
      ) {
        const deletion = its.deletions[index];
        if (!deletion || deletion.clock >= end) break;
        for (const edge of [deletion.clock, deletion.clock + deletion.length]) {
          if (edge > clock && edge < end && edges.at(-1) !== edge) edges.push(edge);
        }
      }
      return edges;
    },
    mark: () => ({
      vector: new Map(Y.decodeStateVector(Y.encodeStateVector(doc))),
      deletions: count,
    }),
  };
}
