import { expect, test } from 'vitest';
import { crashBroadcasts } from '../chaos/broadcastCrashes.ts';

test('[B10] a server that is killed while it tells 500 recipients tells each once, or again with the same id, or says so', async () => {
  const report = await crashBroadcasts({ seed: 24, runs: 2, mails: 400, hooks: 100 });
  expect(report.wrong).toEqual([]);
  expect(report.crashes).toBeGreaterThanOrEqual(2);
  // Three broadcasts of 500, of which 4 mails and 1 hook are refused each time; unknown where a crash cut the refusal off.
  const { delivered, failed = 0, unknown = 0, ...others } = report.rows;
  expect([delivered, failed + unknown, others]).toEqual([1_485, 15, {}]);
}, 500_000);
