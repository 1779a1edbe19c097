import type { ChaosProxy } from '../support/chaosProxy.ts';
import type { Seeded } from '../support/seeded.ts';
import { seeded } from '../support/seeded.ts';
import { delay } from '../support/serverProcess.ts';
import type { Instance } from './instance.ts';
import { messageFaults } from './redisMessages.ts';
import type { Topology } from './topology.ts';
import { loseCommitAnswer } from './wire.ts';

/** Undoes a fault. */
type Heal = () => void | Promise<void>;

/** Something that breaks for a while. */
export interface Fault {
  readonly name: string;
  /** Of the faults that are chosen among, how often this one. */
  readonly weight: number;
  readonly needs: 'anything' | 'cluster';
  /** Null: it cannot strike now, since something else has. */
  inject(topology: Topology, random: Seeded): Promise<Heal | null>;
}

function onLine(
  name: string,
  of: (instance: Instance) => ChaosProxy | null,
  fault: (line: ChaosProxy, random: Seeded) => void,
  needs: Fault['needs'],
): Fault {
  return {
    name,
    weight: 2,
    needs,
    inject: (topology, random) => {
      const line = of(random.pick(topology.instances));
      if (!line) return Promise.resolve(null);
      fault(line, random);
      return Promise.resolve(() => line.heal());
    },
  };
}

const people = (instance: Instance): ChaosProxy => instance.line;
const database = (instance: Instance): ChaosProxy | null => instance.database;
const messages = (instance: Instance): ChaosProxy | null => instance.messages;
const silent = (line: ChaosProxy, random: Seeded): void =>
  line.set({ silent: random.pick(['up', 'down', 'both']) });
const lateness = (line: ChaosProxy, random: Seeded): void =>
  line.set({ delay: [random.below(50), 50 + random.below(400)] });
const cut = (line: ChaosProxy): void => void line.cut();

/** One of several that live, so that somebody is always left; the only one may die. */
function victim(topology: Topology, random: Seeded): Instance | null {
  const living = topology.living();
  return living.length > 1 || topology.kind === 'single'
    ? (living[random.below(living.length)] ?? null)
    : null;
}

/** Another fault may keep it from starting now; whoever heals everything starts it then. */
async function startIfPossible(instance: Instance): Promise<void> {
  await instance.start(true).catch(() => undefined);
}

/** Everything that can break, each for a while. */
export const faults: readonly Fault[] = [
  {
    name: 'instance killed',
    weight: 4,
    needs: 'anything',
    async inject(topology, random) {
      const instance = victim(topology, random);
      await instance?.kill();
      return instance && (() => startIfPossible(instance));
    },
  },
  {
    name: 'instance paused',
    weight: 3,
    needs: 'anything',
    inject(topology, random) {
      const instance = victim(topology, random);
      instance?.pause();
      return Promise.resolve(instance && (() => instance.resume()));
    },
  },
  {
    name: 'instance ended by SIGTERM',
    weight: 1,
    needs: 'anything',
    async inject(topology, random) {
      const instance = victim(topology, random);
      await instance?.term();
      return instance && (() => startIfPossible(instance));
    },
  },
  onLine('people cut off', people, cut, 'anything'),
  onLine('people’s line silent', people, silent, 'anything'),
  onLine('people’s line late', people, lateness, 'anything'),
  onLine(
    'people’s line at a crawl',
    people,
    (line) => line.set({ slow: { direction: 'down', bytesPerSecond: 4_000 } }),
    'anything',
  ),
  onLine('database cut off', database, cut, 'cluster'),
  onLine('database’s line silent', database, silent, 'cluster'),
  onLine('database’s line late', database, lateness, 'cluster'),
  onLine('Redis cut off', messages, cut, 'cluster'),
  onLine('Redis’s line silent', messages, silent, 'cluster'),
  onLine('Redis’s line late', messages, lateness, 'cluster'),
  {
    name: 'messages lost, doubled and late',
    weight: 3,
    needs: 'cluster',
    inject(topology, random) {
      const { messages: line } = random.pick(topology.instances);
      const own = seeded(random.below(2 ** 31));
      const tally = { passed: 0, lost: 0, doubled: 0, delayed: 0 };
      const shares = { lost: 0.2, doubled: 0.2, delayed: 0.3, most: 500 };
      line?.split(() => messageFaults(() => shares, own, tally));
      line?.cut();
      return Promise.resolve(() => line?.split(null));
    },
  },
  {
    name: 'Redis killed',
    weight: 2,
    needs: 'cluster',
    async inject({ redis }) {
      if (!redis || !isRunning(redis)) return null;
      await redis.kill();
      return () => redis.start();
    },
  },
  {
    name: 'Redis paused',
    weight: 2,
    needs: 'cluster',
    inject({ redis }) {
      if (!redis || !isRunning(redis)) return Promise.resolve(null);
      redis.pause();
      return Promise.resolve(() => {
        if (isRunning(redis)) redis.resume();
      });
    },
  },
  {
    name: 'PostgreSQL restarted at once',
    weight: 2,
    needs: 'cluster',
    async inject({ postgres }) {
      if (!postgres || !isRunning(postgres)) return null;
      await postgres.crash();
      return () => postgres.start();
    },
  },
  {
    name: 'PostgreSQL paused',
    weight: 1,
    needs: 'cluster',
    inject({ postgres }) {
      if (!postgres || !isRunning(postgres)) return Promise.resolve(null);
      postgres.pause();
      return Promise.resolve(() => {
        if (isRunning(postgres)) postgres.resume();
      });
    },
  },
  {
    name: 'answer of a COMMIT lost',
    weight: 4,
    needs: 'cluster',
    inject(topology, random) {
      const { database: line } = random.pick(topology.instances);
      return Promise.resolve(line && loseCommitAnswer(line, () => undefined));
    },
  },
];

function isRunning(program: { pid(): number }): boolean {
  try {
    return program.pid() > 0;
  } catch {
    return false;
  }
}

/**
 * Breaks things at random for a while, at most two at a time; answers how often each. Everything is healed when it is done.
 * Chance decides what and when; what comes of it depends on the machine as well, so that a seed repeats the plan and not
 * every interleaving.
 */
export async function rage(
  topology: Topology,
  random: Seeded,
  milliseconds: number,
  struck: (name: string) => void,
): Promise<void> {
  const until = performance.now() + milliseconds;
  const possible = faults.filter(({ needs }) => needs === 'anything' || topology.kind === 'cluster');
  const weights = Object.fromEntries(possible.map(({ name, weight }) => [name, weight]));
  const one = async (own: Seeded): Promise<void> => {
    while (performance.now() < until) {
      await delay(200 + own.below(1_500));
      const name = own.weighted(weights);
      const fault = possible.find((candidate) => candidate.name === name);
      const heal = await fault?.inject(topology, own);
      if (!heal) continue;
      struck(name);
      await delay(100 + own.below(own.chance(0.15) ? 9_000 : 2_500));
      await heal();
    }
  };
  await Promise.all([one(seeded(random.below(2 ** 31))), one(seeded(random.below(2 ** 31)))]);
}
