import { expect, test } from 'vitest';
import { sendAway } from '../../server/sendAway.ts';
import { createFakeClock, settle } from '../support/fakeClock.ts';

/** A stop whose saving ends when told, and what has happened. */
function stopping() {
  const clock = createFakeClock();
  const seen: string[] = [];
  let saved = (): void => {};
  let failed = (_: Error): void => {};
  const saving = new Promise<void>((resolve, reject) => {
    saved = resolve;
    failed = reject;
  });
  const done = sendAway({
    clock,
    save: () => saving,
    hangUp: () => Promise.resolve(void seen.push('hung up')),
  });
  void done.then(
    () => seen.push('done'),
    () => seen.push('failed'),
  );
  return { clock, seen, done, saved: () => saved(), failed: (error: Error) => failed(error) };
}

test('[N15] people stay until what they sent is saved', async () => {
  const { clock, seen, done, saved } = stopping();
  await clock.advance(4_000);
  expect(seen).toEqual([]);
  saved();
  await done;
  await clock.advance(10_000);
  expect(seen).toEqual(['hung up', 'done']);
});

test('[N15] after five seconds they are sent away all the same, once, and saving goes on', async () => {
  const { clock, seen, done, saved } = stopping();
  await clock.advance(5_000);
  expect(seen).toEqual(['hung up']);
  await clock.advance(10_000);
  saved();
  await done;
  expect(seen).toEqual(['hung up', 'done']);
});

test('[N15] saving that fails sends them away, and is told', async () => {
  const { seen, done, failed } = stopping();
  failed(new Error('the store is gone'));
  await expect(done).rejects.toThrow('the store is gone');
  await settle();
  expect(seen).toEqual(['hung up', 'failed']);
});
