import type { Entry } from '#shared/contract/entries.ts';
import type { Command, SystemCommand } from '#shared/contract/commands.ts';
import { commanderOnly } from '#shared/contract/fencing.ts';
import { refusalReasons, refuse } from '#shared/contract/refusals.ts';
import type { Head, PresentPerson } from '#shared/contract/wire.ts';
import type { Actor, TargetEntry } from '#shared/incident/context.ts';
import { mayEnter } from '#shared/incident/can.ts';
import { evolve } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { summaryOf } from '#shared/incident/summary.ts';
import { decideBatch } from './decideBatch.ts';
import type { DecidedBatch, Verdict } from './decideBatch.ts';
import { createInbox, DRAINING } from './inbox.ts';
import type { Inbox, TakenCommands } from './inbox.ts';
import { openLiveDocument } from './liveDocument.ts';
import type { LiveDocument } from './liveDocument.ts';
import { createPresence } from './presence.ts';
import type { Presence } from './presence.ts';
import type { RoomParts } from './roomParts.ts';
import { createRoomDocuments } from './roomDocuments.ts';
import type { RoomDocuments, TakenUpdates } from './roomDocuments.ts';
import { createRecentEntries, RECENT_ENTRIES } from './recentEntries.ts';
import type { RecentEntries } from './recentEntries.ts';
import type {
  CommitRequest,
  CommitResult,
  LiveDocumentHandle,
  Room,
  RoomListener,
  StoredRoom,
  SubmitAnswer,
} from './ports.ts';

/** Document updates that one commit and one broadcast frame hold at most. */
const MOST_UPDATES = 200;
/** A room that has not committed for this long starts its next batch at once. Milliseconds. */
const QUIET_MILLISECONDS = 50;
const LONGEST_WINDOW_MILLISECONDS = 20;
/** How often a batch is decided anew because somebody else's entries came first. */
const MOST_ATTEMPTS = 4;

export type { RoomLog, RoomParts } from './roomParts.ts';

/**
 * An incident in memory. Everything that arrives goes through one inbox and one tick: decide, commit, then evolve,
 * acknowledge, broadcast, publish. Nothing is told to anybody before it is durable (design section 4).
 */
export class IncidentRoom implements Room {
  readonly incidentId: string;
  state: IncidentState;
  head: Head;
  readonly #parts: RoomParts;
  readonly #presence: Presence;
  readonly #listeners = new Set<RoomListener>();
  readonly #documents: RoomDocuments;
  readonly #stops: (() => void)[] = [];
  readonly #recent: RecentEntries;
  readonly #inbox: Inbox;
  #phase: 'idle' | 'scheduled' | 'committing' | 'closed' = 'idle';
  #running: Promise<void> = Promise.resolve();
  #holders = 0;
  #committedAt = 0;
  /** When the room last did something or lost its last holder. */
  usedAt: number;

