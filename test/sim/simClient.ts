import type { Entry } from '#shared/contract/entries.ts';
import type { Command } from '#shared/contract/commands.ts';
import { evolve } from '#shared/incident/evolve.ts';
import { mayEnter } from '#shared/incident/can.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { SubmitAnswer } from '../../server/rooms/ports.ts';
import type { SimSocket } from './simEdge.ts';
import type { SimInstance } from './simInstance.ts';
import type { Wish } from './witness.ts';
import { incidentId } from './simPeople.ts';
import type { World } from './world.ts';

/** Answers after which nobody knows, so that the same command is sent again. */
const UNKNOWN: ReadonlySet<string> = new Set(['not_saved', 'draining']);

/**
 * A person's browser: in the room at one instance at a time, folding what it is told, and sending what was not answered
 * again, with the same id, to whichever instance it comes to.
 */
export class SimClient {
  readonly person: string;
  /** Where it is, or on its way to. */
  at: SimInstance | null = null;
  joined = false;
  /** The fold of what it was told. */
  state: IncidentState | null = null;
  /** How many entries it has, of whatever instance. */
  seen = 0;
  present: readonly string[] = [];
  readonly #world: World;
  #socket: SimSocket | null = null;
  #disconnect = (): void => {};
  /** Where the socket stands in the log. */
  #position = 0;

  constructor(person: string, world: World) {
    this.person = person;
    this.#world = world;
  }

  /** Comes to an instance, unless it is somewhere. */
  async enter(instance: SimInstance): Promise<void> {
    const { serving } = instance;
    if (this.at || !serving) return;
    this.at = instance;
    const socket = serving.edge.connect(this.person, (event, message) => {
      if (this.#socket !== socket) return;
      if (event === 'entries') this.#hear((message as { entries: Entry[] }).entries);
      else if (event === 'presence')
        this.present = (message as { people: { person: string }[] }).people.map(({ person }) => person);
      else if (event === 'left') this.leave();
    });
    this.#socket = socket;
    this.#disconnect = serving.connections.open(this.person);
    const wasFair = !instance.storeWeather.away;
    const after = this.seen;
    const answer = await socket.join(incidentId, after).catch(() => null);
    if (this.#socket !== socket) return;
    if (!answer?.ok) {
      this.leave();
      return;
    }
    this.joined = true;
    const { witness, people } = this.#world;
    this.#position = answer.head.seq;
    if (answer.state.seq !== answer.head.seq) witness.complain('I2', `a join answered state and head apart`);
    if (answer.entries.length > 0 && answer.more) witness.complain('I2', 'a join was not complete');
    witness.told(`${this.person} joining`, after, answer.entries);
    // One who was answered elsewhere finds that here, unless the store cannot be asked.
    if (wasFair && !instance.storeWeather.away && answer.head.seq < after)
      witness.complain('I2', `${this.person} knew ${after} and joined at ${answer.head.seq}`);
    witness.reaches(
      this.person,
      serving.directory.get(this.person) ?? people.get(this.person),
      answer.state,
      'a join',
    );
    this.#take(answer.entries);
    if (answer.state.seq >= this.seen) {
      this.state = answer.state;
      this.seen = answer.state.seq;
    }
  }

  /** The room it joined, as an object. */
  room(): object | undefined {
    return this.#socket?.room();
  }

  /** Leaves without a word, as a closed laptop does. */
  leave(): void {
    const { phase } = this.at ?? {};
    const socket = this.#socket;
    const disconnect = this.#disconnect;
    this.at = null;
    this.joined = false;
    this.#socket = null;
    this.#disconnect = () => {};
    for (const wish of this.#world.witness.wishes.values())
      if (wish.person === this.person && wish.sent) this.#lost(wish);
    if (phase === undefined || phase === 'down') return;
    socket?.leave();
    disconnect();
  }

  /** Wants something; it is sent as soon as there is an instance to send it to. */
  want(part: { type: string; body: object; epoch?: number }): void {
    const commandId = `wish_${String(this.#world.witness.wishes.size + 1).padStart(6, '0')}`;
    const wish: Wish = {
      person: this.person,
      command: { ...part, commandId } as Command,
      unknown: 0,
      sent: false,
      outcome: null,
    };
    this.#world.witness.wishes.set(commandId, wish);
    void this.send(wish);
  }

  /** Sends a wish that is open, or one that was answered once more. */
  async send(wish: Wish): Promise<void> {
    const serving = this.at?.serving;
    const socket = this.#socket;
    if (!serving || !this.joined || wish.sent) return;
    wish.sent = true;
    const answer = await this.#submit(wish.command).catch((error: unknown): null => {
      this.#world.witness.complain('submit', String(error));
      return null;
    });
    // Where the line was cut meanwhile, the answer reaches nobody.
    if (this.#socket !== socket || !wish.sent) return;
    wish.sent = false;
    if (answer) this.#note(wish, answer);
    else this.#lost(wish);
  }

  async #submit(command: Command): Promise<SubmitAnswer | null> {
    const { rooms, directory } = this.at!.running!;
    const room = await rooms.open(incidentId).catch(() => null);
    const facts = directory.facts.get(this.person);
    if (!room) return null;
    if (!mayEnter(this.person, facts, room.state) && command.type !== 'access.break')
      return { ok: false, refusal: { reason: 'not_found' } as never };
    return room.submit(command, { kind: 'person', id: this.person });
  }

  #lost(wish: Wish): void {
    wish.sent = false;
    wish.unknown += 1;
  }

  #note(wish: Wish, answer: SubmitAnswer): void {
    const { witness, work } = this.#world;
    if (answer.ok) {
      witness.acknowledged(wish, answer.seq);
      if (wish.outcome) work.repeated += 1;
      else work.acknowledged += 1;
      wish.outcome = { seq: answer.seq };
    } else if (UNKNOWN.has(answer.refusal.reason)) {
      wish.unknown += 1;
    } else {
      const { reason } = answer.refusal;
      // What happened once is answered the same, unless one may not even know of it any more.
      if (wish.outcome && 'seq' in wish.outcome) {
        if (reason !== 'not_found')
          witness.complain('I3', `${wish.command.commandId} was taken, then ${reason}`);
        return;
      }
      work.refused += 1;
      wish.outcome = { refused: reason };
    }
  }

  #hear(entries: readonly Entry[]): void {
    const { witness } = this.#world;
    const running = this.at?.running;
    if (!this.joined || !running) return witness.complain('I9', `${this.person} hears without having joined`);
    this.#position = witness.told(this.person, this.#position, entries);
    const room = running.rooms.peek(incidentId);
    const removes = entries.some(({ type }) => type === 'member.removed');
    // The entries that show somebody the door are the last that reach them.
    if (room && !removes)
      witness.reaches(this.person, running.directory.get(this.person), room.state, `entry ${this.#position}`);
    this.#take(entries);
  }

  #take(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.seq !== this.seen + 1) continue;
      this.state = evolve(this.state, entry);
      this.seen = entry.seq;
    }
  }
}
