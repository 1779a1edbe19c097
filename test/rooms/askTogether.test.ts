import { expect, test } from 'vitest';
import { askTogether } from '../../server/rooms/askTogether.ts';
import { createFakeClock } from '../support/fakeClock.ts';

/** Questions as they were asked, to be answered by hand. */
function bench() {
  const questions: { keys: readonly string[]; answer(): void; fail(): void }[] = [];
  const clock = createFakeClock();
  const ask = askTogether(
    (keys) =>
      new Promise<Map<string, string>>((resolve, reject) => {
        questions.push({
          keys,
          answer: () =>
            resolve(new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, `${key}!`]))),
          fail: () => reject(new Error('the store is away')),
        });
      }),
    clock,
  );
  return { ask, questions, clock };
}

const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('who asks in the same moment is answered by one question, each once, and null where nothing is found', async () => {
  const { ask, questions } = bench();
  const answers = Promise.all([ask('ada'), ask('nobody'), ask('ada'), ask('kim')]);
  await moment();
  expect(questions.map(({ keys }) => keys)).toEqual([['ada', 'nobody', 'kim']]);
  questions[0]?.answer();
  expect(await answers).toEqual(['ada!', null, 'ada!', 'kim!']);
});

test('while one is on its way everybody shares the next, which begins after they asked', async () => {
  const { ask, questions } = bench();
  const answers: Promise<string | null>[] = [];
  for (let number = 0; number < 40; number += 1) {
    answers.push(ask(`person ${number}`));
    await moment();
  }
  expect(questions.map(({ keys }) => keys.length)).toEqual([1]);
  questions[0]?.answer();
  await moment();
  expect(questions.map(({ keys }) => keys.length)).toEqual([1, 39]);
  // The same person again is asked for again: what is on its way began before.
  answers.push(ask('person 0'));
  for (let next = 0; next < 2; next += 1) {
    for (const { answer } of questions) answer();
    await moment();
  }
  expect((await Promise.all(answers)).filter((answer) => answer === null)).toEqual([]);
  expect(questions.at(-1)?.keys).toEqual(['person 0']);
});

test('a question that hangs holds up nobody for longer than a moment, and four at most are on their way', async () => {
  const { ask, questions, clock } = bench();
  const answers: Promise<string | null>[] = [];
  for (const name of ['ada', 'kim', 'lee', 'joe', 'sue', 'max', 'tom']) {
    answers.push(ask(name));
    await clock.advance(20);
  }
  expect(questions).toHaveLength(4);
  questions[3]?.answer();
  await clock.advance(20);
  expect(questions).toHaveLength(5);
  for (let next = 0; next < 3; next += 1) {
    for (const { answer } of questions) answer();
    await clock.advance(20);
  }
  expect((await Promise.all(answers)).filter((answer) => answer === null)).toEqual([]);
});

test('a question that fails fails for those who asked it, and for nobody after', async () => {
  const { ask, questions } = bench();
  const failed = Promise.allSettled([ask('ada'), ask('kim')]);
  await moment();
  questions[0]?.fail();
  expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = ask('ada');
  await moment();
  questions[1]?.answer();
  expect(await again).toBe('ada!');
});
