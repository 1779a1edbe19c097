import { expect, test } from 'vitest';
import type { PersonRecord, SessionRecord } from '../../server/rooms/ports.ts';
import { createSessions } from '../../server/edges/session.ts';
import { createFakeClock } from '../support/fakeClock.ts';

const ida = { id: 'ida', disabled: false } as PersonRecord;

/** Who is signed in, on a store in memory that counts what it is asked. */
function signedIn() {
  const clock = createFakeClock();
  const rows = new Map<string, SessionRecord>();
  const asked = { reads: 0, extensions: 0 };
  let made = 0;
  const store = {
    createSession: (row: SessionRecord) => Promise.resolve(void rows.set(row.id, row)),
    readSessions(ids: readonly string[]) {
      asked.reads += ids.length;
      const found = new Map<string, SessionRecord>();
      for (const id of ids) {
        const row = rows.get(id);
        if (row) found.set(id, row);
      }
      return Promise.resolve(found);
    },
    liveSessions: (ids: readonly string[]) => Promise.resolve(new Set(ids)),
    extendSession(id: string, expiresAt: number) {
      asked.extensions += 1;
      const row = rows.get(id);
      if (row) rows.set(id, { ...row, expiresAt });
      return Promise.resolve();
    },
    revokeSessions(_: string, revokedAt: number) {
      for (const [id, row] of rows) rows.set(id, { ...row, revokedAt });
      return Promise.resolve([...rows.keys()]);
    },
    saveToken: () => Promise.resolve(),
    takeToken: () => Promise.resolve(null),
  };
  const sessions = createSessions({
    store,
    clock,
    directory: {
      get: () => ida,
      refresh: () => Promise.resolve(),
      onChange: () => () => {},
      onPermissions: () => () => {},
      sessionsEnded() {},
    },
    chance: { id: () => `session-${(made += 1)}`, secret: () => 'secret' },
    codec: { sign: ({ jti }) => jti, read: () => null },
    origins: { origins: () => [], publicUrl: () => '', isAllowed: () => true },
    onFailure(error) {
      throw error;
    },
  });
  return { clock, store, sessions, asked };
}

test('[E7] a session that was read before it ended here, and answered after, is not believed', async () => {
  const { clock, store, sessions } = signedIn();
  const { sessionId } = await sessions.begin(ida);
  await clock.advance(6_000);
  const { readSessions } = store;
  let answer = (): void => {};
  store.readSessions = async (ids) => {
    store.readSessions = readSessions;
    const found = await readSessions(ids);
    await new Promise<void>((resolve) => (answer = resolve));
    return found;
  };
  const early = sessions.check(sessionId);
  await clock.advance(0);
  await sessions.end(ida.id);
  answer();
  expect(await early).toBeNull();
  expect(await sessions.check(sessionId)).toBeNull();
});

test('[E6] more sessions in use than are remembered are prolonged without reading each of them in every round', async () => {
  const { clock, sessions, asked } = signedIn();
  const many = 10_500;
  for (let one = 0; one < many; one += 1) sessions.hold((await sessions.begin(ida)).sessionId);
  const round = async (): Promise<void> => {
    await clock.advance(60_000);
    for (let before = -1; before !== asked.reads; await clock.advance(0)) before = asked.reads;
  };
  // What was forgotten is read once, and makes others be forgotten.
  await round();
  const { reads } = asked;
  expect(reads).toBeLessThanOrEqual(many);
  for (let minute = 2; minute < 5; minute += 1) await round();
  expect(asked).toEqual({ reads, extensions: 0 });
  await round();
  expect(asked.extensions).toBe(many);
});
