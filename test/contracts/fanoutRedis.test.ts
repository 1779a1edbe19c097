import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { channelsOf } from '../../server/fanout/channels.ts';
import { encodeMessage } from '../../server/fanout/messages.ts';
import { lineTiming } from '../../server/fanout/redisLine.ts';
import { createSeal } from '../../server/fanout/seal.ts';
import type { FanoutMessage } from '../../server/rooms/ports.ts';
import { startChaosProxy } from '../support/chaosProxy.ts';
import { startRedis } from '../support/redisServer.ts';
import type { RedisServer } from '../support/redisServer.ts';
import { seeded } from '../support/seeded.ts';
import { batchOf, HEAD, INCIDENT, inState, listenTo, until } from './fanoutSupport.ts';
import { KEY, redisFanout, STORAGE_EPOCH } from './redisFanoutHarness.ts';
import type { CountingFanout } from './redisFanoutHarness.ts';

const CHANNEL = channelsOf(STORAGE_EPOCH).of(INCIDENT);
const HELLO: FanoutMessage = { kind: 'hello' };

let redis: RedisServer;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  redis = await startRedis({ own: true });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await redis.stop();
});

/** A fan-out that is closed after the test; connected, unless the test wants to see that itself. */
async function join(
  instance: string,
  options: Parameters<typeof redisFanout>[2] & { url?: string; wait?: false } = {},
): Promise<CountingFanout> {
  const fanout = redisFanout(instance, options.url ?? redis.url, options);
  closing.push(() => fanout.close());
  if (options.wait !== false) await inState(fanout, 'connected');
  return fanout;
}

function both(options: Parameters<typeof join>[1] = {}): Promise<[CountingFanout, CountingFanout]> {
  return Promise.all([join('instance-here', options), join('instance-there', options)]);
}

/** Somebody else who reaches the same Redis. */
function stranger(): Redis {
  const client = new Redis(redis.url);
  closing.push(() => client.quit().catch(() => client.disconnect()));
  return client;
}

/** Milliseconds until it is in that state. */
async function timeUntil(fanout: CountingFanout, state: 'connected' | 'away'): Promise<number> {
  const from = performance.now();
  await inState(fanout, state);
  return performance.now() - from;
}

const batchAt = (seq: number, size = 8): FanoutMessage => ({
  kind: 'batch',
  head: { ...HEAD, seq },
  entries: [],
  documents: [batchOf(INCIDENT, size)],
});

