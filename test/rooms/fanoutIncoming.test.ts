import { beforeEach, describe, expect, test } from 'vitest';
import { channelsOf } from '../../server/fanout/channels.ts';
import { createIncoming } from '../../server/fanout/incoming.ts';
import type { Incoming } from '../../server/fanout/incoming.ts';
import { encodeMessage, encodeNotice } from '../../server/fanout/messages.ts';
import { watchPulse } from '../../server/fanout/pulse.ts';
import { createSeal } from '../../server/fanout/seal.ts';
import { createSubscriptions } from '../../server/fanout/subscriptions.ts';
import type { Subscriptions } from '../../server/fanout/subscriptions.ts';
import { noFanoutMetrics } from '../../server/rooms/metrics.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import type { FakeClock } from '../support/fakeClock.ts';
import { INCIDENT, OTHER_INCIDENT } from '../contracts/fanoutSupport.ts';

const channels = channelsOf('epoch');
const sender = createSeal('key', 'instance-there');
const stranger = createSeal('another key', 'instance-there');
const hello = encodeMessage({ kind: 'hello' });
const channel = channels.of(INCIDENT);

let clock: FakeClock;
let subscriptions: Subscriptions;
let incoming: Incoming;
let unreadable: string[];
let warnings: object[];
let failures: unknown[];
let notices: string[];
let heard: string[];
let doubts: number;
beforeEach(() => {
  clock = createFakeClock();
  [unreadable, warnings, failures, notices, heard] = [[], [], [], [], []];
  doubts = 0;
  subscriptions = createSubscriptions(clock, (error) => failures.push(error));
  incoming = createIncoming({
    ...{ seal: createSeal('key', 'instance-here'), channels, subscriptions, clock },
    metrics: { ...noFanoutMetrics, unreadable: (reason) => unreadable.push(reason) },
    notice: ({ kind }) => notices.push(kind),
    warn: (details) => warnings.push(details),
  });
  subscriptions.add(INCIDENT, { hear: ({ kind }) => heard.push(kind), doubt: () => (doubts += 1) });
});

