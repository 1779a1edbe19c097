import { describe, expect, it } from 'vitest';
import { caretColors } from '../../server/rooms/caretColor.ts';
import { awarenessFrame, openHarness, readAwareness } from './documentHarness.ts';
import type { DocumentHarness, TestSocket } from './documentHarness.ts';

/** Announces a state as a client does: alone and as JSON. */
function say(socket: TestSocket, client: number, clock: number, state: unknown): void {
  socket.receive(awarenessFrame([{ client, clock, state: JSON.stringify(state) }]));
}

/** What a socket was told last about each client. */
function known(socket: TestSocket): Map<number, { clock: number; state: unknown }> {
  const entries = socket.frames('awareness').flatMap(readAwareness);
  return new Map(entries.map(({ client, clock, state }) => [client, { clock, state }]));
}

async function threeTicks(harness: DocumentHarness): Promise<void> {
  await harness.clock.advance(150);
}

describe('awareness', () => {
  it('[D14] says who somebody is from the session, whatever the client claims', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice');
    const bob = harness.connect('bob');
    say(alice, 1, 1, { user: { id: 'bob', name: 'Commander', color: 'red', role: 'commander' }, cursor: 5 });
    await threeTicks(harness);
    const state = known(bob).get(1)?.state as { user: { color: string } };
    expect(state).toEqual({
      user: { id: 'alice', name: 'Name of alice', color: state.user.color },
      cursor: 5,
    });
    expect(caretColors).toContain(state.user.color);
    expect(known(alice).get(1)).toEqual(known(bob).get(1));
  });

  it('[D14] drops what somebody says about the client of somebody else, its end included', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice');
    const eve = harness.connect('eve');
    say(alice, 1, 1, { cursor: 1 });
    await threeTicks(harness);
    say(eve, 1, 2 ** 30, { cursor: 9, role: 'commander' });
    say(eve, 1, 1, null);
    say(eve, 1, 2, null);
    await threeTicks(harness);
    say(alice, 1, 2, { cursor: 2 });
    await threeTicks(harness);
    expect(known(eve).get(1)).toMatchObject({ clock: 2, state: { cursor: 2, user: { id: 'alice' } } });
  });

  it("[D14] an id that wrote in the document is its writer's", async () => {
    const harness = await openHarness();
    const alice = harness.client('alice', { clientId: 7 });
    alice.text.insert(0, 'x');
    await harness.settle();
    alice.leave();
    const eve = harness.connect('eve');
    say(eve, 7, 5, {});
    await threeTicks(harness);
    expect(known(eve).size).toBe(0);
  });

  it('[D14] a sibling tab may speak for another tab first; its own socket claims it back', async () => {
    const harness = await openHarness();
    const own = harness.connect('alice');
    const sibling = harness.connect('alice');
    const bob = harness.connect('bob');
    say(sibling, 2, 1, { tab: 'sibling' });
    say(sibling, 1, 1, { tab: 'own' });
    await threeTicks(harness);
    say(own, 1, 2, { tab: 'own' });
    await threeTicks(harness);
    say(sibling, 1, 2, null);
    sibling.leave();
    await threeTicks(harness);
    expect(known(bob).get(1)).toMatchObject({ clock: 2, state: { tab: 'own' } });
    expect(known(bob).get(2)).toEqual({ clock: 1, state: null });
  });

  it('[D15] tells the end of a connection at the clock known, and no late echo brings it back', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice');
    const bob = harness.connect('bob');
    say(alice, 1, 4, { cursor: 1 });
    await threeTicks(harness);
    alice.leave();
    await threeTicks(harness);
    expect(known(bob).get(1)).toEqual({ clock: 4, state: null });
    say(bob, 1, 4, { cursor: 1 });
    say(bob, 1, 5, { cursor: 1 });
    await threeTicks(harness);
    expect(known(bob).get(1)).toEqual({ clock: 4, state: null });
  });

  it('[D15] a client that comes back with its last clock is seen again', async () => {
    const harness = await openHarness();
    const bob = harness.connect('bob');
    const alice = harness.connect('alice');
    say(alice, 1, 4, { cursor: 1 });
    await threeTicks(harness);
    alice.leave();
    await threeTicks(harness);
    say(harness.connect('alice'), 1, 4, { cursor: 1 });
    await threeTicks(harness);
    expect(known(bob).get(1)).toMatchObject({ clock: 5, state: { cursor: 1 } });
  });

  it('[D15] echoes are dropped and only the latest state of a tick is sent', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice');
    const bob = harness.connect('bob');
    for (let clock = 1; clock <= 5; clock += 1) say(alice, 1, clock, { cursor: clock });
    await harness.clock.advance(50);
    expect(bob.frames('awareness')).toHaveLength(1);
    expect(known(bob).get(1)?.clock).toBe(5);
    for (let time = 0; time < 20; time += 1) say(bob, 1, 5, { cursor: 5 });
    await harness.clock.advance(500);
    expect(bob.frames('awareness')).toHaveLength(1);
  });

  it('[D15] newcomers and whoever asks are told who is here', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice');
    say(alice, 1, 1, { cursor: 1 });
    await threeTicks(harness);
    const bob = harness.connect('bob');
    expect(known(bob).get(1)?.state).toMatchObject({ cursor: 1 });
    const before = bob.frames('awareness').length;
    bob.receive(Uint8Array.of(3));
    expect(bob.frames('awareness')).toHaveLength(before + 1);
  });

  it('[D15] forty who come within a second are shown in a few frames, and a caret that moves meanwhile at once', async () => {
    const harness = await openHarness();
    const watcher = harness.connect('watcher');
    const all = Array.from({ length: 40 }, (_, number) => harness.connect(`person ${number}`));
    for (const [number, socket] of all.entries()) {
      say(socket, number + 1, 1, { cursor: number });
      await harness.clock.advance(25);
    }
    const beforeMove = watcher.frames('awareness').length;
    expect(beforeMove).toBeLessThanOrEqual(4);
    say(all[0]!, 1, 2, { cursor: 99 });
    await harness.clock.advance(100);
    expect(known(watcher).get(1)?.state).toMatchObject({ cursor: 99 });
    expect(known(watcher).size).toBe(40);
    // Saying the same again, as clients do from time to time, hurries nobody.
    for (const [number, socket] of all.entries()) {
      say(socket, number + 1, 3, { cursor: number === 0 ? 99 : number });
      await harness.clock.advance(25);
    }
    await harness.clock.advance(1_000);
    expect(watcher.frames('awareness').length).toBeLessThanOrEqual(beforeMove + 5);
    expect([...known(watcher).values()].every(({ clock }) => clock === 3)).toBe(true);
  });

  it('[D16] takes states up to the limit of bytes and drops larger ones', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice');
    const empty = JSON.stringify({ text: '' }).length;
    say(alice, 1, 1, { text: 'x'.repeat(2_048 - empty) });
    await threeTicks(harness);
    expect(known(alice).get(1)?.clock).toBe(1);
    say(alice, 1, 2, { text: 'x'.repeat(2_049 - empty) });
    await threeTicks(harness);
    expect(known(alice).get(1)?.clock).toBe(1);
    expect(alice.closedWith).toBeNull();
  });

  it('[D16] takes ten states per second of a socket, and then the latest one', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice');
    for (let clock = 1; clock <= 200; clock += 1) {
      say(alice, 1, clock, { cursor: clock });
      await harness.clock.advance(10);
    }
    await harness.clock.advance(1_000);
    const told = alice.frames('awareness').length;
    expect(told).toBeGreaterThan(10);
    expect(told).toBeLessThanOrEqual(32);
    expect(known(alice).get(1)?.clock).toBe(200);
  });

  it('[D16] scalars, broken JSON, huge clocks and 50,000 ids change nothing for others', async () => {
    const harness = await openHarness();
    const bob = harness.connect('bob');
    const eve = harness.connect('eve');
    for (const state of ['5', '[]', '"x"', '{broken', '{"a":', 'nul']) {
      eve.receive(awarenessFrame([{ client: 3, clock: 1, state }]));
      await threeTicks(harness);
    }
    say(eve, 4, Number.MAX_SAFE_INTEGER, {});
    await threeTicks(harness);
    expect(bob.frames('awareness')).toHaveLength(0);
    const ids = Array.from({ length: 50_000 }, (_, index) => ({
      client: 1_000 + index,
      clock: 1,
      state: '{}',
    }));
    eve.receive(awarenessFrame(ids));
    await harness.clock.advance(30_000);
    expect(known(bob).size).toBe(16);
    eve.leave();
    await threeTicks(harness);
    expect([...known(bob).values()].every(({ state }) => state === null)).toBe(true);
  });

  it('[D16] a field named __proto__ is left out', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice');
    alice.receive(
      awarenessFrame([{ client: 1, clock: 1, state: '{"__proto__":{"admin":true},"cursor":1}' }]),
    );
    await threeTicks(harness);
    expect(Object.keys(known(alice).get(1)?.state as object)).toEqual(['cursor', 'user']);
  });

  it('[D17] a socket that was sent nothing for 20 s gets an empty awareness frame before stock clients hang up', async () => {
    const harness = await openHarness();
    const alice = harness.connect('alice');
    for (let minute = 0; minute < 3; minute += 1) {
      const before = alice.sent.length;
      await harness.clock.advance(29_000);
      expect(alice.sent.slice(before)).toContainEqual(Uint8Array.of(1, 1, 0));
    }
  });
});
