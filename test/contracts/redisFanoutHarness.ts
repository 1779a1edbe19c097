import { parseRedisUrl } from '../../server/fanout/redisAddress.ts';
import type { RedisAddress } from '../../server/fanout/redisAddress.ts';
import type { LineTiming } from '../../server/fanout/redisLine.ts';
import { createRedisFanout } from '../../server/fanout/redis.ts';
import type { FanoutMetrics } from '../../server/rooms/metrics.ts';
import type { Fanout } from '../../server/rooms/ports.ts';
import { systemClock } from '../../server/systemClock.ts';

export const KEY = 'a key that all instances of the tests share';
export const STORAGE_EPOCH = 'epoch-of-tests';

/** The shortest times that a busy machine keeps, so that a silent Redis is noticed soon. */
export const quick: LineTiming = { connect: 1500, pulse: 50, answer: 500 };

/** A fan-out with what it counted and logged. */
export interface CountingFanout extends Fanout {
  counts: Map<string, number>;
  lines: { level: string; details: object; message: string }[];
}

/** The address of a test's Redis. Throws when it is none. */
export function addressOf(url: string): RedisAddress {
  const address = parseRedisUrl(url);
  if (!address) throw new Error('That is no address of a Redis.');
  return address;
}

/** Begins to connect at once; `key` and `timing` are those of the tests unless given. */
export function redisFanout(
  instance: string,
  url: string,
  options: { key?: string; timing?: LineTiming; storageEpoch?: string; random?: () => number } = {},
): CountingFanout {
  const counts = new Map<string, number>();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const metrics: FanoutMetrics = {
    state: (state) => count(`state ${state}`),
    published: ({ kind }) => count(`published ${kind}`),
    heard: ({ kind }) => count(`heard ${kind}`),
    dropped: (reason) => count(`dropped ${reason}`),
    unreadable: (reason) => count(`unreadable ${reason}`),
    reconnected: () => count('reconnected'),
    answered: () => count('answered'),
  };
  const lines: CountingFanout['lines'] = [];
  const write = (level: string) => (details: object, message: string) =>
    void lines.push({ level, details, message });
  const fanout = createRedisFanout({
    address: addressOf(url),
    instance,
    metrics,
    key: options.key ?? KEY,
    storageEpoch: options.storageEpoch ?? STORAGE_EPOCH,
    clock: systemClock,
    random: options.random ?? (() => 0.5),
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    timing: options.timing ?? quick,
  });
  return Object.assign(fanout, { counts, lines });
}
