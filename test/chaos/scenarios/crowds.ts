import { declare, readIncident } from '../../support/client.ts';
import type { Account } from '../../support/client.ts';
import { scratchText } from '../../support/clientDocuments.ts';
import { openSocket } from '../../support/clientRoom.ts';
import type { Instance } from '../instance.ts';
import type { Scenario } from '../scenario.ts';
import { after } from '../persist.ts';
import type { Stage } from '../stage.ts';

/** One person reads at a crawl while much is produced; everybody else is as fast as before. */
async function slowConsumer(stage: Stage): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const instance = topology.instances[0] as Instance;
  const [ada, , edsger] = crowd.people as [Account, Account, Account, ...Account[]];
  const incidentId = await crowd.declare(ada, 'A flood');
  const door = await topology.door();
  const producer = crowd.write('own', ada, incidentId, { url: instance.url, name: 'producer' });
  const reader = crowd.write('own', edsger, incidentId, { url: door.url, name: 'slow reader' });
  await after(() => producer.isQuiet() && reader.isQuiet(), 10_000);
  const milliseconds = stage.isQuick ? 10_000 : 45_000;
  let written = 0;
  /** Writes much for a while; the most memory that the instance had meanwhile. */
  const flood = async (): Promise<number> => {
    const from = performance.now();
    let highest = 0;
    while (performance.now() - from < milliseconds) {
      // Stays below the limit of a document, as text that is written over again does.
      producer.replace('x'.repeat(60_000));
      written += 60_000;
      await stage.during(40);
      highest = Math.max(highest, (await instance.usage()).memory);
    }
    return highest;
  };
  const whole = await flood();
  const before = await instance.usage();
  const heapBefore = await smallestHeap(stage, instance);
  door.line.set({ slow: { direction: 'down', bytesPerSecond: 1_000 } });
  stage.injected();
  const grown = (await flood()) - whole;
  recorder.claim('work', `much was produced (${written} bytes)`, written > 1_000_000);
  recorder.claim(
    'I11',
    `a reader at a crawl costs less than 100 MB (${Math.round(grown / 1e6)} MB more than with whole lines)`,
    grown < 100e6,
  );
  door.line.heal();
  producer.replace('');
  const back = await after(
    () => reader.isQuiet() && scratchText(reader.doc) === scratchText(producer.doc),
    60_000,
  );
  recorder.claim('I5', `the slow reader catches up once the line is whole (${back} ms)`, back !== null);
  await stage.recover();
  await stage.during(3_000);
  const files = await instance.usage();
  recorder.measured.push(
    {
      instance: instance.name,
      what: 'open files',
      before: before.files,
      after: files.files,
      share: 0.1,
      noise: 8,
    },
    {
      instance: instance.name,
      what: 'heap in use',
      before: heapBefore,
      after: await smallestHeap(stage, instance),
      share: 0.1,
      noise: 30e6,
    },
  );
}

/** The heap in use when the collector has just run: the smallest of some looks. */
async function smallestHeap(stage: Stage, instance: Instance): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < 12; look += 1) {
    least = Math.min(least, await instance.metric('nodejs_heap_size_used_bytes'));
    await stage.during(250);
  }
  return least;
}

/** Everybody loses the connection at once and comes back at once. */
async function storm(stage: Stage, count: number): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const people = crowd.people.slice(0, 9);
  const sockets = Array.from({ length: count }, (_, index) => {
    const address = topology.instances[index % topology.instances.length] as Instance;
    const socket = openSocket(
      topology.kind === 'single' ? address.url : topology.entrance,
      people[index % 9]?.token,
    );
    let isIn = false;
    socket.on('connect', () => socket.emit('join', { incidentId: crowd.busy }, ({ ok }) => (isIn = ok)));
    socket.on('disconnect', () => (isIn = false));
    return { socket, isIn: () => isIn };
  });
  try {
    const all = (): boolean => sockets.every(({ isIn }) => isIn());
    recorder.claim('work', `${count} further clients came in`, (await after(all, 60_000)) !== null);
    const victim = topology.instances[0] as Instance;
    await victim.kill();
    stage.injected(count);
    await victim.start();
    const back = await after(all, 60_000);
    recorder.claim(
      'I10',
      `${count} clients are back within 60 s (${back === null ? 'not' : Math.round(back)} ms)`,
      back !== null,
    );
    await stage.recover();
  } finally {
    for (const { socket } of sockets) socket.disconnect();
  }
}

/** Clients that speak another version of the protocol, and one that speaks none. */
async function versionSkew(stage: Stage): Promise<void> {
  const { topology, crowd, recorder } = stage;
  const who = crowd.people[0] as Account;
  const { io } = await import('socket.io-client');
  for (const protocol of [0, 2, 99, '1', null]) {
    const socket = io(topology.entrance, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token: who.token, protocol },
    });
    const said = await new Promise<string>((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('connect_error', (error) => {
        const { data } = error as Error & { data?: { code?: string; message?: string } };
        resolve(`${data?.code ?? 'no code'} ${data?.message ?? ''}`);
      });
    });
    socket.disconnect();
    stage.injected();
    recorder.claim('I10', `protocol ${protocol} is told to reload (${said})`, /invalid.*reload/.test(said));
  }
  const { state } = await readIncident(topology.entrance, who, crowd.busy);
  recorder.claim('I10', 'the program of the present version goes on', state.id === crowd.busy);
  await declare(topology.entrance, who, { title: 'after the skew' });
  await stage.recover();
}

const inAStorm: Scenario['work'] = {
  with: 'crowd',
  crowd: { talkers: 4, editors: 3 },
  run: (stage) => storm(stage, stage.isQuick ? 100 : 400),
};

export const crowdScenarios: readonly Scenario[] = [
  {
    name: 'F18',
    title: 'somebody reads 1 kB/s while over 1 MB/s is written',
    kind: 'single',
    work: { with: 'crowd', crowd: { talkers: 4, editors: 0 }, run: slowConsumer },
  },
  {
    name: 'F19',
    title: '400 clients lose their instance at once',
    kind: 'single',
    work: inAStorm,
  },
  {
    name: 'F19 cluster',
    title: '400 clients on three instances, one of which dies',
    kind: 'cluster',
    work: inAStorm,
  },
  {
    name: 'F21',
    title: 'clients of other protocol versions at the door',
    kind: 'single',
    work: { with: 'crowd', run: versionSkew },
  },
];
