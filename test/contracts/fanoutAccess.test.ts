import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedis } from '../support/redisServer.ts';
import type { RedisServer } from '../support/redisServer.ts';
import { everyMessage, INCIDENT, inState, listenTo, until } from './fanoutSupport.ts';
import { redisFanout } from './redisFanoutHarness.ts';

let redis: RedisServer;
let owner: Redis;
beforeAll(async () => {
  redis = await startRedis({ own: true });
  owner = new Redis(redis.url);
});
afterAll(async () => {
  owner.disconnect();
  await redis.stop();
});

/** The user as the guide gives it to Redis, in the words of an ACL file. */
function userOfTheGuide(): string[] {
  const guide = readFileSync(new URL('../../docs/operating/failures.md', import.meta.url), 'utf8');
  const [, line] = /^user (warroom .*)$/m.exec(guide) ?? [];
  if (line === undefined) throw new Error('The guide names no user.');
  return line.split(' ');
}

test('[F12] the user of Redis in the guide may do what instances need, and nothing else', async () => {
  await owner.call('ACL', 'SETUSER', ...userOfTheGuide());
  const url = redis.url.replace('//', '//warroom:long-and-random@');
  const [here, there] = [redisFanout('here', url), redisFanout('there', url)];
  await Promise.all([inState(here, 'connected'), inState(there, 'connected')]);
  const heard = await listenTo(there, INCIDENT);
  const messages = everyMessage(INCIDENT);
  for (const message of messages) here.publish(INCIDENT, message);
  await until(() => heard.messages.length === messages.length);
  await Promise.all([here.close(), there.close()]);
  const stranger = new Redis(url);
  await expect(stranger.set('key', 'value')).rejects.toThrow('NOPERM');
  await expect(stranger.subscribe('others')).rejects.toThrow('NOPERM');
  await expect(stranger.flushall()).rejects.toThrow('NOPERM');
  stranger.disconnect();
});
