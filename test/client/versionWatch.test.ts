import { describe, expect, test } from 'vitest';
import { watchVersion } from '../../client/connection/versionWatch.ts';
import type { VersionWatch } from '../../client/connection/versionWatch.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import type { FakeClock } from '../support/fakeClock.ts';

const MINUTE = 60_000;

interface Bench {
  watch: VersionWatch;
  clock: FakeClock;
  /** Answers of the instances behind the proxy, in turn. */
  instances: (string | null)[];
  asked: () => number;
  calm: { is: boolean };
  /** Every state there was. */
  seen: string[];
}

function bench(mine: string | null = 'old'): Bench {
  const clock = createFakeClock();
  const calm = { is: true };
  const instances: (string | null)[] = ['new'];
  let asked = 0;
  const watch = watchVersion({
    mine,
    clock,
    chance: () => 0.5,
    askServed: () => {
      asked += 1;
      return Promise.resolve(instances[asked % instances.length] ?? null);
    },
    isCalm: () => calm.is,
  });
  const seen: string[] = [];
  watch.subscribe(() => seen.push(watch.state().kind));
  return { watch, clock, instances, asked: () => asked, calm, seen };
}

describe('a page that is older than its server', () => {
  test('is told once a reload is sure to bring the new build and the moment is calm', async () => {
    const { watch, clock, calm, seen, asked } = bench();
    calm.is = false;
    watch.told('new');
    expect([watch.state().kind, asked()]).toEqual(['asking', 0]);
    await clock.advance(MINUTE);
    expect([watch.state().kind, asked()]).toEqual(['ready', 3]);
    await clock.advance(60 * MINUTE);
    expect(watch.state().kind).toBe('ready');
    calm.is = true;
    await clock.advance(2_000);
    expect(seen).toEqual(['asking', 'ready', 'shown']);
  });

  test('is not told while old and new instances answer in turn, and is after the last', async () => {
    const { watch, clock, instances, seen } = bench();
    instances.splice(0, 1, 'old', 'new', 'new');
    watch.told('new');
    await clock.advance(10 * MINUTE);
    expect(seen).toEqual(['asking']);
    instances.splice(0, 3, 'new');
    await clock.advance(2 * MINUTE);
    expect(seen.at(-1)).toBe('shown');
  });

  test('sees no flicker when its line goes to old and new instances in turn', async () => {
    const { watch, clock, seen } = bench();
    watch.told('new');
    await clock.advance(MINUTE);
    for (const build of ['old', 'new', 'old', 'new']) {
      watch.told(build);
      await clock.advance(MINUTE);
    }
    expect(seen).toEqual(['asking', 'ready', 'shown']);
  });

  test('hears of it again half an hour after "later", and not before', async () => {
    const { watch, clock, seen } = bench();
    watch.told('new');
    await clock.advance(MINUTE);
    watch.later();
    watch.told('new');
    await clock.advance(29 * MINUTE);
    expect(seen.at(-1)).toBe('later');
    await clock.advance(2 * MINUTE);
    expect(seen.at(-1)).toBe('shown');
  });

  test('hears nothing when nobody answers, nor after its end', async () => {
    const { watch, clock, instances, seen } = bench();
    instances[0] = null;
    watch.told('new');
    await clock.advance(10 * MINUTE);
    expect(seen).toEqual(['asking']);
    instances[0] = 'new';
    watch.stop();
    await clock.advance(10 * MINUTE);
    expect(seen).toEqual(['asking']);
  });
});

describe('a page that is not older', () => {
  test('is told nothing by a server of its own build', async () => {
    const { watch, clock, asked, seen } = bench('new');
    watch.told('new');
    await clock.advance(10 * MINUTE);
    expect([asked(), seen]).toEqual([0, []]);
  });

  test('but newer than the instance it came to is told nothing in all the time of the deploy', async () => {
    const { watch, clock, instances, seen } = bench('new');
    instances.splice(0, 1, 'old', 'new');
    watch.told('old');
    await clock.advance(10 * MINUTE);
    watch.told('new');
    await clock.advance(10 * MINUTE);
    expect(seen).toEqual(['asking', 'current']);
  });

  test('because it does not say which build it is, is told nothing', async () => {
    const { watch, clock, seen } = bench(null);
    watch.told('new');
    await clock.advance(10 * MINUTE);
    expect(seen).toEqual([]);
  });

  test('after the deploy was taken back is told nothing', async () => {
    const { watch, clock, calm, seen } = bench();
    calm.is = false;
    watch.told('new');
    await clock.advance(MINUTE);
    watch.told('old');
    calm.is = true;
    await clock.advance(MINUTE);
    expect(seen).toEqual(['asking', 'ready', 'current']);
  });
});
