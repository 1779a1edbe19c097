import type { Store } from '../../server/rooms/ports.ts';
import { settle } from './fakeClock.ts';

/** A store that knows how many of its calls are not answered yet. */
export interface QuietStore {
  store: Store;
  /**
   * Waits until every call is answered and whoever waited for it has gone on, so that a clock which a test drives does not
   * run ahead of the disk.
   */
  quiet(): Promise<void>;
}

/** Watches the calls of a store. */
export function watchStore(watched: Store): QuietStore {
  const running = new Set<Promise<unknown>>();
  const store = new Proxy(watched, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const answer: unknown = Reflect.apply(member, target, args);
        if (answer instanceof Promise) {
          const done = answer.catch(() => undefined).finally(() => running.delete(done));
          running.add(done);
        }
        return answer;
      };
    },
  });
  return {
    store,
    async quiet() {
      await settle();
      while (running.size > 0) {
        await Promise.all(running);
        await settle();
      }
    },
  };
}
