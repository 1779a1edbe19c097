import * as encoding from 'lib0/encoding';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { defaultLimits } from '#shared/contract/limits.ts';
import { CHECKPOINT_MILLISECONDS } from '../../server/rooms/checkpoints.ts';
import { INCIDENT, openHarness, replay, syncFrame } from './documentHarness.ts';

const MEBIBYTE = 1024 * 1024;

/** An update of exactly so many bytes. */
function updateOfSize(bytes: number, clientId: number): Uint8Array {
  const make = (length: number): Uint8Array => {
    const doc = new Y.Doc();
    doc.clientID = clientId;
    doc.getText('scratch').insert(0, 'x'.repeat(length));
    return Y.encodeStateAsUpdate(doc);
  };
  return make(bytes - (make(bytes).length - bytes));
}

/** So many structs in as few bytes as possible. */
function updateOfStructs(count: number, client: number): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const number of [1, count, client, 0]) encoding.writeVarUint(encoder, number);
  for (let index = 0; index < count; index += 1) encoding.writeUint8Array(encoder, Uint8Array.of(0, 1));
  encoding.writeVarUint(encoder, 0);
  return encoding.toUint8Array(encoder);
}

describe('limits', () => {
  it('[D24] an update at the limit of bytes is taken, one past it closes with 4413', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice', { acknowledge: true });
    alice.receive(syncFrame(2, updateOfSize(MEBIBYTE, 41)));
    await harness.settle();
    expect(alice.frames('acknowledged')).toHaveLength(1);
    alice.receive(syncFrame(2, updateOfSize(MEBIBYTE + 1, 42)));
    expect(alice.closedWith?.code).toBe(4413);
  });

  it('[D24] so it is for structs, and for the frame of a sync answer', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice', { acknowledge: true });
    alice.receive(syncFrame(2, updateOfStructs(200_000, 43)));
    await harness.settle();
    expect(alice.frames('acknowledged')).toHaveLength(1);
    alice.receive(syncFrame(2, updateOfStructs(200_001, 44)));
    expect(alice.closedWith?.code).toBe(4413);
    const frameBytes = defaultLimits.documentFrameBytes;
    const answer = (bytes: number): Uint8Array =>
      syncFrame(1, updateOfSize(bytes - syncFrame(1, new Uint8Array(bytes)).length + bytes, 45));
    const bob = harness.connect('bob', { acknowledge: true });
    expect(answer(frameBytes)).toHaveLength(frameBytes);
    bob.receive(answer(frameBytes));
    await harness.settle();
    expect(bob.frames('acknowledged')).toHaveLength(1);
    const carol = harness.connect('carol');
    carol.receive(answer(frameBytes + 1));
    expect(carol.closedWith?.code).toBe(4413);
  });

  it('[D24] one that grew past the size at which people are warned is told of once', async () => {
    const harness = await openHarness({ limits: { documentWarningBytes: 4_000 } });
    const alice = harness.client('alice');
    const told = (): string[] =>
      harness.warnings.filter((line) => line.startsWith('a document became large'));
    const lines: number[] = [];
    for (const bytes of [1_000, 4_000, 1_000]) {
      alice.text.insert(0, 'x'.repeat(bytes));
      await harness.settle();
      await harness.clock.advance(CHECKPOINT_MILLISECONDS);
      lines.push(told().length);
    }
    expect(lines).toEqual([0, 1, 1]);
  });

  it('[D24] a full document takes what shrinks it, denies the rest, and asks for it when there is room', async () => {
    const harness = await openHarness({ limits: { documentBytes: 4_000 } });
    const alice = harness.client('alice');
    const bob = harness.client('bob');
    alice.text.insert(0, 'x'.repeat(3_000));
    await harness.settle();
    bob.content.get(0);
    bob.text.insert(0, 'y'.repeat(1_000));
    await harness.settle();
    expect(bob.denied).toHaveLength(1);
    expect(bob.socket.closedWith).toBeNull();
    expect(replay(harness.store).getText('scratch').length).toBe(3_000);
    alice.text.delete(0, 2_500);
    await harness.settle();
    expect(replay(harness.store).getText('scratch').length).toBe(500);
    await harness.clock.advance(11_000);
    await harness.settle();
    expect(replay(harness.store).getText('scratch').length).toBe(1_500);
    expect(alice.text.toJSON()).toBe(bob.text.toJSON());
  });

  it('[D19] what a paused socket hands on all the same waits, in order, and goes in at the rate', async () => {
    const harness = await openHarness({ limits: { documentUpdatesPerSecond: 10 } });
    const alice = harness.client('alice');
    // A socket in memory hands on everything at once, as a real one does with what it had read already.
    for (let index = 0; index < 40; index += 1) alice.text.insert(0, 'x');
    await harness.settle();
    const written = () => replay(harness.store).getText('scratch').length;
    expect(written()).toBeLessThanOrEqual(11);
    await harness.clock.advance(1_000);
    await harness.settle();
    expect(written()).toBeLessThanOrEqual(22);
    await harness.clock.advance(6_000);
    await harness.settle();
    expect(written()).toBe(40);
  });

  it('[D23] search learns what was written within ten seconds, without a checkpoint', async () => {
    const harness = await openHarness();
    const told: string[] = [];
    harness.store.saveSearchText = async (_incidentId, _name, _docSeq, markdown) => {
      told.push(markdown);
    };
    harness.client('alice').text.insert(0, 'the pool is full');
    await harness.settle();
    await harness.clock.advance(10_000);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('the pool is full');
    expect(harness.checkpoints).toEqual([]);
    await harness.clock.advance(60_000);
    expect(told).toHaveLength(1);
  });

  it('[D19] a flood is paused and goes on later; nothing of it is lost', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    for (let index = 0; index < 100; index += 1) alice.text.insert(0, 'a');
    expect(alice.socket.paused).toBe(true);
    await harness.clock.advance(2_000);
    expect(alice.socket.paused).toBe(false);
    for (let index = 0; index < 99; index += 1) alice.text.insert(0, 'b');
    expect(alice.socket.paused).toBe(false);
    for (let index = 0; index < 200; index += 1) alice.text.insert(0, 'c');
    expect(alice.socket.paused).toBe(true);
    await harness.clock.advance(1_000);
    expect(alice.socket.paused).toBe(true);
    await harness.clock.advance(1_500);
    expect(alice.socket.paused).toBe(false);
    await harness.settle();
    expect(replay(harness.store).getText('scratch').length).toBe(399);
  });

  it('[D19] asking for the state again and again is slowed down', async () => {
    const harness = await openHarness();
    const eve = harness.connect('eve');
    const ask = syncFrame(0, Uint8Array.of(0));
    for (let time = 0; time < 5; time += 1) eve.receive(ask);
    expect(eve.paused).toBe(false);
    eve.receive(ask);
    expect(eve.paused).toBe(true);
    await harness.clock.advance(1_000);
    expect(eve.paused).toBe(false);
  });

  it('[D19] senders are paused while megabytes wait for the store', async () => {
    const harness = await openHarness();
    const eve = harness.connect('eve');
    for (let index = 0; index < 17; index += 1)
      eve.receive(syncFrame(2, updateOfSize(MEBIBYTE, 100 + index)));
    expect(eve.paused).toBe(true);
    await harness.settle();
    expect(eve.paused).toBe(false);
    // A batch stays small enough to be sent.
    expect(harness.store.batches(INCIDENT).at(-1)?.updates.length).toBeLessThanOrEqual(2);
  });
});

