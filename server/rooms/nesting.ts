import * as Y from 'yjs';
import type { Position, ReadSection, ReadStruct } from './updateReader.ts';

/**
 * How deep elements may lie in each other. Deleting a deep nest recurses in Yjs, here and on every peer, until the stack
 * ends; an editor needs three levels for each nested list.
 */
export const MAX_LEVEL = 100;

/** Tells how deep a position lies: 1 directly in a root, one more for each element around it. */
export class Nesting {
  readonly #doc: Y.Doc;
  /** Structs that the document does not show yet, by client, ascending. */
  #unshown = new Map<number, ReadStruct[]>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Remembers structs until the document shows them. */
  add(sections: readonly ReadSection[]): void {
    for (const { client, structs } of sections) {
      const known = this.#unshown.get(client);
      if (known) for (const struct of structs) known.push(struct);
      else this.#unshown.set(client, [...structs]);
    }
  }

  clear(): void {
    this.#unshown.clear();
  }

  /** The level of a position that is known; 0 where nothing can be nested any more. */
  levelOf(position: Position): number {
    const struct = structAt(this.#unshown.get(position.client) ?? [], position.clock);
    return struct ? struct.level : levelInDocument(this.#doc, position);
  }
}

/** The struct that holds a clock, or null. The structs ascend. */
export function structAt(structs: readonly ReadStruct[], clock: number): ReadStruct | null {
  let low = 0;
  let high = structs.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const struct = structs[middle];
    if (!struct) return null;
    if (clock < struct.clock) high = middle - 1;
    else if (clock >= struct.clock + struct.length) low = middle + 1;
    else return struct;
  }
  return null;
}

function levelInDocument(doc: Y.Doc, { client, clock }: Position): number {
  const structs = doc.store.clients.get(client) ?? [];
  const last = structs.at(-1);
  if (!last || clock >= last.id.clock + last.length) return 0;
  const struct = structs[Y.findIndexSS(structs, clock)];
  let level = 0;
  for (let item = struct; item instanceof Y.Item && level <= MAX_LEVEL; level += 1) {
    const parent = item.parent;
    if (!(parent instanceof Y.AbstractType) || !parent._item) return level + 1;
    item = parent._item;
  }
  return level;
}
