import { asKnown, entryTypes } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { Command, SystemCommand } from '#shared/contract/commands.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { refusalReasons, refuse } from '#shared/contract/refusals.ts';
import type { Head, IncidentSummary, PresentPerson } from '#shared/contract/wire.ts';
import type { Actor, TargetEntry } from '#shared/incident/context.ts';
import { mayEnter } from '#shared/incident/can.ts';
import { evolve, fold } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { summaryOf } from '#shared/incident/summary.ts';
import type { Budget } from './budget.ts';
import { commandHash } from './commandHash.ts';
import { actorId, decideBatch } from './decideBatch.ts';
import type { DecidedBatch, PreparedCommand, Verdict } from './decideBatch.ts';
import { openLiveDocument } from './liveDocument.ts';
import type { LiveDocument } from './liveDocument.ts';
import type { RoomMetrics } from './metrics.ts';
import { createPresence } from './presence.ts';
import type { Presence } from './presence.ts';
import type {
  Clock,
  CommitRequest,
  CommitResult,
  Directory,
  Fanout,
  LiveDocumentHandle,
  Room,
  RoomListener,
  Store,
  StoredRoom,
  SubmitAnswer,
} from './ports.ts';

/** Document updates that one commit and one broadcast frame hold at most. */
const MOST_UPDATES = 200;
/** Entries kept in memory for joins and targets. */
const RECENT_ENTRIES = 1_000;
/** A room that has not committed for this long starts its next batch at once. Milliseconds. */
const QUIET_MILLISECONDS = 50;
const LONGEST_WINDOW_MILLISECONDS = 20;
/** How often a batch is decided anew because somebody else's entries came first. */
const MOST_ATTEMPTS = 4;

/** The logger a room needs; pino's is one. */
export interface RoomLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface RoomParts {
  store: Store;
  fanout: Fanout;
  clock: Clock;
  directory: Directory;
  limits: Limits;
  budget: Budget;
  metrics: RoomMetrics;
  log: RoomLog;
  newId(): string;
  /** Hears each new summary of the incident. */
  summaryChanged(summary: IncidentSummary): void;
}

interface Waiting {
  command: Command | SystemCommand;
  actor: Actor;
  commandHash: string;
  /** Starts reading when the command arrives, so that the tick seldom waits for it. */
  target: Promise<TargetEntry | null>;
  known: Promise<PreparedCommand['known']>;
  answer(answer: SubmitAnswer): void;
}

