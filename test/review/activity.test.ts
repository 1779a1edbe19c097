import { expect, test } from 'vitest';
import { activityOf, fitsSeconds } from '../../server/review/activity.ts';

const FROM = Date.parse('2026-03-14T03:00:00.500Z');
const at = (seconds: number) => new Date(FROM - 500 + seconds * 1_000).toISOString();

test('[A5] activity has at most 500 stretches of equal length, in which everything is counted once', () => {
  const chat = Array.from({ length: 1_300 }, (_, n) => ({ at: at(n), count: n % 3 }));
  const activity = activityOf({ chat, document: [] }, { from: FROM, per: 'second', wanted: 1 });
  expect([activity.bucketMilliseconds, activity.chat.length]).toEqual([3_000, 434]);
  expect(activity.document).toEqual(activity.chat.map(() => 0));
  expect(activity.chat.slice(0, 3)).toEqual([0 + 1 + 2, 3, 3]);
  expect(activity.chat.reduce((sum, n) => sum + n)).toBe(chat.reduce((sum, { count }) => sum + count, 0));
});

test('[A5] stretches are no shorter than wanted, whole seconds or minutes, and one when nothing was written', () => {
  const none = { chat: [], document: [] };
  expect(activityOf(none, { from: FROM, per: 'second', wanted: 1 })).toEqual({
    ...{ from: FROM - 500, bucketMilliseconds: 1_000, chat: [0], document: [0] },
  });
  const some = { chat: [], document: [{ at: at(3_600), count: 2 }] };
  expect(activityOf(some, { from: FROM, per: 'minute', wanted: 90_000 })).toMatchObject({
    ...{ bucketMilliseconds: 120_000, chat: Array.from({ length: 31 }, () => 0) },
  });
  expect(fitsSeconds(some, FROM)).toBe(true);
  expect(fitsSeconds({ chat: [{ at: at(500 * 60 + 1), count: 1 }], document: [] }, FROM)).toBe(false);
});
