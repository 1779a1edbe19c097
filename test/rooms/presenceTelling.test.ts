import { describe, expect, test } from 'vitest';
import { createPresenceTelling } from '../../server/rooms/presenceTelling.ts';
import { createFakeClock } from '../support/fakeClock.ts';

/** A telling on a driven clock, with the times at which it told. */
function telling() {
  const clock = createFakeClock();
  const told: { at: number; count: number }[] = [];
  const it = { people: 0 };
  const presence = createPresenceTelling({
    clock,
    count: () => it.people,
    tell: () => void told.push({ at: clock.elapsed(), count: it.people }),
  });
  const arrive = (): void => {
    it.people += 1;
    presence.changed();
  };
  return { clock, told, presence, arrive, it };
}

describe('who is in a room', () => {
  test('[T24] one who comes while it is quiet is told at once', async () => {
    const { clock, told, arrive } = telling();
    arrive();
    expect(told).toEqual([{ at: 0, count: 1 }]);
    await clock.advance(200);
    arrive();
    expect(told).toEqual([
      { at: 0, count: 1 },
      { at: 200, count: 2 },
    ]);
  });

  test('[T24] two hundred who come at once are told in a few lists, the last of which has all', async () => {
    const { clock, told, arrive } = telling();
    for (let number = 0; number < 200; number += 1) {
      arrive();
      await clock.advance(5);
    }
    await clock.advance(5_000);
    expect(told.length).toBeLessThanOrEqual(8);
    expect(told.at(-1)?.count).toBe(200);
    expect(told.at(-1)?.at).toBeLessThanOrEqual(1_000 + 2_000);
  });

  test('[T24] nothing is told twice, and nothing after the end', async () => {
    const { clock, told, arrive, presence } = telling();
    arrive();
    await clock.advance(10_000);
    expect(told).toHaveLength(1);
    arrive();
    arrive();
    presence.stop();
    await clock.advance(10_000);
    expect(told).toHaveLength(2);
  });

  test('what concerns the command is told whatever the pause, and with it all that waited', async () => {
    const { clock, told, arrive, presence } = telling();
    arrive();
    arrive();
    expect(told).toHaveLength(1);
    presence.now();
    expect(told.at(-1)).toEqual({ at: 0, count: 2 });
    await clock.advance(10_000);
    expect(told).toHaveLength(2);
  });
});