describe('slow readers', () => {
  it('[D18] are skipped, caught up with one frame, and miss nothing', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    const slow = harness.client('slow');
    alice.text.insert(0, 'one ');
    await harness.settle();
    slow.socket.buffered = 2 * MEBIBYTE;
    const before = slow.socket.sent.length;
    for (let index = 0; index < 10; index += 1) {
      alice.text.insert(0, `${index} `);
      await harness.settle();
    }
    alice.text.delete(0, 4);
    await harness.settle();
    expect(slow.socket.sent).toHaveLength(before);
    slow.socket.buffered = 512 * 1024;
    await harness.clock.advance(1_000);
    expect(slow.socket.sent).toHaveLength(before);
    slow.socket.buffered = 1_000;
    await harness.clock.advance(300);
    expect(slow.socket.sent).toHaveLength(before + 1);
    expect(slow.text.toJSON()).toBe(alice.text.toJSON());
    expect(slow.doc.store.pendingStructs).toBeNull();
  });

  it('[D18] without progress for 30 s are hung up on with 1013, with progress are not', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    const stuck = harness.connect('stuck');
    const steady = harness.connect('steady');
    stuck.buffered = steady.buffered = 3 * MEBIBYTE;
    alice.text.insert(0, 'x');
    await harness.settle();
    for (let second = 0; second < 29; second += 1) {
      steady.buffered -= 70 * 1024;
      await harness.clock.advance(1_000);
    }
    expect(stuck.closedWith).toBeNull();
    await harness.clock.advance(2_000);
    expect(stuck.closedWith?.code).toBe(1013);
    expect(steady.closedWith).toBeNull();
    expect(alice.socket.closedWith).toBeNull();
  });

  it('[D18] get no carets meanwhile, and an answer they asked for once they have read', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    alice.text.insert(0, 'state');
    await harness.settle();
    const slow = harness.connect('slow');
    slow.buffered = 2 * MEBIBYTE;
    slow.receive(syncFrame(0, Uint8Array.of(0)));
    expect(slow.frames('step2')).toHaveLength(0);
    slow.buffered = 0;
    await harness.clock.advance(300);
    expect(slow.frames('step2')).toHaveLength(1);
  });
});

