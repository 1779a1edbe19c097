import { StoreUnavailable } from '../rooms/ports.ts';

/** Lets work in until it is closed, and knows when all that was let in is done. */
export interface Gate {
  <T>(work: () => Promise<T>): Promise<T>;
  /** Refuses what is asked from now on; done when nothing runs any more. */
  close(): Promise<void>;
}

export function gate(): Gate {
  const running = new Set<Promise<unknown>>();
  let isClosed = false;

  function pass<T>(work: () => Promise<T>): Promise<T> {
    if (isClosed) return Promise.reject(new StoreUnavailable('The store is closed.'));
    const result = work();
    const done: Promise<unknown> = result.then(
      () => running.delete(done),
      () => running.delete(done),
    );
    running.add(done);
    return result;
  }
  async function close(): Promise<void> {
    isClosed = true;
    await Promise.all(running);
  }
  return Object.assign(pass, { close });
}

/** Runs one piece of work after the other, in the order of asking. */
export function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
