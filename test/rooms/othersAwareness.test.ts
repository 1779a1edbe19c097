import { describe, expect, it } from 'vitest';
import type { Limits } from '#shared/contract/limits.ts';
import { awarenessFrame, openHarness, readAwareness } from './documentHarness.ts';
import type { DocumentHarness, TestSocket } from './documentHarness.ts';

interface Instance {
  harness: DocumentHarness;
  /** Messages it published. */
  published: Uint8Array[];
}

/** The same document at two instances, and what a test does to the line between them. */
async function twoInstances(limits: Partial<Limits> = {}) {
  const line = { isLost: false };
  const a: Instance = { harness: await open('a', () => b), published: [] };
  const b: Instance = { harness: await open('b', () => a), published: [] };

  function open(name: 'a' | 'b', other: () => Instance): Promise<DocumentHarness> {
    const deliver = (work: (document: DocumentHarness['document']) => void): void => {
      if (!line.isLost) queueMicrotask(() => work(other().harness.document));
    };
    return openHarness({
      limits,
      others: {
        publish(entries) {
          (name === 'a' ? a : b).published.push(entries);
          deliver((document) => document.hearAwareness(name, entries));
        },
        ask: () => deliver((document) => document.asked()),
      },
    });
  }

  /** Both clocks go on together. */
  async function advance(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 50) {
      const step = Math.min(50, left);
      await a.harness.clock.advance(step);
      await b.harness.clock.advance(step);
    }
  }

  return { a, b, line, advance };
}

function say(socket: TestSocket, client: number, clock: number, state: unknown): void {
  socket.receive(awarenessFrame([{ client, clock, state: JSON.stringify(state) }]));
}

/** Every state that a socket was told about a client, in order; equal clocks do not count, as for y-protocols. */
function toldAbout(socket: TestSocket, client: number): unknown[] {
  let clock = -1;
  let shown: unknown = null;
  const told: unknown[] = [];
  for (const entry of socket.frames('awareness').flatMap(readAwareness)) {
    if (entry.client !== client) continue;
    const isNews = entry.clock > clock || (entry.clock === clock && entry.state === null && shown !== null);
    if (!isNews) continue;
    ({ clock } = entry);
    shown = entry.state;
    told.push(shown);
  }
  return told;
}

/** What a stock client shows of another. */
function shown(socket: TestSocket, client: number): unknown {
  return toldAbout(socket, client).at(-1) ?? null;
}

function entriesOf(messages: readonly Uint8Array[]): ReturnType<typeof readAwareness> {
  return messages.flatMap(readAwareness);
}