type Taken = { document: LiveDocument; request: CommitRequest['documents'][number] };

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
  readonly #documents = new Map<string, Promise<LiveDocument>>();
  readonly #openDocuments = new Map<string, LiveDocument>();
  readonly #documentNames: Set<string>;
  readonly #stops: (() => void)[] = [];
  #recent: Entry[];
  #inbox: Waiting[] = [];
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
    this.#recent = recent;
    this.#documentNames = new Set(stored.documents.map((document) => document.name));
    this.usedAt = parts.clock.now();
    this.#presence = createPresence(
      () => parts.clock.now(),
      () => this.#tellPresence(),
    );
    this.#stops.push(
      parts.directory.onChange((person) => this.#rightsChanged(person.id)),
      parts.fanout.subscribe(this.incidentId, () => this.#wake()),
    );
  }

  submit(command: Command | SystemCommand, actor: Actor): Promise<SubmitAnswer> {
    if (this.#phase === 'closed') return Promise.resolve({ ok: false, refusal: refuse('draining') });
    if (actor.kind === 'person') {
      const seconds = this.#parts.budget.take(actor.id, actor.id === this.state.commander);
      if (seconds > 0) return Promise.resolve({ ok: false, refusal: refuse('rate_limited', { seconds }) });
    }
    return new Promise((answer) => {
      this.#inbox.push({
        command,
        actor,
        commandHash: commandHash(command.type, command.body),
        target: early(this.#readTarget(command)),
        known: early(this.#parts.store.findCommand(this.incidentId, actorId(actor), command.commandId)),
        answer: (given) => {
          if (!given.ok) this.#parts.metrics.refused(refusalReasons[given.refusal.reason].code);
          answer(given);
        },
      });
      this.#wake();
    });
  }

  async lastEntries(limit: number): Promise<{ entries: Entry[]; head: Head; more: boolean }> {
    if (limit > this.#recent.length && this.#recent.length < this.head.seq) {
      const page = await this.#parts.store.readLog(this.incidentId, { before: this.head.seq + 1, limit });
      if (page) return { entries: page.entries, head: page.head, more: (page.entries[0]?.seq ?? 1) > 1 };
    }
    const entries = this.#recent.slice(-limit);
    return { entries, head: this.head, more: (entries[0]?.seq ?? 1) > 1 };
  }

  /** Entries after `seq` if all of them are in memory, else null. */
  recentAfter(seq: number): Entry[] | null {
    const first = this.#recent[0]?.seq ?? this.head.seq + 1;
    return seq + 1 >= first ? this.#recent.slice(seq + 1 - first) : null;
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
    if (!this.#documentNames.has(name) || this.#phase === 'closed') return null;
    let opening = this.#documents.get(name);
    if (!opening) {
      opening = this.#openDocument(name);
      this.#documents.set(name, opening);
      // A failed load is tried again by whoever asks next; it never becomes an empty document.
      opening.catch(() => this.#documents.delete(name));
    }
    return opening;
  }

  /** True when nobody is here and nothing waits, so that the room may leave memory. Nothing needs flushing. */
  idle(): boolean {
    return (
      this.#holders === 0 &&
      this.#inbox.length === 0 &&
      this.#phase === 'idle' &&
      [...this.#openDocuments.values()].every((document) => document.idle())
    );
  }

  /** Commits what is queued, then refuses everything and closes document sockets with `code`. */
  async close(code: number, reason: string): Promise<void> {
    if (this.#phase === 'closed') return;
    while (this.#phase !== 'idle') await this.#running;
    this.#phase = 'closed';
    for (const stop of this.#stops) stop();
    for (const waiting of this.#inbox.splice(0)) waiting.answer({ ok: false, refusal: refuse('draining') });
    await Promise.all([...this.#openDocuments.values()].map((document) => document.close(code, reason)));
  }

  async #openDocument(name: string): Promise<LiveDocument> {
    const { store, clock, limits, log, metrics, directory } = this.#parts;
    const document = await openLiveDocument({
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
    this.#openDocuments.set(name, document);
    return document;
  }

  #mayEnter(person: string): boolean {
    const facts = this.#parts.directory.facts.get(person);
    return facts !== undefined && mayEnter(person, facts, this.state);
  }

  /** Rights to documents follow from the person's access, the members and the status. */
  #rightsChanged(person: string | 'everybody'): void {
    for (const document of this.#openDocuments.values()) document.rightsChanged(person);
  }

  async #readTarget(command: Command | SystemCommand): Promise<TargetEntry | null> {
    const body: { seq?: unknown; replyTo?: unknown } = command.body as object;
    const seq = body.seq ?? body.replyTo;
    if (typeof seq !== 'number') return null;
    const first = this.#recent[0]?.seq ?? 1;
    const entry = this.#recent[seq - first] ?? (await this.#parts.store.readEntry(this.incidentId, seq));
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
    let sockets = this.#presence.count();
    for (const document of this.#openDocuments.values()) sockets += document.socketCount;
    return Math.min(LONGEST_WINDOW_MILLISECONDS, sockets / 5);
  }

  async #tick(): Promise<void> {
    const commands = this.#inbox.splice(0);
    const taken = this.#takeUpdates();
    try {
      if (commands.length > 0 || taken.length > 0) await this.#commit(commands, taken);
    } catch (error) {
      this.#commitFailed(error, commands, taken);
    }
    this.usedAt = this.#committedAt = this.#parts.clock.now();
    this.#phase = 'idle';
    if (this.#inbox.length > 0 || this.#hasQueuedUpdates()) this.#wake();
  }

  #takeUpdates(): Taken[] {
    let room = MOST_UPDATES;
    const taken: Taken[] = [];
    for (const document of this.#openDocuments.values()) {
      const part = room > 0 ? document.take(room) : null;
      if (!part) continue;
      room -= part.updates.length;
      taken.push({ document, request: { name: document.name, ...part } });
    }
    return taken;
  }

  #hasQueuedUpdates(): boolean {
    return [...this.#openDocuments.values()].some((document) => document.queued > 0);
  }

  async #commit(commands: Waiting[], taken: Taken[]): Promise<void> {
    const prepared = await Promise.all(commands.map(prepare));
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      // Never before the last entry: the state is folded before the store stamps the entries.
      const now = Math.max(this.#parts.clock.now(), Date.parse(this.#recent.at(-1)?.at ?? this.state.declaredAt));
      const decided = decideBatch(prepared, this.state, this.#batchContext(now));
      if (decided.records.length === 0 && taken.length === 0) return answerAll(commands, decided.verdicts);
      const started = performance.now();
      const result = await this.#parts.store.commit(this.#request(decided, taken, now));
      switch (result.kind) {
        case 'committed':
          this.#countCommit(started, result);
          this.#apply(result, taken);
          answerAll(commands, decided.verdicts);
          this.#publish(result, decided);
          return;
        case 'behind':
          await this.#catchUp(result, prepared, commands);
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

  #batchContext(now: number): Parameters<typeof decideBatch>[2] {
    return {
      now,
      newId: () => this.#parts.newId(),
      people: this.#parts.directory.facts,
      absentSince: (person) => this.#presence.absentSince(person),
      limits: this.#parts.limits,
    };
  }

  #request(decided: DecidedBatch, taken: Taken[], now: number): CommitRequest {
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
  #apply(result: Extract<CommitResult, { kind: 'committed' | 'behind' }>, taken: Taken[]): void {
    for (const batch of result.documents) {
      const own = taken.find((part) => part.document.name === batch.name);
      if (own) own.document.committed(batch);
      else this.#openDocuments.get(batch.name)?.received(batch);
    }
    const fresh = result.entries.filter((entry) => entry.seq > this.state.seq);
    for (const entry of fresh) {
      this.state = evolve(this.state, entry);
      this.#remember(entry);
    }
    this.head = result.head;
    if (fresh.length === 0) return;
    for (const listener of this.#listeners) listener.entries(fresh, this.head, this.state);
    if (fresh.some(changesRights)) this.#rightsChanged('everybody');
    this.#parts.summaryChanged(summaryOf(this.state, this.head));
  }

  /** Keeps an entry for joins; a redaction takes the text out of memory as it did out of the store. */
  #remember(entry: Entry): void {
    this.#recent.push(entry);
    if (this.#recent.length > RECENT_ENTRIES * 1.2) this.#recent = this.#recent.slice(-RECENT_ENTRIES);
    const known = asKnown(entry);
    if (known?.type !== 'entry.redacted') return;
    const index = this.#recent.findIndex((other) => other.seq === known.body.seq);
    const target = this.#recent[index];
    if (target) this.#recent[index] = redactedCopy(target);
  }

  #publish(result: Extract<CommitResult, { kind: 'committed' }>, decided: DecidedBatch): void {
    this.#parts.fanout.publish(this.incidentId, {
      head: result.head,
      entries: decided.records.length > 0 ? result.entries : [],
      documents: result.documents,
    });
  }

  /** Somebody else's entries came first: fold them, look the command ids up again, decide again. */
  async #catchUp(
    result: Extract<CommitResult, { kind: 'behind' }>,
    prepared: PreparedCommand[],
    commands: Waiting[],
  ): Promise<void> {
    this.#parts.metrics.gapRepaired();
    this.#apply(result, []);
    await Promise.all(
      commands.map(async (waiting, index) => {
        const known = await this.#parts.store.findCommand(
          this.incidentId,
          actorId(waiting.actor),
          waiting.command.commandId,
        );
        const item = prepared[index];
        if (item) item.known = known;
      }),
    );
  }

  /** A document's claim of somebody else's client id fails that document's part only. */
  #refuseClaim(name: string, clientId: number, taken: Taken[]): Taken[] {
    return taken.filter((part) => {
      if (part.document.name !== name) return true;
      part.document.refused(clientId);
      return false;
    });
  }

  #commitFailed(error: unknown, commands: Waiting[], taken: Taken[]): void {
    this.#parts.metrics.commitFailed();
    this.#parts.log.error({ incidentId: this.incidentId, err: error }, 'commit failed; nothing of it was acknowledged');
    for (const waiting of commands) waiting.answer({ ok: false, refusal: refuse('not_saved') });
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
    for (const listener of this.#listeners) listener.presence(people);
  }
}

/** Opens a room from the store: the newest snapshot, the entries after it, and the last entries for joins. */
export async function openRoom(incidentId: string, parts: RoomParts): Promise<IncidentRoom | null> {
  const stored = await parts.store.loadRoom(incidentId);
  if (!stored) return null;
  const page = await parts.store.readLog(incidentId, { before: stored.head.seq + 1, limit: RECENT_ENTRIES });
  const state = fold(stored.state, stored.entries);
  if (!state) return null;
  return new IncidentRoom({ ...stored, state }, page?.entries ?? [], parts);
}

/** A read started before anybody awaits it; its failure is met where it is awaited, not as an unhandled rejection. */
function early<T>(reading: Promise<T>): Promise<T> {
  reading.catch(() => {});
  return reading;
}

async function prepare(waiting: Waiting): Promise<PreparedCommand> {
  const [target, known] = await Promise.all([waiting.target, waiting.known]);
  return { command: waiting.command, actor: waiting.actor, commandHash: waiting.commandHash, target, known };
}

function answerAll(commands: Waiting[], verdicts: Verdict[]): void {
  commands.forEach((waiting, index) => {
    const verdict = verdicts[index];
    if (verdict) waiting.answer(answerOf(verdict));
  });
}

function answerOf(verdict: Verdict): SubmitAnswer {
  return verdict.kind === 'refused' ? { ok: false, refusal: verdict.refusal } : { ok: true, seq: verdict.seq };
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

/** The entry as the store now keeps it: free text and salt gone, everything else as it was. */
function redactedCopy(entry: Entry): Entry {
  const known = asKnown(entry);
  const fields: readonly string[] = known ? entryTypes[known.type].redactable : [];
  const body = Object.fromEntries(Object.entries(entry.body).filter(([name]) => !fields.includes(name)));
  return { ...entry, body, salt: null, redacted: true };
}
