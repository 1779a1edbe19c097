import { setTimeout as wait } from 'node:timers/promises';
import type { PackedCommit } from './packed.ts';
import { StoreUnavailable } from '../rooms/ports.ts';
import { CommitUnknown } from './postgresErrors.ts';
import type { Connection, PostgresPool } from './postgresPool.ts';

/** How long it is tried to learn what became of a commit, and how long between. Milliseconds. */
const PATIENCE = 30_000;
const PAUSE = 250;
const LONGEST_PAUSE = 1_000;

/** What marks a commit in the database. */
type Mark = Pick<PackedCommit, 'incidentId' | 'batchId'>;

/**
 * Whether a transaction whose COMMIT was not answered became durable, with everything that was in it. Changing the head
 * waits for the transaction in question if it still runs, and committing that change waits for everything before it to
 * be as durable as this server promises. Throws `StoreUnavailable` when the database does not answer for long.
 */
export async function wasCommitted(pool: PostgresPool, mark: Mark): Promise<boolean> {
  return untilAnswered(() =>
    pool.transaction(async (connection) => {
      await connection.rows('UPDATE heads SET seq = seq WHERE incident_id = $1', [mark.incidentId]);
      return isMarked(connection, mark);
    }),
  );
}

async function isMarked(connection: Connection, { incidentId, batchId }: Mark): Promise<boolean> {
  const rows = await connection.rows<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM entries WHERE incident_id = $1 AND batch_id = $2)
       OR EXISTS (SELECT FROM document_batches WHERE incident_id = $1 AND batch_id = $2) AS found`,
    [incidentId, batchId],
  );
  return rows[0]?.found === true;
}

/** Asks until the database answers: what was sent can neither be called stored nor not stored before. */
export async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (performance.now() > deadline) {
        throw new CommitUnknown('It is not known whether it was stored.', { cause: error });
      }
    }
    await wait(Math.min(LONGEST_PAUSE, PAUSE * attempt));
  }
}
