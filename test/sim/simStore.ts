import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type {
  CommitRequest,
  CommitResult,
  PersonRecord,
  RoomStore,
  Store,
} from '../../server/rooms/ports.ts';
import type { MemoryStore } from '../support/memoryStore.ts';
import type { Seeded } from '../support/seeded.ts';
import type { ProcessClock, WorldClock } from '../support/worldClock.ts';
import type { SimPeople } from './simPeople.ts';

/** What the way from one instance to the store is like at the moment. */
export interface StoreWeather {
  /** Nothing gets there or back. */
  away: boolean;
  /** Reading takes seconds. */
  slow: boolean;
  /** How many of a hundred commits are not taken, answered late, and lost although they were taken. */
  reject: number;
  late: number;
  lose: number;
}

export const fairWeather: StoreWeather = { away: false, slow: false, reject: 0, late: 0, lose: 0 };

/** What a read takes at most while the store is slow, also when it is fast again meanwhile. */
export const SLOWEST_READ_MILLISECONDS = 5_000;

export type SimStore = RoomStore & Pick<Store, 'listPeople' | 'permissionEpoch' | 'savePerson'>;

export interface SimStoreParts {
  store: MemoryStore;
  people: SimPeople;
  world: WorldClock;
  clock: ProcessClock;
  random: Seeded;
  weather(): StoreWeather;
  /** Rejects when the process dies. */
  died: Promise<never>;
  /** In the process itself, as SQLite is: what is on its way dies with it. */
  embedded: boolean;
  /** Hears each call that failed. */
  failed(): void;
  /** Hears each commit that the instance asks for, at that moment. */
  asked(request: CommitRequest): void;
  /** Hears each commit that was taken, at that moment. */
  committed(request: CommitRequest): void;
}

/** The store as one instance reaches it: with the time it takes, and what goes wrong on the way there and back. */
export function connectStore(parts: SimStoreParts): SimStore {
  const { store, people, world, clock, random, weather, died, embedded } = parts;

  const there = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      (embedded ? clock : world).after(milliseconds, resolve);
    });
  const back = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(milliseconds, resolve);
    });
  const pace = (): number => {
    if (embedded) return random.below(3);
    return random.chance(0.05) ? random.below(120) : random.below(6);
  };

  function refuse(): never {
    parts.failed();
    throw new StoreUnavailable('the store cannot be reached');
  }

  async function read<T>(work: () => Promise<T>): Promise<T> {
    if (weather().slow) await back(random.below(SLOWEST_READ_MILLISECONDS));
    if (weather().away) {
      await back(pace());
      refuse();
    }
    const found = await work();
    await back(pace());
    return weather().away ? refuse() : found;
  }

  /** Sends a write; its answer may be late, or never come although it was taken. */
  async function write<T>(work: () => Promise<T>): Promise<T> {
    const { reject, late, lose } = weather();
    const fate = random.below(100);
    await there(pace());
    if (weather().away || fate < reject) {
      await back(pace());
      return refuse();
    }
    const done = await work().catch(async (error: unknown) => {
      await back(pace());
      throw error;
    });
    await back(fate < reject + late ? 200 + random.below(3_000) : pace());
    return fate >= 100 - lose ? refuse() : done;
  }

  /** The instance decides while the log is locked; when it dies or is cut off, the lock ends with the connection. */
  async function decideFar(decide: () => Promise<CommitRequest | null>): Promise<CommitRequest | null> {
    await Promise.race([back(pace()), died]);
    const request = await Promise.race([decide(), died]);
    if (request) parts.asked(request);
    await there(pace());
    return weather().away ? refuse() : request;
  }

  function noted<T extends CommitResult | null>(result: T, request: CommitRequest): T {
    if (result?.kind === 'committed') parts.committed(request);
    return result;
  }

  return {
    storageEpoch: store.storageEpoch,
    commit: (request) => {
      parts.asked(request);
      return write(async () => noted(await store.commit(request), request));
    },
    commitLocked: (incidentId, known, decide) =>
      write<CommitResult | null>(async () => {
        let asked: CommitRequest | null = null;
        const result = await store.commitLocked(incidentId, known, async (missed, head) => {
          asked = await decideFar(() => decide(missed, head));
          return asked;
        });
        return asked ? noted(result, asked) : result;
      }),
    findCommand: (...args) => read(() => store.findCommand(...args)),
    loadRoom: (...args) => read(() => store.loadRoom(...args)),
    readMissed: (...args) => read(() => store.readMissed(...args)),
    head: (...args) => read(() => store.head(...args)),
    heads: (...args) => read(() => store.heads(...args)),
    readLog: (...args) => read(() => store.readLog(...args)),
    readEntry: (...args) => read(() => store.readEntry(...args)),
    loadDocument: (...args) => read(() => store.loadDocument(...args)),
    readBatches: (...args) => read(() => store.readBatches(...args)),
    saveCheckpoint: (...args) => write(() => store.saveCheckpoint(...args)),
    saveSegment: (...args) => write(() => store.saveSegment(...args)),
    lastSegment: (...args) => read(() => store.lastSegment(...args)),
    saveSearchText: (...args) => write(() => store.saveSearchText(...args)),
    dueDeadlines: (...args) => read(() => store.dueDeadlines(...args)),
    clearDeadlines: (...args) => write(() => store.clearDeadlines(...args)),
    incidentsOfferedTo: (...args) => read(() => store.incidentsOfferedTo(...args)),
    listPeople: (...args: number[]) => read(() => people.listPeople(...args)),
    permissionEpoch: () => read(() => people.permissionEpoch()),
    savePerson: (person: PersonRecord) => write(() => people.savePerson(person)),
  };
}
