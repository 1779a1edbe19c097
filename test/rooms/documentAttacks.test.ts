import * as encoding from 'lib0/encoding';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { TEMPLATE_CLIENT_ID } from '#shared/document.ts';
import type { DocumentBatch } from '../../server/rooms/ports.ts';
import { awarenessFrame, hex, openHarness, replay, syncFrame } from './documentHarness.ts';
import { seeded } from '../support/seeded.ts';
import type { DocumentHarness, TestSocket } from './documentHarness.ts';

/** A document of one client as one update. */
function updateOf(clientId: number, write: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  write(doc);
  return Y.encodeStateAsUpdate(doc);
}

/** One section of `count` structs and an empty delete set; `write` writes the structs. */
function rawUpdate(
  client: number,
  clock: number,
  count: number,
  write: (encoder: encoding.Encoder) => void,
): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const number of [1, count, client, clock]) encoding.writeVarUint(encoder, number);
  write(encoder);
  encoding.writeVarUint(encoder, 0);
  return encoding.toUint8Array(encoder);
}

function deletionOf(client: number, clock: number, length: number): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const number of [0, 1, client, 1, clock, length]) encoding.writeVarUint(encoder, number);
  return encoding.toUint8Array(encoder);
}

/** Quotes inside each other: `count` further levels below the quote at the clock before. */
function nestUpdate(client: number, clock: number, count: number): Uint8Array {
  return rawUpdate(client, clock, count, (encoder) => {
    for (let level = clock; level < clock + count; level += 1) {
      encoding.writeUint8(encoder, 7);
      encoding.writeVarUint(encoder, level === 0 ? 1 : 0);
      if (level === 0) encoding.writeVarString(encoder, 'content');
      else for (const number of [client, level - 1]) encoding.writeVarUint(encoder, number);
      encoding.writeVarUint(encoder, 3);
      encoding.writeVarString(encoder, 'blockquote');
    }
  });
}

/** Text `x` right of a position. */
function after(client: number, clock: number, origin: [number, number]): Uint8Array {
  return rawUpdate(client, clock, 1, (encoder) => {
    encoding.writeUint8(encoder, 0x84);
    encoding.writeVarUint(encoder, origin[0]);
    encoding.writeVarUint(encoder, origin[1]);
    encoding.writeVarString(encoder, 'x');
  });
}

async function sendAsEve(harness: DocumentHarness, update: Uint8Array, type: 1 | 2 = 2): Promise<TestSocket> {
  const eve = harness.connect('eve');
  eve.receive(syncFrame(type, update));
  await harness.settle();
  return eve;
}

/** An honest writer beside the attacker, who must notice nothing. */
async function withVictim(): Promise<{
  harness: DocumentHarness;
  victim: ReturnType<DocumentHarness['client']>;
}> {
  const harness = await openHarness();
  const victim = harness.client('alice', { clientId: 777 });
  victim.text.insert(0, 'ab');
  await harness.settle();
  return { harness, victim };
}

async function expectUnharmed(
  harness: DocumentHarness,
  victim: ReturnType<DocumentHarness['client']>,
): Promise<void> {
  victim.text.insert(victim.text.length, '!');
  await harness.settle();
  expect(victim.socket.closedWith).toBeNull();
  const fresh = harness.client('carol');
  expect(fresh.text.toJSON()).toBe(victim.text.toJSON());
  expect(fresh.text.toJSON().endsWith('!')).toBe(true);
  const stored = replay(harness.store);
  expect(Y.encodeStateVector(stored)).toEqual(Y.encodeStateVector(victim.doc));
  expect(stored.store.pendingStructs).toBeNull();
  expect(stored.store.pendingDs).toBeNull();
  expect(harness.errors).toEqual([]);
}