describe('Redis that goes', () => {
  test('[F9] [F4] killed and started again: away at once, back by itself, and the head of what was said meanwhile is told', async () => {
    const [here, there] = await both();
    const heard = await listenTo(there, INCIDENT);
    await redis.kill();
    await Promise.all([inState(here, 'away'), inState(there, 'away')]);
    here.publish(INCIDENT, batchAt(7));
    here.publish(INCIDENT, batchAt(8));
    await redis.start();
    await Promise.all([inState(here, 'connected'), inState(there, 'connected')]);
    expect(heard.doubts).toBe(2);
    // Who connects first says it to nobody; then the other's doubt finds it in the store.
    for (const [message] of heard.messages)
      expect(message).toEqual({ kind: 'head', head: { ...HEAD, seq: 8 } });
    expect([here.counts.get('published head'), here.counts.get('reconnected')]).toEqual([1, 1]);
  });

  test('[F9] frozen: noticed within five seconds, with the times that are used in earnest; nobody waits', async () => {
    const [here, there] = await both({ timing: lineTiming });
    const heard = await listenTo(there, INCIDENT);
    redis.pause();
    const from = performance.now();
    for (let count = 0; count < 5000; count += 1) here.publish(INCIDENT, HELLO);
    expect(performance.now() - from).toBeLessThan(2000);
    expect(here.counts.get('published hello')).toBe(2000);
    expect(here.counts.get('dropped backlog')).toBe(3000);
    await Promise.all([inState(here, 'away'), inState(there, 'away')]);
    expect(performance.now() - from).toBeLessThan(5000);
    redis.resume();
    await Promise.all([inState(here, 'connected'), inState(there, 'connected')]);
    await until(() => heard.doubts === 2);
    here.publish(INCIDENT, batchAt(9));
    await until(() => heard.messages.some(([{ kind }]) => kind === 'batch'));
    expect(here.state()).toBe('connected');
  });

  test('[F9] paused for its clients: away meanwhile, and back afterwards', async () => {
    const [here] = await both();
    await stranger().call('CLIENT', 'PAUSE', '1500', 'ALL');
    await inState(here, 'away');
    await inState(here, 'connected');
    expect(here.counts.get('reconnected')).toBe(1);
  });

  test('[F9] silent, as behind a broken network: away, and back once it heals', async () => {
    const proxy = await startChaosProxy(redis.port, seeded(1));
    closing.push(() => proxy.stop());
    const here = await join('instance-here', { url: `redis://127.0.0.1:${proxy.port}` });
    const there = await join('instance-there');
    const heard = await listenTo(here, INCIDENT);
    for (const silent of ['down', 'up', 'both'] as const) {
      const before = heard.doubts;
      proxy.set({ silent });
      await inState(here, 'away');
      there.publish(INCIDENT, HELLO);
      proxy.heal();
      await inState(here, 'connected');
      await until(() => heard.doubts > before);
    }
    const before = heard.messages.length;
    there.publish(INCIDENT, HELLO);
    await until(() => heard.messages.length > before);
    expect(there.counts.get('state away')).toBe(1);
  });

  test('[F9] coming and going: whoever listens doubts each time, and in the end all hear each other', async () => {
    const [here, there] = await both();
    const heard = await listenTo(there, INCIDENT);
    for (let round = 0; round < 4; round += 1) {
      const before = heard.doubts;
      await redis.kill();
      await inState(there, 'away');
      await redis.start();
      await inState(there, 'connected');
      expect(heard.doubts).toBeGreaterThan(before);
    }
    await inState(here, 'connected');
    here.publish(INCIDENT, HELLO);
    await until(() => heard.messages.some(([{ kind }]) => kind === 'hello'));
    expect(there.counts.get('reconnected')).toBe(4);
  });

  test('[F9] however many rooms are open, all of them are listened to again', async () => {
    const [here, there] = await both();
    const incidents = Array.from({ length: 1201 }, (_, index) => `incident-${index}`);
    const doubted = new Set<string>();
    const heard = new Set<string>();
    for (const incident of incidents)
      there.subscribe(incident, { hear: () => heard.add(incident), doubt: () => doubted.add(incident) });
    await until(() => doubted.size === incidents.length);
    doubted.clear();
    await redis.kill();
    await inState(there, 'away');
    await redis.start();
    await until(() => doubted.size === incidents.length);
    await inState(here, 'connected');
    for (const incident of incidents) here.publish(incident, HELLO);
    await until(() => heard.size === incidents.length);
    expect(heard.size).toBe(1201);
  });

  test('[F9] that refuses is tried again at growing intervals, drawn anew each time', async () => {
    const tries: number[] = [];
    const refusing = createServer((socket) => {
      tries.push(performance.now());
      socket.resetAndDestroy();
    });
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => refusing.close(resolve)));
    const { port } = refusing.address() as AddressInfo;
    let drawn = 0;
    const random = () => (drawn += 1) && 0.999;
    await join('instance-here', { url: `redis://127.0.0.1:${port}`, random, wait: false });
    // Two connections each time.
    await until(() => tries.length >= 8);
    const waits = [2, 4, 6].map((at) => tries[at]! - tries[at - 1]!);
    for (const [index, least] of [95, 195, 395].entries()) expect(waits[index]).toBeGreaterThan(least);
    expect(drawn).toBeGreaterThanOrEqual(3);
  });

  test('[F9] that ends each connection soon is not hurried either', async () => {
    await stranger().call('ACL', 'SETUSER', 'quiet', 'on', '>word', '+@all', '-publish', '~*', '&*');
    const url = redis.url.replace('redis://', 'redis://quiet:word@');
    const here = await join('instance-here', { url, random: () => 0.999 });
    const absences: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      here.publish(INCIDENT, HELLO);
      await inState(here, 'away');
      absences.push(await timeUntil(here, 'connected'));
    }
    for (const [index, least] of [90, 190, 390, 790].entries())
      expect(absences[index]).toBeGreaterThan(least);
    expect(here.lines.find(({ level }) => level === 'warn')?.details).toEqual({
      reason: expect.stringContaining('NOPERM') as string,
    });
  });

  test('[F10] not there at the start: away, and connected when it comes', async () => {
    await redis.kill();
    const here = await join('instance-here', { wait: false });
    let doubts = 0;
    here.subscribe(INCIDENT, { hear() {}, doubt: () => (doubts += 1) });
    here.publish(INCIDENT, HELLO);
    await until(() => here.lines.length > 0);
    expect(here.lines).toEqual([
      {
        level: 'warn',
        details: { reason: expect.stringContaining('ECONNREFUSED') as string },
        message: expect.any(String) as string,
      },
    ]);
    expect([here.state(), doubts, here.counts.get('reconnected')]).toEqual(['away', 0, undefined]);
    await redis.start();
    await inState(here, 'connected');
    expect([doubts, here.counts.get('reconnected')]).toEqual([1, undefined]);
  });

  test('[F10] frozen at the start: away, and connected when it thaws', async () => {
    redis.pause();
    const here = await join('instance-here', { wait: false });
    await until(() => here.lines.length > 0, 10_000);
    expect(here.state()).toBe('away');
    redis.resume();
    expect(await timeUntil(here, 'connected')).toBeLessThan(10_000);
  });

  test('[F9] that wants another password: away with the reason, without the password', async () => {
    await stranger().config('SET', 'requirepass', 'the-right-word');
    const url = redis.url.replace('redis://', 'redis://:the-wrong-word@');
    const here = await join('instance-here', { url, wait: false });
    await until(() => here.lines.length > 0);
    expect(here.lines[0]).toMatchObject({
      details: { reason: expect.stringContaining('WRONGPASS') as string },
    });
    expect(JSON.stringify(here.lines)).not.toMatch(/the-wrong-word/);
    const there = await join('instance-there', { url: url.replace('wrong', 'right') });
    expect(there.state()).toBe('connected');
  });
});

