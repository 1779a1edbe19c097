import type { Head } from '#shared/contract/wire.ts';
import { StoreUnavailable } from '../rooms/ports.ts';
import type { CommitRequest, CommitResult, Missed } from '../rooms/ports.ts';
import { HistoryReplaced } from './commitPlan.ts';
import { packCommit, unpackMissed, unpackResult } from './packed.ts';
import type { PackedCommit, PackedResult } from './packed.ts';
import { lockOne, planAll } from './postgresCommit.ts';
import type { Planned } from './postgresCommit.ts';
import { CommitUnknown } from './postgresErrors.ts';
import type { Connection, PostgresPool } from './postgresPool.ts';
import { writeRows } from './postgresRows.ts';
import { wasCommitted } from './postgresUnknown.ts';

/** Transactions of commits that may run at once. */
export const LANES = 6;
/** Of these, how many may wait for an incident that somebody else has locked: the others keep all other incidents going. */
const MOST_WAITING = 4;
/** Requests that one transaction takes at most, so that none waits behind too many. */
const MOST_REQUESTS = 50;

/** Something that waits for its turn at an incident. */
interface Waiting {
  incidentId: string;
  /** Must have a transaction of its own, and waits in it for the incident. */
  isPatient: boolean;
  request: PackedCommit | null;
  /** Runs it alone. */
  run(): Promise<void>;
  settle(outcome: Planned): void;
}

type Decide = (missed: Missed, head: Head) => Promise<CommitRequest | null>;

/**
 * Commits the requests of all rooms of this process: whatever waits while transactions run goes together into the next
 * one. Of one incident only one thing runs at a time, in the order of asking.
 */
export class PostgresCommitter {
  readonly #pool: PostgresPool;
  readonly #storageEpoch: string;
  readonly #committed: (incidentId: string, head: Head) => void;
  readonly #busy = new Set<string>();
  readonly #drained: (() => void)[] = [];
  #queue: Waiting[] = [];
  #running = 0;
  #patient = 0;
  #isScheduled = false;
  #isClosing = false;

  /** `committed` hears each head that became durable. */
  constructor(pool: PostgresPool, storageEpoch: string, committed: (incidentId: string, head: Head) => void) {
    this.#pool = pool;
    this.#storageEpoch = storageEpoch;
    this.#committed = committed;
  }

  async commit(request: CommitRequest): Promise<CommitResult> {
    const packed = packCommit(request);
    const result = await new Promise<PackedResult>((resolve, reject) => {
      const waiting: Waiting = {
        incidentId: request.incidentId,
        isPatient: false,
        request: packed,
        run: () => this.#runGroup([waiting], true),
        settle: (outcome) => {
          if (outcome.kind === 'answered') resolve(outcome.result);
          else reject(outcome.kind === 'failed' ? outcome.error : new StoreUnavailable('It is locked.'));
        },
      };
      this.#ask(waiting);
    });
    return unpackResult(request, result);
  }

