import * as encoding from 'lib0/encoding';
import { afterEach, describe, expect, test } from 'vitest';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';
import { closeCodes } from '#shared/contract/wire.ts';
import type { LineOptions } from '../../client/document/provider.ts';
import { lineBench } from '../support/documentLineBench.ts';
import type { FakeSocket, LineBench } from '../support/documentLineBench.ts';

const stops: (() => void)[] = [];

function bench(overrides: Partial<LineOptions> = {}): LineBench {
  return lineBench(stops, overrides);
}

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

describe('the document line: saved', () => {
  test('a change is saved by the acknowledgement alone; Saving after 1 s, Not saved after 3 s', async () => {
    const { clock, line, settle, type, word } = bench();
    const socket = settle();
    socket.acknowledge(1);
    expect([word(), line.ledger.count()]).toEqual(['saved', 0]);
    type('a');
    expect(line.ledger.count()).toBe(1);
    await clock.advance(999);
    expect(word()).toBe('saved');
    await clock.advance(1);
    expect(word()).toBe('saving');
    await clock.advance(2_000);
    expect(word()).toBe('not_saved');
    // An echo of the change is no acknowledgement.
    const echo = socket.sent.findLast(({ kind }) => kind === 'update') as { update: Uint8Array };
    socket.say((encoder) => {
      encoding.writeVarUint(encoder, 0);
      syncProtocol.writeUpdate(encoder, echo.update);
    });
    expect(word()).toBe('not_saved');
    socket.acknowledge(2);
    expect([word(), line.ledger.count()]).toEqual(['saved', 0]);
  });

  test('the acknowledgement of an older message leaves the newer ones unsaved', async () => {
    const { line, settle, type } = bench();
    const socket = settle();
    type('a');
    type('b');
    type('c');
    expect(line.ledger.count()).toBe(3);
    socket.acknowledge(2);
    expect(line.ledger.count()).toBe(2);
    socket.acknowledge(4);
    expect(line.ledger.count()).toBe(0);
  });

  test('what was typed offline goes out once, in the answer to the server, and counts until that is durable', async () => {
    const { line, sockets, settle, type } = bench();
    type('b');
    type('a');
    expect(line.ledger.count()).toBe(2);
    const socket = settle();
    expect(socket.kinds()).toEqual(['step1', 'step2']);
    const answer = socket.sent.find(({ kind }) => kind === 'step2') as { update: Uint8Array };
    const server = new Y.Doc();
    Y.applyUpdate(server, answer.update);
    expect(server.getText('scratch').toJSON()).toBe('ab');
    expect(line.ledger.count()).toBe(2);
    socket.acknowledge(1);
    expect(line.ledger.count()).toBe(0);
    expect(sockets).toHaveLength(1);
  });

  test('a change typed between opening and the question of the server waits for the answer', async () => {
    const { sockets, type, line } = bench();
    const socket = sockets[0] as FakeSocket;
    socket.accept();
    type('a');
    expect(socket.kinds()).toEqual(['step1']);
    expect(line.ledger.count()).toBe(1);
  });

  test('a lost line makes what was in flight wait again, with its old age', async () => {
    const { clock, line, settle, type, word } = bench();
    const socket = settle();
    socket.acknowledge(1);
    type('a');
    await clock.advance(2_000);
    socket.hangUp(1011);
    expect(line.ledger.count()).toBe(1);
    await clock.advance(1_500);
    const again = settle();
    expect(word()).toBe('not_saved');
    again.acknowledge(1);
    expect(word()).toBe('saved');
  });

  test('somebody else’s change is not one’s own', async () => {
    const { line, settle } = bench();
    const server = new Y.Doc();
    server.getText('scratch').insert(0, 'theirs');
    const socket = settle(server);
    socket.acknowledge(1);
    expect(line.ledger.count()).toBe(0);
    expect(socket.kinds()).toEqual(['step1', 'step2']);
  });
});

