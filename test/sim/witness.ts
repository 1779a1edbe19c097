import { isDeepStrictEqual } from 'node:util';
import { commanderOnly } from '#shared/contract/fencing.ts';
import type { Command } from '#shared/contract/commands.ts';
import type { Entry } from '#shared/contract/entries.ts';
import { documentMessages } from '#shared/contract/wire.ts';
import { mayEnter } from '#shared/incident/can.ts';
import { evolve } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import * as decoding from 'lib0/decoding';
import type { CommitRequest, DocumentBatch, PersonRecord } from '../../server/rooms/ports.ts';
import { readUpdate } from '../../server/rooms/updateReader.ts';

/** How long after a right was lost something of that person may still become durable. Milliseconds. */
const GRACE_MILLISECONDS = 6_000;

/** A command somebody wants, until the world has settled what became of it. */
export interface Wish {
  person: string;
  command: Command;
  /** Attempts whose answer never came or was that nobody knows. */
  unknown: number;
  /** An attempt is on its way. */
  sent: boolean;
  outcome: { seq: number } | { refused: string } | null;
}

interface WitnessParts {
  log(): readonly Entry[];
  batches(): readonly DocumentBatch[];
  now(): number;
  person(id: string): PersonRecord;
  /** When an instance could last not reach the store. */
  troubledUntil(): number;
}

/**
 * Watches over the promises of a run: everything that became durable is looked at once, in order, and everything that
 * somebody was shown or told is compared with it. Keeps what it finds wrong; it never throws into the code it watches.
 */
export class Witness {
  readonly violations: string[] = [];
  readonly wishes = new Map<string, Wish>();
  readonly counts = {
    entries: 0,
    batches: 0,
    frames: 0,
    saved: 0,
    snapshots: 0,
    handoffs: 0,
    forced: 0,
    expired: 0,
    overdue: 0,
    removed: 0,
    redacted: 0,
  };
  /** Up to where what each client id wrote is durable. */
  readonly durable = new Map<number, number>();
  /** The fold of everything durable. */
  state: IncidentState | null = null;
  readonly #parts: WitnessParts;
  readonly #commands = new Map<string, { last: number; types: Set<string> }>();
  /** When somebody lost a right: through the account, or through the log. */
  readonly #lostAt = new Map<string, number>();
  #lastFrame: Uint8Array | null = null;

  constructor(parts: WitnessParts) {
    this.#parts = parts;
  }

  complain(promise: string, problem: string): void {
    if (this.violations.length < 20) this.violations.push(`${promise}: ${problem}`);
  }

  /** Looks at what became durable since the last time. */
  observe(): void {
    const batches = this.#parts.batches();
    for (let index = this.counts.batches; index < batches.length; index += 1)
      this.#seeBatch(batches[index]!, index + 1);
    this.counts.batches = batches.length;
    const log = this.#parts.log();
    for (let index = this.counts.entries; index < log.length; index += 1)
      this.#seeEntry(log[index]!, index + 1);
    this.counts.entries = log.length;
  }

  /** Somebody's account changed. */
  accountChanged(person: PersonRecord): void {
    if (person.disabled || person.access !== 'responder') this.#lostAt.set(person.id, this.#parts.now());
    else this.#lostAt.delete(person.id);
  }

  /** I1, I3: a command was acknowledged as `seq`. */
  acknowledged(wish: Wish, seq: number): void {
    this.observe();
    const entry = this.#parts.log()[seq - 1];
    const { commandId, type } = wish.command;
    if (entry?.commandId !== commandId || entry.actor !== wish.person)
      this.complain('I1', `${type} ${commandId} was acknowledged as ${seq}, where it is not`);
    if (wish.outcome && 'seq' in wish.outcome && wish.outcome.seq !== seq)
      this.complain('I3', `${commandId} was acknowledged as ${wish.outcome.seq} and as ${seq}`);
  }

  /** I2, T1: a listener was told these entries, standing at `after`. Answers where it stands now. */
  told(who: string, after: number, entries: readonly Entry[]): number {
    this.observe();
    let position = after;
    for (const entry of entries) {
      if (entry.seq !== position + 1)
        this.complain('I2', `${who} stood at ${position} and was told ${entry.seq}`);
      const durable = this.#parts.log()[entry.seq - 1];
      if (!durable) this.complain('T1', `${who} was told ${entry.seq}, which is not durable`);
      else if (durable.hash !== entry.hash)
        this.complain('I2', `${who} was told another ${entry.seq} than is durable`);
      position = entry.seq;
    }
    return position;
  }

