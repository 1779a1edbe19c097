import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { INCIDENT, openHarness, replay, syncFrame } from './documentHarness.ts';
import type { DocumentHarness, YClient } from './documentHarness.ts';

async function settled(harness: DocumentHarness, ...clients: YClient[]): Promise<void> {
  await harness.settle();
  for (const client of clients) expect(client.socket.closedWith).toBeNull();
}

describe('honest clients', () => {
  it('[D3] a fast typist is judged against what is queued, not against what is durable', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    for (const letter of 'a whole sentence before the first commit')
      alice.text.insert(alice.text.length, letter);
    expect(harness.document.queued).toBeGreaterThan(30);
    await settled(harness, alice);
    expect(replay(harness.store).getText('scratch').toJSON()).toBe(
      'a whole sentence before the first commit',
    );
  });

  it('[D4] two tabs of one person may relay each other, and each keeps its id', async () => {
    const harness = await openHarness();
    const one = harness.client('alice');
    const two = harness.client('alice');
    await settled(harness, one, two);
    const relayed: Uint8Array[] = [];
    one.doc.on('update', (update: Uint8Array) => relayed.push(update));
    one.text.insert(0, 'typed in one');
    for (const update of relayed) two.socket.receive(syncFrame(2, update));
    await settled(harness, one, two);
    expect(two.text.toJSON()).toBe('typed in one');
    expect(harness.store.batches(INCIDENT)).toHaveLength(2);
  });

  it('[D4] a client id that another person owns in the store is refused, and others in the same batch are not', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice', { clientId: 11 });
    const bob = harness.client('bob', { clientId: 12 });
    await settled(harness);
    // Another instance gave the id away between our judgement and our commit.
    const other = new Y.Doc();
    other.clientID = 11;
    other.getText('scratch').insert(0, 'other');
    await harness.store.commit({
      incidentId: INCIDENT,
      batchId: 'elsewhere',
      now: harness.clock.now(),
      expectedSeq: 0,
      expectedDocSeq: 0,
      commands: [],
      documents: [
        {
          name: 'main',
          updates: [{ author: 'mallory', update: Y.encodeStateAsUpdate(other) }],
          newClientIds: [{ clientId: 11, person: 'mallory' }],
        },
      ],
      erasures: [],
      deadlines: { set: [], clear: [] },
      state: null,
    });
    alice.text.insert(0, 'mine');
    bob.text.insert(0, 'kept');
    await harness.settle();
    expect(alice.socket.closedWith?.code).toBe(4409);
    expect(bob.socket.closedWith).toBeNull();
    expect(replay(harness.store).getText('scratch').toJSON()).toContain('kept');
    expect(replay(harness.store).getText('scratch').toJSON()).not.toContain('mine');
  });

  it('[D5] who comes back from offline brings everything once, deleted parts included', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice', { acknowledge: true });
    const bob = harness.client('bob');
    alice.text.insert(0, 'online. ');
    await settled(harness, alice, bob);
    alice.leave();
    alice.text.insert(0, 'to be thrown away');
    alice.text.delete(0, 5);
    const quote = new Y.XmlElement('blockquote');
    alice.content.insert(0, [quote]);
    quote.insert(0, [new Y.XmlText('gone')]);
    alice.content.delete(0, 1);
    bob.text.insert(0, 'meanwhile ');
    await settled(harness, bob);
    alice.open(harness, 'alice', true);
    await settled(harness, alice, bob);
    expect(alice.text.toJSON()).toBe(bob.text.toJSON());
    expect(bob.text.toJSON()).toContain('thrown away');
    expect(alice.acknowledged).toBe(1);
    expect(Y.encodeStateVector(replay(harness.store))).toEqual(Y.encodeStateVector(bob.doc));
  });

  it('[D3] undo, formatting and their clean-ups converge, and what Yjs cleans up by itself is journaled', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    const bob = harness.client('bob');
    const undo = new Y.UndoManager(alice.text, { captureTimeout: 0 });
    alice.text.insert(0, 'bold and plain');
    alice.text.format(0, 4, { bold: {} });
    await settled(harness, alice, bob);
    bob.text.format(0, 8, { bold: {} });
    alice.text.format(2, 8, { bold: null });
    undo.undo();
    bob.text.delete(0, 4);
    for (let round = 0; round < 5; round += 1) {
      await settled(harness, alice, bob);
      await harness.clock.advance(600);
    }
    expect(alice.text.toDelta()).toEqual(bob.text.toDelta());
    const stored = replay(harness.store);
    expect(stored.getText('scratch').toDelta()).toEqual(bob.text.toDelta());
    const { update } = await harness.document.encodeState();
    const served = new Y.Doc();
    Y.applyUpdate(served, update);
    expect(Y.encodeStateAsUpdate(served)).toEqual(Y.encodeStateAsUpdate(stored));
    expect(harness.document.queued).toBe(0);
  });

  it('[D25] a clean-up of formatting by the server is stored as its own and told', async () => {
    const harness = await openHarness();
    const one = new Y.Doc();
    one.clientID = 31;
    one.getText('scratch').insert(0, 'abcd');
    const two = new Y.Doc();
    two.clientID = 32;
    Y.applyUpdate(two, Y.encodeStateAsUpdate(one));
    const vector = Y.encodeStateVector(one);
    one.getText('scratch').format(0, 4, { bold: {} });
    two.getText('scratch').format(0, 4, { bold: {} });
    const alice = harness.connect('alice');
    const bob = harness.connect('bob');
    alice.receive(syncFrame(2, Y.encodeStateAsUpdate(one)));
    bob.receive(syncFrame(2, Y.encodeStateAsUpdate(two, vector)));
    await harness.settle();
    await harness.clock.advance(600);
    await harness.settle();
    const own = harness.store
      .batches(INCIDENT)
      .filter((batch) => batch.updates.some(({ author }) => author === 'system'));
    expect(own).toHaveLength(2);
    expect(bob.frames('update').length).toBe(harness.store.batches(INCIDENT).length - 1);
  });

  it('[D24] a paste of 2,000 table rows passes whole, as an update or, when it is larger, as a sync step 2', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice', { acknowledge: true });
    alice.content.insert(1, [tableOf(2_000, 4)]);
    await settled(harness, alice);
    expect(alice.acknowledged).toBe(2);
    const bob = new Y.Doc();
    bob.getXmlFragment('content').insert(0, [tableOf(2_000, 8)]);
    const socket = harness.connect('bob', { acknowledge: true });
    socket.receive(syncFrame(1, Y.encodeStateAsUpdate(bob)));
    await settled(harness, alice);
    expect(socket.frames('acknowledged')).toEqual([Uint8Array.of(1)]);
    expect(harness.client('carol').content.length).toBe(16);
  });
});