describe('the document line: connection', () => {
  test('is offline four seconds after the line went, and comes back by itself', async () => {
    const { clock, sockets, settle, word } = bench();
    settle().hangUp(1006);
    expect(word()).toBe('connecting');
    await clock.advance(4_000);
    expect(word()).toBe('offline');
    expect(sockets.length).toBeGreaterThan(1);
    settle();
    expect(word()).toBe('saved');
  });

  test('a server without its store is not called offline: what is typed is not saved, until that is acknowledged', async () => {
    const { clock, line, sockets, settle, type, word } = bench();
    settle().hangUp(closeCodes.notSaved);
    type('kept here');
    await clock.advance(2_000);
    expect(word()).toBe('connecting');
    // It shows what it has, and is refused by its store once more.
    settle().hangUp(closeCodes.storeAway);
    await clock.advance(1_000);
    expect(word()).toBe('not_saved');
    sockets.at(-1)?.hangUp(1006);
    await clock.advance(20_000);
    expect(word()).toBe('not_saved');
    const back = settle();
    back.acknowledge(1);
    expect([line.ledger.count(), word()]).toEqual([0, 'saved']);
    type('more');
    back.hangUp(1006);
    await clock.advance(4_000);
    expect(word()).toBe('offline');
  });

  test('a try that nobody answers is given up after five seconds, and the next one comes soon', async () => {
    const { clock, sockets, settle } = bench();
    settle().hangUp(1006);
    await clock.advance(300);
    const frozen = sockets.at(-1);
    expect(sockets).toHaveLength(2);
    await clock.advance(4_900);
    expect(frozen?.closed).toBe(false);
    await clock.advance(1_000);
    expect(frozen?.closed).toBe(true);
    expect(sockets).toHaveLength(3);
  });

  test('a silent line is asked for a sign of life and given up within 15 s', async () => {
    const { clock, sockets, settle, word } = bench();
    const socket = settle();
    await clock.advance(8_000);
    expect(socket.kinds()).toContain('queryAwareness');
    await clock.advance(2_500);
    expect(socket.kinds().filter((kind) => kind === 'step1')).toHaveLength(2);
    await clock.advance(3_500);
    expect(socket.closed).toBe(true);
    expect(sockets.length).toBeGreaterThan(1);
    expect(word()).not.toBe('saved');
  });

  test('a sign of life keeps the line', async () => {
    const { clock, settle, sockets } = bench();
    const socket = settle();
    for (let passed = 0; passed < 60; passed += 6) {
      await clock.advance(6_000);
      socket.say((encoder) => {
        encoding.writeVarUint(encoder, 1);
        encoding.writeVarUint8Array(encoder, new Uint8Array(1));
      });
    }
    expect(sockets).toHaveLength(1);
  });

  test('a browser that says it is offline has the line looked at at once', async () => {
    const { clock, line, settle } = bench();
    const socket = settle();
    line.suspect();
    expect(socket.kinds()).toContain('queryAwareness');
    await clock.advance(7_500);
    expect(socket.closed).toBe(true);
  });

  test.each([1006, 1011, 1012, 1013, 4503])(
    'close code %i is come back to, more slowly each time',
    async (code) => {
      const { clock, sockets } = bench();
      const gaps: number[] = [];
      for (let round = 0; round < 4; round += 1) {
        sockets.at(-1)?.hangUp(code);
        const before = sockets.length;
        let waited = 0;
        while (sockets.length === before && waited < 20_000) {
          await clock.advance(50);
          waited += 50;
        }
        gaps.push(waited);
      }
      expect(gaps.every((gap) => gap < 11_000)).toBe(true);
      expect(gaps.at(-1) as number).toBeGreaterThan(gaps[0] as number);
    },
  );

  test.each([
    [4401, 'session_ended'],
    [4403, 'forbidden'],
    [4404, 'gone'],
    [4409, 'refused'],
    [4413, 'too_large'],
    [4400, 'refused'],
    [4499, 'refused'],
  ])('close code %i is final: %s', async (code, kind) => {
    const { clock, finals, settle, sockets } = bench();
    settle().hangUp(code);
    await clock.advance(60_000);
    expect([finals, sockets.length]).toEqual([[kind], 1]);
  });

  test('after a final code the line can be resumed, as after signing in again', async () => {
    const { line, settle, sockets, type } = bench();
    settle().hangUp(4401);
    type('kept');
    line.retry();
    expect(sockets).toHaveLength(2);
    settle().acknowledge(1);
    expect(line.ledger.count()).toBe(0);
  });

  test('the awareness clock rises with each opening, so that a state seen leaving comes back', async () => {
    const { clock, settle } = bench();
    const clockOf = (socket: FakeSocket): number =>
      (socket.sent.find(({ kind }) => kind === 'awareness') as { clock: number }).clock;
    const first = settle();
    first.hangUp(1012);
    await clock.advance(1_000);
    const second = settle();
    expect(clockOf(second)).toBeGreaterThan(clockOf(first));
  });

  test('only one’s own awareness is sent, at most eight times a second', async () => {
    const { awareness, clock, settle } = bench();
    const socket = settle();
    const before = socket.sent.length;
    for (let move = 0; move < 100; move += 1) {
      awareness.setLocalStateField('cursor', { move });
      await clock.advance(10);
    }
    expect(socket.sent.length - before).toBeLessThanOrEqual(8);
    expect(socket.sent.at(-1)).toMatchObject({ kind: 'awareness', state: { cursor: {} } });
  });

  test('a person who is not asked for their state may only read', async () => {
    const { clock, sockets, word, line } = bench();
    const socket = sockets[0] as FakeSocket;
    socket.accept();
    socket.say((encoder) => {
      encoding.writeVarUint(encoder, 0);
      syncProtocol.writeSyncStep2(encoder, new Y.Doc());
    });
    await clock.advance(3_000);
    expect([word(), line.settled()]).toEqual(['read_only', true]);
    line.retry();
    expect(sockets).toHaveLength(2);
  });

  test('while held, others’ changes and places wait; questions are answered, and all comes in at once at the end', () => {
    const { line, doc, settle } = bench();
    const socket = settle();
    const server = new Y.Doc();
    let drawn = 0;
    doc.on('update', () => (drawn += 1));
    line.hold(true);
    for (const letter of 'abc') {
      const before = Y.encodeStateVector(server);
      server.getText('scratch').insert(0, letter);
      socket.say((encoder) => {
        encoding.writeVarUint(encoder, 0);
        syncProtocol.writeUpdate(encoder, Y.encodeStateAsUpdate(server, before));
      });
    }
    socket.say((encoder) => {
      encoding.writeVarUint(encoder, 0);
      syncProtocol.writeSyncStep1(encoder, server);
    });
    expect([doc.getText('scratch').toJSON(), drawn]).toEqual(['', 0]);
    expect(socket.kinds()).toEqual(['step1', 'step2', 'step2']);
    line.hold(false);
    expect([doc.getText('scratch').toJSON(), drawn]).toEqual(['cba', 1]);
    expect(socket.kinds()).toEqual(['step1', 'step2', 'step2']);
  });

  test('a full document is not taken for a missing right', () => {
    const { line, settle, type } = bench();
    const socket = settle();
    socket.acknowledge(1);
    type('too much');
    socket.say((encoder) => {
      encoding.writeVarUint(encoder, 2);
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarString(encoder, 'this document is full: only what shrinks it is taken');
    });
    expect([line.denied(), line.full(), line.ledger.count()]).toEqual([false, true, 1]);
    socket.acknowledge(2);
    expect([line.full(), line.ledger.count()]).toEqual([false, 0]);
  });

  test('an update past the limit of updates goes as a sync step 2, which may be larger', () => {
    const { settle, type } = bench();
    const socket = settle();
    type('x'.repeat(1_100_000));
    expect(socket.kinds()).toEqual(['step1', 'step2', 'step2']);
  });

  test('a refused upgrade is explained, and a final explanation ends the tries', async () => {
    const { clock, finals, sockets } = bench({
      onNeverOpened: () => Promise.resolve({ kind: 'gone' as const }),
    });
    sockets[0]?.hangUp(1006);
    await Promise.resolve();
    await Promise.resolve();
    await clock.advance(60_000);
    expect([finals, sockets.length]).toEqual([['gone'], 1]);
  });

  test('bytes that are no message end the socket and nothing else', async () => {
    const { clock, sockets, settle, doc } = bench();
    const socket = settle();
    socket.say((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, 50);
    });
    expect(socket.closed).toBe(true);
    await clock.advance(2_000);
    expect(sockets).toHaveLength(2);
    expect(doc.isDestroyed).toBe(false);
  });
});
