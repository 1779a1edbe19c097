import type { Entry } from '#shared/contract/entries.ts';
import type { Command, SystemCommand } from '#shared/contract/commands.ts';
import { refusalReasons, refuse } from '#shared/contract/refusals.ts';
import type { Head, PresentPerson } from '#shared/contract/wire.ts';
import type { Actor, TargetEntry } from '#shared/incident/context.ts';
import { mayEnter, mayWriteIn } from '#shared/incident/can.ts';
import { evolve } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { summaryOf } from '#shared/incident/summary.ts';
import { commitAttempts, sizeOf } from './commitAttempts.ts';
import type { Committed, TickBatch } from './commitAttempts.ts';
import { commitWindow } from './commitWindow.ts';
import { decideBatch, hasRefusals } from './decideBatch.ts';
import type { DecidedBatch, PreparedCommand, Verdict } from './decideBatch.ts';
import { createInbox, DRAINING } from './inbox.ts';
import type { Inbox, TakenCommands } from './inbox.ts';
import { mayUseReserve } from './budget.ts';
import { changesRights } from './entryEffects.ts';
import { openLiveDocument } from './liveDocument.ts';
import type { LiveDocument } from './liveDocument.ts';
import { makeRightsCurrent } from './rights.ts';
import { RemoteCommits } from './remoteCommits.ts';
import { RoomAudience } from './roomAudience.ts';
import type { RoomParts } from './roomParts.ts';
import { createRoomDocuments } from './roomDocuments.ts';
import type { RoomDocuments, TakenUpdates } from './roomDocuments.ts';
import { createRecentEntries, RECENT_ENTRIES } from './recentEntries.ts';
import type { RecentEntries } from './recentEntries.ts';
import type {
  CommitRequest,
  DocumentBatch,
  FanoutMessage,
  LiveDocumentHandle,
  Room,
  RoomListener,
  StoredRoom,
  SubmitAnswer,
} from './ports.ts';

/** Document updates that one commit and one broadcast frame hold at most. */
const MOST_UPDATES = 200;
/** Ticks of a room that closes: the one that runs, what was queued, and what that left. */
const MOST_LAST_TICKS = 3;
export type { RoomLog, RoomParts } from './roomParts.ts';

type Decided = DecidedBatch & { now: number; unknownRights: Error | null };

/**
 * An incident in memory. Everything that arrives goes through one inbox and one tick: decide, commit, then evolve,
 * acknowledge, broadcast, publish. Nothing is told to anybody before it is durable (design section 4).
 */
