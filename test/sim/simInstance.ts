import { defaultLimits } from '#shared/contract/limits.ts';
import { createLocalFanout } from '../../server/fanout/silent.ts';
import { createConnections } from '../../server/rooms/connections.ts';
import type { Connections } from '../../server/rooms/connections.ts';
import { startDeadlines } from '../../server/rooms/deadlines.ts';
import { openDirectory } from '../../server/rooms/directory.ts';
import type { People } from '../../server/rooms/directory.ts';
import { noMetrics } from '../../server/rooms/metrics.ts';
import { createRooms } from '../../server/rooms/rooms.ts';
import type { CommitRequest } from '../../server/rooms/ports.ts';
import type { RunningRooms } from '../../server/rooms/rooms.ts';
import type { ProcessClock } from '../support/worldClock.ts';
import { createSimEdge } from './simEdge.ts';
import type { SimEdge } from './simEdge.ts';
import type { SimFanout } from './simNetwork.ts';
import { incidentId } from './simPeople.ts';
import { connectStore, fairWeather } from './simStore.ts';
import type { StoreWeather } from './simStore.ts';
import type { World } from './world.ts';

/** What runs in a process that is up. */
interface Running {
  clock: ProcessClock;
  rooms: RunningRooms;
  directory: People;
  connections: Connections;
  edge: SimEdge;
  fanout: SimFanout | null;
  stopDeadlines(): Promise<void>;
}

/** One process of the server, which can die and come back. */
export class SimInstance {
  readonly name: string;
  /** How far its clock is from the world's. Milliseconds. */
  readonly skew: number;
  storeWeather: StoreWeather = fairWeather;
  phase: 'starting' | 'up' | 'draining' | 'down' = 'down';
  running: Running | null = null;
  readonly #world: World;
  #boots = 0;
  #die = (): void => {};

  constructor(name: string, skew: number, world: World) {
    this.name = name;
    this.skew = skew;
    this.#world = world;
  }

  /** What answers people; null unless it is up. */
  get serving(): Running | null {
    return this.phase === 'up' ? this.running : null;
  }

  /** Begins to start; it is up once it has read who everybody is. */
  start(): void {
    if (this.phase !== 'down') return;
    this.phase = 'starting';
    const boot = (this.#boots += 1);
    this.#begin().catch((error: unknown) => {
      if (boot !== this.#boots) return;
      this.#world.complaints.push(`${this.name} did not start: ${String(error)}`);
      this.crash();
    });
  }

  async #begin(): Promise<void> {
    const { world, network, store, people, embedded } = this.#world;
    const id = `${this.name}-${this.#boots}`;
    const clock = world.process(this.skew);
    const fanout = embedded ? null : network.connect(id, clock);
    const died = new Promise<never>((_, reject) => {
      this.#die = () => {
        clock.stop();
        fanout?.die();
        reject(new Error(`${id} died`));
      };
    });
    died.catch(() => {});
    const own = connectStore({
      store,
      people,
      world,
      clock,
      random: this.#world.chance,
      weather: () => this.storeWeather,
      died,
      embedded,
      failed: () => (this.#world.work.failedCalls += 1),
      asked: (request) => this.#judge(request),
      committed: (request) => this.#world.witness.snapshot(request),
    });
    const log = this.#world.log(id);
    const directory = await openDirectory({ store: own, clock, ...(fanout ? { fanout } : {}) });
    const connections = createConnections(() => clock.now());
    const rooms = createRooms({
      store: own,
      fanout: fanout ?? createLocalFanout(),
      clock,
      directory,
      connections,
      limits: { ...defaultLimits, commandsPerSecond: 100_000 },
      metrics: { ...noMetrics, gapRepaired: () => (this.#world.work.gaps += 1) },
      log,
      newId: () => this.#world.newId(),
    });
    const edge = createSimEdge({ rooms, store: own, directory });
    const stopDeadlines = startDeadlines({ store: own, rooms, clock, log });
    directory.onChange((person) => {
      if (person.disabled) this.#world.signOut(this, person.id);
    });
    this.running = { clock, rooms, directory, connections, edge, fanout, stopDeadlines };
    this.phase = 'up';
  }

  /** I9: an instance that knows that somebody may not enter asks for no commit of theirs. */
  #judge({ documents }: CommitRequest): void {
    const { running } = this;
    const room = running?.rooms.peek(incidentId);
    if (!running || !room) return;
    for (const { author } of documents.flatMap(({ updates }) => updates))
      if (author !== 'system')
        this.#world.witness.reaches(author, running.directory.get(author), room.state, 'a commit of edits');
  }

  /** The process is gone: nothing of it runs any more, and nobody was told. */
  crash(): void {
    this.#die();
    this.running = null;
    this.phase = 'down';
    this.#boots += 1;
    this.#world.cutFrom(this);
  }

  /** The process is asked to stop, and goes when it has kept its promises, or is killed in the end. */
  drain(): void {
    const { running } = this;
    if (this.phase !== 'up' || !running) return;
    this.phase = 'draining';
    const boot = this.#boots;
    const end = () => {
      if (this.#boots === boot) this.crash();
    };
    const leave = async () => {
      await running.stopDeadlines();
      await running.rooms.drain();
      running.edge.close();
      running.directory.close();
      await running.fanout?.close();
    };
    leave().then(end, (error: unknown) => {
      this.#world.witness.complain('T16', `${this.name} did not drain: ${String(error)}`);
      end();
    });
    this.#world.world.after(10_000, end);
  }
}