  /** D1: a frame goes to an editor; everything in it must be durable. */
  shown(person: string, frame: Uint8Array): void {
    if (frame === this.#lastFrame) return;
    this.#lastFrame = frame;
    const decoder = decoding.createDecoder(frame);
    if (decoding.readVarUint(decoder) !== documentMessages.sync || decoding.readVarUint(decoder) === 0)
      return;
    this.observe();
    this.counts.frames += 1;
    for (const { client, end } of readUpdate(decoding.readVarUint8Array(decoder), Infinity).sections) {
      if (end > this.durableClock(client))
        this.complain(
          'D1',
          `${person} was shown ${client} up to ${end}, durable is ${this.durableClock(client)}`,
        );
    }
  }

  /** I6: an editor was told that what it wrote below `clock` is durable. */
  saved(clientId: number, clock: number): void {
    this.observe();
    this.counts.saved += 1;
    if (clock > this.durableClock(clientId))
      this.complain(
        'I6',
        `${clientId} was told ${clock} is saved, durable is ${this.durableClock(clientId)}`,
      );
  }

  /** I9: something goes to a person from an instance that knows this state and this account. */
  reaches(person: string, account: PersonRecord | undefined, state: IncidentState, what: string): void {
    if (!mayEnter(person, account, state))
      this.complain('I9', `${what} went to ${person}, who may not enter`);
  }

  /** The state that a commit carried for snapshots and boards must be the fold of the log. */
  snapshot(request: CommitRequest): void {
    this.observe();
    const last = this.#parts.log().at(-1);
    if (!request.state || !last || request.state.seq !== this.state?.seq) return;
    // Where the log's time was ahead, its entries were stamped later than the room could know.
    if (Date.parse(last.at) !== request.now) return;
    this.counts.snapshots += 1;
    if (!isDeepStrictEqual(request.state, this.state))
      this.complain(
        'S11',
        `the state given with ${request.state.seq} is not the fold: ${differences(request.state, this.state)}`,
      );
  }

  durableClock(client: number): number {
    return this.durable.get(client) ?? 0;
  }

  #seeBatch(batch: DocumentBatch, docSeq: number): void {
    if (batch.docSeq !== docSeq) this.complain('I2', `document batch ${batch.docSeq} stands at ${docSeq}`);
    for (const { author, update } of batch.updates) {
      this.#seeActor(author, `document batch ${docSeq}`);
      for (const { client, clock, end } of readUpdate(update, Infinity).sections) {
        if (clock > this.durableClock(client))
          this.complain('I5', `document batch ${docSeq} leaves a gap in ${client}`);
        this.durable.set(client, Math.max(end, this.durableClock(client)));
      }
    }
  }

  #seeEntry(entry: Entry, seq: number): void {
    if (entry.seq !== seq) this.complain('I2', `entry ${entry.seq} stands at ${seq}`);
    if (this.state) this.#judge(entry, this.state);
    this.state = evolve(this.state, entry);
    const { actor, body, type } = entry;
    this.#count(type);
    if (type === 'member.removed') this.#lostAt.set(String(body['person']), this.#parts.now());
    if (type === 'member.added') this.#lostAt.delete(String(body['person']));
    if (type === 'access.broken') this.#lostAt.delete(actor);
  }

  #count(type: string): void {
    const counted = {
      'handoff.accepted': 'handoffs',
      'handoff.forced': 'forced',
      'handoff.expired': 'expired',
      'update.overdue': 'overdue',
      'member.removed': 'removed',
      'entry.redacted': 'redacted',
    } as const;
    const key = Object.hasOwn(counted, type) ? counted[type as keyof typeof counted] : null;
    if (key) this.counts[key] += 1;
  }

  #judge(entry: Entry, before: IncidentState): void {
    const { actor, commandId, type, seq } = entry;
    if (actor !== 'system') {
      this.#seeActor(actor, `${type} ${seq}`);
      const walls = { access: 'responder' as const, admin: true, disabled: false };
      if (!mayEnter(actor, walls, before) && type !== 'access.broken')
        this.complain('I9', `${type} ${seq} is of ${actor}, who was not inside`);
    }
    this.#seeCommandChange(entry, before);
    if (commandId === null) return;
    this.#seeCommand(entry, `${actor} ${commandId}`);
    const wish = this.wishes.get(commandId);
    if (!wish) {
      if (actor !== 'system') this.complain('I1', `${type} ${seq} is a command nobody gave`);
      return;
    }
    if (!commanderOnly.has(wish.command.type)) return;
    if (wish.command.epoch !== before.epoch || actor !== before.commander)
      this.complain(
        'I7',
        `${type} ${seq} of ${actor} is of epoch ${wish.command.epoch}, not ${before.epoch}`,
      );
  }

  /** I7: one commander, epochs that rise by one, and nobody but the named person takes over unforced. */
  #seeCommandChange({ type, body, actor, seq }: Entry, before: IncidentState): void {
    if (type !== 'handoff.accepted' && type !== 'handoff.forced') return;
    if (body['from'] !== before.commander || body['epoch'] !== before.epoch + 1)
      this.complain('I7', `${type} ${seq} does not follow from ${before.commander} in ${before.epoch}`);
    if (type === 'handoff.accepted' && (before.offer?.to !== actor || before.offer.offer !== body['offer']))
      this.complain('I7', `${type} ${seq} is not of the person whom command was offered`);
  }

  /** I1: the entries of a command stand together, once. */
  #seeCommand({ type, seq }: Entry, key: string): void {
    const known = this.#commands.get(key);
    if (known && (known.last !== seq - 1 || known.types.has(type)))
      this.complain('I1', `${key} stands at ${known.last} and again at ${seq}`);
    const types = known?.types ?? new Set();
    this.#commands.set(key, { last: seq, types: types.add(type) });
  }

  /** I9: within the grace nothing of somebody who lost a right becomes durable any more. */
  #seeActor(person: string, what: string): void {
    const lostAt = this.#lostAt.get(person);
    if (lostAt === undefined) return;
    const since = this.#parts.now() - Math.max(lostAt, this.#parts.troubledUntil());
    if (since > GRACE_MILLISECONDS)
      this.complain('I9', `${what} is of ${person}, who lost the right ${since} ms before`);
  }
}

/** Which parts of two states differ. */
function differences(one: IncidentState, other: IncidentState): string {
  const keys = Object.keys({ ...one, ...other }) as (keyof IncidentState)[];
  return keys
    .filter((key) => !isDeepStrictEqual(one[key], other[key]))
    .map((key) => `${key} ${JSON.stringify(one[key])} / ${JSON.stringify(other[key])}`)
    .join(', ');
}
