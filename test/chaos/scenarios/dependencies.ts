import { connect } from 'node:net';
import { ask } from '../../support/client.ts';
import type { Account } from '../../support/client.ts';
import type { RedisServer } from '../../support/redisServer.ts';
import { seeded } from '../../support/seeded.ts';
import type { Instance } from '../instance.ts';
import { messageFaults } from '../redisMessages.ts';
import type { MessageFaults, MessageTally } from '../redisMessages.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Within this, what was missed is made good without a new message. Milliseconds. */
const REPAIRED_WITHIN = 5_000;

function redisOf({ topology }: Stage): RedisServer {
  if (!topology.redis) throw new Error('This run has no Redis.');
  return topology.redis;
}

/** While something is away, commands are taken by every instance, and people of different instances see each other's. */
async function goesOnWithout(stage: Stage, what: string, within: number): Promise<void> {
  const { topology, recorder, crowd } = stage;
  for (const instance of topology.living()) {
    const answers = await stage.answers(instance, within);
    recorder.claim('I10', `${instance.name} takes commands within ${within} ms while ${what}`, answers);
  }
  const [one, ...others] = topology.living();
  const who = crowd.people[6] as Account;
  if (!one || others.length === 0) return;
  const reader = crowd.enter(`reader while ${what}`, who, crowd.busy, (others.at(-1) as Instance).url);
  const writer = crowd.enter(`writer while ${what}`, who, crowd.busy, one.url);
  await Promise.all([reader.room.joined(), writer.room.joined()]);
  const said = await crowd.give(
    writer,
    'chat.post',
    { text: `seen elsewhere while ${what}` },
    { within: 20_000 },
  );
  const isSaid = said.kind === 'acknowledged';
  const seen =
    isSaid && (await reader.room.entry(({ seq }) => seq === said.seq, REPAIRED_WITHIN).catch(() => null));
  recorder.claim('I10', `other instances show it within ${REPAIRED_WITHIN} ms while ${what}`, Boolean(seen));
}

/** Redis is dead, paused, flapping or frozen by its own command. */
async function redisAway(stage: Stage): Promise<void> {
  const { isQuick, recorder, topology } = stage;
  const redis = redisOf(stage);
  await redis.kill();
  stage.injected();
  await stage.during(3_000);
  await goesOnWithout(stage, 'Redis is dead', 5_000);
  const { url } = (topology.instances[0] as Instance).server;
  const ready = await ask<{ degraded: string[] }>(`${url}/readyz`);
  recorder.claim(
    'I10',
    `readyz says that it is degraded (${ready.degraded.join()})`,
    ready.degraded.length > 0,
  );
  await redis.start();
  await stage.recover();
  redis.pause();
  stage.injected();
  await stage.during(isQuick ? 2_000 : 10_000);
  await goesOnWithout(stage, 'Redis is paused', 5_000);
  redis.resume();
  await stage.recover();
  if (isQuick) return;
  for (let round = 0; round < 8; round += 1) {
    await redis.kill();
    stage.injected();
    await stage.during(500);
    await redis.start();
    await stage.during(500);
  }
  await goesOnWithout(stage, 'Redis has just flapped', 5_000);
  await stage.recover();
}

/** The cluster is started while Redis is away. */
async function redisAwayAtStart(stage: Stage): Promise<void> {
  const { topology } = stage;
  await redisOf(stage).kill();
  stage.injected();
  for (const instance of topology.instances) {
    await instance.kill();
    await instance.start();
  }
  await goesOnWithout(stage, 'Redis was away at the start', 5_000);
  await stage.recover();
}

/** One instance cannot reach Redis and is not told so; both sides are equal after healing without a new message. */
async function redisPartition(stage: Stage, milliseconds: number): Promise<void> {
  const { topology, recorder, crowd, random } = stage;
  const cut = random.pick(topology.instances);
  cut.messages?.set({ silent: 'both' });
  stage.injected();
  await stage.during(milliseconds);
  await goesOnWithout(stage, `${cut.name} cannot reach Redis`, 5_000);
  await crowd.stopLoad();
  // Said while the line is still cut, and nothing after it: repair must not wait for the next message.
  const other = topology.instances.find((instance) => instance !== cut) as Instance;
  const who = crowd.people[7] as Account;
  const reader = crowd.enter('reader at the cut', who, crowd.busy, cut.url);
  const writer = crowd.enter('writer elsewhere', who, crowd.busy, other.url);
  await Promise.all([reader.room.joined(), writer.room.joined()]);
  const said = await crowd.give(writer, 'chat.post', { text: 'the last word' }, { within: 20_000 });
  cut.messages?.heal();
  const seen =
    said.kind === 'acknowledged' &&
    (await reader.room.entry(({ seq }) => seq === said.seq, REPAIRED_WITHIN).catch(() => null));
  recorder.claim(
    'I2',
    `both sides are equal within ${REPAIRED_WITHIN} ms without a new message`,
    Boolean(seen),
  );
  await stage.recover();
}