describe('hostile updates are refused and harm nobody', () => {
  const refused: [string, Uint8Array][] = [
    ['a GC struct that poisons the clock of somebody else', hex('01 01 89 06 02 00 80 80 80 80 80 20 00')],
    [
      'the same under an own id',
      rawUpdate(900, 0, 1, (e) => (encoding.writeUint8(e, 0), encoding.writeVarUint(e, 2 ** 40))),
    ],
    ['a deletion of what does not exist yet, far ahead', hex('00 01 89 06 01 00 80 80 80 80 80 20')],
    [
      'a struct under the id of somebody else',
      updateOf(777, (doc) => doc.getText('scratch').insert(0, 'abEVIL')),
    ],
    ['junk', hex('09 09 09 09')],
    [
      'an update cut in the middle',
      updateOf(901, (doc) => doc.getText('scratch').insert(0, 'hello')).slice(0, -4),
    ],
    ['bytes behind the end', Uint8Array.of(0, 0, 0)],
    ['a V2 bomb', hex('00010000000001000100010200001602000001fdffffffff7f0000')],
    [
      'a struct without length',
      rawUpdate(903, 0, 1, (e) => (encoding.writeUint8(e, 0), encoding.writeVarUint(e, 0))),
    ],
    ['another root', updateOf(904, (doc) => doc.getText('notes').insert(0, 'x'))],
    ['a root named __proto__', updateOf(905, (doc) => doc.getText('__proto__').insert(0, 'x'))],
    ["the server's meta", updateOf(906, (doc) => doc.getMap('meta').set('schemaVersion', 99))],
    ['the deletion of meta', deletionOf(TEMPLATE_CLIENT_ID, 0, 1)],
    ['what builds on meta', after(907, 0, [TEMPLATE_CLIENT_ID, 0])],
    ['a subdocument', updateOf(908, (doc) => doc.getMap('content').set('sub', new Y.Doc()))],
    ['a map where text belongs', updateOf(909, (doc) => doc.getArray('scratch').insert(0, [new Y.Map()]))],
    ['binary content', updateOf(910, (doc) => doc.getArray('scratch').insert(0, [new Uint8Array(3)]))],
    [
      'an attribute named __proto__',
      updateOf(911, (doc) => doc.getXmlElement('content').setAttribute('__proto__', 'x')),
    ],
    [
      'an attribute value with a key named __proto__',
      updateOf(912, (doc) =>
        doc.getArray('scratch').insert(0, [JSON.parse('{"__proto__":{"admin":true}}') as object]),
      ),
    ],
    [
      'a lone surrogate in a mark',
      updateOf(913, (doc) => doc.getText('scratch').insert(0, 'x', { note: '\ud83d' })),
    ],
    [
      'text that is not UTF-8',
      rawUpdate(914, 0, 1, (e) => {
        encoding.writeUint8(e, 4);
        encoding.writeVarUint(e, 1);
        encoding.writeVarString(e, 'scratch');
        encoding.writeVarUint8Array(e, hex('ed a0 bd'));
      }),
    ],
    [
      'a value nested without end',
      rawUpdate(915, 0, 1, (e) => {
        encoding.writeUint8(e, 8);
        encoding.writeVarUint(e, 1);
        encoding.writeVarString(e, 'scratch');
        encoding.writeVarUint(e, 1);
        for (let level = 0; level < 50_000; level += 1) encoding.writeUint8Array(e, Uint8Array.of(117, 1));
        encoding.writeUint8(e, 126);
      }),
    ],
    ['a struct that is its own origin', after(916, 0, [916, 0])],
    [
      'structs that wait for each other',
      (() => {
        const one = after(917, 0, [918, 0]);
        const two = after(918, 0, [917, 0]);
        return Uint8Array.from([2, ...one.slice(1, -1), ...two.slice(1, -1), 0]);
      })(),
    ],
    [
      'a client in two sections',
      (() => {
        const one = updateOf(919, (doc) => doc.getText('scratch').insert(0, 'x'));
        return Uint8Array.from([2, ...one.slice(1, -1), ...one.slice(1, -1), 0]);
      })(),
    ],
    ['deletions that overlap', hex('00 01 89 06 02 00 02 01 01')],
    ['deletions of one client twice', hex('00 02 89 06 01 00 01 89 06 01 01 01')],
    ['100,000 structs that end too early', hex('01 a0 8d 06 81 07 00')],
  ];

  it.each(refused)('[D2] %s', async (_, update) => {
    for (const type of [1, 2] as const) {
      const { harness, victim } = await withVictim();
      const eve = await sendAsEve(harness, update, type);
      expect(eve.closedWith?.code).toBe(4409);
      expect(harness.warnings).toHaveLength(1);
      expect(harness.store.batches('incident-one')).toHaveLength(2);
      await expectUnharmed(harness, victim);
    }
  });

  it('[D4] an id that somebody announced with a caret is theirs before they write', async () => {
    const harness = await openHarness();
    const victim = harness.client('alice', { clientId: 777 });
    victim.socket.receive(awarenessFrame([{ client: 777, clock: 1, state: '{}' }]));
    const eve = await sendAsEve(
      harness,
      updateOf(777, (doc) => doc.getText('scratch').insert(0, 'mine')),
    );
    expect(eve.closedWith?.code).toBe(4409);
    await expectUnharmed(harness, victim);
  });

  it('[D2] elements may nest 100 levels deep, in one update or in many, and no deeper', async () => {
    const { harness, victim } = await withVictim();
    const eve = await sendAsEve(harness, nestUpdate(920, 0, 5_000));
    expect(eve.closedWith?.code).toBe(4409);
    const dave = harness.connect('dave');
    dave.receive(syncFrame(2, nestUpdate(921, 0, 50)));
    dave.receive(syncFrame(2, nestUpdate(921, 50, 20)));
    await harness.settle();
    dave.receive(syncFrame(2, nestUpdate(921, 70, 30)));
    await harness.settle();
    expect(dave.closedWith).toBeNull();
    await harness.clock.advance(600);
    dave.receive(syncFrame(2, nestUpdate(921, 100, 1)));
    expect(dave.closedWith?.code).toBe(4409);
    await expectUnharmed(harness, victim);
  });
});

