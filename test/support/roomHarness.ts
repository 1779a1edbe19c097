import { defaultLimits } from '#shared/contract/limits.ts';
import type { Limits } from '#shared/contract/limits.ts';
import type { Command, CommandBody, CommandType } from '#shared/contract/commands.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { PersonFacts } from '#shared/incident/context.ts';
import { templateUpdate } from '#shared/document.ts';
import { createLocalFanout } from '../../server/fanout/silent.ts';
import { createConnections } from '../../server/rooms/connections.ts';
import type { Connections } from '../../server/rooms/connections.ts';
import { noMetrics } from '../../server/rooms/metrics.ts';
import type { Directory, PersonRecord, SubmitAnswer } from '../../server/rooms/ports.ts';
import type { IncidentRoom } from '../../server/rooms/room.ts';
import { createRooms } from '../../server/rooms/rooms.ts';
import type { RunningRooms } from '../../server/rooms/rooms.ts';
import { createFakeClock } from './fakeClock.ts';
import type { FakeClock } from './fakeClock.ts';
import { createMemoryStore } from './memoryStore.ts';
import type { MemoryStore } from './memoryStore.ts';

/** People of the tests: `ida` declares; `adam` is an administrator, `sue` a stakeholder. */
export const everybody = ['ida_0000', 'ben_0000', 'cleo_000', 'adam_000', 'sue_0000'] as const;
export const [ida, ben, , adam, sue] = everybody;
export const incidentId = 'incident_1';

/** Rooms on a store in memory, with a clock and people that the test drives. */
export interface Harness {
  store: MemoryStore;
  clock: FakeClock;
  rooms: RunningRooms;
  people: FakeDirectory;
  connections: Connections;
  /** Hears of a room that does not go on; counts from the next restart. */
  onStuck?: (error: Error) => void;
  /** What was logged as a warning or worse. */
  complaints: string[];
  /** The room of the one incident. */
  open(): Promise<IncidentRoom>;
  /** Gives a command as a person and lets the tick run. */
  give<T extends CommandType>(
    room: IncidentRoom,
    person: string,
    type: T,
    body: CommandBody<T>,
    options?: { commandId?: string; epoch?: number },
  ): Promise<SubmitAnswer>;
  /** New rooms on the same store, as after a crash. */
  restart(): void;
}

export interface FakeDirectory extends Directory {
  change(id: string, change: Partial<PersonRecord>): void;
}

export function createFakeDirectory(): FakeDirectory {
  const people = new Map<string, PersonRecord>();
  const facts = new Map<string, PersonFacts>();
  const listeners = new Set<(person: PersonRecord) => void>();
  const keep = (person: PersonRecord) => {
    people.set(person.id, person);
    facts.set(person.id, { access: person.access, admin: person.admin, disabled: person.disabled });
  };
  for (const id of everybody) {
    keep({
      id,
      name: id.replace(/_0*$/, ''),
      email: `${id}@example.org`,
      access: id === sue ? 'stakeholder' : 'responder',
      admin: id === adam,
      locale: 'en',
      disabled: false,
      passwordHash: null,
      createdAt: '2026-03-14T00:00:00.000Z',
    });
  }
  return {
    facts,
    get: (id) => people.get(id),
    all: () => [...people.values()],
    isCurrent: () => true,
    makeCurrent: () => Promise.resolve(),
    onChange(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    change(id, change) {
      const person = { ...people.get(id)!, ...change };
      keep(person);
      for (const hear of listeners) hear(person);
    },
  };
}

/** Starts with one incident that `ida` declared. */
export function createHarness(options: { private?: boolean; limits?: Partial<Limits> } = {}): Harness {
  const store = createMemoryStore();
  const clock = createFakeClock();
  const people = createFakeDirectory();
  const connections = createConnections(() => clock.now());
  const complaints: string[] = [];
  let made = 0;

  const body: Entry['body'] = {
    title: 'Checkout returns 500',
    severity: 'SEV3',
    commander: ida,
    private: options.private ?? false,
    drill: false,
    number: 1,
    id: incidentId,
  };
  store.seed(incidentId, { actor: ida, body, at: new Date(clock.now()).toISOString() }, templateUpdate('en'));

  const start = () =>
    createRooms({
      store,
      fanout: createLocalFanout(),
      clock,
      directory: people,
      connections,
      limits: { ...defaultLimits, ...options.limits },
      metrics: noMetrics,
      log: {
        info() {},
        warn: (_, message) => complaints.push(message),
        error: (_, message) => complaints.push(message),
      },
      newId: () => `made_${String((made += 1)).padStart(6, '0')}`,
      onStuck: (error) => harness.onStuck?.(error),
    });

  const harness: Harness = {
    store,
    clock,
    people,
    connections,
    complaints,
    rooms: start(),
    async open() {
      const opening = harness.rooms.open(incidentId);
      await clock.advance(0);
      const room = await opening;
      if (!room) throw new Error('the incident could not be opened');
      return room;
    },
    async give(room, person, type, given, { commandId, epoch } = {}) {
      const command = {
        type,
        body: given,
        commandId: commandId ?? `given_${String((made += 1)).padStart(6, '0')}`,
        ...(epoch === undefined ? {} : { epoch }),
      } as Command;
      const answer = room.submit(command, { kind: 'person', id: person });
      await clock.advance(100);
      return answer;
    },
    restart() {
      harness.rooms = start();
    },
  };
  return harness;
}

/** The reason of a refusal, or `ok`. */
export function reasonOf(answer: SubmitAnswer): string {
  return answer.ok ? 'ok' : answer.refusal.reason;
}
