import { Redis } from 'ioredis';
import type { Endpoint, RedisAddress } from './redisAddress.ts';
import { connectorTo } from './redisConnector.ts';
import { readSlots } from './redisSlots.ts';
import type { SlotRange } from './redisSlots.ts';

/**
 * A connection that keeps nothing for later: no queue, no second try, no reconnecting by itself. Not connected yet. Whoever
 * makes one must listen to `error`.
 */
export function newClient(
  address: RedisAddress,
  endpoint: Endpoint,
  timeout: number,
  more: { commandTimeout?: number } = {},
): Redis {
  const { username, password, tls } = address;
  return new Redis({
    ...{ ...endpoint, ...more },
    Connector: connectorTo(endpoint, tls),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    connectionName: 'warroom',
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    connectTimeout: timeout,
    keepAlive: 10_000,
  });
}

/** Asks whichever node answers first who serves which slots. Rejects with all their reasons when none does. */
export async function findSlots(address: RedisAddress, timeout: number): Promise<SlotRange[]> {
  try {
    return await Promise.any(address.nodes.map((node) => askSlots(address, node, timeout)));
  } catch (error) {
    throw new Error((error as AggregateError).errors.map(reasonOf).join('; '), { cause: error });
  }
}

async function askSlots(address: RedisAddress, node: Endpoint, timeout: number): Promise<SlotRange[]> {
  const client = newClient(address, node, timeout, { commandTimeout: timeout });
  let trouble: unknown;
  client.on('error', (error) => {
    trouble = error;
  });
  try {
    await client.connect();
    return readSlots(await client.cluster('SLOTS'), node.host);
  } catch (error) {
    throw trouble ?? error;
  } finally {
    client.disconnect();
  }
}

/** What to tell an operator. Never the error itself: those of Redis carry the command, which may be the password. */
export function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || 'unknown';
}
