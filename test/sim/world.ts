import { templateUpdate } from '#shared/document.ts';
import { commandHash } from '../../server/rooms/commandHash.ts';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import type { RoomLog } from '../../server/rooms/roomParts.ts';
import { createMemoryStore } from '../support/memoryStore.ts';
import type { MemoryStore } from '../support/memoryStore.ts';
import { seeded } from '../support/seeded.ts';
import type { Seeded } from '../support/seeded.ts';
import { createWorldClock } from '../support/worldClock.ts';
import type { WorldClock } from '../support/worldClock.ts';
import { SimClient } from './simClient.ts';
import { SimWriter } from './simWriter.ts';
import { SimInstance } from './simInstance.ts';
import { createSimNetwork } from './simNetwork.ts';
import type { SimNetwork } from './simNetwork.ts';
import { adam, createSimPeople, everybody, ida, incidentId } from './simPeople.ts';
import type { SimPeople } from './simPeople.ts';
import { Witness } from './witness.ts';

/** What a run did, so that a simulation that does nothing cannot pass. */
export interface Work {
  acknowledged: number;
  repeated: number;
  refused: number;
  failedCalls: number;
  gaps: number;
  crashes: number;
  drains: number;
  moves: number;
  edits: number;
  forged: number;
  cuts: number;
}

/** Errors that a log may have: what other instances told was forged, and the server says so. */
const FORGED = 'another instance told what does not continue the log';

/** Everything there is in one run: instances, people at them, the store and the network between, and who watches. */
export class World {
  readonly seed: number;
  /** One process with its store in itself, as SQLite is. */
  readonly embedded: boolean;
  readonly random: Seeded;
  /** The run waits in the end until presence is right, which takes long. */
  readonly watchesPresence: boolean;
  /** For the pace of calls, so that steps stay the same when the code makes another call. */
  readonly chance: Seeded;
  readonly world: WorldClock;
  readonly store: MemoryStore;
  readonly network: SimNetwork;
  readonly people: SimPeople;
  readonly witness: Witness;
  readonly instances: readonly SimInstance[];
  readonly clients: readonly SimClient[];
  readonly writers: readonly SimWriter[];
  readonly complaints: string[] = [];
  /** When an instance could last not reach the store. */
  troubledUntil = -Infinity;
  readonly work: Work = {
    acknowledged: 0,
    repeated: 0,
    refused: 0,
    failedCalls: 0,
    gaps: 0,
    crashes: 0,
    drains: 0,
    moves: 0,
    edits: 0,
    forged: 0,
    cuts: 0,
  };
  #made = 0;

  constructor(seed: number) {
    this.seed = seed;
    const random = (this.random = seeded(seed));
    this.embedded = random.chance(0.2);
    this.watchesPresence = random.chance(0.2);
    this.chance = seeded(seed ^ 0x5eed0001);
    this.world = createWorldClock();
    this.store = createMemoryStore();
    this.network = createSimNetwork(this.world, seeded(seed ^ 0x5eed0002));
    this.people = createSimPeople((person) => this.witness.accountChanged(person));
    this.#declare(random.chance(0.6));
    this.witness = new Witness({
      log: () => this.store.log(incidentId),
      batches: () => this.store.batches(incidentId),
      now: () => this.world.now(),
      person: (id) => this.people.get(id),
      troubledUntil: () => this.troubledUntil,
    });
    const skew = () => (random.chance(0.3) ? random.below(40_000) - 20_000 : 0);
    this.instances = Array.from(
      { length: this.embedded ? 1 : 2 + random.below(3) },
      (_, index) => new SimInstance(`instance${index}`, skew(), this),
    );
    this.clients = everybody.map((person) => new SimClient(person, this));
    this.writers = everybody
      .slice(0, 2 + random.below(3))
      .map((person, index) => new SimWriter(person, 1_000 + index * 10, this));
  }

  /** Starts the instances, with everybody but the administrator inside. */
  async begin(): Promise<void> {
    for (const person of everybody) if (person !== ida && person !== adam) await this.#addMember(person);
    for (const instance of this.instances) instance.start();
  }

  async #addMember(person: string): Promise<void> {
    const { seq, docSeq } = (await this.store.head(incidentId))!;
    this.witness.observe();
    if (!this.witness.state?.private) return;
    const commandId = `member_${person}`;
    const command = { type: 'member.add' as const, body: { person }, commandId, epoch: 1 };
    this.witness.wishes.set(commandId, {
      person: ida,
      command,
      unknown: 0,
      sent: false,
      outcome: { seq: seq + 1 },
    });
    await this.store.commit({
      incidentId,
      batchId: commandId,
      now: this.world.now(),
      expectedSeq: seq,
      expectedDocSeq: docSeq,
      commands: [
        {
          actor: ida,
          commandId,
          commandHash: commandHash(command.type, command.body),
          entries: [{ type: 'member.added', body: { person } }],
        },
      ],
      documents: [],
      erasures: [],
      deadlines: { set: [], clear: [] },
      state: null,
    });
  }

  newId(): string {
    return `made_${String((this.#made += 1)).padStart(6, '0')}`;
  }

  /** Sockets of a person who was signed out end, as they do in the server. */
  signOut(instance: SimInstance, person: string): void {
    for (const client of this.clients) if (client.person === person && client.at === instance) client.leave();
    for (const writer of this.writers) if (writer.person === person && writer.at === instance) writer.cut();
  }

  /** A process died: lines to it are cut, and what was on its way is unknown. */
  cutFrom(instance: SimInstance): void {
    for (const client of this.clients) if (client.at === instance) client.leave();
    for (const writer of this.writers) if (writer.at === instance) writer.cut();
  }

  log(instance: string): RoomLog {
    const keep = (details: object, message: string): string => {
      const { err, ...rest } = details as { err?: unknown };
      const line = `${instance}: ${message} ${JSON.stringify(rest)} ${err instanceof Error ? err.stack : ''}`;
      if (this.complaints.length < 200) this.complaints.push(line);
      return line;
    };
    return {
      info() {},
      warn: (details, message) => {
        const line = keep(details, message);
        const { code } = details as { code?: number };
        if (code !== undefined && code !== 4403)
          this.witness.complain('D', `an honest editor was refused: ${line}`);
      },
      error: (details, message) => {
        const line = keep(details, message);
        const { err } = details as { err?: unknown };
        const isHarmless =
          err instanceof StoreUnavailable ||
          (err instanceof Error && err.cause instanceof StoreUnavailable) ||
          (message === FORGED && this.work.forged > 0);
        if (!isHarmless) this.witness.complain('log', line);
      },
    };
  }

  #declare(isPrivate: boolean): void {
    const body = {
      title: 'Checkout returns 500',
      severity: 'SEV3',
      commander: ida,
      private: isPrivate,
      drill: false,
      number: 1,
      id: incidentId,
    };
    const at = new Date(this.world.now()).toISOString();
    this.store.seed(incidentId, { actor: ida, body, at }, template());
  }
}

let made: Uint8Array | null = null;

/** The template is the same bytes each time. */
function template(): Uint8Array {
  return (made ??= templateUpdate('en'));
}