export class IncidentRoom implements Room {
  readonly incidentId: string;
  state: IncidentState;
  head: Head;
  readonly #parts: RoomParts;
  readonly #audience: RoomAudience;
  readonly #documents: RoomDocuments;
  readonly #stops: (() => void)[] = [];
  readonly #recent: RecentEntries;
  readonly #inbox: Inbox;
  /** What other instances commit, and how far this room knows of it. */
  readonly remote: RemoteCommits;
  #phase: 'idle' | 'scheduled' | 'committing' | 'closed' = 'idle';
  #running: Promise<void> = Promise.resolve();
  #holders = 0;
  #committedAt = -Infinity;
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
    this.remote = new RemoteCommits({
      ...parts,
      incidentId: this.incidentId,
      head: () => this.head,
      isCommitting: () => this.#phase === 'committing',
      apply: ({ entries, documents }, head) => this.#apply(entries, documents, head),
      wake: () => this.#wake(),
      ticked: () => this.#running,
    });
    this.usedAt = parts.clock.elapsed();
    this.#audience = new RoomAudience({
      ...parts,
      incidentId: this.incidentId,
      state: () => this.state,
      hold: () => this.hold(),
      documents: this.#documents,
    });
    this.#stops.push(
      // Who is disabled is signed out: their sockets close as ended sessions, not as lost rights.
      parts.directory.onChange((person) => {
        if (!person.disabled) this.#documents.rightsChanged(person.id);
      }),
      parts.fanout.subscribe(this.incidentId, {
        hear: (message, from) => this.#hear(message, from),
        doubt: () => {
          parts.suspect(this);
          this.#audience.ask();
        },
      }),
      () => this.remote.stop(),
      () => this.#audience.stop(),
    );
  }

  submit(command: Command | SystemCommand, actor: Actor): Promise<SubmitAnswer> {
    if (this.#phase === 'closed') return Promise.resolve(DRAINING);
    if (actor.kind === 'person') {
      const seconds = this.#parts.budget.take(
        actor.id,
        mayUseReserve(command, actor.id === this.state.commander),
      );
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
    return this.#audience.subscribe(listener);
  }

  arrive(person: string): ReturnType<Room['arrive']> {
    return this.#audience.arrive(person);
  }

  present(): PresentPerson[] {
    return this.#audience.present();
  }

  commanderAbsentSince(): string | null {
    return this.#audience.commanderAbsentSince();
  }

  progress(person: string, progress: { offer: string; read: number; of: number }): void {
    this.#audience.progress(person, progress);
  }

  hold(): () => void {
    this.#holders += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders -= 1;
      this.usedAt = this.#parts.clock.elapsed();
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
    // Not until nothing is queued: where people write all the time that would never be.
    for (let tick = 0; this.#phase !== 'idle' && tick < MOST_LAST_TICKS; tick += 1) await this.#running;
    this.#phase = 'closed';
    for (const stop of this.#stops) stop();
    this.#inbox.takeAll().refuse(refuse('draining'));
    await this.#documents.close(code, reason);
  }

  #openDocument(name: string): Promise<LiveDocument> {
    const { store, clock, limits, log, metrics, directory, segments } = this.#parts;
    return openLiveDocument({
      ...{ incidentId: this.incidentId, name },
      ...{ store, clock, limits, log, metrics },
      wake: () => this.#wake(),
      mayRead: (person) => this.#mayEnter(person),
      mayWrite: (person) => mayWriteIn(name, person, this.state, directory.facts),
      personName: (person) => directory.get(person)?.name ?? person,
      others: this.#audience.othersOf(name),
      grew: (bytes) => segments.grew(this.incidentId, name, bytes),
    });
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
    this.#running = new Promise((resolve) => {
      const begin = () => {
        if (this.#phase === 'closed') return resolve();
        this.#phase = 'committing';
        this.usedAt = this.#parts.clock.elapsed();
        resolve((this.#running = this.#tick()));
      };
      const passed = this.#parts.clock.elapsed() - this.#committedAt;
      const sockets = this.#audience.count() + this.#documents.sockets();
      this.#parts.clock.after(Math.max(0, commitWindow(passed, sockets) - passed), begin);
    });
  }

  /** For how long a tick has been running, in milliseconds; 0 when none runs. */
  get tickingFor(): number {
    return this.#phase === 'committing' ? this.#parts.clock.elapsed() - this.usedAt : 0;
  }

  async #tick(): Promise<void> {
    if (this.remote.doubted) await this.remote.catchUp();
    const batch: TickBatch = { commands: this.#inbox.takeAll(), taken: [] };
    try {
      await this.#commit(batch);
    } catch (error) {
      this.#commitFailed(error, batch);
    }
    this.usedAt = this.#committedAt = this.#parts.clock.elapsed();
    this.#phase = 'idle';
    this.remote.settle();
    if (this.#inbox.length > 0 || this.#documents.hasQueued() || this.remote.doubted) this.#wake();
  }

  async #commit(batch: TickBatch): Promise<void> {
    const { commands } = batch;
    let decided = await this.#decide(commands.prepare());
    // No is final only if the command is not the repetition of one that this room learnt of since it was looked up.
    if (hasRefusals(decided)) decided = await this.#decide(commands.prepareAgain());
    // Taken last: rights are judged here, and nothing may come between this and the commit.
    batch.taken = this.#documents.take(MOST_UPDATES);
    if (commands.length === 0 && batch.taken.length === 0) return;
    if (decided.unknownRights) throw decided.unknownRights;
    const started = performance.now();
    const committed = await commitAttempts(this.#parts.store, this.incidentId, {
      known: () => ({ seq: this.head.seq, docSeq: this.head.docSeq }),
      request: () => this.#request(decided, batch.taken),
      behind: () => this.#parts.metrics.gapRepaired(),
      decideAgain: async (missed, head) => {
        this.#apply(missed.entries, missed.documents, head);
        decided = await this.#decide(commands.prepareAgain());
        // What was missed may have taken somebody's right.
        batch.taken = this.#documents.takeAgain(batch.taken, MOST_UPDATES);
        if (decided.unknownRights) throw decided.unknownRights;
      },
      clientIdTaken: (name, clientId) => {
        batch.taken = this.#documents.refuseClaim(batch.taken, name, clientId);
      },
    });
    if (!committed) return this.#answer(commands, decided.verdicts);
    this.#parts.metrics.committed({ milliseconds: performance.now() - started, ...sizeOf(committed) });
    this.#applyCommitted(committed, batch.taken);
    this.#answer(commands, decided.verdicts);
    const { head, entries, documents } = committed;
    this.#parts.fanout.publish(this.incidentId, { kind: 'batch', head, entries, documents });
  }

  async #decide(preparing: Promise<PreparedCommand[]>): Promise<Decided> {
    const prepared = await preparing;
    const unknownRights = await makeRightsCurrent(this.#parts.directory);
    // Never before the last entry: the state is folded before the store stamps the entries.
    const now = Math.max(
      this.#parts.clock.now(),
      Date.parse(this.#recent.newest()?.at ?? this.state.declaredAt),
    );
    return { ...decideBatch(prepared, this.state, this.#batchContext(now)), now, unknownRights };
  }

  #answer(commands: TakenCommands, verdicts: readonly Verdict[]): void {
    const { metrics } = this.#parts;
    for (const verdict of verdicts)
      if (verdict.kind === 'refused') metrics.refused(refusalReasons[verdict.refusal.reason].code);
    commands.answer(verdicts);
  }

  #batchContext(now: number): Parameters<typeof decideBatch>[2] {
    return {
      ...this.#parts,
      now,
      people: this.#parts.directory.facts,
      absentSince: (person) => this.#parts.connections.absentSince(person),
      redacted: this.#recent.redacted,
    };
  }

  /** Null: nothing of it is to be committed. */
  #request(decided: Decided, taken: TakenUpdates[]): CommitRequest | null {
    if (decided.records.length === 0 && taken.length === 0) return null;
    return {
      incidentId: this.incidentId,
      batchId: this.#parts.newId(),
      now: decided.now,
      expectedSeq: this.state.seq,
      expectedDocSeq: this.head.docSeq,
      commands: decided.records,
      documents: taken.map((part) => part.request),
      erasures: decided.erasures,
      deadlines: decided.deadlines,
      state: decided.records.length > 0 ? decided.state : null,
    };
  }

  #applyCommitted({ missed, documents, entries, head }: Committed, taken: TakenUpdates[]): void {
    const before = this.#evolve(missed.entries);
    this.#documents.apply(missed.documents, []);
    this.#documents.apply(documents, taken);
    this.#tell([...before, ...this.#evolve(entries)], head, true);
  }

  #apply(entries: Entry[], documents: DocumentBatch[], head: Head): void {
    const fresh = this.#evolve(entries);
    this.#documents.apply(documents, []);
    this.#tell(fresh, head, false);
  }

  /** Folds what is new. Before documents of others are shown: what was written after somebody was removed is not for them. */
  #evolve(entries: readonly Entry[]): Entry[] {
    const fresh = entries.filter((entry) => entry.seq > this.state.seq);
    for (const entry of fresh) {
      this.state = evolve(this.state, entry);
      this.#recent.add(entry);
    }
    if (fresh.some(changesRights)) this.#documents.rightsChanged(null);
    return fresh;
  }

  #tell(fresh: Entry[], head: Head, isOwn: boolean): void {
    this.head = head;
    if (fresh.length === 0) return;
    this.#audience.tellEntries(fresh, head);
    this.#parts.summaryChanged(summaryOf(this.state, head), isOwn);
  }

  #hear(message: FanoutMessage, from: string): void {
    // Rights may be gone that nobody could tell: nothing of others is shown before they were compared.
    if (!this.#parts.directory.isCurrent()) return this.remote.doubt();
    switch (message.kind) {
      case 'batch':
        return this.remote.hear(message);
      case 'head':
        return this.remote.told(message.head);
      case 'awareness':
        return this.#documents.hearAwareness(message.name, message.entries, from);
      case 'progress':
      case 'presence':
      case 'hello':
        return this.#audience.hear(message, from);
      default:
        message satisfies never;
    }
  }

  #commitFailed(error: unknown, { commands, taken }: TickBatch): void {
    this.#parts.metrics.commitFailed();
    this.#parts.log.error(
      { incidentId: this.incidentId, err: error },
      'commit failed; nothing of it was acknowledged',
    );
    // What became of it may be unknown here: the store says, before anything else is decided.
    this.remote.doubt();
    commands.refuse(refuse('not_saved'));
    for (const { document } of taken) document.failed();
  }
}