describe('updates that build on what is not here', () => {
  it('[D5] a gap is answered with sync step 1, and closed when it persists', async () => {
    const { harness, victim } = await withVictim();
    const eve = harness.connect('eve');
    const before = eve.frames('step1').length;
    const gap = rawUpdate(930, 5, 1, (e) => (encoding.writeUint8(e, 0), encoding.writeVarUint(e, 1)));
    eve.receive(syncFrame(2, gap));
    await harness.settle();
    expect(eve.frames('step1')).toHaveLength(before + 1);
    expect(eve.closedWith).toBeNull();
    for (let time = 0; time < 20; time += 1) eve.receive(syncFrame(2, gap));
    await harness.settle();
    expect(eve.closedWith?.code).toBe(4409);
    await expectUnharmed(harness, victim);
  });

  it('[D5] so are 1,500 unknown origins and a deletion of what does not exist, and nothing of them is stored', async () => {
    for (const make of [
      (index: number) => after(931, 0, [999_999, index]),
      (index: number) => deletionOf(777, 100 + index, 1),
    ]) {
      const { harness, victim } = await withVictim();
      const eve = harness.connect('eve');
      for (let index = 0; index < 1_500; index += 1) eve.receive(syncFrame(2, make(index)));
      await harness.settle();
      expect(eve.closedWith?.code).toBe(4409);
      expect(eve.closedWith?.reason).toContain('storage epoch');
      expect(harness.store.batches('incident-one')).toHaveLength(2);
      await expectUnharmed(harness, victim);
    }
  });

  it('[D5] a skip among what is new is a gap', async () => {
    const { harness, victim } = await withVictim();
    const eve = harness.connect('eve');
    const skip = rawUpdate(902, 0, 1, (e) => (encoding.writeUint8(e, 10), encoding.writeVarUint(e, 5)));
    eve.receive(syncFrame(2, skip));
    await harness.settle();
    expect(eve.closedWith).toBeNull();
    for (let time = 0; time < 20; time += 1) eve.receive(syncFrame(2, skip));
    await harness.settle();
    expect(eve.closedWith?.code).toBe(4409);
    await expectUnharmed(harness, victim);
  });

  it('[D5] a client that was told of an edit before the one it builds on may say so, and its own edits are taken', async () => {
    const { harness, victim } = await withVictim();
    const behind = new Y.Doc();
    behind.clientID = 950;
    const told: Uint8Array[] = [];
    victim.doc.on('update', (update: Uint8Array) => void told.push(update));
    Y.applyUpdate(behind, Y.encodeStateAsUpdate(victim.doc));
    victim.text.insert(0, 'missed ');
    victim.text.insert(0, 'told ');
    await harness.settle();
    Y.applyUpdate(behind, told[1] ?? new Uint8Array());
    expect(behind.store.pendingStructs).not.toBeNull();
    behind.getText('scratch').insert(0, 'own ');
    const bob = harness.connect('bob');
    bob.receive(syncFrame(1, Y.encodeStateAsUpdate(behind)));
    await harness.settle();
    expect(bob.closedWith).toBeNull();
    expect(victim.text.toJSON()).toContain('own ');
    await expectUnharmed(harness, victim);
  });

  it('[D5] three answers to sync step 1 that do not help are enough', async () => {
    const { harness } = await withVictim();
    const eve = harness.connect('eve');
    for (let time = 0; time < 3; time += 1) {
      expect(eve.closedWith).toBeNull();
      eve.receive(syncFrame(1, after(932, 0, [999_999, 0])));
      await harness.settle();
    }
    expect(eve.closedWith?.code).toBe(4409);
  });

  it('[D5] a client that lost an update on the way is brought into step by its answer', async () => {
    const { harness } = await withVictim();
    const bob = harness.client('bob');
    const { socket } = bob;
    const receive = socket.receive.bind(socket);
    socket.receive = () => {};
    bob.text.insert(0, 'lost ');
    socket.receive = receive;
    bob.text.insert(0, 'then ');
    await harness.settle();
    expect(bob.socket.closedWith).toBeNull();
    expect(replay(harness.store).getText('scratch').toJSON()).toBe('then lost ab');
  });

  it('[D6] what another instance committed in the meantime is read before an update is refused', async () => {
    const { harness, victim } = await withVictim();
    const elsewhere = updateOf(940, (doc) => doc.getText('scratch').insert(0, 'elsewhere '));
    const batches = harness.store.batches('incident-one') as DocumentBatch[];
    const [, last] = batches;
    if (last) batches.push({ ...last, docSeq: 3, updates: [{ author: 'dave', update: elsewhere }] });
    const eve = harness.connect('eve');
    eve.receive(syncFrame(2, after(941, 0, [940, 9])));
    eve.receive(syncFrame(2, after(941, 1, [941, 0])));
    await harness.settle();
    expect(eve.closedWith).toBeNull();
    expect(victim.text.toJSON().length).toBe('elsewhere xxab'.length);
    await expectUnharmed(harness, victim);
  });
});

