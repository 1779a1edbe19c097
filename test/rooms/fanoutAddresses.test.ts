import { describe, expect, test } from 'vitest';
import { channelsOf } from '../../server/fanout/channels.ts';
import { parseRedisUrl } from '../../server/fanout/redisAddress.ts';
import { readSlots, slotOf } from '../../server/fanout/redisSlots.ts';

const plain = { isCluster: false, tls: false };

describe('the address of Redis', () => {
  test.each([
    ['redis://cache', { ...plain, nodes: [{ host: 'cache', port: 6379 }] }],
    ['redis://127.0.0.1:7000/', { ...plain, nodes: [{ host: '127.0.0.1', port: 7000 }] }],
    ['redis://[::1]:7000/3', { ...plain, nodes: [{ host: '::1', port: 7000 }] }],
    [
      'rediss://user:p%40ss:word@cache.example.org',
      {
        ...{ isCluster: false, tls: true, username: 'user', password: 'p@ss:word' },
        nodes: [{ host: 'cache.example.org', port: 6379 }],
      },
    ],
    ['redis://:word@cache', { ...plain, password: 'word', nodes: [{ host: 'cache', port: 6379 }] }],
    [
      'redis+cluster://:word@a:7000,b,[::1]:7002',
      {
        ...{ isCluster: true, tls: false, password: 'word' },
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 6379 },
          { host: '::1', port: 7002 },
        ],
      },
    ],
    ['rediss+cluster://a', { isCluster: true, tls: true, nodes: [{ host: 'a', port: 6379 }] }],
  ])('[E1] %s is read', (text, address) => expect(parseRedisUrl(text)).toEqual(address));

  test.each([
    'cache:6379',
    'http://cache',
    'redis://',
    'redis://a,b',
    'redis://a:0',
    'redis://a:65536',
    'redis://a:seven',
    'redis+cluster://a,,b',
    'redis://user:%zz@a',
    'redis://a/db',
    'redis://a b',
    'redis://a?password=word',
    ' redis://a',
  ])('[E2] %s is none', (text) => expect(parseRedisUrl(text)).toBeNull());
});

describe('the slots of a cluster', () => {
  test('[F11] a channel belongs to the slot that the specification says', () => {
    // CRC16 of "123456789" is 0x31c3: the check value of the specification.
    expect(slotOf('123456789')).toBe(0x31c3);
    expect(slotOf('')).toBe(0);
  });

  test('[F11] incidents are spread over all of them', () => {
    const { of } = channelsOf('epoch');
    const slots = Array.from({ length: 3000 }, (_, index) => slotOf(of(`incident-${index}`)));
    const thirds = [0, 0, 0];
    for (const slot of slots) thirds[Math.floor((slot * 3) / 16_384)]! += 1;
    for (const third of thirds) expect(third).toBeGreaterThan(900);
  });

  test('[F11] a node that does not know its own name is the one that was asked', () => {
    const answer = [
      [0, 8000, ['', 7000, 'id', []], ['10.0.0.9', 7009, 'replica', []]],
      [8001, 16_383, ['10.0.0.2', 7001, 'id', []]],
    ];
    expect(readSlots(answer, 'asked')).toEqual([
      { from: 0, to: 8000, host: 'asked', port: 7000 },
      { from: 8001, to: 16_383, host: '10.0.0.2', port: 7001 },
    ]);
  });

  test.each([
    [[[0, 16_382, ['a', 1]]], /serves 16383 of 16384/],
    [[], /serves 0 of/],
    ['OK', /not answered with a list/],
    [[['0', 5, ['a', 1]]], /unknown form/],
    [[[0, 16_383, null]], /unknown form/],
  ])('[F11] %j is no whole cluster', (answer, reason) => {
    expect(() => readSlots(answer, 'asked')).toThrow(reason);
  });
});
