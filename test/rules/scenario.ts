import type {
  Command,
  CommandBody,
  CommandType,
  DeclareBody,
  SystemCommand,
} from '#shared/contract/commands.ts';
import { entryTypes, isEntryType } from '#shared/contract/entries.ts';
import type { Entry, EntryType, NewEntry } from '#shared/contract/entries.ts';
import { defaultLimits } from '#shared/contract/limits.ts';
import type { RefusalReason } from '#shared/contract/refusals.ts';
import type { Actor, DecideContext, Decision, Outside, PersonFacts } from '#shared/incident/context.ts';
import { decide } from '#shared/incident/decide.ts';
import { evolve, fold } from '#shared/incident/evolve.ts';
import { declare } from '#shared/incident/lifecycle.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { bareEntry } from '../support/bareEntry.ts';

export const ADA = 'ada-commander';
export const BEN = 'ben-responder';
export const CHO = 'cho-responder';
export const DAN = 'dan-responder';
export const ROOT = 'root-admin';
export const SAM = 'sam-stakeholder';
export const OFF = 'off-disabled';

export const START = Date.parse('2026-03-14T03:00:00.000Z');
export const WORDS = 'I am the incident commander';

/** An audience that is attached by hand only, and one that hears of everything of SEV1. */
export const LEADERS = 'leadership';
export const SUPPORT = 'support-team';
export const CHECKOUT = 'service-checkout';

/** Two audiences, the public page, and a service. */
export function outsideWorld(): Outside {
  return {
    audiences: new Map([
      [LEADERS, { severities: [], tellsHandoff: true }],
      [SUPPORT, { severities: ['SEV1'], tellsHandoff: false }],
      ['public-page', { severities: ['SEV1'], tellsHandoff: false }],
    ]),
    services: new Set([CHECKOUT]),
  };
}

const responder: PersonFacts = { access: 'responder', admin: false, disabled: false };

/** Four responders, an administrator, a stakeholder, and a responder who is disabled. */
export function everybody(): Map<string, PersonFacts> {
  return new Map([
    [ADA, responder],
    [BEN, responder],
    [CHO, responder],
    [DAN, responder],
    [ROOT, { ...responder, admin: true }],
    [SAM, { ...responder, access: 'stakeholder' }],
    [OFF, { ...responder, disabled: true }],
  ]);
}

interface Options {
  /** The command epoch; the present one unless given, none at all with null. */
  epoch?: number | null;
}

/** Freezes a value to its leaves, so that a rule which changes its input fails. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** An incident driven by commands alone, with its log, a clock set by hand and ids that count up. */
export class Scenario {
  state: IncidentState;
  readonly log: Entry[] = [];
  readonly people = everybody();
  outside = outsideWorld();
  now = START;
  commanderAbsentSince: number | null = null;
  limits: DecideContext['limits'] = defaultLimits;
  #ids = 0;

  constructor(wish: Partial<DeclareBody> = {}) {
    const body = declare(
      { title: 'Checkout is down', ...wish },
      { id: 'incident-1', number: 42, commander: ADA },
    );
    this.state = this.#append({ type: 'incident.declared', body }, ADA);
  }

  get offer(): string {
    return this.state.offer?.offer ?? 'no-offer-pending';
  }

  /** What `decide` answers; nothing happens. */
  asks<T extends CommandType>(
    person: string,
    type: T,
    body: CommandBody<T>,
    { epoch = this.state.epoch }: Options = {},
  ): Decision {
    const command = { type, body, commandId: 'command-1', ...(epoch === null ? {} : { epoch }) };
    return this.decide(command as Command, { kind: 'person', id: person });
  }

  /** The reason for the no, or `allowed`. */
  answer<T extends CommandType>(
    person: string,
    type: T,
    body: CommandBody<T>,
    options?: Options,
  ): RefusalReason | 'allowed' {
    const decision = this.asks(person, type, body, options);
    return 'refusal' in decision ? decision.refusal.reason : 'allowed';
  }

  /** Gives a command that must be taken; answers its entries. */
  does<T extends CommandType>(person: string, type: T, body: CommandBody<T>, options?: Options): Entry[] {
    return this.take(this.asks(person, type, body, options), person);
  }

  /** Gives a system command; answers the reason for the no, or `allowed`. */
  system(command: Omit<SystemCommand, 'commandId'>): RefusalReason | 'allowed' {
    const decision = this.decide({ ...command, commandId: 'command-1' } as SystemCommand, { kind: 'system' });
    if ('refusal' in decision) return decision.refusal.reason;
    this.take(decision, 'system');
    return 'allowed';
  }

  decide(command: Command | SystemCommand, actor: Actor): Decision {
    this.#ids += 1;
    return decide(deepFreeze(command), deepFreeze(this.state), {
      actor,
      now: this.now,
      newId: `new-id-${String(this.#ids).padStart(4, '0')}`,
      people: this.people,
      outside: this.outside,
      target: this.#targetOf(command),
      attachment: { type: 'image/png', size: 100 },
      erasable: { kind: 'erasable', batches: [1] },
      commanderAbsentSince: this.commanderAbsentSince,
      limits: this.limits,
    });
  }

  /** Appends what was decided; a refusal here is a mistake of the test. */
  take(decision: Decision, actor: string): Entry[] {
    if ('refusal' in decision) throw new Error(`refused: ${JSON.stringify(decision.refusal)}`);
    const from = this.log.length;
    for (const entry of decision.entries) this.state = this.#append(entry, actor);
    return this.log.slice(from);
  }

  /** Offers command to a person, who accepts. */
  handsOver(to: string): void {
    this.does(this.state.commander, 'handoff.offer', { to });
    this.does(to, 'handoff.accept', { offer: this.offer, briefedSeq: this.state.seq, words: WORDS });
  }

  passes(milliseconds: number): void {
    this.now += milliseconds;
  }

  /** The state as the log alone gives it, redacted texts erased. */
  replay(): IncidentState | null {
    return fold(null, this.log);
  }

  #append(entry: NewEntry, actor: string): IncidentState {
    const seq = this.log.length + 1;
    const at = new Date(this.now).toISOString();
    const recorded = deepFreeze(bareEntry({ seq, at, actor, type: entry.type, body: { ...entry.body } }));
    this.log.push(recorded);
    if (entry.type === 'entry.redacted') this.#erase(entry.body.seq);
    return evolve(deepFreeze(this.state ?? null), recorded);
  }

  /** What the store does when a redaction is committed. */
  #erase(seq: number): void {
    const entry = this.log[seq - 1];
    if (!entry || !isEntryType(entry.type)) return;
    const erased = new Set(entryTypes[entry.type].redactable);
    const body = Object.fromEntries(Object.entries(entry.body).filter(([field]) => !erased.has(field)));
    this.log[seq - 1] = deepFreeze({ ...entry, body, salt: null, redacted: true as const });
  }

  #targetOf(command: Command | SystemCommand): DecideContext['target'] {
    const body = command.body as { seq?: number; replyTo?: number };
    const entry = this.log[(body.seq ?? body.replyTo ?? 0) - 1];
    if (!entry) return null;
    return { seq: entry.seq, type: entry.type, actor: entry.actor, redacted: entry.redacted === true };
  }
}

/** The types of entries, for short comparisons. */
export function typesOf(entries: readonly Entry[]): EntryType[] {
  return entries.map((entry) => entry.type as EntryType);
}
