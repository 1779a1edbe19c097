import { describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import type { CommandAnswer, Head, JoinAnswer } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { evolve, fold } from '#shared/incident/evolve.ts';
import type { Clock } from '../../client/connection/clock.ts';
import { createOutbox } from '../../client/connection/outbox.ts';
import type { OutboxStore } from '../../client/connection/outbox.ts';
import { createRoomStore } from '../../client/room/roomStore.ts';
import type { RoomLine, RoomStore } from '../../client/room/roomTypes.ts';
import { bareEntry } from '../support/bareEntry.ts';

const INCIDENT = 'incident-1';
const [DANA, OLU] = ['person-dana', 'person-olu'];

function entry(seq: number, type: string, body: Record<string, unknown>, actor = DANA): Entry {
  const at = new Date(Date.UTC(2026, 2, 14, 3, 0, seq)).toISOString();
  return bareEntry({ seq, at, actor, type, body, commandId: `command-${seq}` });
}

const declared = entry(1, 'incident.declared', {
  title: 'Checkout fails',
  severity: 'SEV2',
  commander: DANA,
  private: false,
  drill: false,
  number: 42,
  id: INCIDENT,
});
const said = (seq: number, text = `message ${seq}`, actor = DANA): Entry =>
  entry(seq, 'chat.posted', { text }, actor);

/** A log of the declaration, Olu made Ops lead at 3, and messages by Olu everywhere else. */
function history(length: number): Entry[] {
  return Array.from({ length }, (_, index) => {
    const seq = index + 1;
    if (seq === 1) return declared;
    if (seq === 3) return entry(3, 'role.assigned', { role: 'ops', person: OLU, from: null });
    return said(seq, `message ${seq}`, OLU);
  });
}

function fakeClock(): Clock & { fire(): void } {
  const timers = new Set<() => void>();
  return {
    now: () => Date.UTC(2026, 2, 14, 4),
    after(_, work) {
      timers.add(work);
      return () => timers.delete(work);
    },
    fire() {
      const due = [...timers];
      timers.clear();
      for (const work of due) work();
    },
  };
}

const memory: OutboxStore = {
  load: () => Promise.resolve([]),
  save: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};

async function settled(): Promise<void> {
  for (let turn = 0; turn < 80; turn += 1) await Promise.resolve();
}

function stateAfter(log: readonly Entry[]): IncidentState {
  const state = fold(null, log);
  if (!state) throw new Error('an empty log has no state');
  return state;
}

/** A server with a log; `page` is how much a first join answers. */
function fakeServer(log: Entry[], page = 200) {
  const asked: { after: number; limit: number }[] = [];
  const commands: { type: string; body: unknown; epoch?: number }[] = [];
  const server = {
    storageEpoch: 'storage-1',
    log,
    asked,
    commands,
    broken: false,
    joins: [] as (number | undefined)[],
    refusal: null as JoinAnswer | null,
    head: (): Head => ({ seq: server.log.length, hash: '', docSeq: 0, docHash: '' }),
  };
  const line: RoomLine = {
    join(_, after) {
      server.joins.push(after);
      if (server.broken) return Promise.reject(new Error('line lost'));
      if (server.refusal) return Promise.resolve(server.refusal);
      const entries = after === undefined ? server.log.slice(-page) : server.log.slice(after, after + page);
      return Promise.resolve({
        ok: true,
        protocol: 1,
        storageEpoch: server.storageEpoch,
        state: stateAfter(server.log),
        entries,
        head: server.head(),
        more: after !== undefined && after + page < server.log.length,
      });
    },
    leave: () => undefined,
    command(request): Promise<CommandAnswer> {
      server.commands.push(request);
      return Promise.resolve({ ok: true, seq: server.log.length + 1 });
    },
    log(_, after, limit) {
      asked.push({ after, limit });
      if (server.broken) return Promise.reject(new Error('line lost'));
      return Promise.resolve(server.log.slice(after, after + limit));
    },
    stateAt: (_, seq) => Promise.resolve(fold(null, server.log.slice(0, seq))),
    sendProgress: () => undefined,
  };
  return { server, line };
}

let ids = 0;

function room(line: RoomLine, clock = fakeClock(), me = DANA): RoomStore {
  const outbox = createOutbox({
    person: me,
    incidentId: INCIDENT,
    store: memory,
    clock,
    newId: () => `mine-${(ids += 1)}`,
  });
  return createRoomStore({ incidentId: INCIDENT, me, line, outbox, clock, evolve });
}

const seqs = (store: RoomStore): number[] => store.getSnapshot().log.entries.map((each) => each.seq);

describe('the room store', () => {
  test('opens with the newest page and the state after it', async () => {
    const { line } = fakeServer(history(10), 4);
    const store = room(line);
    store.online();
    await settled();
    const { phase, log, state } = store.getSnapshot();
    expect(phase).toEqual({ kind: 'open' });
    expect([log.first, log.last, state?.seq]).toEqual([7, 10, 10]);
  });

  test('takes entries that continue the log, and each once', async () => {
    const { line, server } = fakeServer(history(5));
    const store = room(line);
    store.online();
    await settled();
    server.log.push(said(6), said(7));
    store.received([said(6)]);
    store.received([said(6), said(7)]);
    expect(seqs(store)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('fetches what a gap leaves out before it shows what came after it', async () => {
    const { line, server } = fakeServer(history(5));
    const store = room(line);
    store.online();
    await settled();
    server.log.push(said(6), said(7), said(8));
    store.received([said(8)]);
    expect(seqs(store)).toEqual([1, 2, 3, 4, 5]);
    await settled();
    expect(seqs(store)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(server.asked).toEqual([{ after: 5, limit: 1_000 }]);
  });

  test('tries a gap again when nobody answered', async () => {
    const clock = fakeClock();
    const { line, server } = fakeServer(history(5));
    const store = room(line, clock);
    store.online();
    await settled();
    server.log.push(said(6), said(7));
    server.broken = true;
    store.received([said(7)]);
    await settled();
    expect(store.getSnapshot().log.last).toBe(5);
    server.broken = false;
    clock.fire();
    await settled();
    expect(store.getSnapshot().log.last).toBe(7);
  });

  test('joins again after what it has, and reads on when that was not all', async () => {
    const { line, server } = fakeServer(history(5), 3);
    const store = room(line);
    store.online();
    await settled();
    store.offline();
    server.log.push(...[6, 7, 8, 9, 10, 11].map((seq) => said(seq)));
    store.online();
    await settled();
    expect(server.joins).toEqual([undefined, 5]);
    expect(store.getSnapshot().log.last).toBe(11);
    expect(store.getSnapshot().state?.seq).toBeLessThanOrEqual(11);
  });

  test('keeps what arrives while joining', async () => {
    const { line, server } = fakeServer(history(5));
    const store = room(line);
    store.online();
    server.log = [...server.log];
    store.received([said(6)]);
    await settled();
    expect(store.getSnapshot().log.last).toBe(6);
  });

  test('begins anew when the server was restored from a backup', async () => {
    const { line, server } = fakeServer(history(8));
    const store = room(line);
    store.online();
    await settled();
    store.offline();
    server.log = history(4);
    server.storageEpoch = 'storage-2';
    store.online();
    await settled();
    expect([store.getSnapshot().log.last, store.getSnapshot().storageEpoch]).toEqual([4, 'storage-2']);
  });

  test('says so when the server does not let one in, and joins again after a retryable no', async () => {
    const clock = fakeClock();
    const { line, server } = fakeServer(history(3));
    server.refusal = { ok: false, error: { code: 'unavailable', message: '', retryable: true } };
    const store = room(line, clock);
    store.online();
    await settled();
    expect(store.getSnapshot().phase.kind).toBe('joining');
    server.refusal = { ok: false, error: { code: 'not_found', message: 'Not found' } };
    clock.fire();
    await settled();
    expect(store.getSnapshot().phase).toMatchObject({ kind: 'refused', error: { code: 'not_found' } });
  });

  test('shows each author with the roles of that time, also in the first page and in older ones', async () => {
    const { line } = fakeServer(history(8), 4);
    const store = room(line);
    store.online();
    await settled();
    expect(store.badges.at(6)?.roles.map((role) => role.role)).toEqual(['ops']);
    await store.loadOlder();
    expect(store.getSnapshot().log.first).toBe(1);
    expect(store.badges.at(2)?.roles).toEqual([]);
    expect(store.badges.at(4)?.roles.map((role) => role.role)).toEqual(['ops']);
    expect(store.badges.at(1)?.roles.map((role) => role.role)).toEqual(['commander']);
  });

  test('reads back to an entry without a gap', async () => {
    const { line } = fakeServer(history(1_500), 50);
    const store = room(line);
    store.online();
    await settled();
    expect(await store.loadBackTo(3)).toBe(true);
    expect(store.getSnapshot().log.first).toBe(1);
    expect(seqs(store)).toEqual(Array.from({ length: 1_500 }, (_, index) => index + 1));
    expect(await store.loadBackTo(9_999)).toBe(false);
  });

  test('commands of the commander carry the present epoch, those of others none', async () => {
    const { line, server } = fakeServer(history(3));
    const store = room(line);
    store.online();
    await settled();
    await store.send('severity.set', { severity: 'SEV1', reason: 'spreads' });
    await store.send('role.assign', { role: 'comms', person: OLU });
    await store.send('chat.post', { text: 'hello' });
    expect(server.commands.map(({ type, epoch }) => [type, epoch])).toEqual([
      ['severity.set', 1],
      ['role.assign', 1],
      ['chat.post', undefined],
    ]);
  });

  test('the state keeps its identity while only messages come', async () => {
    const { line } = fakeServer(history(5));
    const store = room(line);
    store.online();
    await settled();
    const before = store.getSnapshot().state;
    store.received([said(6)]);
    expect(store.getSnapshot().state).toBe(before);
    store.received([entry(7, 'severity.set', { severity: 'SEV1', from: 'SEV2', reason: 'spreads' })]);
    expect(store.getSnapshot().state?.severity).toBe('SEV1');
  });

  test('takes from the server since when the commander is unreachable, not from who is in the room', async () => {
    const { line } = fakeServer(history(3));
    const store = room(line);
    store.online();
    await settled();
    expect(store.getSnapshot().commanderAbsentSince).toBeNull();
    store.presenceIs([{ person: OLU, since: declared.at }], null);
    expect(store.getSnapshot().commanderAbsentSince).toBeNull();
    store.presenceIs([{ person: OLU, since: declared.at }], '2026-03-14T04:00:00.000Z');
    expect(store.getSnapshot().commanderAbsentSince).toBe(Date.UTC(2026, 2, 14, 4));
    const people = [DANA, OLU].map((person) => ({ person, since: declared.at }));
    store.presenceIs(people, null);
    expect(store.getSnapshot().commanderAbsentSince).toBeNull();
  });
});
