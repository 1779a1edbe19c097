import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { settle } from '../support/fakeClock.ts';
import { INCIDENT, openHarness, replay, syncFrame } from './documentHarness.ts';
import type { DocumentHarness, YClient } from './documentHarness.ts';

async function settled(harness: DocumentHarness, ...clients: YClient[]): Promise<void> {
  await harness.settle();
  for (const client of clients) expect(client.socket.closedWith).toBeNull();
}

describe('offers of what is known', () => {
  it('[D9] a reconnect with nothing new and the repetition of an update add nothing to the log', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice', { acknowledge: true });
    let last = new Uint8Array();
    alice.doc.on('update', (update: Uint8Array) => (last = new Uint8Array(update)));
    alice.text.insert(0, 'text');
    alice.text.delete(0, 2);
    await settled(harness, alice);
    const stored = harness.store.batches(INCIDENT).length;
    alice.socket.receive(syncFrame(2, last));
    await settled(harness, alice);
    const told = alice.acknowledged;
    alice.leave();
    alice.open(harness, 'alice', true);
    await settled(harness, alice);
    expect(told).toBe(4);
    expect(alice.acknowledged).toBe(1);
    expect(harness.store.batches(INCIDENT)).toHaveLength(stored);
  });

  it.each([1, 2] as const)(
    '[D9] known parts of an offer (sync %i) are stripped, so that nobody can put other words under a known position',
    async (type) => {
      const harness = await openHarness();
      const alice = harness.client('alice', { clientId: 21 });
      const carol = harness.client('carol');
      await settled(harness, alice, carol);
      // Both come in one batch and one merged frame.
      alice.text.insert(0, 'honest');
      const forged = new Y.Doc();
      forged.clientID = 21;
      forged.getText('scratch').insert(0, 'FORGED');
      const eve = new Y.Doc();
      eve.clientID = 22;
      Y.applyUpdate(eve, Y.encodeStateAsUpdate(forged));
      eve.getText('scratch').insert(6, ' and mine');
      const socket = harness.connect('eve');
      socket.receive(syncFrame(type, Y.encodeStateAsUpdate(eve)));
      await settled(harness, alice);
      expect(alice.text.toJSON()).toBe('honest and mine');
      expect(carol.text.toJSON()).toBe('honest and mine');
      expect(harness.store.batches(INCIDENT)).toHaveLength(2);
      expect(replay(harness.store).getText('scratch').toJSON()).toBe('honest and mine');
    },
  );
});

describe('acknowledgement', () => {
  it('[D11] counts what is durable, in order, once it is; nobody else hears it', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice', { acknowledge: true });
    const bob = harness.client('bob');
    expect(alice.acknowledged).toBe(1);
    alice.text.insert(0, 'a');
    const begun = await harness.begin();
    alice.text.insert(0, 'b');
    expect(alice.acknowledged).toBe(1);
    begun?.finish();
    expect(alice.acknowledged).toBe(2);
    await settled(harness, alice, bob);
    expect(alice.acknowledged).toBe(3);
    expect(bob.socket.frames('acknowledged')).toHaveLength(0);
  });

  it('[D11] what adds nothing is counted only when what stands before it is durable', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice', { acknowledge: true });
    let last = new Uint8Array();
    alice.doc.on('update', (update: Uint8Array) => (last = new Uint8Array(update)));
    alice.text.insert(0, 'a');
    alice.socket.receive(syncFrame(2, last));
    expect(alice.acknowledged).toBe(1);
    await settled(harness, alice);
    expect(alice.acknowledged).toBe(3);
    expect(harness.store.batches(INCIDENT)).toHaveLength(2);
  });

  it("[D11] so it is when what stands before it is somebody else's, and both come back when that is not saved", async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    const bob = harness.client('bob', { acknowledge: true });
    alice.text.insert(0, 'gone');
    await settled(harness, alice, bob);
    let deletion = new Uint8Array();
    alice.doc.on('update', (update: Uint8Array) => (deletion = new Uint8Array(update)));
    alice.text.delete(0, 4);
    bob.socket.receive(syncFrame(2, deletion));
    expect(bob.acknowledged).toBe(1);
    harness.store.faults = () => 'reject';
    await harness.tick();
    harness.store.faults = () => 'none';
    expect(bob.socket.closedWith?.code).toBe(1011);
    expect(bob.acknowledged).toBe(1);
  });

  it.each([
    ['all of it', 0, 'one'],
    ['a part of it', 1, 'oe'],
  ])(
    "[D11] a deletion of which %s was left out, since somebody else's waits, is asked for again when that is denied",
    async (_, more, expected) => {
      const harness = await openHarness();
      const alice = harness.client('alice');
      const bob = harness.client('bob', { acknowledge: true });
      alice.text.insert(0, 'gone');
      await settled(harness, alice, bob);
      alice.text.delete(0, 1);
      // What was written while away comes as an answer, of which only what is new is taken.
      bob.leave();
      bob.text.delete(0, 1);
      bob.text.delete(1, more);
      bob.open(harness, 'bob', true);
      harness.rights.set('alice', 'read');
      await harness.settle();
      expect(replay(harness.store).getText('scratch').toJSON()).toBe(expected);
      expect(bob.socket.closedWith).toBeNull();
    },
  );
});

describe('somebody who comes from an instance that was ahead', () => {
  it('[D6] brings what a third person wrote there, and is not held to claim it', async () => {
    const harness = await openHarness();
    const carol = new Y.Doc();
    carol.clientID = 77;
    carol.getText('scratch').insert(0, 'by carol, elsewhere');
    const update = Y.encodeStateAsUpdate(carol);
    await harness.store.commit({
      incidentId: INCIDENT,
      batchId: 'elsewhere',
      now: harness.clock.now(),
      expectedSeq: 0,
      expectedDocSeq: 1,
      commands: [],
      documents: [
        {
          name: 'main',
          updates: [{ author: 'carol', update }],
          newClientIds: [{ clientId: 77, person: 'carol' }],
        },
      ],
      erasures: [],
      deadlines: { set: [], clear: [] },
      state: null,
    });
    const doc = new Y.Doc();
    doc.clientID = 78;
    Y.applyUpdate(doc, update);
    doc.getText('scratch').insert(0, 'by ann; ');
    const ann = harness.client('ann', { doc });
    await settle();
    await harness.settle();
    expect(ann.socket.closedWith).toBeNull();
    expect(replay(harness.store).getText('scratch').toJSON()).toBe('by ann; by carol, elsewhere');
  });
});
