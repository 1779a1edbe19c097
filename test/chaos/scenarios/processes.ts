import type { Instance } from '../instance.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Kills an instance again and again under load; in a cluster any of them, and the others go on. */
async function killAgainAndAgain(stage: Stage, rounds: number): Promise<void> {
  const { topology, random, recorder } = stage;
  for (let round = 1; round <= rounds; round += 1) {
    await stage.during(50 + random.below(451));
    const victim = random.pick(topology.instances);
    await victim.kill();
    stage.injected();
    const other = topology.living()[0];
    if (other && round % 5 === 0) {
      const answers = await stage.answers(other, 5_000);
      recorder.claim('I10', `${other.name} takes commands while ${victim.name} is dead`, answers);
    }
    await victim.start();
    if (round % 5 === 0) await stage.recover();
  }
  await stage.recover();
}

/** Stops a process without its knowing, as a machine that is suspended, and lets it go on. */
async function pause(stage: Stage, victim: Instance, milliseconds: number): Promise<void> {
  await stage.during(2_000);
  victim.pause();
  stage.injected();
  await stage.during(milliseconds);
  const other = stage.topology.living()[0];
  if (other) {
    const answers = await stage.answers(other, 5_000);
    stage.recorder.claim('I10', `${other.name} takes commands while ${victim.name} is paused`, answers);
  }
  victim.resume();
  await stage.recover();
}

/** Ends every instance in turn as a deployment does. */
async function rolling(stage: Stage, rounds: number): Promise<void> {
  const { topology, recorder } = stage;
  const from = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    for (const instance of topology.instances) {
      const ending = await instance.term();
      stage.injected();
      recorder.claim(
        'I10',
        `${instance.name} ends with 0 (${ending.code}) within 20 s of SIGTERM (${Math.round(ending.milliseconds)} ms)`,
        ending.code === 0 && ending.milliseconds < 20_000,
      );
      await stage.during(300);
      await instance.start(true);
      await stage.during(1_500);
    }
  }
  await stage.recover();
  if (topology.kind === 'single') return;
  // Who came by an instance's own line had nowhere else to go; everybody else goes on elsewhere.
  const direct = new Set(topology.instances.map(({ url }) => url));
  const moved = new Set(
    stage.crowd.members.filter(({ address }) => !direct.has(address)).map(({ name }) => name),
  );
  const slowest = recorder.operations
    .filter(({ client, invoked, ended }) => moved.has(client) && ended !== null && invoked.mono > from)
    .reduce((most, { invoked, ended }) => Math.max(most, (ended?.mono ?? 0) - invoked.mono), 0);
  recorder.claim('I10', `nobody waits more than 3 s (${Math.round(slowest)} ms)`, slowest <= 3_000);
}

export const processScenarios: readonly Scenario[] = [
  {
    name: 'F1',
    title: 'kill -9 in the middle of writes, SQLite',
    kind: 'single',
    isQuick: true,
    work: { with: 'crowd', run: (stage) => killAgainAndAgain(stage, stage.isQuick ? 6 : 100) },
  },
  {
    name: 'F1 cluster',
    title: 'kill -9 of any instance in the middle of writes, PostgreSQL',
    kind: 'cluster',
    work: { with: 'crowd', run: (stage) => killAgainAndAgain(stage, stage.isQuick ? 4 : 25) },
  },
  {
    name: 'F14',
    title: 'an instance is paused for 45 s and goes on as if nothing had been',
    kind: 'cluster',
    work: {
      with: 'crowd',
      run: (stage) =>
        pause(stage, stage.random.pick(stage.topology.instances), stage.isQuick ? 8_000 : 45_000),
    },
  },
  {
    name: 'F14 single',
    title: 'the only instance is paused for 20 s',
    kind: 'single',
    work: {
      with: 'crowd',
      run: (stage) => pause(stage, stage.topology.instances[0] as Instance, 20_000),
    },
  },
  {
    name: 'F20',
    title: 'rolling restart by SIGTERM under load: nobody waits more than 3 s',
    kind: 'cluster',
    isQuick: true,
    work: { with: 'crowd', run: (stage) => rolling(stage, stage.isQuick ? 1 : 3) },
  },
  {
    name: 'F20 single',
    title: 'restart of the only instance by SIGTERM under load',
    kind: 'single',
    work: { with: 'crowd', run: (stage) => rolling(stage, 3) },
  },
  {
    name: 'F20 killed',
    title: 'SIGKILL in the middle of a graceful end',
    kind: 'single',
    work: {
      with: 'crowd',
      async run(stage) {
        const [instance] = stage.topology.instances;
        for (let round = 0; instance && round < 10; round += 1) {
          await stage.during(200);
          process.kill(instance.server.pid(), 'SIGTERM');
          await stage.during(stage.random.below(120));
          await instance.kill();
          stage.injected();
          await instance.start(true);
        }
        await stage.recover();
      },
    },
  },
  {
    name: 'F31',
    title: 'the event loop stands still for 2 s: nobody loses the connection',
    kind: 'single',
    work: {
      with: 'crowd',
      async run(stage) {
        const [instance] = stage.topology.instances;
        const lost = (): number => stage.crowd.members.reduce((sum, { room }) => sum + room.reconnects, 0);
        const before = lost();
        for (let round = 0; instance && round < (stage.isQuick ? 2 : 8); round += 1) {
          instance.pause();
          stage.injected();
          await stage.during(2_000);
          instance.resume();
          await stage.during(1_000);
        }
        await stage.recover();
        stage.recorder.claim('I10', `${lost() - before} connections were lost in stalls`, lost() === before);
      },
    },
  },
];
