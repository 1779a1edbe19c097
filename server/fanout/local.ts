import type { Fanout } from '../rooms/ports.ts';

/** The fan-out of a single instance: there is nobody to tell and nothing to hear. */
export function createLocalFanout(): Fanout {
  return {
    instance: 'alone',
    state: () => 'alone',
    onState: () => () => {},
    publish() {},
    subscribe: () => () => {},
    announce() {},
    onNotice: () => () => {},
    close: () => Promise.resolve(),
  };
}
