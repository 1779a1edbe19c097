import { describe, expect, test } from 'vitest';
import { createAdmission, inTurn } from '../../server/edges/admission.ts';
import type { AdmissionLimits } from '../../server/edges/admission.ts';
import { createFakeClock } from '../support/fakeClock.ts';

/** Turns on a driven clock, with a protocol of what happened. */
function turns(limits: Partial<AdmissionLimits> = {}) {
  const clock = createFakeClock();
  const happened: string[] = [];
  const leaves = new Map<string, () => void>();
  const waitingSeen: number[] = [];
  let full = 0;
  const admission = createAdmission({
    clock,
    limits: { atOnce: 2, ofOneTopic: 2, waiting: 3, patience: 10_000, ...limits },
    onWaiting: (waiting) => waitingSeen.push(waiting),
    onFull: () => void (full += 1),
  });
  const ask = (...names: string[]): void => {
    for (const name of names) {
      admission.ask(
        (leave) => {
          happened.push(name);
          leaves.set(name, leave);
        },
        (why) => void happened.push(`${name} ${why}`),
        // `a1` and `a2` are about `a`.
        name.length > 1 ? name[0] : undefined,
      );
    }
  };
  return {
    ...{ clock, admission, happened, ask, waitingSeen },
    leave: (name: string) => leaves.get(name)?.(),
    full: () => full,
  };
}

describe('turns', () => {
  test('[E43] one incident that is slow leaves turns to the others, and goes on in its own order', async () => {
    const { ask, leave, happened, clock } = turns({ atOnce: 3, ofOneTopic: 2, waiting: 9 });
    ask('a1', 'a2', 'a3', 'a4', 'b1');
    await clock.advance(10);
    expect(happened).toEqual(['a1', 'a2', 'b1']);
    leave('a1');
    await clock.advance(10);
    expect(happened).toEqual(['a1', 'a2', 'b1', 'a3']);
    leave('b1');
    await clock.advance(10);
    expect(happened).toHaveLength(4);
    leave('a2');
    await clock.advance(10);
    expect(happened.at(-1)).toBe('a4');
  });

  test('[E43] so many begin at once, the others in order of arrival, each when one leaves', async () => {
    const { ask, leave, happened, clock, admission } = turns();
    ask('a', 'b', 'c', 'd', 'e');
    expect(happened).toEqual(['a', 'b']);
    expect(admission.load()).toEqual({ running: 2, waiting: 3 });
    leave('b');
    await clock.advance(0);
    expect(happened).toEqual(['a', 'b', 'c']);
    leave('a');
    leave('c');
    await clock.advance(0);
    expect(happened).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(admission.load()).toEqual({ running: 2, waiting: 0 });
  });

  test('[E43] nobody overtakes who waits, and the process turns to others before the next begins', async () => {
    const { ask, leave, happened, clock } = turns({ atOnce: 1 });
    ask('a', 'b');
    leave('a');
    expect(happened).toEqual(['a']);
    ask('c');
    expect(happened).toEqual(['a']);
    await clock.advance(0);
    expect(happened).toEqual(['a', 'b']);
    leave('b');
    await clock.advance(0);
    expect(happened).toEqual(['a', 'b', 'c']);
  });

  test('[E43] past a full queue one is refused at once; that is told once until the queue is empty', async () => {
    const { ask, leave, happened, clock, full } = turns({ atOnce: 1, waiting: 1 });
    ask('a', 'b', 'c', 'd');
    expect(happened).toEqual(['a', 'c full', 'd full']);
    expect(full()).toBe(1);
    leave('a');
    await clock.advance(0);
    expect(happened).toEqual(['a', 'c full', 'd full', 'b']);
    ask('e', 'f');
    expect(happened.at(-1)).toBe('f full');
    expect(full()).toBe(2);
  });

  test('[E43] who waits too long is refused, and whoever comes after that finds room', async () => {
    const { ask, leave, happened, clock, admission } = turns({ atOnce: 1, waiting: 1, patience: 5_000 });
    ask('a', 'b');
    await clock.advance(4_999);
    expect(happened).toEqual(['a']);
    await clock.advance(1);
    expect(happened).toEqual(['a', 'b late']);
    ask('c');
    leave('a');
    await clock.advance(20_000);
    expect(happened).toEqual(['a', 'b late', 'c']);
    expect(admission.load()).toEqual({ running: 1, waiting: 0 });
  });

  test('leaving twice gives up one place only, and a turn that ends while it begins frees its place', async () => {
    const { ask, leave, happened, clock, admission } = turns({ atOnce: 1 });
    ask('a', 'b', 'c');
    leave('a');
    leave('a');
    await clock.advance(0);
    expect(happened).toEqual(['a', 'b']);
    admission.ask(
      (end) => end(),
      () => undefined,
    );
    leave('b');
    await clock.advance(0);
    leave('c');
    await clock.advance(0);
    expect(admission.load()).toEqual({ running: 0, waiting: 0 });
  });

  test('how many wait is told after each change', async () => {
    const { ask, leave, clock, waitingSeen } = turns({ atOnce: 1 });
    ask('a', 'b', 'c');
    leave('a');
    await clock.advance(0);
    expect(waitingSeen).toEqual([1, 2, 1]);
  });

  test('a thousand come at once: each begins once, in order, and never more than the limit together', async () => {
    const { clock, admission } = turns({ atOnce: 16, waiting: 1_000 });
    const begun: number[] = [];
    let together = 0;
    let most = 0;
    const all = Array.from({ length: 1_000 }, (_, n) =>
      inTurn(admission, async () => {
        begun.push(n);
        together += 1;
        most = Math.max(most, together);
        await Promise.resolve();
        together -= 1;
      }),
    );
    for (let round = 0; round < 1_000 && begun.length < 1_000; round += 1) await clock.advance(0);
    await Promise.all(all);
    expect(begun).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
    expect(most).toBe(16);
  });
});

describe('work in turn', () => {
  test('answers what the work answers, null without a turn, and rejects as it does', async () => {
    const { clock, admission } = turns({ atOnce: 1, waiting: 1 });
    const first = inTurn(admission, () => Promise.resolve('done'));
    const second = inTurn(admission, () => Promise.reject(new Error('broken')));
    const third = inTurn(admission, () => Promise.resolve('never'));
    expect(await third).toBeNull();
    expect(await first).toBe('done');
    const [rejected] = await Promise.all([second.catch(String), clock.advance(0)]);
    expect(rejected).toBe('Error: broken');
    expect(admission.load()).toEqual({ running: 0, waiting: 0 });
  });
});