describe('frames that are no message', () => {
  const malformed: [string, Uint8Array][] = [
    ['empty', new Uint8Array()],
    ['a type alone', hex('00')],
    ['an unknown type', hex('ff 01')],
    ['an unknown sync message', hex('00 09')],
    ['a number without end', hex('00 02 ff ff ff ff ff ff ff ff ff ff ff ff')],
    ['a length past the end', hex('00 02 7f 00')],
    ['a bad state vector', hex('00 00 03 05 01 01')],
    ['two messages in one frame', hex('00 00 01 00 00 00 01 00')],
    ['awareness that ends too early', hex('01 02 01 05')],
    ['our own acknowledgement', hex('64 01')],
  ];

  it.each(malformed)('[D20] %s closes its own socket with 4400 and says so once', async (_, frame) => {
    const { harness, victim } = await withVictim();
    const eve = harness.connect('eve');
    eve.receive(frame);
    eve.receive(frame);
    expect(eve.closedWith?.code).toBe(4400);
    expect(harness.warnings).toHaveLength(1);
    await expectUnharmed(harness, victim);
  });

  it('[D20] mutated frames of every kind never throw and never reach the store unsound', async () => {
    const random = seeded(20_261_120);
    const { harness, victim } = await withVictim();
    const honest = [
      syncFrame(
        2,
        updateOf(950, (doc) => doc.getXmlFragment('content').insert(0, [new Y.XmlElement('paragraph')])),
      ),
      syncFrame(
        2,
        updateOf(951, (doc) => doc.getText('scratch').insert(0, 'mutate me', { bold: true })),
      ),
      syncFrame(1, Y.encodeStateAsUpdate(victim.doc)),
      syncFrame(0, Y.encodeStateVector(victim.doc)),
    ];
    for (let round = 0; round < 3_000; round += 1) {
      const frame = random.pick(honest).slice();
      for (let change = random.below(4); change >= 0; change -= 1)
        frame[random.below(frame.length)] = random.below(256);
      const socket = harness.connect(`mutant-${round % 7}`);
      socket.receive(random.chance(0.3) ? frame.slice(0, random.below(frame.length)) : frame);
      await harness.settle();
      socket.leave();
    }
    const stored = replay(harness.store);
    expect(stored.store.pendingStructs).toBeNull();
    expect(stored.store.pendingDs).toBeNull();
    expect(harness.errors).toEqual([]);
    expect(victim.socket.closedWith).toBeNull();
  });
});
