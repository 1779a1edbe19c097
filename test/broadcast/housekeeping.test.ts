import { expect, test } from 'vitest';
import { startHousekeeping } from '../../server/broadcast/housekeeping.ts';
import { createFakeClock } from '../support/fakeClock.ts';

const HOUR = 3_600_000;

test('[P17] [P18] old addresses are swept soon after a start and every hour, also after a failure, until it stops', async () => {
  const clock = createFakeClock();
  const started = clock.now();
  const swept: { now: number; pendingBefore: number }[] = [];
  const failures: unknown[] = [];
  const stop = startHousekeeping({
    clock,
    store: {
      async sweepTargets(limits) {
        swept.push(limits);
        if (swept.length === 1) throw new Error('away');
      },
    },
    onFailure: (error) => failures.push(error),
  });
  await clock.advance(HOUR / 12);
  expect(swept).toEqual([{ now: started + HOUR / 12, pendingBefore: started + HOUR / 12 - 48 * HOUR }]);
  expect(failures).toHaveLength(1);
  await clock.advance(2 * HOUR);
  expect(swept).toHaveLength(3);
  await stop();
  await clock.advance(5 * HOUR);
  expect(swept).toHaveLength(3);
});
