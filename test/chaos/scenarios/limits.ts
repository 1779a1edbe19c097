import { readWholeLog, request } from '../../support/client.ts';
import type { Account } from '../../support/client.ts';
import { openSocket } from '../../support/clientRoom.ts';
import type { Instance } from '../instance.ts';
import type { Scenario } from '../scenario.ts';
import { after } from '../persist.ts';
import type { Stage } from '../stage.ts';

const MINUTE = 60_000;

/** Wall clocks jump ahead and back while people work. Order is by seq; nobody is signed out and nothing stops. */
async function clocks(stage: Stage): Promise<void> {
  const { topology, crowd, recorder, isQuick } = stage;
  const shifts = isQuick ? [10, -60, 0] : [10, 0, -10, 0, -60, 0, 60, 0];
  for (const minutes of shifts) {
    for (const [index, instance] of topology.instances.entries()) {
      // Not all the same way: instances differ from each other as well.
      await instance.shiftClock((index % 2 === 0 ? minutes : -minutes) * MINUTE);
    }
    stage.injected(topology.instances.length);
    await stage.during(3_000);
    for (const [index, instance] of topology.instances.entries()) {
      const off = index % 2 === 0 ? minutes : -minutes;
      const who = crowd.people[1] as Account;
      const session = await request(`${instance.server.url}/api/session`, { token: who.token });
      const isKnown = session.status === 200;
      recorder.claim('I10', `a session holds with a clock off by ${off} min (${session.status})`, isKnown);
      const answers = await stage.answers(instance, isKnown ? 10_000 : 1_000);
      recorder.claim('I10', `${instance.name} takes commands with a clock off by ${off} min`, answers);
    }
  }
  const { url } = (topology.instances[0] as Instance).server;
  const log = await readWholeLog(url, crowd.people[0] as Account, crowd.busy);
  const back = log.find(({ at }, index) => index > 0 && at < (log[index - 1]?.at ?? ''));
  recorder.claim('I2', `times in the log never go back (${back?.seq ?? 'none'})`, back === undefined);
  await stage.recover();
}

/** More connections than the process may have open files: those who are in stay in, and new ones get in afterwards. */
async function fewFiles(stage: Stage): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const instance = topology.instances[0] as Instance;
  await stage.during(2_000);
  const before = await instance.usage();
  const lost = (): number => crowd.members.reduce((sum, { room }) => sum + room.reconnects, 0);
  const lostBefore = lost();
  for (let round = 0; round < (stage.isQuick ? 1 : 3); round += 1) {
    const sockets = Array.from({ length: 300 }, () =>
      openSocket(instance.server.url, (crowd.people[8] as Account).token),
    );
    stage.injected();
    await stage.during(8_000);
    const inside = sockets.filter(({ connected }) => connected).length;
    recorder.claim('work', `the limit was reached (${inside} of 300 came in)`, inside < 300);
    recorder.claim('I10', 'the process is alive', instance.isUp());
    for (const socket of sockets) socket.disconnect();
    await after(() => false, 2_000);
    const newcomer = openSocket(instance.server.url, (crowd.people[8] as Account).token);
    const came = await after(() => newcomer.connected, 15_000);
    newcomer.disconnect();
    recorder.claim('I10', 'new people get in afterwards', came !== null);
  }
  recorder.claim(
    'I10',
    `who was in stayed in (${lost() - lostBefore} connections lost)`,
    lost() === lostBefore,
  );
  await stage.recover();
  await stage.during(3_000);
  const files = await instance.usage();
  recorder.measured.push({
    instance: instance.name,
    what: 'open files',
    before: before.files,
    after: files.files,
    share: 0.1,
    noise: 8,
  });
}

/** A heap of 128 MB under a load that makes much garbage. */
async function smallHeap(stage: Stage): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const instance = topology.instances[0] as Instance;
  const ada = crowd.people[0] as Account;
  const incidentId = await crowd.declare(ada, 'Written over and over');
  const producer = crowd.write('own', ada, incidentId, { name: 'producer', url: instance.url });
  await after(() => producer.isQuiet(), 10_000);
  const sockets = Array.from({ length: 150 }, (_, index) =>
    openSocket(instance.server.url, crowd.people[index % 9]?.token),
  );
  for (const socket of sockets)
    socket.on('connect', () => socket.emit('join', { incidentId: crowd.busy }, () => undefined));
  stage.injected();
  const pid = instance.server.pid();
  const until = performance.now() + (stage.isQuick ? 6_000 : 30_000);
  while (performance.now() < until && instance.isUp()) {
    producer.replace(`${'x'.repeat(40_000)}`);
    await stage.during(50);
  }
  producer.replace('');
  for (const socket of sockets) socket.disconnect();
  recorder.claim(
    'I10',
    'the process lives with a heap of 128 MB',
    instance.isUp() && instance.server.pid() === pid,
  );
  await stage.recover();
}

export const limitScenarios: readonly Scenario[] = [
  {
    name: 'F13',
    title: 'wall clocks 10 min and 1 h ahead and back (moved inside the processes, not by the kernel)',
    kind: 'single',
    work: { with: 'crowd', topology: { movableClocks: true }, run: clocks },
  },
  {
    name: 'F13 cluster',
    title: 'instances with wall clocks 20 min and 2 h apart (moved inside the processes)',
    kind: 'cluster',
    work: { with: 'crowd', topology: { movableClocks: true }, run: clocks },
  },
  {
    name: 'F29 files',
    title: 'at most 160 open files and 300 people at the door',
    kind: 'single',
    work: {
      with: 'crowd',
      topology: { prefix: ['sh', '-c', 'ulimit -n 160; exec "$0" "$@"'] },
      crowd: { talkers: 5, editors: 3 },
      run: fewFiles,
    },
  },
  {
    name: 'F29 memory',
    title: 'a heap of 128 MB, 150 people and a document that is written over 20 times a second',
    kind: 'single',
    work: {
      with: 'crowd',
      topology: { env: { NODE_OPTIONS: '--max-old-space-size=128' } },
      run: smallHeap,
    },
  },
];
