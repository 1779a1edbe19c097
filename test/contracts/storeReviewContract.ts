import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import { sha256 } from '../../server/rooms/hashing.ts';
import { writeMomentFrame } from '#shared/review/momentFrame.ts';
import type { OutsideEvent, Store } from '../../server/rooms/ports.ts';
import type { StoreHarness } from './storeContract.ts';
import { ADA, BEN, chat, declared, START } from './storeSupport.ts';

/** What every store promises about what replay and review read and keep. */
export function storeReviewContract(makeHarness: () => Promise<StoreHarness>): void {
  let harness: StoreHarness;
  let store: Store;
  beforeEach(async () => {
    harness = await makeHarness();
    store = await harness.open();
  });
  afterEach(async () => {
    await store.close();
    await harness.dispose();
  });

  /** An incident in whose review document 12 words were typed, one batch each; what it read after each. */
  async function typed(name = 'review') {
    const room = await declared(store, 'incident-one1');
    const doc = new Y.Doc();
    const texts = new Map<number, string>();
    let update: Uint8Array = new Uint8Array();
    doc.on('update', (made: Uint8Array) => {
      update = made;
    });
    for (let n = 0; n < 12; n += 1) {
      doc.getText('scratch').insert(0, `word${n} `);
      const newClientIds = n === 0 ? [{ clientId: doc.clientID, person: BEN }] : [];
      await room.commit([], { documents: [{ name, updates: [{ author: BEN, update }], newClientIds }] });
      texts.set(room.head.docSeq, doc.getText('scratch').toJSON());
    }
    return { id: room.id, texts, name };
  }

  /** What a document reads at a moment. */
  async function textAt(id: string, name: string, docSeq: number): Promise<string> {
    const moment = await store.loadMoment(id, name, docSeq);
    const { checkpoint, segments, batches } = moment;
    const { frame, docSeq: last } = await store.momentFrame(id, name, docSeq);
    expect([last, frame]).toEqual([moment.docSeq, writeMomentFrame(moment)]);
    const doc = new Y.Doc();
    if (checkpoint) Y.applyUpdate(doc, checkpoint.state);
    for (const { update } of segments) Y.applyUpdate(doc, update);
    for (const { updates } of batches) for (const { update } of updates) Y.applyUpdate(doc, update);
    return doc.getText('scratch').toJSON();
  }

  /** Merges the batches of a document after one, up to and with another, and keeps them. */
  async function keepSegment(id: string, name: string, after: number, docSeq: number): Promise<void> {
    const batches = (await store.readBatches(id, name, after, 100)).filter((batch) => batch.docSeq <= docSeq);
    const updates = batches.flatMap((batch) => batch.updates.map(({ update }) => update));
    await store.saveSegment({ incidentId: id, name, after, docSeq, update: Y.mergeUpdates(updates) });
  }

  describe('moments', () => {
    test('[S65] a document at any moment is checkpoint, segments and the raw rest, whatever of these is kept', async () => {
      const { id, texts, name } = await typed();
      const [first = 0] = texts.keys();
      await keepSegment(id, name, 0, first + 2);
      await keepSegment(id, name, first + 2, first + 5);
      // Leaves a gap before it: not to be used before something closes that.
      await keepSegment(id, name, first + 7, first + 9);
      for (const [docSeq, text] of texts) expect(await textAt(id, name, docSeq)).toBe(text);
      const moment = await store.loadMoment(id, name, first + 9);
      expect(moment.segments.map((segment) => segment.docSeq)).toEqual([first + 2, first + 5]);
      expect([await store.lastSegment(id, name), await store.lastSegment(id, 'update')]).toEqual([
        first + 9,
        0,
      ]);
      expect(moment.batches.map((batch) => batch.docSeq)).toEqual([6, 7, 8, 9].map((n) => first + n));
      expect(moment.docSeq).toBe(first + 9);

      const doc = new Y.Doc();
      for (const { updates } of await store.readBatches(id, name, 0, 8)) {
        for (const { update } of updates) Y.applyUpdate(doc, update);
      }
      await store.saveCheckpoint(id, name, first + 7, Y.encodeStateAsUpdate(doc), '');
      for (const [docSeq, text] of texts) expect(await textAt(id, name, docSeq)).toBe(text);
      const later = await store.loadMoment(id, name);
      expect(later.checkpoint?.docSeq).toBe(first + 7);
      expect(later.segments.map((segment) => segment.docSeq)).toEqual([first + 9]);
    });

    test('[S65] what does not exist has no pieces', async () => {
      const { id } = await typed();
      expect(await store.loadMoment(id, 'update')).toEqual({
        ...{ checkpoint: null, segments: [], batches: [], docSeq: 0 },
      });
    });
  });

  describe('who wrote when', () => {
    test('[S65] client ids are known by their person, and what was written is counted by the second or minute', async () => {
      const { id, name } = await typed();
      expect(await store.documentClients(id, name)).toEqual([
        { clientId: expect.any(Number) as number, person: BEN },
      ]);
      expect(await store.documentClients(id, 'update')).toEqual([]);
      const { chat, document } = await store.activity(id, name, 'second');
      expect(chat).toEqual([]);
      expect(document.reduce((sum, { count }) => sum + count, 0)).toBe(12);
      const minutes = await store.activity(id, name, 'minute');
      expect(minutes.document[0]?.at).toMatch(/:00\.000Z$/);
      expect(minutes.document.reduce((sum, { count }) => sum + count, 0)).toBe(12);
    });
  });

  describe('deploys and alerts', () => {
    const event = (id: string, given: Partial<OutsideEvent> = {}): OutsideEvent => ({
      ...{ id, kind: 'deploy', service: 'checkout', title: id, at: START, endedAt: null, link: null },
      ...{ createdAt: START, createdBy: ADA, ...given },
    });
    const found = async (from: number, to: number) =>
      (await store.outsideEvents({ from, to, limit: 100 })).map((each) => each.id);

    test('[S66] are found by the time they touch, with the version that was live before, each once', async () => {
      await store.saveOutsideEvent(event('version-40', { at: START - 9_000 }));
      await store.saveOutsideEvent(event('version-41', { at: START - 5_000 }));
      await store.saveOutsideEvent(event('version-42', { at: START + 5_000 }));
      await store.saveOutsideEvent(event('search-7', { service: 'search', at: START - 8_000 }));
      expect(await store.saveOutsideEvent(event('alert-1', { kind: 'alert', at: START - 4_000 }))).toBe(
        'saved',
      );
      expect(await found(START, START + 9_000)).toEqual(['search-7', 'version-41', 'alert-1', 'version-42']);
      expect(await store.saveOutsideEvent(event('version-41', { title: 'other' }))).toBe('repeated');
      await store.saveOutsideEvent(event('alert-1', { kind: 'alert', endedAt: START - 1_000 }));
      expect(await found(START, START + 4_999)).toEqual(['search-7', 'version-41']);
      const [, live] = await store.outsideEvents({ from: START, to: START, limit: 100 });
      expect(live).toEqual(event('version-41', { at: START - 5_000 }));
    });
  });

  describe('attachments', () => {
    test('[S67] are kept once per incident by their hash, and read back byte for byte', async () => {
      const bytes = new Uint8Array([0, 255, 10, 13]);
      const made = { createdAt: START, createdBy: ADA };
      const one = { incidentId: 'incident-one1', hash: 'ab'.repeat(32), type: 'image/png', size: 4, ...made };
      await store.saveAttachment(one, bytes);
      await store.saveAttachment({ ...one, type: 'text/html', createdBy: BEN }, bytes);
      expect(await store.listAttachments(one.incidentId)).toEqual([one]);
      const read = await store.readAttachment(one.incidentId, one.hash);
      expect(read && new Uint8Array(read.bytes)).toEqual(bytes);
      expect(await store.readAttachment('incident-two2', one.hash)).toBeNull();
      expect(await store.listAttachments('incident-two2')).toEqual([]);
    });
  });

  test('[S71] who wrote into a log in which ten minutes is read once each, without what the system wrote', async () => {
    const room = await declared(store, 'incident-one1');
    const TEN = 600_000;
    const writes = (actor: string, now: number) => {
      const id = `said-${now}`;
      const commands = [{ actor, commandId: id, commandHash: id, entries: [chat('x')] }];
      return room.commit([chat('x')], { now, commands });
    };
    await writes(BEN, START + TEN);
    await writes(BEN, START + TEN + 1_000);
    await writes(SYSTEM_ACTOR, START + TEN + 2_000);
    await writes(BEN, START + 3 * TEN);
    const base = Math.floor(START / TEN) * TEN;
    expect(await store.busyTimesOf(room.id)).toEqual([
      { person: ADA, slot: base },
      { person: BEN, slot: base + TEN },
      { person: BEN, slot: base + 3 * TEN },
    ]);
    expect(await store.busyTimesOf('incident-two2')).toEqual([]);
  });

  describe('what goes for good', () => {
    test('[K9] an erasure rewrites its batches, and forgets what was made from them', async () => {
      const room = await declared(store, 'incident-one1');
      const doc = new Y.Doc();
      doc.clientID = 9;
      let update: Uint8Array = new Uint8Array();
      doc.on('update', (made: Uint8Array) => {
        update = made;
      });
      const write = async (change: () => void): Promise<number> => {
        change();
        await room.commit([], {
          documents: [{ name: 'main', updates: [{ author: BEN, update }], newClientIds: [] }],
        });
        return room.head.docSeq;
      };
      const text = doc.getText('scratch');
      const first = await write(() => text.insert(0, 'hunter2'));
      await store.saveCheckpoint(room.id, 'main', first, Y.encodeStateAsUpdate(doc), 'hunter2');
      await store.saveSegment({ incidentId: room.id, name: 'main', after: 1, docSeq: first, update });
      const until = await write(() => text.delete(0, 7));
      const ranges = [{ client: 9, clock: 0, length: 7 }];
      const body = { name: 'main', ranges, reason: 'r' };
      await room.commit([{ type: 'document.redacted', body }], {
        documentErasures: [{ name: 'main', ranges, batches: [first], until }],
      });
      const moment = await store.loadMoment(room.id, 'main');
      expect(moment).toMatchObject({ checkpoint: null, segments: [] });
      const [batch] = await store.readStoredBatches(room.id, first - 1, 1);
      expect(Buffer.from(batch?.payload ?? []).includes('hunter2')).toBe(false);
      const entry = await store.readEntry(room.id, room.head.seq);
      const rewritten = { docSeq: first, payloadHash: sha256(batch?.payload ?? '') };
      expect(entry?.body['batches']).toEqual([rewritten]);
      const query = { reader: { person: ADA }, text: 'hunter2', limit: 10 };
      expect((await store.search(query)).hits).toEqual([]);
      // One that was read before the redaction and is only now ready.
      const late = { incidentId: room.id, name: 'main', after: 1, docSeq: first, update };
      await store.saveSegment({ ...late, seq: room.head.seq - 1 });
      expect(await store.lastSegment(room.id, 'main')).toBe(0);
      await store.saveSegment({ ...late, seq: room.head.seq });
      expect(await store.lastSegment(room.id, 'main')).toBe(first);
    });

    test('[K11] the file of an erased entry goes with it', async () => {
      const room = await declared(store, 'incident-one1');
      const hash = sha256('x');
      const file = {
        incidentId: room.id,
        hash,
        type: 'text/plain',
        size: 1,
        createdAt: START,
        createdBy: BEN,
      };
      await store.saveAttachment(file, new Uint8Array([120]));
      await room.commit([
        { type: 'attachment.added', body: { hash, name: 'x', type: 'text/plain', size: 1 } },
      ]);
      await room.commit([{ type: 'entry.redacted', body: { seq: room.head.seq, reason: 'r' } }], {
        erasures: [{ seq: room.head.seq, fields: ['name', 'hash'] }],
      });
      expect(await store.listAttachments(room.id)).toEqual([]);
    });

    test('[K12] an address goes from every list', async () => {
      const target = {
        id: 'target-one1',
        list: 'audience-1',
        address: 'Ben@example.test',
        name: null,
        locale: null,
      };
      const made = { secret: null, createdAt: 0, createdBy: ADA };
      await store.saveTarget({ ...target, ...made, channel: 'mail', state: 'active' });
      await store.eraseMailAddress('ben@example.test');
      expect(await store.readTarget(target.id)).toBeNull();
    });
  });

  describe('an import', () => {
    const piece = { batches: [], clientIds: [], snapshots: [] };

    test('[K3] shows nothing before it is finished, and is forgotten or kept as a whole', async () => {
      const room = await declared(store, 'incident-one1');
      await room.commit([{ type: 'chat.posted', body: { text: '결제 장애' } }]);
      const log = await store.readLog(room.id, { after: 0, limit: 10 });
      const batches = await store.readStoredBatches(room.id, 0, 10);
      const incidentId = 'incident-two2';
      const entries = (log?.entries ?? []).map((entry) => ({
        ...{ incident_id: incidentId, seq: entry.seq, at: entry.at, actor: entry.actor, type: entry.type },
        ...{ version: entry.version, body: JSON.stringify(entry.body), command_id: entry.commandId },
        ...{ doc_seq: entry.docSeq, doc_hash: entry.docHash, salt: entry.salt, body_hash: entry.bodyHash },
        ...{ prev_hash: entry.prevHash, hash: entry.hash, redacted: 0 as const },
      }));
      await store.importPiece({ ...piece, incidentId, entries });
      expect([await store.head(incidentId), await store.loadRoom(incidentId)]).toEqual([null, null]);
      await store.dropImport(incidentId);
      await store.importPiece({ ...piece, incidentId, entries, batches });
      const finish = {
        ...{
          incidentId,
          state: { ...room.state, id: incidentId },
          head: room.head,
          at: log?.entries.at(-1)?.at ?? '',
        },
        ...{
          documents: [{ name: 'main', docSeq: room.head.docSeq }],
          verified: true,
          actor: ADA,
          now: START,
        },
        cameFrom: { number: 1, head: room.head },
      };
      expect(await store.finishImport(finish)).toEqual({ kind: 'imported', number: 2 });
      expect(await store.finishImport(finish)).toEqual({ kind: 'known' });
      expect(await store.readSummary(incidentId)).toMatchObject({
        number: 2,
        head: { seq: room.head.seq + 1 },
      });
      const hits = await store.search({ reader: { person: ADA }, text: '결제', limit: 10 });
      expect(hits.hits.map((hit) => hit.incidentId).toSorted()).toEqual([room.id, incidentId]);
    });
  });
}