/** A table as the editor's binding writes it. */
function tableOf(rows: number, columns: number): Y.XmlElement {
  const cell = (text: string): Y.XmlElement => {
    const made = new Y.XmlElement('tableCell');
    for (const name of ['colspan', 'rowspan']) made.setAttribute(name, 1 as unknown as string);
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText(text)]);
    made.insert(0, [paragraph]);
    return made;
  };
  const table = new Y.XmlElement('table');
  table.insert(
    0,
    Array.from({ length: rows }, (_, row) => {
      const made = new Y.XmlElement('tableRow');
      made.insert(
        0,
        Array.from({ length: columns }, (__, column) => cell(`row ${row}, column ${column}`)),
      );
      return made;
    }),
  );
  return table;
}

describe('a commit that failed', () => {
  it('[D12] rolls the projection back, closes its senders with 1011 and keeps the others', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice', { acknowledge: true });
    const bob = harness.client('bob', { acknowledge: true });
    await settled(harness, alice, bob);
    harness.store.faults = () => 'reject';
    alice.text.insert(0, 'not saved');
    const begun = await harness.begin();
    bob.text.insert(0, 'kept ');
    alice.text.insert(0, 'still ');
    begun?.finish();
    harness.store.faults = () => 'none';
    expect(alice.socket.closedWith?.code).toBe(1011);
    expect(alice.acknowledged).toBe(1);
    await harness.settle();
    expect(bob.socket.closedWith).toBeNull();
    expect(bob.acknowledged).toBe(2);
    expect(replay(harness.store).getText('scratch').toJSON()).toBe('kept ');
    alice.leave();
    alice.open(harness, 'alice', true);
    await settled(harness, alice, bob);
    expect(replay(harness.store).getText('scratch').toJSON()).toBe(alice.text.toJSON());
    expect(alice.text.toJSON()).toContain('still not saved');
    expect(bob.text.toJSON()).toBe(alice.text.toJSON());
  });

  it('[D12] what was only given back is committed by the next try, in order', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    await settled(harness, alice);
    alice.text.insert(0, '1');
    harness.document.take(200);
    alice.text.insert(1, '2');
    harness.document.restore();
    await settled(harness, alice);
    expect(replay(harness.store).getText('scratch').toJSON()).toBe('12');
    expect(harness.store.batches(INCIDENT).at(-1)?.updates).toHaveLength(2);
  });

  it('[D12] the same deletion offered again after the failure is not taken for known', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    alice.text.insert(0, 'delete me');
    await settled(harness, alice);
    harness.store.faults = () => 'reject';
    alice.text.delete(0, 7);
    await harness.tick();
    harness.store.faults = () => 'none';
    alice.leave();
    alice.open(harness, 'alice');
    await settled(harness, alice);
    expect(replay(harness.store).getText('scratch').toJSON()).toBe('me');
  });
});

