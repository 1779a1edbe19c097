import type { Redis } from 'ioredis';
import type { Clock } from '../rooms/ports.ts';
import { watchPulse } from './pulse.ts';
import type { Endpoint, RedisAddress } from './redisAddress.ts';
import { findSlots, newClient, reasonOf } from './redisClient.ts';
import { slotOf } from './redisSlots.ts';

/** Milliseconds after which a Redis that says nothing is taken for gone. */
export interface LineTiming {
  /** Until connected, all in all. */
  connect: number;
  /** Between an answer and the next question whether it is still there. */
  pulse: number;
  /** Until such a question is answered. */
  answer: number;
}

/** Gone is noticed after at most `pulse` + `answer`, which must stay below five seconds. */
export const lineTiming: LineTiming = { connect: 4000, pulse: 1000, answer: 2500 };

/**
 * Connections to Redis that live together: the first trouble with any of them ends them all, and a new line is opened from
 * nothing, so that no command is kept or sent twice, and a changed cluster is read anew.
 */
export interface RedisLine {
  /** Resolves when Redis has taken the message. Rejects when it did not, or the line ended. */
  publish(channel: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when every message from now on will come in. Rejects when the line ended. */
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channel: string): void;
  close(): void;
}

export interface LineOptions {
  address: RedisAddress;
  clock: Clock;
  timing: LineTiming;
  hear(channel: string, bytes: Uint8Array): void;
  /** Called once, when a line that was open can no longer be relied on; not after `close`. */
  lost(reason: string): void;
}

/** A server with one connection for each direction: what is heard must not wait behind what is sent. */
interface Node {
  publisher: Redis;
  subscriber: Redis;
}

const CHANNELS_PER_COMMAND = 500;

/** Opens a line. Rejects with what went wrong; nothing stays open then. */
export async function openLine(options: LineOptions): Promise<RedisLine> {
  const { address, clock, timing } = options;
  const phase: { now: 'opening' | 'open' | 'ended' } = { now: 'opening' };
  const clients: Redis[] = [];
  let stopTimer = clock.after(timing.connect, () => end());

  function end(): void {
    phase.now = 'ended';
    stopTimer();
    for (const client of clients) client.disconnect();
  }
  function fail(reason: string): void {
    const was = phase.now;
    if (was === 'ended') return;
    end();
    if (was === 'open') options.lost(reason);
  }
  async function connect(at: Endpoint): Promise<Redis> {
    if (phase.now === 'ended') throw new Error('Redis did not answer in time');
    const client = newClient(address, at, timing.connect);
    clients.push(client);
    let trouble: unknown;
    client.on('error', (error) => {
      trouble = error;
    });
    client.on('end', () => fail(trouble === undefined ? 'Redis closed the connection' : reasonOf(trouble)));
    client.on('moved', () => fail('the cluster moved a channel'));
    try {
      await client.connect();
      return client;
    } catch (error) {
      throw trouble ?? error;
    }
  }
  async function connectNode(at: Endpoint): Promise<Node> {
    const [publisher, subscriber] = await Promise.all([connect(at), connect(at)]);
    const heard = address.isCluster ? 'smessageBuffer' : 'messageBuffer';
    subscriber.on(heard, (channel: Buffer, bytes: Buffer) => {
      if (phase.now !== 'ended') options.hear(channel.toString(), bytes);
    });
    return { publisher, subscriber };
  }

  try {
    const nodeOf = await connectAll(address, timing.connect, connectNode);
    if (phase.now === 'ended') throw new Error('Redis did not answer in time');
    phase.now = 'open';
    stopTimer();
    stopTimer = watchPulse(clients, clock, timing, fail);
    return lineOver(nodeOf, address.isCluster, fail, end);
  } catch (error) {
    end();
    throw error;
  }
}

/** Connects to every node that serves something, and answers which one serves a channel. */
async function connectAll(
  address: RedisAddress,
  timeout: number,
  connectNode: (at: Endpoint) => Promise<Node>,
): Promise<(channel: string) => Node> {
  if (!address.isCluster) {
    const [at] = address.nodes;
    if (!at) throw new Error('An address has at least one node.');
    const node = await connectNode(at);
    return () => node;
  }
  const ranges = await findSlots(address, timeout);
  const masters = new Map<string, Endpoint>(ranges.map((range) => [nameOf(range), range]));
  const nodes = new Map(
    await Promise.all([...masters].map(async ([name, at]) => [name, await connectNode(at)] as const)),
  );
  return (channel) => {
    const slot = slotOf(channel);
    const range = ranges.find(({ from, to }) => from <= slot && slot <= to);
    const node = range && nodes.get(nameOf(range));
    if (!node) throw new Error('Every slot is served, as was checked.');
    return node;
  };
}

function nameOf({ host, port }: Endpoint): string {
  return `${host} ${port}`;
}

function lineOver(
  nodeOf: (channel: string) => Node,
  isSharded: boolean,
  fail: (reason: string) => void,
  close: () => void,
): RedisLine {
  /** What Redis refuses (a right, a slot that moved) it will refuse again. */
  async function orFail(command: Promise<unknown>): Promise<void> {
    try {
      await command;
    } catch (error) {
      fail(reasonOf(error));
      throw error;
    }
  }
  return {
    publish(channel, bytes) {
      const { publisher } = nodeOf(channel);
      const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return orFail(isSharded ? publisher.spublish(channel, message) : publisher.publish(channel, message));
    },
    async subscribe(channels) {
      if (isSharded) {
        await Promise.all(channels.map((channel) => orFail(nodeOf(channel).subscriber.ssubscribe(channel))));
        return;
      }
      for (let at = 0; at < channels.length; at += CHANNELS_PER_COMMAND) {
        const some = channels.slice(at, at + CHANNELS_PER_COMMAND);
        await orFail(nodeOf('').subscriber.subscribe(...some));
      }
    },
    unsubscribe(channel) {
      const { subscriber } = nodeOf(channel);
      // Its failure ends the line, which is all there is to do about it.
      orFail(isSharded ? subscriber.sunsubscribe(channel) : subscriber.unsubscribe(channel)).catch(() => {});
    },
    close,
  };
}
