import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import { MAIN_DOCUMENT, templateUpdate } from '#shared/document.ts';
import { fold } from '#shared/incident/evolve.ts';
import { chooseStore } from '../server/chooseParts.ts';
import { readConfig } from '../server/config.ts';
import { systemChance } from '../server/rooms/chance.ts';
import { SMALLEST_TAIL_BYTES } from '../server/rooms/checkpoints.ts';
import type { Store } from '../server/rooms/ports.ts';
import { SEGMENT_BYTES } from '../server/rooms/segments.ts';
import { chat, declaration, StoreRoom } from '../test/contracts/storeSupport.ts';
import { seeded } from '../test/support/seeded.ts';

/** One edit of the scratch pad: at a position, so many characters deleted, and a text inserted. */
export type Patch = readonly [position: number, deleted: number, inserted: string];

/** What was typed, and where it came from. */
export interface Typed {
  source: string;
  patches: readonly Patch[];
}

/** Commits on their way together; one transaction takes them. */
const TOGETHER = 256;
const ENTRIES_AT_ONCE = 100;
const START = Date.parse('2026-03-14T03:00:00.000Z');
/** Somebody types about three characters a second. Milliseconds. */
const BETWEEN_EDITS = 300;

/** The paper that one person typed, of the folder in WARROOM_REAL_DATA; without it, so many edits made by chance. */
export function readPaper(edits: number): Typed {
  const file = path.join(process.env['WARROOM_REAL_DATA'] ?? '', 'edits/automerge-paper.json.gz');
  if (!existsSync(file)) return typeByChance(edits);
  const trace = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as {
    txns: { patches: Patch[] }[];
  };
  return { source: 'the trace automerge-paper', patches: trace.txns.flatMap(({ patches }) => patches) };
}

/** Typing with corrections, in a document that is rewritten again and again and does not outgrow 50,000 characters. */
export function typeByChance(edits: number): Typed {
  const chance = seeded(edits);
  let [length, cursor] = [0, 0];
  const patches = Array.from({ length: edits }, (): Patch => {
    if (chance.chance(0.02)) cursor = chance.below(length + 1);
    if (cursor > 0 && (length > 50_000 || chance.chance(0.3))) {
      [length, cursor] = [length - 1, cursor - 1];
      return [cursor, 1, ''];
    }
    [length, cursor] = [length + 1, cursor + 1];
    return [cursor - 1, 0, 'abcdefghij '.charAt(chance.below(11))];
  });
  return { source: 'generated typing', patches };
}

/**
 * Writes an incident into an empty store before a server starts on it: every edit a batch of its own, entries between
 * them, checkpoints and segments as a server makes them while people write. Answers where its log stands.
 */
export async function writePast(
  env: Record<string, string>,
  { patches }: Typed,
  entries: number,
  by: string,
): Promise<{ incidentId: string; seq: number; docSeq: number; text: string }> {
  const store = await chooseStore(readConfig(env));
  try {
    const declared = {
      ...declaration(systemChance.id(), { now: START }),
      actor: by,
      template: templateUpdate('en'),
    };
    const created = await store.createIncident(declared);
    if (created.kind === 'reused') throw new Error('The store is not empty.');
    const room = new StoreRoom(store, created);
    const typist = createTypist(store, room, by);
    let said = 0;
    for (let at = 0; at < patches.length; at += TOGETHER) {
      room.now = START + at * BETWEEN_EDITS;
      await typist.type(patches.slice(at, at + TOGETHER));
      while (said < entries && said / entries < at / patches.length) {
        const some = Math.min(ENTRIES_AT_ONCE, entries - said);
        await room.commit(
          Array.from({ length: some }, (_, n) => chat(`Message ${said + n}: the queue is still growing`)),
        );
        said += some;
      }
    }
    while (said < entries) {
      await room.commit(
        Array.from({ length: Math.min(ENTRIES_AT_ONCE, entries - said) }, () => chat('Done')),
      );
      said += ENTRIES_AT_ONCE;
    }
    const stored = await store.loadRoom(room.id);
    if (!stored || !fold(stored.state, stored.entries)) throw new Error('The incident cannot be read.');
    const { seq, docSeq } = stored.head;
    return { incidentId: room.id, seq, docSeq, text: typist.doc.getText('scratch').toJSON() };
  } finally {
    await store.close();
  }
}

function createTypist(store: Store, room: StoreRoom, by: string) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, templateUpdate('en'));
  let update: Uint8Array = new Uint8Array();
  doc.on('update', (made: Uint8Array) => {
    update = made;
  });
  const text = doc.getText('scratch');
  let docSeq = room.head.docSeq;
  let isKnown = false;
  let [tail, last] = [0, 0];
  let segment = { after: 0, bytes: 0, updates: [templateUpdate('en')] };

  async function type(patches: readonly Patch[]): Promise<void> {
    const commits = patches.map(([position, deleted, inserted], index) => {
      doc.transact(() => {
        if (deleted > 0) text.delete(position, deleted);
        if (inserted !== '') text.insert(position, inserted);
      });
      tail += update.length;
      segment.bytes += update.length;
      segment.updates.push(update);
      const newClientIds = isKnown ? [] : [{ clientId: doc.clientID, person: by }];
      isKnown = true;
      const documents = [{ name: MAIN_DOCUMENT, updates: [{ author: by, update }], newClientIds }];
      const request = room.request([], { documents });
      return store.commit({
        ...request,
        expectedDocSeq: docSeq + index,
        now: room.now + index * BETWEEN_EDITS,
      });
    });
    for (const result of await Promise.all(commits)) {
      if (result.kind !== 'committed') throw new Error(`An edit was not committed: ${result.kind}`);
      room.head = result.head;
    }
    ({ docSeq } = room.head);
    await derive();
  }

  /** By the rules of checkpoints.ts and segments.ts, as far as bytes go. */
  async function derive(): Promise<void> {
    const where = { incidentId: room.id, name: MAIN_DOCUMENT };
    if (tail >= Math.max(SMALLEST_TAIL_BYTES, last)) {
      const state = Y.encodeStateAsUpdate(doc);
      [tail, last] = [0, state.length];
      await store.saveCheckpoint(where.incidentId, where.name, docSeq, state, '');
    }
    if (segment.bytes < SEGMENT_BYTES) return;
    await store.saveSegment({
      ...where,
      after: segment.after,
      docSeq,
      update: Y.mergeUpdates(segment.updates),
    });
    segment = { after: docSeq, bytes: 0, updates: [] };
  }

  return { doc, type };
}