  constructor(stored: StoredRoom & { state: IncidentState }, recent: Entry[], parts: RoomParts) {
    this.#parts = parts;
    this.state = stored.state;
    this.incidentId = stored.state.id;
    this.head = stored.head;
    this.#recent = createRecentEntries(recent);
    this.#inbox = createInbox({
      target: (seq) => this.#targetOf(seq),
      known: (actor, commandId) => parts.store.findCommand(this.incidentId, actor, commandId),
    });
    this.#documents = createRoomDocuments(
      stored.documents.map((document) => document.name),
      (name) => this.#openDocument(name),
    );
    this.usedAt = parts.clock.now();
    this.#presence = createPresence(
      () => parts.clock.now(),
      () => this.#tellPresence(),
    );
    this.#stops.push(
      // Who is disabled is signed out: their sockets close as ended sessions, not as lost rights.
      parts.directory.onChange((person) => {
        if (!person.disabled) this.#documents.rightsChanged(person.id);
      }),
      parts.connections.onChange((person) => {
        if (person === this.state.commander) this.#tellPresence();
      }),
      parts.fanout.subscribe(this.incidentId, () => this.#wake()),
    );
  }

  submit(command: Command | SystemCommand, actor: Actor): Promise<SubmitAnswer> {
    if (this.#phase === 'closed') return Promise.resolve(DRAINING);
    if (actor.kind === 'person') {
      const seconds = this.#parts.budget.take(actor.id, this.#mayUseReserve(command, actor.id));
      if (seconds > 0) return Promise.resolve({ ok: false, refusal: refuse('rate_limited', { seconds }) });
    }
    const answer = this.#inbox.add(command, actor);
    this.#wake();
    return answer;
  }

  async lastEntries(limit: number): Promise<{ entries: Entry[]; head: Head; more: boolean }> {
    if (limit <= RECENT_ENTRIES) return { ...this.#recent.last(limit), head: this.head };
    const page = await this.#parts.store.readLog(this.incidentId, { before: this.head.seq + 1, limit });
    return page ?? { ...this.#recent.last(limit), head: this.head };
  }

  /** Entries after `seq` if all of them are in memory, else null. */
  recentAfter(seq: number): Entry[] | null {
    return this.#recent.after(seq);
  }

  subscribe(listener: RoomListener): () => void {
    this.#listeners.add(listener);
    const release = this.hold();
    return () => {
      if (this.#listeners.delete(listener)) release();
    };
  }

  arrive(person: string): ReturnType<Presence['arrive']> {
    const release = this.hold();
    const arrival = this.#presence.arrive(person);
    return {
      away: (away) => arrival.away(away),
      leave: () => {
        arrival.leave();
        release();
      },
    };
  }

  present(): PresentPerson[] {
    return this.#presence.list();
  }

  commanderAbsentSince(): string | null {
    const since = this.#parts.connections.absentSince(this.state.commander);
    return since === null ? null : new Date(since).toISOString();
  }

  progress(person: string, progress: { offer: string; read: number; of: number }): void {
    if (this.state.offer?.offer !== progress.offer || this.state.offer.to !== person) return;
    for (const listener of this.#listeners) listener.progress(progress);
  }

  hold(): () => void {
    this.#holders += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders -= 1;
      this.usedAt = this.#parts.clock.now();
    };
  }

  async document(name: string): Promise<LiveDocumentHandle | null> {
    return this.#phase === 'closed' ? null : this.#documents.open(name);
  }

  /** True when nobody is here and nothing waits, so that the room may leave memory. Nothing needs flushing. */
  idle(): boolean {
    return (
      this.#holders === 0 && this.#inbox.length === 0 && this.#phase === 'idle' && this.#documents.idle()
    );
  }

  /** Commits what is queued, then refuses everything and closes document sockets with `code`. */
  async close(code: number, reason: string): Promise<void> {
    if (this.#phase === 'closed') return;
    while (this.#phase !== 'idle') await this.#running;
    this.#phase = 'closed';
    for (const stop of this.#stops) stop();
    this.#inbox.takeAll().refuse(refuse('draining'));
    await this.#documents.close(code, reason);
  }

  #openDocument(name: string): Promise<LiveDocument> {
    const { store, clock, limits, log, metrics, directory } = this.#parts;
    return openLiveDocument({
      incidentId: this.incidentId,
      name,
      store,
      clock,
      limits,
      log,
      metrics,
      wake: () => this.#wake(),
      mayRead: (person) => this.#mayEnter(person),
      mayWrite: (person) => this.#mayEnter(person) && this.state.status !== 'closed',
      personName: (person) => directory.get(person)?.name ?? person,
    });
  }

  /** The reserve is for commanding: a burst of talk does not use it up. */
  #mayUseReserve(command: Command | SystemCommand, person: string): boolean {
    return person === this.state.commander && (commanderOnly as ReadonlySet<string>).has(command.type);
  }

  #mayEnter(person: string): boolean {
    const facts = this.#parts.directory.facts.get(person);
    return facts !== undefined && mayEnter(person, facts, this.state);
  }

  async #targetOf(seq: number): Promise<TargetEntry | null> {
    const entry = this.#recent.at(seq) ?? (await this.#parts.store.readEntry(this.incidentId, seq));
    return entry ? { seq, type: entry.type, actor: entry.actor, redacted: entry.redacted === true } : null;
  }

  /** Starts the tick when no commit is running and the window has passed. */
  #wake(): void {
    if (this.#phase !== 'idle') return;
    this.#phase = 'scheduled';
    const begin = () => {
      this.#phase = 'committing';
      this.#running = this.#tick();
    };
    this.#running = new Promise((resolve) => {
      const start = () => {
        begin();
        resolve(this.#running);
      };
      const wait = this.#committedAt + this.#window() - this.#parts.clock.now();
      this.#parts.clock.after(Math.max(0, wait), start);
    });
  }

  /** 0 in a quiet room, so that a first edit goes at once; grows with the sockets that each frame costs. */
  #window(): number {
    if (this.#parts.clock.now() - this.#committedAt > QUIET_MILLISECONDS) return 0;
    const sockets = this.#presence.count() + this.#documents.sockets();
    return Math.min(LONGEST_WINDOW_MILLISECONDS, sockets / 5);
  }

  async #tick(): Promise<void> {
    const commands = this.#inbox.takeAll();
    const taken = this.#documents.take(MOST_UPDATES);
    try {
      if (commands.length > 0 || taken.length > 0) await this.#commit(commands, taken);
    } catch (error) {
      this.#commitFailed(error, commands, taken);
    }
    this.usedAt = this.#committedAt = this.#parts.clock.now();
    this.#phase = 'idle';
    if (this.#inbox.length > 0 || this.#documents.hasQueued()) this.#wake();
  }

  async #commit(commands: TakenCommands, taken: TakenUpdates[]): Promise<void> {
    let prepared = await commands.prepare();
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      // Never before the last entry: the state is folded before the store stamps the entries.
      const now = Math.max(
        this.#parts.clock.now(),
        Date.parse(this.#recent.newest()?.at ?? this.state.declaredAt),
      );
      const decided = decideBatch(prepared, this.state, this.#batchContext(now));
      if (decided.records.length === 0 && taken.length === 0) return this.#answer(commands, decided.verdicts);
      const started = performance.now();
      const result = await this.#parts.store.commit(this.#request(decided, taken, now));
      switch (result.kind) {
        case 'committed':
          this.#countCommit(started, result);
          this.#apply(result, taken);
          this.#answer(commands, decided.verdicts);
          this.#publish(result, decided);
          return;
        case 'behind':
          this.#parts.metrics.gapRepaired();
          this.#apply(result, []);
          prepared = await commands.prepareAgain();
          break;
        case 'client_id_taken':
          taken = this.#refuseClaim(result.name, result.clientId, taken);
          break;
        default:
          result satisfies never;
      }
    }
    throw new Error('other instances were faster every time');
  }

  #answer(commands: TakenCommands, verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) {
      if (verdict.kind === 'refused')
        this.#parts.metrics.refused(refusalReasons[verdict.refusal.reason].code);
    }
    commands.answer(verdicts);
  }

  #batchContext(now: number): Parameters<typeof decideBatch>[2] {
    return {
      now,
      newId: () => this.#parts.newId(),
      people: this.#parts.directory.facts,
      absentSince: (person) => this.#parts.connections.absentSince(person),
      redacted: this.#recent.redacted,
      limits: this.#parts.limits,
    };
  }

  #request(decided: DecidedBatch, taken: TakenUpdates[], now: number): CommitRequest {
    return {
      incidentId: this.incidentId,
      batchId: this.#parts.newId(),
      now,
      expectedSeq: this.state.seq,
      commands: decided.records,
      documents: taken.map((part) => part.request),
      erasures: decided.erasures,
      deadlines: decided.deadlines,
      state: decided.records.length > 0 ? decided.state : null,
    };
  }

  /** Documents first, then entries: the total order of replay. */
  #apply(result: Extract<CommitResult, { kind: 'committed' | 'behind' }>, taken: TakenUpdates[]): void {
    this.#documents.apply(result.documents, taken);
    const fresh = result.entries.filter((entry) => entry.seq > this.state.seq);
    for (const entry of fresh) {
      this.state = evolve(this.state, entry);
      this.#recent.add(entry);
    }
    this.head = result.head;
    if (fresh.length === 0) return;
    for (const listener of this.#listeners) listener.entries(fresh, this.head, this.state);
    if (fresh.some(passesCommand)) this.#tellPresence();
    if (fresh.some(changesRights)) this.#documents.rightsChanged(null);
    this.#parts.summaryChanged(summaryOf(this.state, this.head));
  }

  #publish(result: Extract<CommitResult, { kind: 'committed' }>, decided: DecidedBatch): void {
    this.#parts.fanout.publish(this.incidentId, {
      head: result.head,
      entries: decided.records.length > 0 ? result.entries : [],
      documents: result.documents,
    });
  }

  /** A document's claim of somebody else's client id fails that document's part only. */
  #refuseClaim(name: string, clientId: number, taken: TakenUpdates[]): TakenUpdates[] {
    return taken.filter((part) => {
      if (part.document.name !== name) return true;
      part.document.refused(clientId);
      return false;
    });
  }

  #commitFailed(error: unknown, commands: TakenCommands, taken: TakenUpdates[]): void {
    this.#parts.metrics.commitFailed();
    this.#parts.log.error(
      { incidentId: this.incidentId, err: error },
      'commit failed; nothing of it was acknowledged',
    );
    commands.refuse(refuse('not_saved'));
    for (const { document } of taken) document.failed();
  }

  #countCommit(started: number, result: Extract<CommitResult, { kind: 'committed' }>): void {
    this.#parts.metrics.committed({
      milliseconds: performance.now() - started,
      entries: result.entries.length,
      updates: result.documents.reduce((sum, batch) => sum + batch.updates.length, 0),
    });
  }

  #tellPresence(): void {
    const people = this.#presence.list();
    for (const listener of this.#listeners) listener.presence(people, this.commanderAbsentSince());
  }
}

/** Entries after which somebody may do more or less than before. */
function changesRights(entry: Entry): boolean {
  return (
    entry.type === 'member.added' ||
    entry.type === 'member.removed' ||
    entry.type === 'status.set' ||
    entry.type === 'incident.reopened' ||
    entry.type === 'access.broken'
  );
}

/** Entries after which somebody else commands. */
function passesCommand(entry: Entry): boolean {
  return entry.type === 'handoff.accepted' || entry.type === 'handoff.forced';
}
