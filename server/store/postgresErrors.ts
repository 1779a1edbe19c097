import pg from 'pg';
import { StoreUnavailable } from '../rooms/ports.ts';

/** The connection is gone or of no use any more. Nothing was stored, unless a COMMIT was under way. */
export class ConnectionLost extends StoreUnavailable {}

/**
 * A COMMIT was sent and its answer did not come. Whether it was stored must be read back; where nobody does, it is safe
 * to ask again, since what can be repeated without harm is all that is left to it.
 */
export class CommitUnknown extends StoreUnavailable {}

/** SQLSTATE classes and codes that pass by themselves: nothing was stored, and the same request may be made again. */
const PASSING = [
  '08', // connection
  '25006', // the server is a standby, or was demoted to one
  '25P03', // idle in a transaction for too long
  '40', // serialization, deadlock
  '53', // disk full, out of memory, too many connections
  '55P03', // a lock was not free in time
  '57014', // statement timeout
  '57P', // shutting down, starting up, crashed
  '58', // the system under the database
];
/** Those after which the connection must not be used again. */
const LOST = ['08', '25006', '25P03', '57P'];

/** What went wrong with a query, as the store's own errors; a bug stays what it is. */
export function failureOf(error: unknown): Error {
  if (error instanceof StoreUnavailable) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  if (!(error instanceof pg.DatabaseError)) {
    if (!isOfConnection(error)) return error;
    // Of several addresses that all failed, Node has a code and no message.
    const why = error.message || ('code' in error ? String(error.code) : error.name);
    return new ConnectionLost(sentence(why), { cause: error });
  }
  const code = error.code ?? '';
  const isOne = (prefix: string) => code.startsWith(prefix);
  if (error.severity === 'FATAL' || error.severity === 'PANIC' || LOST.some(isOne)) {
    return new ConnectionLost(sentence(error.message), { cause: error });
  }
  // A statement prepared before another version changed the schema: a new connection prepares it anew.
  if (code === '0A000' && error.message.includes('cached plan')) {
    return new ConnectionLost(sentence(error.message), { cause: error });
  }
  return PASSING.some(isOne) ? new StoreUnavailable(sentence(error.message), { cause: error }) : error;
}

/** True for what the network and the driver say about a connection, in contrast to a mistake of ours. */
function isOfConnection(error: Error): boolean {
  if ('code' in error && typeof error.code === 'string' && /^(E[A-Z]+|ERR_TLS_.*)$/.test(error.code)) {
    return true;
  }
  return /terminated|timeout|not queryable|connection error|closed|calling end on the pool/i.test(
    error.message,
  );
}

function sentence(message: string): string {
  return `PostgreSQL did not take it: ${message}`;
}
