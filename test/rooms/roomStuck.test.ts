import { describe, expect, it } from 'vitest';
import { ben, createHarness, incidentId } from '../support/roomHarness.ts';

describe('a room that does not go on', () => {
  it('[T25] is told after two minutes in which the store answers, so that the process starts anew; one whose store is away is not', async () => {
    const harness = createHarness();
    const told: string[] = [];
    let isCurrent = false;
    harness.people.isCurrent = () => isCurrent;
    harness.onStuck = (error) => void told.push(error.message);
    harness.restart();
    const room = await harness.open();
    harness.store.commit = () => new Promise(() => {});
    void room.submit(
      { type: 'chat.post', body: { text: 'hello' }, commandId: 'command_1' },
      { kind: 'person', id: ben },
    );
    await harness.clock.advance(150_000);
    expect(told).toEqual([]);
    isCurrent = true;
    await harness.clock.advance(10_000);
    expect(told).toEqual([`The room of ${incidentId} does not go on.`]);
  });
});