describe('carets across instances', () => {
  it('[N4] are shown at every instance, as the latest state, under the identity that the directory there knows', async () => {
    const { a, b, advance } = await twoInstances();
    const alice = a.harness.connect('alice');
    const bob = b.harness.connect('bob');
    for (let clock = 1; clock <= 5; clock += 1)
      say(alice, 1, clock, { cursor: clock, user: { name: 'Eve' } });
    await advance(200);
    expect(shown(bob, 1)).toMatchObject({ cursor: 5, user: { id: 'alice', name: 'Name of alice' } });
    expect(toldAbout(bob, 1)).toHaveLength(1);
    alice.leave();
    await advance(200);
    expect(shown(bob, 1)).toBeNull();
  });

  it('[N4] a document that was opened later asks and is told who is there, in messages of a bounded size', async () => {
    const { a, b, line, advance } = await twoInstances();
    line.isLost = true;
    for (let number = 0; number < 60; number += 1) {
      say(a.harness.connect('alice'), 100 + number, 1, { text: 'x'.repeat(2_000) });
    }
    await advance(1_000);
    line.isLost = false;
    a.published.length = 0;
    const bob = b.harness.connect('bob');
    await advance(500);
    expect(Array.from({ length: 60 }, (_, number) => shown(bob, 100 + number))).not.toContain(null);
    expect(a.published.length).toBeGreaterThan(1);
    for (const message of a.published) expect(message.length).toBeLessThanOrEqual(32 * 1_024);
  });

  it('[N4] only changes of the own sockets are published: neither what was heard nor echoes of it', async () => {
    const { a, b, advance } = await twoInstances();
    const alice = a.harness.connect('alice');
    const bob = b.harness.connect('bob');
    say(alice, 1, 1, { cursor: 1 });
    await advance(200);
    // As stock clients do with everything they hear.
    for (const entries of bob.frames('awareness')) bob.receive(frameOf(entries));
    say(alice, 1, 2, { cursor: 2 });
    await advance(200);
    for (const entries of bob.frames('awareness')) bob.receive(frameOf(entries));
    await advance(3_000);
    expect(entriesOf(b.published)).toEqual([]);
    expect(entriesOf(a.published).map(({ clock }) => clock)).toEqual([1, 2]);
    expect(toldAbout(alice, 1)).toHaveLength(2);
  });

  it('[N4] a sibling tab at another instance neither takes over nor ends a client that is not its own', async () => {
    const { a, b, advance } = await twoInstances();
    const own = a.harness.connect('alice');
    const sibling = b.harness.connect('alice');
    say(own, 1, 5, { cursor: 5 });
    say(sibling, 2, 1, {});
    await advance(200);
    say(sibling, 1, 6, { cursor: 0 });
    say(sibling, 1, 6, null);
    sibling.leave();
    await advance(200);
    expect(shown(own, 1)).toMatchObject({ cursor: 5 });
    expect(entriesOf(b.published).filter(({ client }) => client === 1)).toEqual([]);
  });

  it("[N5] nobody speaks for somebody else's client at another instance, and its writer owns it", async () => {
    const { a, b, advance } = await twoInstances();
    const writer = b.harness.client('bob', { clientId: 7 });
    writer.text.insert(0, 'x');
    await b.harness.settle();
    const bob = b.harness.connect('bob');
    say(bob, 3, 1, { cursor: 1 });
    await advance(200);
    const eve = a.harness.connect('eve');
    say(eve, 3, 9, { cursor: 9 });
    say(eve, 7, 9, { cursor: 9 });
    b.harness.document.hearAwareness('c', claimOf(3, 10, 'eve'));
    await advance(200);
    expect(shown(bob, 3)).toMatchObject({ cursor: 1, user: { id: 'bob' } });
    expect(shown(bob, 7)).toBeNull();
  });

  it('[N5] states without a person, too large ones, huge clocks and broken bytes change nothing', async () => {
    const { b, advance } = await twoInstances();
    const bob = b.harness.connect('bob');
    const { document } = b.harness;
    const hear = (state: string, clock = 1): void => document.hearAwareness('a', entriesFor(5, clock, state));
    for (const state of ['{}', '5', '{"user":7}', '{"user":{"id":7}}', '{broken']) hear(state);
    hear(JSON.stringify({ user: { id: 'alice' }, text: 'x'.repeat(4_000) }));
    hear('{"user":{"id":"alice"}}', 2 ** 40);
    document.hearAwareness('a', Uint8Array.of(200, 1));
    await advance(200);
    expect(shown(bob, 5)).toBeNull();
    hear('{"user":{"id":"alice"}}');
    await advance(200);
    expect(shown(bob, 5)).toMatchObject({ user: { name: 'Name of alice' } });
  });

  it('[N2] carets of an instance that fell silent vanish within 15 s, and not while it lives', async () => {
    const { a, b, line, advance } = await twoInstances();
    const alice = a.harness.connect('alice');
    const bob = b.harness.connect('bob');
    for (let turn = 1; turn <= 4; turn += 1) {
      say(alice, 1, turn, { cursor: 1 });
      await advance(15_000);
    }
    expect(shown(bob, 1)).not.toBeNull();
    line.isLost = true;
    await advance(8_000);
    expect(shown(bob, 1)).not.toBeNull();
    await advance(7_000);
    expect(shown(bob, 1)).toBeNull();
    line.isLost = false;
    say(alice, 1, 9, { cursor: 2 });
    await advance(200);
    expect(shown(bob, 1)).toMatchObject({ cursor: 2 });
    b.harness.document.instanceGone('a');
    await advance(200);
    expect(shown(bob, 1)).toBeNull();
  });

  it('[N2] a caret whose end got lost vanishes although its instance lives', async () => {
    const { a, b, line, advance } = await twoInstances();
    const alice = a.harness.connect('alice');
    const other = a.harness.connect('carol');
    const bob = b.harness.connect('bob');
    say(alice, 1, 1, { cursor: 1 });
    await advance(200);
    line.isLost = true;
    alice.leave();
    await advance(200);
    line.isLost = false;
    for (let turn = 1; turn <= 4; turn += 1) {
      say(other, 2, turn, {});
      await advance(10_000);
    }
    expect(shown(bob, 1)).toBeNull();
    expect(shown(bob, 2)).not.toBeNull();
  });

  it.each(['the old socket ends first', 'the old socket ends last', 'the other instance opens it just now'])(
    '[N6] a client that moves to another instance is seen everywhere without flickering: %s',
    async (order) => {
      const { a, b, line, advance } = await twoInstances();
      line.isLost = order.startsWith('the other');
      const watcher = a.harness.connect('carol');
      const old = a.harness.connect('alice');
      say(old, 1, 5, { cursor: 5 });
      await advance(500);
      line.isLost = false;
      const endsFirst = order === 'the old socket ends first';
      if (endsFirst) old.leave();
      const there = b.harness.connect('bob');
      const moved = b.harness.connect('alice');
      say(moved, 1, 5, { cursor: 5 });
      await advance(300);
      if (!endsFirst) old.leave();
      await advance(300);
      for (const socket of [watcher, there]) expect(shown(socket, 1)).toMatchObject({ cursor: 5 });
      if (!endsFirst) expect(toldAbout(watcher, 1)).not.toContain(null);
      const clock = Math.max(...entriesOf(b.published).map((entry) => entry.clock));
      say(moved, 1, clock + 1, { cursor: 6 });
      await advance(300);
      for (const socket of [watcher, there]) expect(shown(socket, 1)).toMatchObject({ cursor: 6 });
      moved.leave();
      await advance(300);
      for (const socket of [watcher, there]) expect(shown(socket, 1)).toBeNull();
    },
  );
});

/** The entries as a frame of the wire. */
function frameOf(entries: Uint8Array): Uint8Array {
  const states = readAwareness(entries).map(({ client, clock, state }) => ({
    client,
    clock,
    state: JSON.stringify(state),
  }));
  return awarenessFrame(states);
}

/** One entry as instances tell it. */
function entriesFor(client: number, clock: number, state: string): Uint8Array {
  const frame = awarenessFrame([{ client, clock, state }]);
  // Message type and length stand before it.
  const length = frame.length - 2 < 128 ? 1 : 2;
  return frame.subarray(1 + length);
}

function claimOf(client: number, clock: number, person: string): Uint8Array {
  return entriesFor(client, clock, JSON.stringify({ user: { id: person } }));
}
