import type { Fanout } from '../rooms/ports.ts';

/**
 * The fan-out of several instances that have a database in common and nothing else: the others can never be reached, so
 * rooms ask the store where their logs stand.
 */
export function createAbsentFanout(instance: string): Fanout {
  return {
    instance,
    state: () => 'away',
    onState: () => () => {},
    publish() {},
    subscribe: () => () => {},
    announce() {},
    onNotice: () => () => {},
    close: () => Promise.resolve(),
  };
}