/** Messages between the instances are lost, doubled and late, each a share of them. */
async function unreliableMessages(stage: Stage, milliseconds: number): Promise<void> {
  const { topology, recorder, seed } = stage;
  const tally: MessageTally = { passed: 0, lost: 0, doubled: 0, delayed: 0 };
  const faults: MessageFaults = { lost: 0.1, doubled: 0.1, delayed: 0.3, most: 500 };
  for (const [index, { messages }] of topology.instances.entries()) {
    messages?.split(() => messageFaults(() => faults, seeded(seed * 97 + index), tally));
    // What is connected already is connected anew, through the splitter.
    messages?.cut();
  }
  await stage.during(milliseconds);
  for (const { messages } of topology.instances) {
    messages?.split(null);
    messages?.cut();
  }
  stage.injected(tally.lost + tally.doubled + tally.delayed);
  recorder.claim(
    'work',
    `messages were struck: ${JSON.stringify(tally)}`,
    tally.lost > 0 && tally.doubled > 0 && tally.delayed > 0,
  );
  await stage.recover();
}

/** A subscriber reads so slowly that Redis throws it out. */
async function outputBuffer(stage: Stage): Promise<void> {
  const { topology, recorder } = stage;
  const redis = redisOf(stage);
  await redisCommand(redis, ['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 256kb 128kb 1']);
  const victim = stage.random.pick(topology.instances);
  victim.messages?.set({ slow: { direction: 'down', bytesPerSecond: 300 } });
  // Redis of this age counts them nowhere but in what it prints.
  const thrownOut = (): number => redis.output().match(/output buffer limits/g)?.length ?? 0;
  // The kernel takes some megabytes before Redis notices that nobody reads them.
  const channel = await someChannel(redis);
  const flood = Array.from({ length: 100 }, () => ['PUBLISH', channel, 'x'.repeat(200_000)]);
  const deadline = performance.now() + 60_000;
  while (thrownOut() === 0 && performance.now() < deadline) await redisCommand(redis, ...flood);
  const count = thrownOut();
  stage.injected(count);
  recorder.claim('work', `Redis threw a subscriber out (${count})`, count > 0);
  await stage.during(2_000);
  await stage.recover();
}

async function someChannel(redis: RedisServer): Promise<string> {
  const answer = await redisCommand(redis, ['PUBSUB', 'CHANNELS']);
  const found = /\$\d+\r\n(.+)\r\n/.exec(answer)?.[1];
  if (found === undefined) throw new Error('Nobody subscribes to anything.');
  return found;
}

/** Commands on a connection of their own; the raw answers. */
async function redisCommand(redis: RedisServer, ...commands: string[][]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(redis.port, '127.0.0.1', () => {
      for (const words of [...commands, ['QUIT']]) {
        const text = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
        socket.write(`*${words.length}\r\n${text}`);
      }
    });
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

export const dependencyScenarios: readonly Scenario[] = [
  {
    name: 'F4',
    title: 'Redis is dead, paused for 10 s, and flaps every second',
    kind: 'cluster',
    work: { with: 'crowd', run: redisAway },
  },
  {
    name: 'F4 start',
    title: 'the instances start while Redis is away',
    kind: 'cluster',
    work: { with: 'crowd', run: redisAwayAtStart },
  },
  {
    name: 'F5',
    title: 'one instance cannot reach Redis for 60 s and is not told so',
    kind: 'cluster',
    work: { with: 'crowd', run: (stage) => redisPartition(stage, stage.isQuick ? 6_000 : 60_000) },
  },
  {
    name: 'F6',
    title: '10 % of the messages between instances lost, 10 % doubled, 30 % late by up to 500 ms',
    kind: 'cluster',
    isQuick: true,
    work: { with: 'crowd', run: (stage) => unreliableMessages(stage, stage.isQuick ? 6_000 : 30_000) },
  },
  {
    name: 'F7',
    title: 'Redis throws out a subscriber that reads too slowly',
    kind: 'cluster',
    work: { with: 'crowd', run: outputBuffer },
  },
];
