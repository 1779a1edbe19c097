import { describe, expect, test } from 'vitest';
import { readOrder } from '../../scripts/cluster/orders.ts';

describe('what is typed at a running cluster', () => {
  test('is an order and a part, in any case and with any blanks', () => {
    expect(readOrder('kill 2', 3)).toEqual({ name: 'kill', part: '2' });
    expect(readOrder('  Pause   REDIS ', 3)).toEqual({ name: 'pause', part: 'redis' });
  });

  test('is nothing when the line is empty', () => {
    expect(readOrder('   ', 3)).toBeNull();
  });

  test.each(['kill', 'kill 4', 'kill 0', 'burn 1', 'kill 1 2', 'kill __proto__'])(
    'is refused with what there is: %s',
    (line) => {
      expect(() => readOrder(line, 3)).toThrow(
        'Write kill, stop, start, pause, resume and then one of postgres, redis, proxy, 1, 2, 3.',
      );
    },
  );
});
