import { beforeEach, describe, expect, test } from 'vitest';
import { channelsOf } from '../../server/fanout/channels.ts';
import { decodeMessage } from '../../server/fanout/messages.ts';
import { createOutgoing, LARGEST_BATCH, MOST_ON_THE_WAY } from '../../server/fanout/outgoing.ts';
import type { Outgoing } from '../../server/fanout/outgoing.ts';
import type { RedisLine } from '../../server/fanout/redisLine.ts';
import { createSeal } from '../../server/fanout/seal.ts';
import { noFanoutMetrics } from '../../server/rooms/metrics.ts';
import type { FanoutMessage } from '../../server/rooms/ports.ts';
import { settle } from '../support/fakeClock.ts';
import { batchOf, HEAD, INCIDENT, OTHER_INCIDENT } from '../contracts/fanoutSupport.ts';

const channels = channelsOf('epoch');
const reader = createSeal('key', 'instance-there');

/** A line that answers when it is told to. */
function heldLine(): RedisLine & {
  sent: FanoutMessage[];
  answer(count?: number): Promise<void>;
  fail(): Promise<void>;
} {
  const sent: FanoutMessage[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  return {
    sent,
    publish(channel, bytes) {
      const opened = reader.open(channel, bytes);
      if (opened.kind !== 'opened') throw new Error(`What was sent is ${opened.kind}.`);
      const incidentId = channels.incidentOf(channel);
      const message = incidentId === null ? null : decodeMessage(opened.payload, incidentId);
      if (message) sent.push(message);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    async answer(count = Infinity) {
      for (let left = count; left > 0 && waiting.length > 0; left -= 1) waiting.shift()?.resolve();
      await settle();
    },
    async fail() {
      for (const { reject } of waiting.splice(0)) reject(new Error('gone'));
      await settle();
    },
    subscribe: () => Promise.resolve(),
    unsubscribe() {},
    close() {},
  };
}

const HELLO: FanoutMessage = { kind: 'hello' };
const headAt = (seq: number) => ({ ...HEAD, seq });
const batchAt = (seq: number, size = 8): FanoutMessage => ({
  kind: 'batch',
  head: headAt(seq),
  entries: [],
  documents: [batchOf(INCIDENT, size)],
});

let dropped: string[];
let outgoing: Outgoing;
let line: ReturnType<typeof heldLine>;
beforeEach(() => {
  dropped = [];
  line = heldLine();
  outgoing = createOutgoing({
    seal: createSeal('key', 'instance-here'),
    channels,
    metrics: { ...noFanoutMetrics, dropped: (reason) => dropped.push(reason) },
    now: () => 0,
  });
});

describe('what goes to the other instances', () => {
  test('[F4] is lost while nobody can be reached, and the newest head of each incident is told afterwards', async () => {
    outgoing.publish(INCIDENT, batchAt(1));
    outgoing.publish(INCIDENT, HELLO);
    outgoing.publish(INCIDENT, batchAt(2));
    outgoing.publish(OTHER_INCIDENT, { kind: 'head', head: headAt(7) });
    outgoing.announce({ kind: 'permissions' });
    expect(dropped).toEqual(['away', 'away', 'away', 'away', 'away']);
    outgoing.use(line);
    expect(line.sent).toEqual([
      { kind: 'head', head: headAt(2) },
      { kind: 'head', head: headAt(7) },
    ]);
    await line.answer();
    outgoing.use(heldLine());
    expect(line.sent).toHaveLength(2);
  });

  test('[F4] what was on its way when the line ended is told later as its head, unless newer was told since', async () => {
    outgoing.use(line);
    outgoing.publish(INCIDENT, batchAt(3));
    outgoing.publish(INCIDENT, batchAt(4));
    outgoing.publish(OTHER_INCIDENT, HELLO);
    outgoing.use(null);
    await line.fail();
    const next = heldLine();
    outgoing.use(next);
    expect(next.sent).toEqual([{ kind: 'head', head: headAt(4) }]);
    // Its end may also become known after the next one was opened.
    const third = heldLine();
    outgoing.use(third);
    await next.fail();
    expect(third.sent).toEqual([{ kind: 'head', head: headAt(4) }]);
  });

  test('[F5] stops at so many messages, and goes on with the heads that are due once half of them are answered', async () => {
    outgoing.use(line);
    for (let count = 0; count < MOST_ON_THE_WAY; count += 1) outgoing.publish(INCIDENT, HELLO);
    expect(dropped).toEqual([]);
    outgoing.publish(INCIDENT, batchAt(5));
    outgoing.publish(INCIDENT, HELLO);
    expect(dropped).toEqual(['backlog', 'backlog']);
    expect(line.sent).toHaveLength(MOST_ON_THE_WAY);
    await line.answer(MOST_ON_THE_WAY / 2 - 1);
    expect(line.sent).toHaveLength(MOST_ON_THE_WAY);
    await line.answer(1);
    expect(line.sent.slice(MOST_ON_THE_WAY)).toEqual([{ kind: 'head', head: headAt(5) }]);
  });

  test('[F5] stops at so many bytes', async () => {
    outgoing.use(line);
    while (dropped.length === 0) outgoing.publish(INCIDENT, batchAt(1, 60_000));
    expect(line.sent.length * 60_000).toBeGreaterThan(4 * 1024 * 1024 - 60_000);
    expect(line.sent.length * 60_000).toBeLessThan(4 * 1024 * 1024 + 60_000);
    await line.answer();
    outgoing.publish(INCIDENT, batchAt(2));
    expect(dropped).toEqual(['backlog']);
  });

  test('[F5] does not count what an ended line never answered', async () => {
    outgoing.use(line);
    for (let count = 0; count < MOST_ON_THE_WAY; count += 1) outgoing.publish(INCIDENT, HELLO);
    const next = heldLine();
    outgoing.use(next);
    outgoing.publish(INCIDENT, HELLO);
    expect(next.sent).toEqual([HELLO]);
    await line.fail();
    for (let count = 1; count < MOST_ON_THE_WAY; count += 1) outgoing.publish(INCIDENT, HELLO);
    expect(dropped).toEqual([]);
    outgoing.publish(INCIDENT, HELLO);
    expect(dropped).toEqual(['backlog']);
  });

  test('[F6] a batch up to 64 KiB goes whole, one past it as its head', () => {
    outgoing.use(line);
    const around = 80;
    for (let size = LARGEST_BATCH - 600; size <= LARGEST_BATCH; size += around)
      outgoing.publish(INCIDENT, batchAt(size, size));
    const kinds = line.sent.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['batch', 'head']));
    expect(kinds).toEqual([...kinds].sort());
    expect(line.sent.at(-1)).toMatchObject({ kind: 'head', head: { seq: expect.any(Number) as number } });
  });

  test('[F6] anything else past 1 MiB does not go', () => {
    outgoing.use(line);
    const awareness = (size: number): FanoutMessage => ({
      ...{ kind: 'awareness', name: 'main' },
      entries: new Uint8Array(size),
    });
    outgoing.publish(INCIDENT, awareness(1024 * 1024 - 200));
    outgoing.publish(INCIDENT, awareness(1024 * 1024));
    outgoing.announce({ kind: 'sessions_ended', ids: ['x'.repeat(1024 * 1024)] });
    expect(line.sent).toHaveLength(1);
    expect(dropped).toEqual(['too_large', 'too_large']);
  });

  test('[F4] is waited for when the process ends, as long as somebody can be reached', async () => {
    let isDrained = false;
    await outgoing.drained();
    outgoing.use(line);
    await outgoing.drained();
    outgoing.announce({ kind: 'goodbye' });
    void outgoing.drained().then(() => (isDrained = true));
    await settle();
    expect(isDrained).toBe(false);
    await line.answer();
    expect(isDrained).toBe(true);
  });
});
