import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { defaultLimits } from '#shared/contract/limits.ts';
import type { Command } from '#shared/contract/commands.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { FanoutMessage, FanoutNotice } from '../../server/rooms/ports.ts';
import { startDeadlines } from '../../server/rooms/deadlines.ts';
import { updateFrame } from '../../server/rooms/documentFrames.ts';
import { noMetrics } from '../../server/rooms/metrics.ts';
import type { IncidentRoom } from '../../server/rooms/room.ts';
import { createRooms } from '../../server/rooms/rooms.ts';
import type { RunningRooms } from '../../server/rooms/rooms.ts';
import { createFanoutNetwork } from '../support/fanoutNetwork.ts';
import type { FanoutNetwork } from '../support/fanoutNetwork.ts';
import { ben, createHarness, ida, incidentId } from '../support/roomHarness.ts';
import type { Harness } from '../support/roomHarness.ts';

interface Instance {
  rooms: RunningRooms;
  room: IncidentRoom;
  /** What somebody in the room there was told, in order. */
  heard: Entry[];
  say(person: string, text: string, commandId?: string): ReturnType<IncidentRoom['submit']>;
}

interface Cluster {
  harness: Harness;
  network: FanoutNetwork;
  a: Instance;
  b: Instance;
}

/** Two instances on one store, with somebody in the room at each. */
async function twoInstances(options: { private?: boolean } = {}): Promise<Cluster> {
  const harness = createHarness(options);
  const network = createFanoutNetwork();
  const start = async (name: string): Promise<Instance> => {
    let made = 0;
    const rooms = createRooms({
      ...harness,
      fanout: network.join(name),
      directory: harness.people,
      limits: defaultLimits,
      metrics: noMetrics,
      log: {
        info() {},
        warn: (_, message) => harness.complaints.push(message),
        error: (_, message) => harness.complaints.push(message),
      },
      newId: () => `${name}_${String((made += 1)).padStart(6, '0')}`,
    });
    const opening = rooms.open(incidentId);
    await harness.clock.advance(0);
    const room = await opening;
    if (!room) throw new Error('the incident could not be opened');
    const heard: Entry[] = [];
    room.subscribe({
      entries: (entries) => void heard.push(...entries),
      presence() {},
      progress() {},
    });
    return {
      rooms,
      room,
      heard,
      say: (person, text, commandId = `${name}_said_${(made += 1)}`) =>
        room.submit({ type: 'chat.post', body: { text }, commandId } as Command, {
          kind: 'person',
          id: person,
        }),
    };
  };
  const a = await start('instance_a');
  const b = await start('instance_b');
  await harness.clock.advance(100);
  return { harness, network, a, b };
}

/** A document socket of a person: what it was sent, and with which code it was closed. */
async function openDocument({ room }: Instance, { clock }: Harness, person: string) {
  const opening = room.document('main');
  await clock.advance(0);
  const frames: Uint8Array[] = [];
  const closed: number[] = [];
  const connection = (await opening)!.connect(
    {
      send: (frame) => void frames.push(frame),
      close: (code) => void closed.push(code),
      bufferedBytes: () => 0,
      pause() {},
      resume() {},
    },
    { person, sessionId: 'session_1', acknowledge: false },
  );
  const write = (text: string, clientID: number): void => {
    const doc = new Y.Doc();
    doc.clientID = clientID;
    doc.getText('scratch').insert(0, text);
    connection.receive(updateFrame(Y.encodeStateAsUpdate(doc)));
  };
  return { closed, write, sent: () => frames.map((frame) => Buffer.from(frame).toString('latin1')).join() };
}

const seqs = (entries: readonly Entry[]) => entries.map((entry) => entry.seq);