describe('checkpoints', () => {
  it('[D23] are made when the tail is as large as the last one, off the commit path, and equal a full replay', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    for (let index = 0; index < 200; index += 1) {
      alice.text.insert(index % 7, `line ${index} ${'x'.repeat(1_000)}`);
      if (index % 3 === 0) alice.text.delete(0, 300);
      if (index % 5 === 0) alice.text.format(0, 50, { bold: {} });
      await harness.clock.advance(20);
      await harness.settle();
    }
    const { checkpoints } = harness;
    expect(checkpoints.length).toBeGreaterThanOrEqual(2);
    expect(checkpoints.length).toBeLessThanOrEqual(4);
    for (const { docSeq, state, markdown } of checkpoints) {
      const full = new Y.Doc();
      const stored = harness.store.batches(INCIDENT).filter((batch) => batch.docSeq <= docSeq);
      for (const batch of stored) for (const { update } of batch.updates) Y.applyUpdate(full, update);
      const restored = new Y.Doc();
      Y.applyUpdate(restored, state);
      expect(restored.getText('scratch').toDelta()).toEqual(full.getText('scratch').toDelta());
      expect(Y.encodeStateVector(restored)).toEqual(Y.encodeStateVector(full));
      expect(markdown).toContain('## Scratch');
    }
    await harness.reopen();
    expect(harness.client('bob').text.toDelta()).toEqual(alice.text.toDelta());
  });

  it('[D23] are made every five minutes of activity and when the last one leaves, and never twice for the same state', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    alice.text.insert(0, 'small');
    await harness.settle();
    expect(harness.checkpoints).toHaveLength(0);
    await harness.clock.advance(5 * 60_000);
    expect(harness.checkpoints.map(({ docSeq }) => docSeq)).toEqual([2]);
    await harness.clock.advance(60 * 60_000);
    expect(harness.checkpoints).toHaveLength(1);
    alice.text.insert(0, 'more ');
    await harness.settle();
    alice.leave();
    await harness.clock.advance(0);
    expect(harness.checkpoints.map(({ docSeq }) => docSeq)).toEqual([2, 3]);
  });

  it('[D23] one that cannot be saved loses nothing', async () => {
    const harness = await openHarness();
    harness.store.saveCheckpoint = () => Promise.reject(new Error('disk full'));
    const alice = harness.client('alice');
    alice.text.insert(0, 'x'.repeat(70_000));
    await harness.settle();
    await harness.clock.advance(1_000);
    expect(harness.warnings).toHaveLength(1);
    await harness.reopen();
    expect(harness.client('bob').text.length).toBe(70_000);
  });
});
