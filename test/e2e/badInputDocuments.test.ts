import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { closeCodes } from '#shared/contract/wire.ts';
import { addPerson, declare, eventually, readDocument, signInAdmin } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import {
  SavingWriter,
  UpgradeRefused,
  awarenessFrame,
  documentUrl,
  openRaw,
  openStock,
  scratchText,
  syncFrame,
  synced,
} from '../support/clientDocuments.ts';
import type { RawDocument } from '../support/clientDocuments.ts';
import { insertUpdate, poisonUpdates, rawUpdate, updateOf } from '../support/poison.ts';
import { startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';
import type { WebsocketProvider } from 'y-websocket';

let server: ServerProcess;
let admin: Account;
let ada: Account;
let grace: Account;
let mallory: Account;
let watcher: Account;
let incidentId: string;
/** Honest people in the same document: one writes and knows what is saved, one reads along by the stock provider. */
let writer: SavingWriter;
let reader: WebsocketProvider;
let nextClientId = 5_000;
const open: RawDocument[] = [];

beforeAll(async () => {
  server = await startServer();
  admin = await signInAdmin(server.url);
  ada = await addPerson(server.url, admin, 'Ada');
  grace = await addPerson(server.url, admin, 'Grace');
  mallory = await addPerson(server.url, admin, 'Mallory');
  watcher = await addPerson(server.url, admin, 'Watcher', { access: 'stakeholder' });
  ({ id: incidentId } = await declare(server.url, ada, { title: 'Bad documents' }));
  writer = new SavingWriter(server.url, ada, incidentId);
  reader = openStock(server.url, grace, incidentId);
  reader.awareness.setLocalStateField('cursor', null);
  await synced(reader);
  writer.write('[first]', 0);
  await writer.settled();
});
beforeEach(() => {
  nextClientId += 1;
});
afterEach(async () => {
  for (const raw of open.splice(0)) raw.end();
  // Whatever was sent: the process lives, the honest edit is saved and arrives, and the stored document is the same.
  const word = `[${nextClientId}]`;
  writer.write(word, 0.5);
  await writer.settled();
  await eventually('the honest edit arrives', () => scratchText(reader.doc).includes(word));
  expect(scratchText(reader.doc)).toBe(scratchText(writer.doc));
  expect(writer.faults).toEqual([]);
  expect(writer.reconnects).toBe(0);
  expect(reader.doc.store.pendingStructs).toBeNull();
  expect(reader.doc.store.pendingDs).toBeNull();
  const stored = new Y.Doc();
  Y.applyUpdate(stored, await readDocument(server.url, ada, incidentId));
  expect(scratchText(stored)).toBe(scratchText(writer.doc));
  expect(stored.store.pendingStructs).toBeNull();
  expect(stored.store.pendingDs).toBeNull();
  server.assertHealthy();
});
afterAll(async () => {
  writer?.close();
  reader?.destroy();
  await server?.stop();
});

async function attacker(who = mallory): Promise<RawDocument> {
  const raw = await openRaw(documentUrl(server.url, incidentId), { authorization: `Bearer ${who.token}` });
  open.push(raw);
  return raw;
}

/** Sync step 1 with an empty vector is answered by any live connection. */
async function alive(raw: RawDocument): Promise<void> {
  raw.frames.length = 0;
  raw.send(syncFrame(0, Uint8Array.of(0)));
  await raw.frame((frame) => frame.kind === 'sync' && frame.type === 1);
}

describe('frames that are none', () => {
  const frames: [string, number[]][] = [
    ['empty', []],
    ['a lone zero', [0]],
    ['an unknown message', [0xff]],
    ['an unknown sync message', [0, 9]],
    ['a varint without end', [0, 0x80]],
    ['a varint past every number', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
    ['a state vector that lies about its length', [0, 0, 3, 5, 1, 1]],
    ['an update that is none', [0, 2, 4, 9, 9, 9, 9]],
    ['an update shorter than it says', [0, 2, 200, 1, 1]],
    ['an update cut in the middle', Array.from(syncFrame(2, insertUpdate(77, 'hello')).slice(0, -3))],
    ['bytes after the message', [...syncFrame(2, insertUpdate(78, 'hello')), 1, 2, 3]],
    [
      'a V2 update that hangs a merge',
      [...syncFrame(2, Buffer.from('00010000000001000100010200001602000001fdffffffff7f0000', 'hex'))],
    ],
    ['awareness that says more than it has', [1, 3, 9, 1, 1]],
  ];
  test.each(frames)('%s: this socket is closed for good, and nothing is applied', async (_, bytes) => {
    const before = scratchText(writer.doc);
    const raw = await attacker();
    raw.send(Uint8Array.from(bytes));
    const lives = alive(raw).then(
      () => ({ code: 0 }),
      () => raw.closed,
    );
    const { code } = await Promise.race([raw.closed, lives]);
    expect([closeCodes.malformed, closeCodes.refused]).toContain(code);
    expect(scratchText(writer.doc)).toBe(before);
  });
  test('a text frame', async () => {
    const raw = await attacker();
    raw.socket.send('hello');
    await expect(raw.closed).resolves.toMatchObject({ code: closeCodes.malformed });
  });
  test('bytes that are no WebSocket frame', async () => {
    const raw = await attacker();
    const line = (raw.socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket;
    line.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
    expect((await raw.closed).code).toBeGreaterThan(1000);
  });
  test('a frame past the cap of the transport', async () => {
    const raw = await attacker();
    raw.send(Buffer.alloc(8 * 1024 * 1024 + 100));
    const { code } = await raw.closed;
    expect([1009, closeCodes.tooLarge, 1006]).toContain(code);
  });
  test('an update past its limit', async () => {
    const raw = await attacker();
    raw.send(syncFrame(2, insertUpdate(nextClientId, 'x'.repeat(1024 * 1024 + 1))));
    await expect(raw.closed).resolves.toMatchObject({ code: closeCodes.tooLarge });
  });
});

describe('updates that would harm others', () => {
  const names = Object.keys(poisonUpdates(1, 2));
  test.each(names)('%s is not applied', async (name) => {
    const before = scratchText(writer.doc);
    const raw = await attacker();
    const update = poisonUpdates(nextClientId, writer.doc.clientID)[name];
    if (!update) throw new Error('no such attack');
    raw.send(syncFrame(2, update));
    // A gap is first answered with "send me your state"; who insists is refused for good.
    for (let times = 0; times < 20 && raw.socket.readyState === 1; times += 1) raw.send(syncFrame(2, update));
    const { code } = await raw.closed;
    expect(code).toBeGreaterThanOrEqual(4400);
    expect(code).toBeLessThan(4500);
    expect(scratchText(writer.doc)).toBe(before);
  });
  test('what somebody else writes under the client id of the honest writer is refused, and the writer writes on', async () => {
    const raw = await attacker();
    const clock = Y.getState(writer.doc.store, writer.doc.clientID);
    raw.send(syncFrame(2, rawUpdate(1, 1, writer.doc.clientID, clock, 4, 1, 'scratch', 'forged', 0)));
    const { code } = await raw.closed;
    expect(code).toBe(closeCodes.refused);
    expect(scratchText(writer.doc)).not.toContain('forged');
  });
  test('half a surrogate pair in the text', async () => {
    const raw = await attacker();
    const doc = Object.assign(new Y.Doc(), { clientID: nextClientId });
    doc.getText('scratch').insert(0, 'a🔥b');
    const [bytes, fire] = [Y.encodeStateAsUpdate(doc), Buffer.from('🔥')];
    const at = Buffer.from(bytes).indexOf(fire);
    // The three bytes of a lone half, as no encoder writes it, and one more to keep the length.
    raw.send(
      syncFrame(
        2,
        Uint8Array.from(bytes, (byte, index) => [0xed, 0xa0, 0xbd, 0x61][index - at] ?? byte),
      ),
    );
    await Promise.race([raw.closed, alive(raw)]).catch(() => {});
    expect(scratchText(writer.doc).isWellFormed()).toBe(true);
  });
  test('five thousand maps in each other are refused or harmless to everybody who reads', async () => {
    const raw = await attacker();
    const update = updateOf(nextClientId, (doc) => {
      let element = new Y.XmlElement('paragraph');
      doc.getXmlFragment('content').insert(0, [element]);
      for (let depth = 0; depth < 3_000; depth += 1) {
        const inner = new Y.XmlElement('paragraph');
        element.insert(0, [inner]);
        element = inner;
      }
    });
    raw.send(syncFrame(2, update));
    await Promise.race([raw.closed, alive(raw)]).catch(() => {});
    const markdown = await fetch(`${server.url}/api/incidents/${incidentId}/document`, {
      headers: { authorization: `Bearer ${ada.token}`, accept: 'text/markdown' },
    });
    expect(markdown.status).toBe(200);
  });
  test('a thousand times "send me everything" slows nobody else down', async () => {
    const raw = await attacker();
    for (let times = 0; times < 1_000; times += 1) raw.send(syncFrame(0, Uint8Array.of(0)));
    const from = performance.now();
    writer.write(`[during ${nextClientId}]`, 0);
    await writer.settled();
    expect(performance.now() - from).toBeLessThan(5_000);
  });
});

describe('awareness that lies', () => {
  test.each([
    ['for the client id of somebody else', '{"user":{"name":"Ada"},"role":"commander"}', 50],
    ['with the last clock there is', '{"user":{"name":"Ada"}}', 2 ** 53 - 1],
    ['to remove somebody', 'null', 1_000],
    ['with a scalar', '5', 1_000],
  ])('%s changes nothing of them', async (_, state, clock) => {
    const victim = openStock(server.url, ada, incidentId);
    try {
      await synced(victim);
      const id = victim.doc.clientID;
      victim.awareness.setLocalStateField('cursor', { anchor: 1 });
      const cursorOf = (): unknown => reader.awareness.getStates().get(id)?.['cursor'];
      await eventually('the honest state arrives', () => JSON.stringify(cursorOf()) === '{"anchor":1}');
      const raw = await attacker();
      raw.send(awarenessFrame([{ client: id, clock, state }]));
      await alive(raw).catch(() => {});
      victim.awareness.setLocalStateField('cursor', { anchor: 2 });
      await eventually('the next honest state arrives', () => JSON.stringify(cursorOf()) === '{"anchor":2}');
      expect(reader.awareness.getStates().get(id)).toMatchObject({ user: { id: ada.id, name: 'Ada' } });
      expect(reader.awareness.getStates().get(id)).not.toHaveProperty('role');
    } finally {
      victim.destroy();
    }
  });
  test('its own state carries the identity that the server knows', async () => {
    const raw = await attacker();
    const state = '{"user":{"id":"x","name":"Ada","color":"red;background:url(//evil)"},"cursor":null}';
    raw.send(awarenessFrame([{ client: nextClientId, clock: 1, state }]));
    await eventually('the state arrives', () => reader.awareness.getStates().has(nextClientId));
    const { user } = reader.awareness.getStates().get(nextClientId) as { user: { color: string } };
    expect(user).toMatchObject({ id: mallory.id, name: 'Mallory' });
    expect(user.color).toMatch(/^#[0-9a-f]{6}$/i);
  });
  test('a state that is no JSON reaches nobody', async () => {
    const raw = await attacker();
    raw.send(awarenessFrame([{ client: nextClientId, clock: 1, state: '{' }]));
    await alive(raw);
    const other = await attacker();
    other.send(awarenessFrame([{ client: nextClientId + 500, clock: 1, state: '{"cursor":null}' }]));
    await eventually('a later state arrives', () => reader.awareness.getStates().has(nextClientId + 500));
    expect(reader.awareness.getStates().has(nextClientId)).toBe(false);
  });
  test('a state past its limit, and fifty thousand ids, reach nobody', async () => {
    const raw = await attacker();
    raw.send(
      awarenessFrame([{ client: nextClientId, clock: 1, state: JSON.stringify({ x: 'x'.repeat(3_000) }) }]),
    );
    const rows = Array.from({ length: 50_000 }, (_, index) => ({
      client: 1_000_000 + index,
      clock: 1,
      state: '{}',
    }));
    raw.send(awarenessFrame(rows));
    await Promise.race([raw.closed, alive(raw)]).catch(() => {});
    expect(reader.awareness.getStates().has(nextClientId)).toBe(false);
    expect(reader.awareness.getStates().size).toBeLessThan(1_000);
  });
});

describe('doors', () => {
  test.each([
    ['without credentials', {}, 401],
    ['with a forged token', { authorization: 'Bearer a.b.c' }, 401],
  ])('%s the upgrade is refused', async (_, headers, status) => {
    await expect(openRaw(documentUrl(server.url, incidentId), headers)).rejects.toMatchObject({ status });
  });
  test('a stakeholder is told that there is no such incident', async () => {
    await expect(attacker(watcher)).rejects.toMatchObject({ status: 404 });
  });
  test.each(['nosuchincident', '..%2f..%2fetc', 'ABCDEFGHIJ', '%00', 'x'.repeat(5_000)])(
    'no incident is named %.20s',
    async (name) => {
      const refused = openRaw(documentUrl(server.url, name), { authorization: `Bearer ${mallory.token}` });
      const error = await refused.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(UpgradeRefused);
      expect((error as UpgradeRefused).status).toBeGreaterThanOrEqual(400);
      expect((error as UpgradeRefused).status).toBeLessThan(500);
    },
  );
  test.each(['nosuch', '__proto__', '..%2fmain', 'main%20'])(
    'the incident has no document named %s',
    async (name) => {
      const address = documentUrl(server.url, incidentId, name);
      await expect(openRaw(address, { authorization: `Bearer ${mallory.token}` })).rejects.toMatchObject({
        status: 404,
      });
    },
  );
  test('a person who is disabled is cut off for good, and what they send after it is not applied', async () => {
    const leaver = await addPerson(server.url, admin, 'Leaver');
    const raw = await attacker(leaver);
    await alive(raw);
    const answer = await fetch(`${server.url}/api/people/${leaver.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
      body: '{"disabled":true}',
    });
    expect(answer.status).toBe(200);
    const { code } = await raw.closed;
    expect([closeCodes.sessionEnded, closeCodes.forbidden, closeCodes.gone]).toContain(code);
  });
});
