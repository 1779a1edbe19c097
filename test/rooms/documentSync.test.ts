import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { openHarness, replay } from './documentHarness.ts';

describe('two people in one document', () => {
  it('[D1] an edit reaches the other once it is durable, and its author as well', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    const bob = harness.client('bob');
    await harness.settle();
    alice.text.insert(0, 'hello');
    expect(bob.text.toJSON()).toBe('');
    const begun = await harness.begin();
    expect(bob.text.toJSON()).toBe('');
    begun?.finish();
    expect(bob.text.toJSON()).toBe('hello');
    expect(alice.socket.frames('update')).toHaveLength(1);
    expect(alice.socket.frames('update')[0]).toEqual(bob.socket.frames('update')[0]);
    expect(replay(harness.store).getText('scratch').toJSON()).toBe('hello');
  });

  it('[D1] whoever joins later gets the template and everything durable', async () => {
    const harness = await openHarness();
    const alice = harness.client('alice');
    alice.text.insert(0, 'before');
    await harness.settle();
    const bob = harness.client('bob');
    expect(bob.text.toJSON()).toBe('before');
    expect(bob.content.length).toBe(14);
    expect(Y.encodeStateVector(bob.doc)).toEqual(Y.encodeStateVector(alice.doc));
  });
});
