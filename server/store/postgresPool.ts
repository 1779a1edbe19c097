import pg from 'pg';
import type { PoolClient, PoolConfig, QueryConfig } from 'pg';
import { StoreUnavailable } from '../rooms/ports.ts';
import { CommitUnknown, ConnectionLost, failureOf } from './postgresErrors.ts';

/** How long what may take before it is given up. Milliseconds. */
export interface PostgresPatience {
  connect: number;
  /** One statement, by the server. */
  statement: number;
  /** One lock, by the server. */
  lock: number;
  /** A transaction in which nothing is asked, by the server. */
  idle: number;
  /** An answer, by us: the server may hang. */
  answer: number;
}

export const USUAL_PATIENCE: PostgresPatience = {
  connect: 5_000,
  statement: 8_000,
  lock: 5_000,
  // A process frozen in the middle of a transaction keeps an incident from all others for this long.
  idle: 3_000,
  answer: 10_000,
};

/** Times that work is begun again when its connection turns out to be gone before anything could have been stored. */
const MOST_ATTEMPTS = 4;

/** One connection, while somebody has it to themselves. Questions asked at once go out at once, and are answered in order. */
export interface Connection {
  rows<T>(text: string, values?: readonly unknown[], name?: string): Promise<T[]>;
  /** Throws `CommitUnknown` when the answer did not come, and otherwise when it was rolled back. */
  commit(): Promise<void>;
}

/** Connections to one PostgreSQL server that takes writes and keeps its promises. It recovers by itself. */
export class PostgresPool {
  readonly #pool: pg.Pool;
  /** Of which generation each connection is: one that fell silent takes all older ones with it. */
  readonly #generations = new WeakMap<PoolClient, number>();
  #generation = 0;
  #ended: Promise<void> | null = null;

  constructor(options: { url: string; size: number; patience: PostgresPatience }) {
    this.#pool = new pg.Pool(poolConfig(options));
    // A connection that breaks while nobody uses it: the pool has thrown it away already.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => this.#generations.set(client, this.#generation));
  }

  /** Lends a connection. One that is gone, or on which work failed in an unclear way, is thrown away. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const connection = new PooledConnection(client);
    try {
      const value = await work(connection);
      connection.release();
      return value;
    } catch (error) {
      if (isSilence(error)) this.#generation += 1;
      connection.release(error instanceof StoreUnavailable);
      throw error;
    }
  }

  /** A connection that nothing speaks against. Where one fell silent, waiting for each of the others would take minutes. */
  async #connect(): Promise<PoolClient> {
    for (;;) {
      const client = await this.#pool.connect().catch((error: unknown) => {
        const failure = failureOf(error);
        throw failure instanceof ConnectionLost
          ? new NoConnection(failure.message, { cause: error })
          : failure;
      });
      if ((this.#generations.get(client) ?? 0) === this.#generation) return client;
      client.release(true);
    }
  }

  /**
   * Runs work in a transaction of its own. Begins again on another connection when this one was gone before the
   * COMMIT; after that `CommitUnknown` says that it must be read back.
   */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.begin(async (connection) => {
      const value = await work(connection);
      await connection.commit();
      return value;
    });
  }

  /** The same for work that ends its transaction itself. */
  begin<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#again(async (connection) => {
      await connection.rows('BEGIN');
      return orRollBack(connection, () => work(connection));
    });
  }

  /** Reads from one moment of the database. */
  snapshot<T>(read: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#again(async (connection) => {
      await connection.rows('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const value = await orRollBack(connection, () => read(connection));
      await connection.rows('COMMIT');
      return value;
    });
  }

  /** Runs one statement that may be asked twice without harm. */
  read<T>(read: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#again(read);
  }

  /** Waits for whoever has a connection, and closes all. */
  end(): Promise<void> {
    this.#ended ??= this.#pool.end();
    return this.#ended;
  }

  async #again<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.use(work);
      } catch (error) {
        if (!(error instanceof ConnectionLost) || error instanceof NoConnection) throw error;
        if (attempt === MOST_ATTEMPTS) throw error;
      }
    }
  }
}

/** No answer came in time, though the connection looks as if it were there. */
function isSilence(error: unknown): boolean {
  return error instanceof ConnectionLost && /read timeout/i.test(error.message);
}

/** No connection could be made: trying at once again would only make everybody wait longer. */
class NoConnection extends ConnectionLost {}