describe('what comes in from other instances', () => {
  test('[F7] is heard once, however often it is played again, and never after something newer', () => {
    const [first, second] = [sender.close(channel, 1, hello), sender.close(channel, 2, hello)];
    for (const envelope of [first, first, second, first, second]) incoming.hear(channel, envelope);
    expect(heard).toEqual(['hello', 'hello']);
    expect(unreadable).toEqual(['replayed', 'replayed', 'replayed']);
    // Each sender and each channel counts for itself.
    incoming.hear(channel, createSeal('key', 'instance-third').close(channel, 1, hello));
    incoming.hear(channels.all, sender.close(channels.all, 1, encodeNotice({ kind: 'permissions' })));
    expect([heard.length, notices]).toEqual([3, ['permissions']]);
  });

  test.each([
    ['forged', () => stranger.close(channel, 1, hello)],
    ['forged', () => sender.close(channels.of(OTHER_INCIDENT), 1, hello)],
    ['forged', () => sender.close(channels.all, 1, hello)],
    ['malformed', () => new Uint8Array()],
    ['unknown_version', () => Uint8Array.of(2, ...sender.close(channel, 1, hello).subarray(1))],
    ['unknown_version', () => sender.close(channel, 1, Uint8Array.of(200))],
    ['unknown_version', () => sender.close(channel, 1, encodeNotice({ kind: 'goodbye' }))],
  ])('[F3] [F7] what is %s changes nothing and is doubted', (reason, make) => {
    incoming.hear(channel, make());
    expect([heard, unreadable, doubts]).toEqual([[], [reason], 1]);
    incoming.hear(channel, sender.close(channel, 5, hello));
    expect(heard).toEqual(['hello']);
  });

  test('[F7] a forged notice is no notice, and a message on the channel of all neither', () => {
    incoming.hear(channels.all, stranger.close(channels.all, 1, encodeNotice({ kind: 'permissions' })));
    incoming.hear(channels.all, sender.close(channels.all, 1, hello));
    expect([notices, doubts, unreadable]).toEqual([[], 0, ['forged', 'unknown_version']]);
  });

  test('[F3] [F7] a flood of it is one doubt each second and one line each minute', async () => {
    for (let count = 0; count < 1000; count += 1)
      incoming.hear(channel, stranger.close(channel, count, hello));
    expect([doubts, warnings.length, unreadable.length]).toEqual([1, 1, 1000]);
    await clock.advance(999);
    expect(doubts).toBe(1);
    await clock.advance(1);
    expect(doubts).toBe(2);
    await clock.advance(5000);
    expect(doubts).toBe(2);
    await clock.advance(54_000);
    incoming.hear(channel, new Uint8Array());
    expect([doubts, warnings]).toEqual([3, [expect.anything(), { reason: 'malformed', messages: 1000 }]]);
  });

  test('[F3] a listener that throws holds up neither the others nor the process', () => {
    const others: string[] = [];
    const failure = new Error('a bug');
    const fails = (): never => {
      throw failure;
    };
    subscriptions.add(OTHER_INCIDENT, { hear: fails, doubt: fails });
    subscriptions.add(OTHER_INCIDENT, {
      hear: () => others.push('heard'),
      doubt: () => others.push('doubt'),
    });
    subscriptions.hear(OTHER_INCIDENT, { kind: 'hello' }, 'instance-there');
    subscriptions.doubt(OTHER_INCIDENT);
    expect([others, failures]).toEqual([
      ['heard', 'doubt'],
      [failure, failure],
    ]);
  });

  test('[F3] whoever stopped listening is not told of a doubt that was put off', async () => {
    const listener = { hear() {}, doubt: () => expect.unreachable('it listens no more') };
    const counting = { hear() {}, doubt: () => (doubts += 1) };
    subscriptions.add(OTHER_INCIDENT, counting);
    subscriptions.suspect(OTHER_INCIDENT);
    subscriptions.suspect(OTHER_INCIDENT);
    expect(subscriptions.remove(OTHER_INCIDENT, counting)).toBe(true);
    subscriptions.add(OTHER_INCIDENT, listener);
    await clock.advance(10_000);
    expect(doubts).toBe(1);
  });
});

describe('the pulse of a connection', () => {
  const timing = { pulse: 1000, answer: 2500 };

  test('[F9] silence is noticed once the time to answer is over, and told once', async () => {
    const answers: (() => void)[] = [];
    const asked = { ping: () => new Promise<void>((resolve) => answers.push(resolve)) };
    const reasons: string[] = [];
    watchPulse([asked, asked], clock, timing, (reason) => reasons.push(reason));
    expect(answers).toHaveLength(2);
    await clock.advance(2499);
    for (const answer of answers) answer();
    await clock.advance(1000);
    expect(answers).toHaveLength(4);
    await clock.advance(2499);
    expect(reasons).toEqual([]);
    await clock.advance(1);
    expect(reasons).toEqual(['Redis did not answer within 2500 ms']);
    await clock.advance(100_000);
    expect([reasons.length, answers.length]).toEqual([1, 4]);
  });

  test('[F9] a refused question is silence too, and after the stop nothing is asked', async () => {
    const reasons: string[] = [];
    let asked = 0;
    const refuses = { ping: () => Promise.reject(new Error('NOAUTH')) };
    const answers = { ping: () => Promise.resolve((asked += 1)) };
    watchPulse([refuses, answers], clock, timing, (reason) => reasons.push(reason));
    await clock.advance(10_000);
    expect([reasons, asked]).toEqual([['NOAUTH'], 1]);
    const stop = watchPulse([answers], clock, timing, (reason) => reasons.push(reason));
    await clock.advance(3000);
    expect(asked).toBe(5);
    stop();
    await clock.advance(10_000);
    expect([reasons.length, asked]).toEqual([1, 5]);
  });
});
