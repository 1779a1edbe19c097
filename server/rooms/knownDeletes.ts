import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Projection } from './projection.ts';
import type { DeletedRange, ReadSection, ReadUpdate } from './updateReader.ts';
import { readUpdate } from './updateReader.ts';

/** Past so many ranges no longer kept apart: letting a repetition through is harmless, searching is not. */
const MOST_RANGES = 1_000;

/** Deletions that are queued or durable but not yet in the document. */
export class PendingDeletes {
  #ranges: DeletedRange[] = [];

  add(ranges: readonly DeletedRange[]): void {
    if (this.#ranges.length + ranges.length <= MOST_RANGES) this.#ranges.push(...ranges);
  }

  clear(): void {
    this.#ranges = [];
  }

  /** True when one of them covers the whole range. */
  covers(range: DeletedRange): boolean {
    return this.#ranges.some(
      (known) =>
        known.client === range.client &&
        known.clock <= range.clock &&
        known.clock + known.length >= range.clock + range.length,
    );
  }
}

/**
 * The parts of the ranges that neither the document nor what is pending has deleted already. `relies`: some were left
 * out because they are pending, and must be offered again should that never become durable.
 */
export function newDeletes(
  doc: Y.Doc,
  pending: PendingDeletes,
  ranges: readonly DeletedRange[],
): { deletes: DeletedRange[]; relies: boolean } {
  const deletes: DeletedRange[] = [];
  let relies = false;
  for (const range of ranges) {
    for (const part of undeleted(doc, range)) {
      if (deletes.length >= MOST_RANGES || !pending.covers(part)) deletes.push(part);
      else relies = true;
    }
  }
  return { deletes, relies };
}

function undeleted(doc: Y.Doc, range: DeletedRange): DeletedRange[] {
  const { client } = range;
  const end = range.clock + range.length;
  const structs = doc.store.clients.get(client) ?? [];
  const last = structs.at(-1);
  const known = last ? last.id.clock + last.length : 0;
  const parts: DeletedRange[] = [];
  let clock = range.clock;
  let index = clock < known ? Y.findIndexSS(structs, clock) : structs.length;
  for (let struct = structs[index]; struct && clock < end; struct = structs[++index]) {
    const next = Math.min(end, struct.id.clock + struct.length);
    if (!struct.deleted) parts.push({ client, clock, length: next - clock });
    clock = next;
  }
  if (clock < end) parts.push({ client, clock, length: end - clock });
  return parts;
}

/**
 * The update with only what is new: structs from the projected clocks on, and the given deletions. What everybody has is
 * left out, so that a resync adds nothing to the log and nobody can smuggle in another text under a known position.
 */
export function reduceUpdate(
  update: ReadUpdate,
  fresh: readonly ReadSection[],
  deletes: readonly DeletedRange[],
  projection: Projection,
): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeUint8Array(encoder, structsPart(update, fresh, projection));
  const byClient = Map.groupBy(deletes, (range) => range.client);
  encoding.writeVarUint(encoder, byClient.size);
  for (const [client, ranges] of byClient) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, ranges.length);
    for (const range of ranges) {
      encoding.writeVarUint(encoder, range.clock);
      encoding.writeVarUint(encoder, range.length);
    }
  }
  return encoding.toUint8Array(encoder);
}

function structsPart(update: ReadUpdate, fresh: readonly ReadSection[], projection: Projection): Uint8Array {
  if (fresh.length === 0) return new Uint8Array(1);
  if (isWhole(update, fresh, projection)) return update.bytes.subarray(0, update.deletesAt);
  const known = new Map(update.sections.map((section) => [section.client, projection.clock(section.client)]));
  const rest = Y.diffUpdate(update.bytes, Y.encodeStateVector(known));
  return rest.subarray(0, readUpdate(rest, Infinity).deletesAt);
}

/** True when every struct of the update is new. */
export function isWhole(update: ReadUpdate, fresh: readonly ReadSection[], projection: Projection): boolean {
  return (
    fresh.length === update.sections.length &&
    fresh.every((section) => section.clock === projection.clock(section.client))
  );
}