/** Ends the transaction when the work failed. */
async function orRollBack<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectionLost) && !(error instanceof CommitUnknown)) {
      await connection.rows('ROLLBACK');
    }
    throw error;
  }
}

class PooledConnection implements Connection {
  readonly #client: PoolClient;
  #isBroken = false;
  /** The server said that a commit may not have reached its standby. */
  #isWarned = false;
  readonly #hearError = () => {
    this.#isBroken = true;
  };
  readonly #hearNotice = (notice: { message?: string | undefined }) => {
    if (notice.message?.includes('synchronous replication')) this.#isWarned = true;
  };

  constructor(client: PoolClient) {
    this.#client = client;
    client.on('error', this.#hearError);
    client.on('notice', this.#hearNotice);
  }

  async rows<T>(text: string, values: readonly unknown[] = [], name?: string): Promise<T[]> {
    return (await this.#ask(text, values, name)).rows as T[];
  }

  async commit(): Promise<void> {
    const { command } = await this.#ask('COMMIT', []).catch((error: unknown) => {
      if (error instanceof ConnectionLost) throw new CommitUnknown(error.message, { cause: error });
      throw error;
    });
    if (this.#isWarned) throw new CommitUnknown('PostgreSQL committed it without waiting for its standby.');
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back.');
  }

  release(destroy = false): void {
    this.#client.off('error', this.#hearError);
    this.#client.off('notice', this.#hearNotice);
    this.#client.release(destroy || this.#isBroken);
  }

  async #ask(text: string, values: readonly unknown[], name?: string) {
    const config: QueryConfig = { text, values: [...values] };
    try {
      return await this.#client.query(name === undefined ? config : { ...config, name });
    } catch (error) {
      throw failureOf(error);
    }
  }
}

function poolConfig(options: { url: string; size: number; patience: PostgresPatience }): PoolConfig {
  const { url, size, patience } = options;
  const config = {
    connectionString: url,
    max: size,
    application_name: 'warroom',
    keepAlive: true,
    connectionTimeoutMillis: patience.connect,
    idleTimeoutMillis: 30_000,
    statement_timeout: patience.statement,
    lock_timeout: patience.lock,
    idle_in_transaction_session_timeout: patience.idle,
    query_timeout: patience.answer,
    // Statements that do not need each other's answers share a round trip.
    pipeline: true,
    types: { getTypeParser },
    onConnect: makePromise,
  };
  // The driver's types do not know all of its settings.
  return config as unknown as PoolConfig;
}

/** Numbers as numbers, bytes as bytes; nothing else of what we store needs more than its text. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  switch (oid) {
    case pg.types.builtins.INT8:
      return Number;
    case pg.types.builtins.BYTEA:
      return bytesOf;
    default:
      return pg.types.getTypeParser(oid, format as 'text');
  }
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
}

interface ServerFacts {
  standby: boolean;
  commit: string;
  standbys: string;
}

/** What every new connection must be before it is used. Throws one sentence when it is not. */
async function makePromise(client: PoolClient): Promise<void> {
  const { rows } = await client.query<ServerFacts>(
    `SELECT pg_is_in_recovery() AS standby, current_setting('synchronous_commit') AS commit,
       current_setting('synchronous_standby_names') AS standbys`,
  );
  const [facts] = rows;
  if (!facts) throw new StoreUnavailable('PostgreSQL did not say what it promises.');
  if (facts.standby) throw new ConnectionLost('PostgreSQL is a standby here and takes no writes.');
  const wrong = unkeptPromise(facts);
  if (wrong !== null) throw new PromiseRefused(wrong);
  // Kept for the session, whatever is changed on the server meanwhile.
  await client.query(`SELECT set_config('synchronous_commit', $1, false)`, [facts.commit]);
}

/** The server does not promise what an acknowledgement needs. */
class PromiseRefused extends StoreUnavailable {}

/** Why commits on this server would not be durable, as a sentence; null when they are. */
export function unkeptPromise({ commit, standbys }: Pick<ServerFacts, 'commit' | 'standbys'>): string | null {
  const risky = commit === 'off' || (commit === 'local' && standbys !== '');
  return risky
    ? `PostgreSQL has synchronous_commit=${commit}, so that acknowledged entries could be lost; set it to on.`
    : null;
}
