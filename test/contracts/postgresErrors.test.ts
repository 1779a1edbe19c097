import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import { gate, turns } from '../../server/store/gate.ts';
import { ConnectionLost, failureOf } from '../../server/store/postgresErrors.ts';
import { unkeptPromise } from '../../server/store/postgresPool.ts';

/** An error as PostgreSQL sends it. */
function refusal(code: string, severity = 'ERROR', message = 'said so'): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError(message, 0, 'error'), { code, severity });
}

describe('what PostgreSQL and the network say', () => {
  test.each(['53100', '53300', '40001', '40P01', '55P03', '57014', '58030'])(
    '[S53] %s passes by itself, and the connection is kept',
    (code) => {
      const failure = failureOf(refusal(code));
      expect(failure).toBeInstanceOf(StoreUnavailable);
      expect(failure).not.toBeInstanceOf(ConnectionLost);
    },
  );

  test.each([
    refusal('25006'),
    refusal('25P03', 'FATAL'),
    refusal('57P01', 'FATAL'),
    refusal('57P03', 'FATAL'),
    refusal('08006'),
    refusal('XX000', 'PANIC'),
    refusal('0A000', 'ERROR', 'cached plan must not change result type'),
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
    new Error('Connection terminated unexpectedly'),
    new Error('Query read timeout'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Client has encountered a connection error and is not queryable'),
  ])('[S53] %s ends the connection', (error) => {
    const failure = failureOf(error);
    expect(failure).toBeInstanceOf(ConnectionLost);
    expect(failure.message).toMatch(/: \S/);
  });

  test.each([refusal('23505'), refusal('22021'), refusal('42703'), new TypeError('undefined')])(
    '%s is a bug and stays what it is',
    (error) => {
      expect(failureOf(error)).toBe(error);
    },
  );
});

test.each([
  ['on', '', true],
  ['on', 'standby', true],
  ['remote_apply', 'standby', true],
  ['remote_write', 'standby', true],
  ['local', '', true],
  ['local', 'standby', false],
  ['off', '', false],
])('[S55] synchronous_commit=%s with standbys "%s" is taken: %s', (commit, standbys, taken) => {
  expect(unkeptPromise({ commit, standbys }) === null).toBe(taken);
});

test('a gate that is closing waits for what it let in, and lets nothing more in', async () => {
  const open = gate();
  let finish = () => {};
  const inside = open(
    () =>
      new Promise<string>((resolve) => {
        finish = () => resolve('done');
      }),
  );
  let isClosed = false;
  const closed = open.close().then(() => {
    isClosed = true;
  });
  await expect(open(() => Promise.resolve('late'))).rejects.toBeInstanceOf(StoreUnavailable);
  expect(isClosed).toBe(false);
  finish();
  await closed;
  expect(await inside).toBe('done');
});

test('turns are taken in the order of asking, also after one that failed', async () => {
  const inTurn = turns();
  const order: number[] = [];
  const step = (n: number, fails = false) =>
    inTurn(async () => {
      await Promise.resolve();
      order.push(n);
      if (fails) throw new Error('failed');
    });
  await Promise.allSettled([step(1), step(2, true), step(3)]);
  expect(order).toEqual([1, 2, 3]);
});