describe('what another instance commits', () => {
  it('[T19] is shown here too, in order and once, also when it is told twice', async () => {
    const { harness, network, a, b } = await twoInstances();
    network.fate = () => 'twice';
    for (const text of ['one', 'two', 'three']) {
      void a.say(ida, text);
      await harness.clock.advance(50);
    }
    expect(b.heard).toEqual(harness.store.log(incidentId).slice(1));
    expect(b.room.head).toEqual(a.room.head);
  });

  it('[T19] is shown in order when it comes while a commit runs here', async () => {
    const { harness, a, b } = await twoInstances();
    const answers = [a.say(ida, 'from a'), b.say(ben, 'from b'), a.say(ida, 'again')];
    await harness.clock.advance(100);
    const taken = (await Promise.all(answers)).map((answer) => (answer.ok ? answer.seq : 0));
    expect(taken.toSorted((one, other) => one - other)).toEqual([2, 3, 4]);
    expect(seqs(a.heard)).toEqual([2, 3, 4]);
    expect(b.heard).toEqual(a.heard);
  });

  it('[T19] in documents after somebody was removed is not for them, though both are learnt at once', async () => {
    const { harness, network, a, b } = await twoInstances({ private: true });
    const member = (type: 'member.add' | 'member.remove') =>
      harness.give(a.room, ida, type, { person: ben }, { epoch: 1 });
    await member('member.add');
    const [byIda, byBen] = [await openDocument(a, harness, ida), await openDocument(b, harness, ben)];
    byIda.write('seen by Ben', 11);
    await harness.clock.advance(100);
    network.fate = () => 'lose';
    await member('member.remove');
    byIda.write('not for Ben', 12);
    await harness.clock.advance(4_000);
    expect(b.room.head).toEqual(a.room.head);
    expect(byIda.sent()).toContain('not for Ben');
    expect(byBen.closed).toEqual([4403]);
    expect(byBen.sent()).toContain('seen by Ben');
    expect(byBen.sent()).not.toContain('not for Ben');
  });

  it('[T20] that does not continue the chains is never shown, and what is true is read', async () => {
    const { harness, network, a, b } = await twoInstances();
    const told: (FanoutMessage | FanoutNotice)[] = [];
    network.fate = (message) => {
      told.push(message);
      return 'lose';
    };
    void a.say(ida, 'true');
    await harness.clock.advance(0);
    const batch = told.find((message) => message.kind === 'batch');
    const [entry] = batch?.entries ?? [];
    if (!batch || !entry) throw new Error('nothing was told');
    network.fate = () => 'deliver';
    network.forge(incidentId, { ...batch, entries: [{ ...entry, body: { text: 'forged' } }] }, 'instance_a');
    await harness.clock.advance(100);
    expect(b.heard.map((shown) => shown.body)).toEqual([{ text: 'true' }]);
    expect(harness.complaints).toContain('another instance told what does not continue the log');
  });

  it('[T20] ahead of what is known here is not believed: a head that does not exist changes nothing', async () => {
    const { harness, network, b } = await twoInstances();
    const far = { ...b.room.head, seq: 999, hash: 'f'.repeat(64) };
    network.forge(incidentId, { kind: 'head', head: far }, 'instance_a');
    await harness.clock.advance(5_000);
    expect(b.room.head.seq).toBe(1);
    expect(b.heard).toEqual([]);
  });

  it('[T20] by a batch with a hole before it is read from the store', async () => {
    const { harness, network, a, b } = await twoInstances();
    network.fate = () => 'lose';
    void a.say(ida, 'lost');
    await harness.clock.advance(50);
    network.fate = (message) => (message.kind === 'batch' ? 'deliver' : 'lose');
    void a.say(ida, 'told');
    await harness.clock.advance(50);
    expect(seqs(b.heard)).toEqual([2, 3]);
  });
});

describe('hints that never come', () => {
  it('[T21] are made good within a second by what the instances tell each other', async () => {
    const { harness, network, a, b } = await twoInstances();
    network.fate = (message) => (message.kind === 'batch' ? 'lose' : 'deliver');
    void a.say(ida, 'lost');
    await harness.clock.advance(1_100);
    expect(seqs(b.heard)).toEqual([2]);
  });

  it('[T21] are made good within three seconds by the store alone', async () => {
    const { harness, network, a, b } = await twoInstances();
    network.fate = () => 'lose';
    void a.say(ida, 'lost');
    await harness.clock.advance(3_100);
    expect(seqs(b.heard)).toEqual([2]);
  });

  it('[T21] are made good within a second while the bus is away, and at once when it is back', async () => {
    const { harness, network, a, b } = await twoInstances();
    network.setState('away');
    void a.say(ida, 'unheard');
    await harness.clock.advance(1_100);
    expect(seqs(b.heard)).toEqual([2]);
    void a.say(ida, 'unheard too');
    await harness.clock.advance(10);
    network.setState('connected');
    await harness.clock.advance(10);
    expect(seqs(b.heard)).toEqual([2, 3]);
  });

  it('[T21] are looked for in one read for all rooms when the bus is back, and only what is behind is read', async () => {
    const { harness, network, a, b } = await twoInstances();
    const [asked, read] = [vi.spyOn(harness.store, 'heads'), vi.spyOn(harness.store, 'readMissed')];
    network.setState('away');
    network.setState('connected');
    await harness.clock.advance(10);
    expect(asked.mock.calls).toEqual([[[incidentId]], [[incidentId]]]);
    expect(read).not.toHaveBeenCalled();
    expect(b.room.head).toEqual(a.room.head);
  });
});

describe('a deadline', () => {
  it('[T10] that falls due at an instance which has not heard of it happens all the same', async () => {
    const { harness, network, a, b } = await twoInstances();
    const { clock, store } = harness;
    network.fate = () => 'lose';
    const log = { info() {}, warn() {}, error() {} };
    const stop = startDeadlines({ ...{ store, clock, log }, rooms: b.rooms });
    const nextUpdateAt = new Date(clock.now() + 500).toISOString();
    await harness.give(
      a.room,
      ida,
      'update.send',
      { state: 'known', text: 'soon', nextUpdateAt },
      { epoch: 1 },
    );
    expect(b.room.state.nextUpdateAt).toBeNull();
    await clock.advance(1_500);
    expect(store.log(incidentId).map((entry) => entry.type)).toContain('update.overdue');
    await stop();
  });
});

