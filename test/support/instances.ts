import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLimits } from '#shared/contract/limits.ts';
import { createApp } from '../../server/app.ts';
import { createAdmission, doorLimits } from '../../server/edges/admission.ts';
import { createDocuments } from '../../server/edges/documents.ts';
import { createLog } from '../../server/edges/logging.ts';
import { createMetrics } from '../../server/edges/metrics.ts';
import { createPasswords } from '../../server/edges/passwords.ts';
import { createSockets } from '../../server/edges/sockets.ts';
import { attachUpgrade } from '../../server/edges/upgrade.ts';
import { systemChance } from '../../server/rooms/chance.ts';
import { startBoard } from '../../server/rooms/board.ts';
import { openDirectory } from '../../server/rooms/directory.ts';
import type { People } from '../../server/rooms/directory.ts';
import { noMetrics } from '../../server/rooms/metrics.ts';
import type { PersonRecord, Store } from '../../server/rooms/ports.ts';
import { createRooms } from '../../server/rooms/rooms.ts';
import { startConnections } from '../../server/rooms/sharedConnections.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { createFakeClock } from './fakeClock.ts';
import type { FakeClock } from './fakeClock.ts';
import { createFanoutNetwork } from './fanoutNetwork.ts';
import type { FanoutNetwork } from './fanoutNetwork.ts';
import { watchStore } from './quietStore.ts';

const PASSWORD = 'correct horse battery';

/** All transports of one instance, on a free port. */
export interface Instance {
  url: string;
  directory: People;
  stop(): Promise<void>;
}

/** Several instances in one process: one store, one network between them, and a clock that the test drives. */
export interface Instances {
  clock: FakeClock;
  network: FanoutNetwork;
  store: Store;
  start(name: string): Promise<Instance>;
  /** Lets time go on, in small steps, each with the time that disk and network take in truth. */
  drive(milliseconds: number): Promise<void>;
  /** Adds a person, whom every instance hears of when it reads people again. */
  person(options?: { admin?: boolean }): Promise<PersonRecord>;
  /** Signs in over one instance; the answer is a token. */
  signIn(instance: Instance, person: PersonRecord): Promise<string>;
  /** Ends all instances and removes the data. */
  close(): Promise<void>;
}

/** Starts with no instance. */
export async function createInstances(): Promise<Instances> {
  const folder = await mkdtemp(join(tmpdir(), 'warroom-instances-'));
  const opened = await openSqliteStore({ folder });
  const { store, quiet } = watchStore(opened);
  const clock = createFakeClock(Date.now());
  const network = createFanoutNetwork();
  const passwords = createPasswords({ memoryKibibytes: 8, passes: 1 });
  const running = new Set<Instance>();
  const limits = { ...defaultLimits, requestsPerSecond: 100_000, signInsPerMinute: 100_000 };
  let added = 0;

  async function start(name: string): Promise<Instance> {
    const fanout = network.join(name);
    const log = createLog('silent');
    const onFailure = (error: unknown): void => log.warn({ err: error }, 'failed');
    const directory = await openDirectory({ store, clock, fanout, onFailure });
    const connections = startConnections({ store, clock, fanout, onFailure });
    const shared = { store, clock, directory, limits, log };
    const rooms = createRooms({
      ...{ ...shared, fanout, connections, metrics: noMetrics },
      newId: () => systemChance.id(),
    });
    const config = { port: 3000, publicUrl: null, trustProxy: [], sessionSecret: null, limits };
    const clientFolder = join(folder, 'no-client');
    const app = await createApp({
      ...{ ...shared, config, rooms, passwords, clientFolder },
      metrics: createMetrics(),
    });
    const parts = { ...shared, rooms, connections, sessions: app.sessions, metrics: noMetrics };
    const turns = () => createAdmission({ clock, limits: doorLimits });
    const documents = createDocuments(parts);
    const board = startBoard({ rooms, store, fanout, clock, onFailure });
    const sockets = createSockets({ ...parts, board, joins: turns() });
    const detach = attachUpgrade(app.server, {
      ...{ documents: documents.upgrade, socketIo: sockets.upgrade, door: turns() },
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const instance: Instance = {
      url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
      directory,
      async stop() {
        running.delete(instance);
        await rooms.drain();
        await sockets.close();
        documents.stop();
        board.stop();
        await connections.stop();
        detach();
        await app.close();
        directory.close();
      },
    };
    running.add(instance);
    return instance;
  }

  async function person({ admin = false } = {}): Promise<PersonRecord> {
    added += 1;
    const record: PersonRecord = {
      id: systemChance.id(),
      email: `person${added}@example.test`,
      name: `Person ${added}`,
      access: 'responder',
      admin,
      locale: 'en',
      disabled: false,
      passwordHash: await passwords.hash(PASSWORD),
      createdAt: new Date(clock.now()).toISOString(),
    };
    await store.savePerson(record);
    return record;
  }

  return {
    clock,
    network,
    store,
    start,
    async drive(milliseconds) {
      for (let left = milliseconds; left > 0; left -= 100) {
        await clock.advance(Math.min(100, left));
        await quiet();
      }
    },
    person,
    async signIn({ url }, { email }) {
      const answer = await fetch(`${url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: PASSWORD }),
      });
      return ((await answer.json()) as { token: string }).token;
    },
    async close() {
      for (const instance of running) await instance.stop();
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