describe('Redis that loses', () => {
  test('[F3] a listener it cut for reading too slowly doubts, and hears again', async () => {
    const [here, there] = await both();
    const heard = await listenTo(there, INCIDENT);
    const client = stranger();
    await client.config('SET', 'client-output-buffer-limit', 'pubsub 65536 65536 1');
    // Published within one script, so that nobody can read in between.
    const flood = "for i = 1, 200 do redis.call('PUBLISH', KEYS[1], ARGV[1]) end";
    await client.eval(flood, 1, CHANNEL, Buffer.alloc(60_000));
    await inState(there, 'away');
    await inState(there, 'connected');
    await until(() => heard.doubts >= 2);
    await inState(here, 'connected');
    here.publish(INCIDENT, HELLO);
    await until(() => heard.messages.length > 0);
    expect(heard.messages).toEqual([[HELLO, 'instance-here']]);
  });

  test('[F6] a batch past 64 KiB is heard as its head, one below it whole', async () => {
    const [here, there] = await both();
    const heard = await listenTo(there, INCIDENT);
    here.publish(INCIDENT, batchAt(3, 200_000));
    here.publish(INCIDENT, batchAt(4, 60_000));
    await until(() => heard.messages.length === 2);
    expect(heard.messages).toEqual([
      [{ kind: 'head', head: { ...HEAD, seq: 3 } }, 'instance-here'],
      [batchAt(4, 60_000), 'instance-here'],
    ]);
  });
});

describe('whoever else reaches Redis', () => {
  test('[F7] can neither make a message nor move or repeat one', async () => {
    const [here, there] = await both();
    const heard = await listenTo(there, INCIDENT);
    const client = stranger();
    const overheard: Buffer[] = [];
    const listening = client.duplicate();
    closing.push(() => Promise.resolve(listening.disconnect()));
    listening.on('messageBuffer', (_channel: Buffer, bytes: Buffer) => overheard.push(bytes));
    await listening.subscribe(CHANNEL);
    here.publish(INCIDENT, HELLO);
    await until(() => overheard.length === 1 && heard.messages.length === 1);

    const guessed = createSeal(`${KEY}?`, 'instance-here').close(CHANNEL, 99, encodeMessage(HELLO));
    const elsewhere = createSeal(KEY, 'instance-here').close(`${CHANNEL}2`, 99, encodeMessage(HELLO));
    for (const bytes of [guessed, elsewhere, overheard[0]!, Buffer.from('hello'), Buffer.alloc(0)])
      await client.publish(CHANNEL, Buffer.from(bytes));
    here.publish(INCIDENT, { kind: 'head', head: HEAD });
    await until(() => heard.messages.length > 1);
    expect(heard.messages.map(([{ kind }]) => kind)).toEqual(['hello', 'head']);
    const faults = ['forged', 'replayed', 'malformed', 'unknown_version'].map((reason) =>
      there.counts.get(`unreadable ${reason}`),
    );
    expect(faults).toEqual([2, 1, 1, 1]);
    expect(heard.doubts).toBeGreaterThanOrEqual(2);
    expect(there.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('[F7] instances with another key or on another storage are not heard', async () => {
    const there = await join('instance-there');
    const heard = await listenTo(there, INCIDENT);
    const otherKey = await join('instance-key', { key: 'another key' });
    const otherStorage = await join('instance-storage', { storageEpoch: 'another' });
    const here = await join('instance-here');
    otherKey.publish(INCIDENT, HELLO);
    otherStorage.publish(INCIDENT, HELLO);
    await until(() => (there.counts.get('unreadable forged') ?? 0) === 1);
    here.publish(INCIDENT, HELLO);
    await until(() => heard.messages.length > 0);
    expect(heard.messages).toEqual([[HELLO, 'instance-here']]);
  });
});

describe('an instance that stops', () => {
  test('[F4] says its last word, and leaves no connection behind', async () => {
    const there = await join('instance-there');
    const notices: string[] = [];
    there.onNotice(({ kind }, from) => notices.push(`${from} ${kind}`));
    const here = redisFanout('instance-here', redis.url);
    await inState(here, 'connected');
    here.announce({ kind: 'goodbye' });
    await here.close();
    await until(() => notices.length > 0);
    expect(notices).toEqual(['instance-here goodbye']);
    const client = stranger();
    const named = async () => ((await client.client('LIST')) as string).split('name=warroom').length - 1;
    while ((await named()) > 2);
    expect(await named()).toBe(2);
    here.publish(INCIDENT, HELLO);
    expect(here.counts.get('dropped away')).toBe(1);
  });

  test('[F9] while Redis is frozen, stops all the same', async () => {
    const here = redisFanout('instance-here', redis.url);
    await inState(here, 'connected');
    redis.pause();
    here.announce({ kind: 'goodbye' });
    const from = performance.now();
    await here.close();
    expect(performance.now() - from).toBeLessThan(2000);
    redis.resume();
  });
});