describe('rights', () => {
  it('[D10] readers get state and updates, no sync step 1, and their edits are denied, not closed', async () => {
    const harness = await openHarness();
    harness.rights.set('viewer', 'read');
    const alice = harness.client('alice');
    const viewer = harness.client('viewer');
    alice.text.insert(0, 'seen');
    await settled(harness, alice, viewer);
    expect(viewer.text.toJSON()).toBe('seen');
    expect(viewer.socket.frames('step1')).toHaveLength(0);
    viewer.socket.receive(syncFrame(1, Y.encodeStateAsUpdate(viewer.doc)));
    expect(viewer.denied).toHaveLength(0);
    viewer.text.insert(0, 'x');
    await settled(harness, viewer);
    expect(viewer.denied).toHaveLength(1);
    expect(replay(harness.store).getText('scratch').toJSON()).toBe('seen');
    for (let time = 0; time < 5; time += 1) viewer.text.insert(0, 'x');
    expect(viewer.socket.closedWith?.code).toBe(4403);
  });

  it('[D13] what was queued before the right was lost is not committed', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    const bob = harness.client('bob');
    await settled(harness, alice, bob);
    alice.text.insert(0, 'too late');
    bob.text.insert(0, 'in time');
    harness.rights.set('alice', 'read');
    await harness.settle();
    expect(replay(harness.store).getText('scratch').toJSON()).toBe('in time');
    expect(alice.denied).toHaveLength(1);
    harness.rights.set('alice', 'write');
    harness.document.rightsChanged(null);
    await harness.settle();
    expect(replay(harness.store).getText('scratch').toJSON()).not.toBe('in time');
    expect(alice.text.toJSON()).toBe(bob.text.toJSON());
  });

  it('[D29] who may not read any more is closed at once', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    const bob = harness.client('bob');
    harness.rights.set('alice', 'none');
    harness.document.rightsChanged('alice');
    expect(alice.socket.closedWith?.code).toBe(4403);
    bob.text.insert(0, 'secret');
    await harness.settle();
    expect(alice.text.toJSON()).toBe('');
  });
});

describe('leaving memory', () => {
  it('[D30] an idle document leaves and comes back the same; nothing needs flushing', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    expect(harness.document.idle()).toBe(false);
    alice.text.insert(0, 'kept');
    await settled(harness, alice);
    alice.leave();
    await harness.clock.advance(0);
    expect(harness.document.idle()).toBe(true);
    await harness.reopen();
    expect(harness.client('bob').text.toJSON()).toBe('kept');
    const stranger = new Y.Doc();
    stranger.clientID = alice.doc.clientID;
    stranger.getText('scratch').insert(0, 'kept and mine');
    const socket = harness.connect('eve');
    socket.receive(syncFrame(2, Y.encodeStateAsUpdate(stranger)));
    await harness.settle();
    expect(socket.closedWith?.code).toBe(4409);
  });

  it('[D30] closing tells every socket why, and a socket that comes too late as well', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    await harness.document.close(1012, 'restart');
    expect(alice.socket.closedWith?.code).toBe(1012);
    expect(harness.connect('bob').closedWith?.code).toBe(1012);
  });
});