describe('two instances at once', () => {
  it('[T22] give no seq twice and leave no gap, and every command is answered with where it stands', async () => {
    const { harness, network, a, b } = await twoInstances();
    network.fate = () => 'lose';
    const answers: Promise<{ ok: true; seq: number } | { ok: false }>[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      answers.push(a.say(ida, `a ${turn}`), b.say(ben, `b ${turn}`));
      await harness.clock.advance(3);
    }
    await harness.clock.advance(5_000);
    const log = harness.store.log(incidentId);
    const given = await Promise.all(answers);
    expect(given.every((answer) => answer.ok)).toBe(true);
    expect(new Set(given.map((answer) => (answer.ok ? answer.seq : 0))).size).toBe(20);
    expect(seqs(log)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
    expect(a.heard).toEqual(log.slice(1));
    expect(b.heard).toEqual(log.slice(1));
  });

  it('[T22] a command sent again to another instance happens once', async () => {
    const { harness, network, a, b } = await twoInstances();
    network.fate = () => 'lose';
    const first = a.say(ida, 'once', 'the_same_id');
    await harness.clock.advance(0);
    const second = b.say(ida, 'once', 'the_same_id');
    await harness.clock.advance(100);
    expect(await second).toEqual(await first);
    expect(harness.store.log(incidentId)).toHaveLength(2);
  });

  it('[T22] a command sent again to an instance that just learns what it came to is answered with that', async () => {
    const { harness, network, a, b } = await twoInstances();
    network.fate = () => 'lose';
    const command = {
      ...{ type: 'severity.set', commandId: 'the_same_id', epoch: 1 },
      body: { severity: 'SEV1', reason: 'it spreads' },
    } as Command;
    const first = a.room.submit(command, { kind: 'person', id: ida });
    await harness.clock.advance(50);
    expect(await first).toEqual({ ok: true, seq: 2 });
    // Looked up when it came in, before what it came to was durable; then the room hears of it, and decides.
    const { findCommand } = harness.store;
    harness.store.findCommand = () => {
      harness.store.findCommand = findCommand;
      return Promise.resolve(null);
    };
    const again = b.room.submit(command, { kind: 'person', id: ida });
    b.room.remote.doubt();
    await harness.clock.advance(50);
    expect(await again).toEqual({ ok: true, seq: 2 });
    expect(harness.store.log(incidentId)).toHaveLength(2);
  });

  it('[T23] whoever asks the other one anew finds what this one acknowledged', async () => {
    const { harness, network, a, b } = await twoInstances();
    network.fate = () => 'lose';
    const answer = a.say(ida, 'here');
    await harness.clock.advance(50);
    expect(await answer).toEqual({ ok: true, seq: 2 });
    const opening = b.rooms.openCurrent(incidentId);
    await harness.clock.advance(50);
    expect((await opening)?.head.seq).toBe(2);
  });
});

describe("the machine's clock", () => {
  it('[T18] set back an hour stalls nothing, and no entry is older than the one before it', async () => {
    const { harness, a, b } = await twoInstances();
    void a.say(ida, 'before');
    await harness.clock.advance(0);
    harness.clock.step(-3_600_000);
    const after = a.say(ida, 'after');
    await harness.clock.advance(100);
    expect(await after).toEqual({ ok: true, seq: 3 });
    const times = b.heard.map((entry) => entry.at);
    expect(times).toHaveLength(2);
    expect(times.toSorted()).toEqual(times);
  });
});

describe('rights that could not be compared', () => {
  it('[N14] hold back what others committed until they are, and then it comes', async () => {
    const { harness, a, b } = await twoInstances();
    const waiting: (() => void)[] = [];
    let isCurrent = false;
    harness.people.isCurrent = () => isCurrent;
    harness.people.makeCurrent = () => new Promise((resolve) => void waiting.push(resolve));
    const answer = a.say(ida, 'nobody may hear this yet');
    await harness.clock.advance(5_000);
    expect([a.heard, b.heard]).toEqual([[], []]);
    // Whoever lost a right meanwhile is gone before anything is told.
    isCurrent = true;
    for (const compared of waiting) compared();
    await harness.clock.advance(100);
    expect(await answer).toEqual({ ok: true, seq: 2 });
    expect(seqs(a.heard)).toEqual([2]);
    await harness.clock.advance(5_000);
    expect(seqs(b.heard)).toEqual([2]);
  });

  it('[N14] refuse what is given meanwhile as not saved, when the store does not answer', async () => {
    const { harness, a } = await twoInstances();
    harness.people.isCurrent = () => false;
    harness.people.makeCurrent = () => Promise.reject(new Error('the store is away'));
    const answer = a.say(ida, 'lost?');
    await harness.clock.advance(100);
    expect(await answer).toMatchObject({ ok: false, refusal: { reason: 'not_saved' } });
    expect(harness.store.log(incidentId)).toHaveLength(1);
  });
});
