import type { Clock } from './ports.ts';

/** How many are asked for in one question. */
const MOST_TOGETHER = 500;
/** Questions on their way at once, when the first ones hang. */
const MOST_AT_ONCE = 4;
/** A question without an answer for so long hangs: it must not hold up everybody else. Milliseconds. */
const PATIENCE_MILLISECONDS = 20;

/**
 * One question for all who ask at the same time: whoever asks while one is on its way shares the next, which begins
 * after the call. After a restart thousands are looked up at once, each of whom would else be a question of its own.
 * Answers null for what is not found; rejects for all of a question that failed.
 */
export function askTogether<Answer>(
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
  clock: Pick<Clock, 'after'>,
): (key: string) => Promise<Answer | null> {
  const waiting = new Map<string, PromiseWithResolvers<Answer | null>>();
  let underWay = 0;
  let isBeginning = false;
  let isPatient = false;

  async function askOnce(): Promise<void> {
    const asked = [...waiting].slice(0, MOST_TOGETHER);
    for (const [key] of asked) waiting.delete(key);
    try {
      const found = await ask(asked.map(([key]) => key));
      for (const [key, { resolve }] of asked) resolve(found.get(key) ?? null);
    } catch (error) {
      for (const [, { reject }] of asked) reject(error);
    }
  }

  function begin(mostUnderWay: number): void {
    if (waiting.size > 0 && underWay < mostUnderWay) {
      underWay += 1;
      void askOnce().then(() => {
        underWay -= 1;
        begin(1);
      });
    }
    if (waiting.size === 0 || isPatient) return;
    isPatient = true;
    clock.after(PATIENCE_MILLISECONDS, () => {
      isPatient = false;
      begin(MOST_AT_ONCE);
    });
  }

  return (key) => {
    const known = waiting.get(key);
    if (known) return known.promise;
    const answer = Promise.withResolvers<Answer | null>();
    waiting.set(key, answer);
    // After all that is asked in the same moment.
    if (!isBeginning)
      queueMicrotask(() => {
        isBeginning = false;
        begin(1);
      });
    isBeginning = true;
    return answer.promise;
  };
}
