import { describe, expect, it } from 'vitest';
import type { PresentPerson } from '#shared/contract/wire.ts';
import { createPresence } from '../../server/rooms/presence.ts';
import type { Presence } from '../../server/rooms/presence.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import type { FakeClock } from '../support/fakeClock.ts';

interface Told {
  at: number;
  people: PresentPerson[];
}

/** One room at two instances; `told` is what a told the other, `lost` swallows what is on its way. */
function twoInstances() {
  const clock = createFakeClock();
  const told: Told[] = [];
  const changes = { a: 0, b: 0 };
  const line = { isLost: false, isKnownLost: false };
  const a: Presence = createPresence({
    clock,
    changed: () => (changes.a += 1),
    publish(people) {
      told.push({ at: clock.now(), people });
      if (!line.isLost) b.hear(people, 'a');
    },
  });
  const b: Presence = createPresence({
    clock,
    changed: () => (changes.b += 1),
    hears: () => !line.isKnownLost,
    publish: (people) => {
      if (!line.isLost) a.hear(people, 'b');
    },
  });
  return { clock, a, b, told, changes, line };
}

const iso = (clock: FakeClock): string => new Date(clock.now()).toISOString();

describe('presence across instances', () => {
  it('[N1] a person at two instances is one person, there since the earliest, away only when away everywhere', async () => {
    const { clock, a, b } = twoInstances();
    const since = iso(clock);
    const first = a.arrive('ben');
    await clock.advance(1_000);
    const second = b.arrive('ben');
    await clock.advance(300);
    expect(a.list()).toEqual([{ person: 'ben', since }]);
    expect(b.list()).toEqual([{ person: 'ben', since }]);
    first.away(true);
    await clock.advance(300);
    expect(b.list()).toEqual([{ person: 'ben', since }]);
    second.away(true);
    await clock.advance(300);
    expect(a.list()).toEqual([{ person: 'ben', since, away: true }]);
    expect(b.list()).toEqual(a.list());
    first.leave();
    await clock.advance(300);
    expect(a.list()).toMatchObject([{ person: 'ben', away: true }]);
    second.leave();
    await clock.advance(300);
    expect([...a.list(), ...b.list()]).toEqual([]);
  });

  it('[N1] counts only its own people as its load', async () => {
    const { clock, a, b } = twoInstances();
    a.arrive('ben');
    await clock.advance(300);
    expect(b.list()).toHaveLength(1);
    expect(b.count()).toBe(0);
  });

  it('[N2] people of an instance that fell silent vanish within 15 s, and not while it repeats itself', async () => {
    const { clock, a, b, line } = twoInstances();
    a.arrive('ben');
    await clock.advance(60_000);
    expect(b.list()).toHaveLength(1);
    line.isLost = true;
    await clock.advance(8_000);
    expect(b.list()).toHaveLength(1);
    await clock.advance(7_000);
    expect(b.list()).toEqual([]);
    line.isLost = false;
    await clock.advance(4_000);
    expect(b.list()).toHaveLength(1);
  });

  it('[N2] while an instance knows that it hears nobody, it takes nobody for gone', async () => {
    const { clock, a, b, line } = twoInstances();
    a.arrive('ben');
    await clock.advance(10_000);
    line.isLost = true;
    line.isKnownLost = true;
    await clock.advance(600_000);
    expect(b.list()).toHaveLength(1);
    line.isKnownLost = false;
    await clock.advance(8_000);
    expect(b.list()).toHaveLength(1);
    await clock.advance(7_000);
    expect(b.list()).toEqual([]);
  });

  it('[N2] people of an instance that says goodbye vanish at once', async () => {
    const { clock, a, b, changes } = twoInstances();
    a.arrive('ben');
    await clock.advance(300);
    const before = changes.b;
    b.gone('a');
    expect(b.list()).toEqual([]);
    expect(changes.b).toBe(before + 1);
  });

  it('[N2] neither a step of the clock nor a pause of this process makes anybody look gone', async () => {
    const { clock, a, b } = twoInstances();
    a.arrive('ben');
    await clock.advance(300);
    clock.step(3_600_000);
    await clock.advance(2_500);
    expect(b.list()).toHaveLength(1);
    clock.step(-7_200_000);
    await clock.advance(60_000);
    expect(b.list()).toHaveLength(1);
  });

  it('[N3] is told at once, never more often than every 250 ms, and again every 4 s while anybody is here', async () => {
    const { clock, a, told } = twoInstances();
    const arrivals = [a.arrive('p0')];
    expect(told).toHaveLength(1);
    for (let number = 1; number < 50; number += 1) {
      arrivals.push(a.arrive(`p${number}`));
      await clock.advance(10);
    }
    await clock.advance(250);
    expect(told.at(-1)?.people).toHaveLength(50);
    const gaps = told.slice(1).map(({ at }, index) => at - (told[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
    expect(told.length).toBeLessThanOrEqual(4);
    const before = told.length;
    await clock.advance(12_000);
    expect(told).toHaveLength(before + 3);
    for (const { leave } of arrivals) leave();
    await clock.advance(60_000);
    expect(told.at(-1)?.people).toEqual([]);
    expect(told.length).toBeLessThanOrEqual(before + 5);
  });

  it('[N3] a list of many is told less often, and still to its end', async () => {
    const { clock, a, b, told } = twoInstances();
    for (let number = 0; number < 1_000; number += 1) {
      a.arrive(`p${number}`);
      await clock.advance(4);
    }
    await clock.advance(1_000);
    expect(b.list()).toHaveLength(1_000);
    expect(told.length).toBeLessThanOrEqual(12);
  });

  it('[N3] whoever asks is answered, and repetition changes nothing', async () => {
    const { clock, a, b, told, changes } = twoInstances();
    a.arrive('ben');
    await clock.advance(1_000);
    const before = told.length;
    a.asked();
    a.asked();
    await clock.advance(1_000);
    expect(told).toHaveLength(before + 2);
    expect(changes.b).toBe(1);
    expect(changes.a).toBe(1);
    b.asked();
    await clock.advance(1_000);
    expect(changes.a).toBe(1);
  });
});