  commitLocked(
    incidentId: string,
    known: { seq: number; docSeq: number },
    decide: Decide,
  ): Promise<CommitResult | null> {
    return new Promise((resolve, reject) => {
      this.#ask({
        incidentId,
        isPatient: true,
        request: null,
        run: () => this.#runLocked(incidentId, known, decide).then(resolve, reject),
        settle: (outcome) => {
          if (outcome.kind === 'failed') reject(outcome.error);
        },
      });
    });
  }

  /** Takes nothing more, and waits for what was asked. */
  drain(): Promise<void> {
    this.#isClosing = true;
    if (this.#running === 0 && this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  #ask(waiting: Waiting): void {
    if (this.#isClosing) {
      return waiting.settle({ kind: 'failed', error: new StoreUnavailable('The store is closing.') });
    }
    this.#queue.push(waiting);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Rooms that commit in the same turn of the loop share a transaction; nobody waits for a timer.
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#start();
    });
  }

  #start(): void {
    while (this.#running < LANES) {
      const group = this.#take();
      if (group.length === 0) break;
      void this.#occupy(group);
    }
    if (this.#running > 0 || this.#queue.length > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Who goes next: one that waits for its incident, or as many as fit together. */
  #take(): Waiting[] {
    const seen = new Set(this.#busy);
    const group: Waiting[] = [];
    for (const waiting of this.#queue) {
      if (seen.has(waiting.incidentId)) continue;
      seen.add(waiting.incidentId);
      if (!waiting.isPatient) group.push(waiting);
      else if (group.length === 0 && this.#patient < MOST_WAITING) {
        group.push(waiting);
        break;
      }
      if (group.length === MOST_REQUESTS) break;
    }
    const taken = new Set(group);
    this.#queue = this.#queue.filter((waiting) => !taken.has(waiting));
    return group;
  }

  async #occupy(group: readonly Waiting[]): Promise<void> {
    const [first] = group;
    const isPatient = first?.isPatient ?? false;
    this.#running += 1;
    if (isPatient) this.#patient += 1;
    for (const { incidentId } of group) this.#busy.add(incidentId);
    await (isPatient && first ? first.run() : this.#runGroup(group, false));
    for (const { incidentId } of group) this.#busy.delete(incidentId);
    this.#running -= 1;
    if (isPatient) this.#patient -= 1;
    this.#start();
  }

  /** One transaction for all. If one of them loses it for the others, each has one of its own. Never rejects. */
  async #runGroup(group: readonly Waiting[], waits: boolean): Promise<void> {
    const requests = group.flatMap(({ request }) => (request ? [request] : []));
    try {
      const planned = await this.#commitAll(requests, waits);
      group.forEach((waiting, index) => this.#settle(waiting, planned[index]));
    } catch (error) {
      if (group.length === 1 || error instanceof StoreUnavailable || error instanceof HistoryReplaced) {
        const failure = error instanceof Error ? error : new Error(String(error));
        for (const waiting of group) waiting.settle({ kind: 'failed', error: failure });
        return;
      }
      for (const waiting of group) await this.#runGroup([waiting], waits);
    }
  }

  #settle(waiting: Waiting, planned: Planned | undefined): void {
    if (planned?.kind === 'locked') {
      // It kept its turn: whatever else waits for the incident came later.
      this.#queue.unshift({ ...waiting, isPatient: true });
      return;
    }
    if (planned?.kind === 'answered' && planned.result.kind === 'committed') {
      this.#committed(waiting.incidentId, planned.result.head);
    }
    waiting.settle(planned ?? { kind: 'failed', error: new Error('No answer.') });
  }

  async #commitAll(requests: readonly PackedCommit[], waits: boolean): Promise<Planned[]> {
    let planned: Planned[] = [];
    try {
      await this.#pool.begin(async (connection) => {
        const { rows, ...made } = await planAll(connection, requests, {
          waits,
          storageEpoch: this.#storageEpoch,
        });
        planned = made.planned;
        await writeAndCommit(connection, writeRows(connection, rows));
      });
    } catch (error) {
      if (!(error instanceof CommitUnknown)) throw error;
      await this.#readBack(planned, error);
    }
    return planned;
  }

  /** The COMMIT was not answered: throws unless everything that was to be written turns out to be stored. */
  async #readBack(planned: readonly Planned[], cause: CommitUnknown): Promise<void> {
    const wrote = planned.flatMap((one) =>
      one.kind === 'answered' && one.result.kind === 'committed' ? [one.request] : [],
    );
    if (wrote.length === 0) return;
    const mark = wrote.find(({ commands, documents }) => commands.length + documents.length > 0);
    if (!mark || !(await wasCommitted(this.#pool, mark))) {
      throw new StoreUnavailable('The connection broke before the commit; nothing was stored.', { cause });
    }
  }

  /** `decide` is asked once, whatever happens. */
  async #runLocked(
    incidentId: string,
    known: { seq: number; docSeq: number },
    decide: Decide,
  ): Promise<CommitResult | null> {
    let answer: CommitResult | null = null;
    let planned: Planned[] = [];
    let failure: { error: unknown } | null = null;
    try {
      await this.#pool.begin(async (connection) => {
        const { missed, head } = await lockOne(connection, incidentId, known, this.#storageEpoch);
        try {
          const request = await decide(unpackMissed(missed), head);
          if (!request) return await connection.rows('ROLLBACK');
          if (request.incidentId !== incidentId) throw new Error('Another incident was locked.');
          const { rows, ...made } = await planAll(connection, [packCommit(request)], {
            waits: true,
            storageEpoch: this.#storageEpoch,
          });
          const [one] = made.planned;
          if (one?.kind !== 'answered') throw one?.kind === 'failed' ? one.error : new Error('No answer.');
          answer = unpackResult(request, one.result);
          planned = made.planned;
          await writeAndCommit(connection, writeRows(connection, rows));
        } catch (error) {
          if (error instanceof CommitUnknown) throw error;
          failure = { error };
          await connection.rows('ROLLBACK').catch(() => undefined);
        }
      });
    } catch (error) {
      if (!(error instanceof CommitUnknown)) throw error;
      await this.#readBack(planned, error);
    }
    if (failure) throw (failure as { error: unknown }).error;
    const result = answer as CommitResult | null;
    if (result?.kind === 'committed') this.#committed(incidentId, result.head);
    return result;
  }
}

/** The COMMIT goes out right behind what is written, in one round trip. Throws what the writing threw, if it did. */
async function writeAndCommit(connection: Connection, written: Promise<unknown>): Promise<void> {
  const [rows, commit] = await Promise.allSettled([written, connection.commit()]);
  if (
    rows.status === 'rejected' &&
    !(commit.status === 'rejected' && commit.reason instanceof CommitUnknown)
  ) {
    throw rows.reason;
  }
  if (commit.status === 'rejected') throw commit.reason;
}
