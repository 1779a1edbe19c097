import type { ChaosProxy, ProxiedConnection } from '../support/chaosProxy.ts';

const COMMIT = Buffer.from('commit');

/**
 * Calls back when PostgreSQL has committed what contained `text` and its answer is about to reach the instance; the
 * answer itself is lost, so that the instance cannot go on for a moment. The answer stops watching.
 */
export function afterCommitOf(database: ChaosProxy, text: string, strike: () => void): () => void {
  const wanted = Buffer.from(text);
  const carries = new Set<ProxiedConnection>();
  const committing = new Set<ProxiedConnection>();
  const stops = [
    database.watch('up', (bytes, connection) => {
      if (bytes.includes(wanted)) carries.add(connection);
      if (carries.has(connection) && lower(bytes).includes(COMMIT)) committing.add(connection);
      return 'pass';
    }),
    database.watch('down', (bytes, connection) => {
      if (!committing.has(connection) || !lower(bytes).includes(COMMIT)) return 'pass';
      connection.silence('down');
      strike();
      return 'lose';
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Calls back when the instance has published what contained `text`. */
export function afterPublishOf(messages: ChaosProxy, text: string, strike: () => void): () => void {
  const wanted = Buffer.from(text);
  return messages.watch('up', (bytes) => {
    if (bytes.includes(wanted)) setImmediate(strike);
    return 'pass';
  });
}

/** The answer to a COMMIT that reached PostgreSQL is lost with its connection, once; calls back when it happened. */
export function loseCommitAnswer(database: ChaosProxy, done: () => void): () => void {
  let isOver = false;
  const stop = database.watch('up', (bytes, connection) => {
    if (isOver || !lower(bytes).includes(COMMIT)) return 'pass';
    isOver = true;
    connection.silence('down');
    setTimeout(() => {
      connection.cut();
      done();
    }, 150);
    return 'pass';
  });
  return stop;
}

/** ASCII letters made small, so that statements are found however they are written. */
function lower(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
}
