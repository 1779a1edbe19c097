import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { seeded } from '../support/seeded.ts';
import type { Seeded } from '../support/seeded.ts';
import type { YClient } from './documentHarness.ts';
import { INCIDENT, openHarness, replay, syncFrame } from './documentHarness.ts';

/**
 * Everything that two equal documents agree on: what each client wrote, what of it is deleted, and what people see. The
 * bytes may differ in whether neighbouring structs were merged.
 */
function contentsOf(doc: Y.Doc): unknown {
  return {
    vector: Y.encodeStateVector(doc),
    deleted: Y.decodeUpdate(Y.encodeStateAsUpdate(doc)).ds.clients,
    scratch: doc.getText('scratch').toDelta() as unknown,
    content: doc.getXmlFragment('content').toJSON(),
  };
}

/** One random edit of the kinds that editors make; like them it never cuts a character into halves. */
function edit(random: Seeded, client: YClient): void {
  const { text, content } = client;
  const at = random.below(text.length + 1);
  switch (random.below(8)) {
    case 0:
    case 1:
      return text.insert(at, random.pick(['word ', '한글 ', 'x']));
    case 2:
      return text.delete(at, Math.min(random.below(6), text.length - at));
    case 3:
      return text.format(at, Math.min(random.below(9), text.length - at), {
        bold: random.chance(0.5) ? {} : null,
      });
    case 4: {
      const paragraph = new Y.XmlElement('paragraph');
      paragraph.insert(0, [new Y.XmlText('block')]);
      return content.insert(random.below(content.length + 1), [paragraph]);
    }
    case 5:
      return content.length > 4 ? content.delete(random.below(content.length), 1) : undefined;
    case 6: {
      const block = content.get(random.below(content.length));
      return block instanceof Y.XmlElement ? block.setAttribute('level', String(random.below(4))) : undefined;
    }
    default: {
      const block = content.get(random.below(content.length));
      const inner = block instanceof Y.XmlElement ? block.get(0) : null;
      if (inner instanceof Y.XmlText)
        inner.format(0, inner.length, { italic: random.chance(0.5) ? {} : null });
    }
  }
}

async function runSeed(seed: number): Promise<{ commits: number; reconnects: number; failures: number }> {
  const random = seeded(seed);
  const harness = await openHarness();
  const people = ['alice', 'alice', 'bob', 'carol'];
  const clients = people.map((person, index) =>
    harness.client(person, { clientId: 1_000 + index, acknowledge: true }),
  );
  const did = { commits: 0, reconnects: 0, failures: 0 };
  await harness.settle();
  for (let step = 0; step < 250; step += 1) {
    const index = random.below(clients.length);
    const client = clients[index]!;
    const roll = random.next();
    if (roll < 0.7) edit(random, client);
    else if (roll < 0.85) {
      // Batches are cut anywhere.
      harness.store.faults = () => (random.chance(0.05) ? 'reject' : 'none');
      const begun = await harness.begin(1 + random.below(6));
      if (random.chance(0.5)) edit(random, client);
      begun?.finish();
      did.commits += 1;
    } else if (roll < 0.92) await harness.clock.advance(random.below(700));
    else {
      client.leave();
      edit(random, client);
      client.open(harness, people[index]!, true);
      did.reconnects += 1;
    }
    for (const [other, candidate] of clients.entries()) {
      if (candidate.socket.closedWith?.code !== 1011) continue;
      candidate.leave();
      candidate.open(harness, people[other]!, true);
      did.failures += 1;
    }
  }
  harness.store.faults = () => 'none';
  for (const [index, client] of clients.entries()) {
    client.leave();
    client.open(harness, people[index]!, true);
  }
  for (let round = 0; round < 6; round += 1) {
    await harness.settle();
    await harness.clock.advance(600);
  }
  const stored = replay(harness.store);
  const { update } = await harness.document.encodeState();
  const served = new Y.Doc();
  Y.applyUpdate(served, update);
  for (const doc of [...clients.map((client) => client.doc), served]) {
    expect(contentsOf(doc)).toEqual(contentsOf(stored));
    expect(doc.store.pendingStructs).toBeNull();
    expect(doc.store.pendingDs).toBeNull();
  }
  for (const client of clients) expect(client.socket.closedWith).toBeNull();
  expect(harness.errors).toEqual([]);
  expect(harness.document.queued).toBe(0);
  return did;
}

describe('convergence', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    '[D26] seed %i: clients, server and a fresh load hold the same, whatever the cuts, failures and reconnects',
    async (seed) => {
      const did = await runSeed(seed);
      expect(did.commits).toBeGreaterThan(15);
      expect(did.reconnects).toBeGreaterThan(5);
    },
  );

  it('[D26] merged frames, single updates and any cuts of the same log give the same document', async () => {
    const random = seeded(99);
    const harness = await openHarness();
    const clients = Array.from({ length: 4 }, (_, index) =>
      harness.client(`person-${index}`, { clientId: 50 + index }),
    );
    for (let step = 0; step < 400; step += 1) {
      edit(random, random.pick(clients));
      if (random.chance(0.2)) await harness.tick();
    }
    await harness.settle();
    const log = harness.store.batches(INCIDENT).flatMap((batch) => batch.updates.map(({ update }) => update));
    const single = replay(harness.store);
    for (let cut = 0; cut < 5; cut += 1) {
      const doc = new Y.Doc();
      for (let from = 0; from < log.length;) {
        const until = from + 1 + random.below(200);
        const part = log.slice(from, until);
        if (random.chance(0.5)) Y.applyUpdate(doc, Y.mergeUpdates(part));
        else doc.transact(() => part.forEach((update) => Y.applyUpdate(doc, update)));
        from = until;
      }
      expect(doc.getText('scratch').toDelta()).toEqual(single.getText('scratch').toDelta());
      expect(doc.getXmlFragment('content').toJSON()).toBe(single.getXmlFragment('content').toJSON());
      expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(single));
    }
  });

  it('[D9] a hundred clients that reconnect at once with everything they know add nothing to the log', async () => {
    const random = seeded(7);
    const harness = await openHarness();
    const clients = Array.from({ length: 100 }, (_, index) =>
      harness.client(`person-${index}`, { acknowledge: true }),
    );
    for (const client of clients) edit(random, client);
    for (let round = 0; round < 4; round += 1) {
      await harness.settle();
      await harness.clock.advance(600);
    }
    const stored = harness.store.batches(INCIDENT).length;
    for (const [index, client] of clients.entries()) {
      client.leave();
      client.open(harness, `person-${index}`, true);
      client.socket.receive(syncFrame(1, Y.encodeStateAsUpdate(client.doc)));
    }
    await harness.settle();
    expect(harness.store.batches(INCIDENT)).toHaveLength(stored);
    expect(clients.every((client) => client.acknowledged === 2)).toBe(true);
  });
});
