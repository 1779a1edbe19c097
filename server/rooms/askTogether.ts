/** How many are asked for in one question. */
const MOST_TOGETHER = 500;
/** Questions on their way at once: a line that hangs must not hold up everybody. */
const MOST_AT_ONCE = 4;

/**
 * One question for all who ask at the same time: whoever asks while enough are on their way shares the next, which begins
 * after the call. After a restart thousands are looked up at once, each of whom would else be a question of its own.
 * Answers null for what is not found; rejects for all of a question that failed.
 */
export function askTogether<Answer>(
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): (key: string) => Promise<Answer | null> {
  const waiting = new Map<string, PromiseWithResolvers<Answer | null>>();
  let underWay = 0;
  let isBeginning = false;

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

  function begin(): void {
    isBeginning = false;
    while (waiting.size > 0 && underWay < MOST_AT_ONCE) {
      underWay += 1;
      void askOnce().then(() => {
        underWay -= 1;
        begin();
      });
    }
  }

  return (key) => {
    const known = waiting.get(key);
    if (known) return known.promise;
    const answer = Promise.withResolvers<Answer | null>();
    waiting.set(key, answer);
    // After all that is asked in the same moment.
    if (!isBeginning) queueMicrotask(begin);
    isBeginning = true;
    return answer.promise;
  };
}
