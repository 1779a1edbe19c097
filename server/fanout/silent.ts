import type { Fanout } from '../rooms/ports.ts';

/** The fan-out of a single instance: there is nobody to tell and nothing to hear. */
export function createLocalFanout(): Fanout {
  return silent('alone', 'alone');
}

/**
 * The fan-out of several instances that have a database in common and nothing else: the others can never be reached, so
 * rooms ask the store where their logs stand.
 */
export function createAbsentFanout(instance: string): Fanout {
  return silent(instance, 'away');
}

function silent(instance: string, state: 'alone' | 'away'): Fanout {
  return {
    instance,
    state: () => state,
    onState: () => () => {},
    publish() {},
    subscribe: () => () => {},
    announce() {},
    onNotice: () => () => {},
    close: () => Promise.resolve(),
  };
}
