import { describe, expect, it } from 'vitest';
import { startDeadlines } from '../../server/rooms/deadlines.ts';
import { StoreUnavailable } from '../../server/rooms/ports.ts';
import {
  adam,
  ben,
  createHarness,
  everybody,
  ida,
  incidentId,
  reasonOf,
  sue,
} from '../support/roomHarness.ts';

describe('the tick', () => {
  it('[T1] acknowledges and tells nobody before the commit is durable', async () => {
    const { open, store, clock } = createHarness();
    const room = await open();
    const told: number[] = [];
    room.subscribe({
      entries: (entries) => told.push(...entries.map((entry) => entry.seq)),
      presence() {},
      progress() {},
    });
    const durableWhenTold: number[] = [];
    room.subscribe({
      entries: () => durableWhenTold.push(store.log(incidentId).length),
      presence() {},
      progress() {},
    });
    const answer = room.submit(
      { type: 'chat.post', body: { text: 'hello' }, commandId: 'command_1' },
      { kind: 'person', id: ben },
    );
    expect(told).toEqual([]);
    await clock.advance(100);
    expect(await answer).toEqual({ ok: true, seq: 2 });
    expect(told).toEqual([2]);
    expect(durableWhenTold).toEqual([2]);
  });

  it('[T2] a failed commit acknowledges nothing, changes nothing, and the same command can be sent again', async () => {
    const { open, store, give, complaints } = createHarness();
    const room = await open();
    store.faults = () => 'reject';
    expect(reasonOf(await give(room, ben, 'chat.post', { text: 'hello' }, { commandId: 'command_1' }))).toBe(
      'not_saved',
    );
    expect(room.state.seq).toBe(1);
    expect(complaints).toHaveLength(1);
    store.faults = () => 'none';
    expect(await give(room, ben, 'chat.post', { text: 'hello' }, { commandId: 'command_1' })).toEqual({
      ok: true,
      seq: 2,
    });
  });

  it('[T3] a commit whose answer was lost is found again by its command id, and happens once', async () => {
    const { open, store, give } = createHarness();
    const room = await open();
    store.faults = () => 'lose_answer';
    expect(reasonOf(await give(room, ben, 'chat.post', { text: 'hello' }, { commandId: 'command_1' }))).toBe(
      'not_saved',
    );
    store.faults = () => 'none';
    expect(await give(room, ben, 'chat.post', { text: 'hello' }, { commandId: 'command_1' })).toEqual({
      ok: true,
      seq: 2,
    });
    await give(room, ben, 'chat.post', { text: 'next' });
    expect(store.log(incidentId).map((entry) => entry.seq)).toEqual([1, 2, 3]);
    expect(room.state.seq).toBe(3);
  });

  it('[T4] the same command id with the same body is the same seq; with another body it is refused', async () => {
    const { open, give, store } = createHarness();
    const room = await open();
    const first = await give(room, ben, 'chat.post', { text: 'once' }, { commandId: 'command_1' });
    const again = await give(room, ben, 'chat.post', { text: 'once' }, { commandId: 'command_1' });
    const other = await give(room, ben, 'chat.post', { text: 'twice' }, { commandId: 'command_1' });
    expect(again).toEqual(first);
    expect(reasonOf(other)).toBe('command_id_reused');
    expect(store.log(incidentId)).toHaveLength(2);
  });

  it('[T4] a hundred copies at the same time have one effect', async () => {
    const { open, clock, store } = createHarness({ limits: { commandsPerSecond: 1_000 } });
    const room = await open();
    const copies = Array.from({ length: 100 }, () =>
      room.submit(
        { type: 'chat.post', body: { text: 'once' }, commandId: 'command_1' },
        { kind: 'person', id: ben },
      ),
    );
    await clock.advance(100);
    expect(new Set((await Promise.all(copies)).map((answer) => JSON.stringify(answer)))).toEqual(
      new Set(['{"ok":true,"seq":2}']),
    );
    expect(store.log(incidentId)).toHaveLength(2);
  });

  it('[T4] the same id of another person is another command', async () => {
    const { open, give } = createHarness();
    const room = await open();
    await give(room, ben, 'chat.post', { text: 'mine' }, { commandId: 'command_1' });
    expect(await give(room, ida, 'chat.post', { text: 'mine too' }, { commandId: 'command_1' })).toEqual({
      ok: true,
      seq: 3,
    });
  });

  it('[T5] each command of a batch sees the entries of the ones before it', async () => {
    const { open, clock } = createHarness();
    const room = await open();
    const offer = (to: string, commandId: string) =>
      room.submit({ type: 'handoff.offer', body: { to }, commandId, epoch: 1 }, { kind: 'person', id: ida });
    const both = [offer(ben, 'command_1'), offer(adam, 'command_2')];
    await clock.advance(100);
    expect((await Promise.all(both)).map(reasonOf)).toEqual(['ok', 'already_pending']);
  });

  it('[T6] what was queued before access was lost does not commit after it', async () => {
    const { open, clock, people, store } = createHarness();
    const room = await open();
    const queued = room.submit(
      { type: 'chat.post', body: { text: 'too late' }, commandId: 'command_1' },
      { kind: 'person', id: ben },
    );
    people.change(ben, { disabled: true });
    await clock.advance(100);
    expect(reasonOf(await queued)).toBe('not_found');
    expect(store.log(incidentId)).toHaveLength(1);
  });

  it('[T6] stakeholders and strangers learn nothing of an incident', async () => {
    const { open, give } = createHarness();
    const room = await open();
    expect(reasonOf(await give(room, sue, 'chat.post', { text: 'hello' }))).toBe('not_found');
    expect(reasonOf(await give(room, 'nobody_00', 'chat.post', { text: 'hello' }))).toBe('not_found');
  });

  it('[T7] a redaction takes the text out of memory as well', async () => {
    const { open, give } = createHarness();
    const room = await open();
    await give(room, ben, 'chat.post', { text: 'password is hunter2' });
    await give(room, ida, 'entry.redact', { seq: 2, reason: 'a password' }, { epoch: 1 });
    const { entries } = await room.lastEntries(200);
    expect(JSON.stringify(entries)).not.toContain('hunter2');
    expect(entries.find((entry) => entry.seq === 2)).toMatchObject({ redacted: true, salt: null });
  });

  it('[T5] a second redaction, or a correction, of what the same batch redacted is refused', async () => {
    const { open, give, clock } = createHarness();
    const room = await open();
    await give(room, ida, 'chat.post', { text: 'password is hunter2' });
    const actor = { kind: 'person' as const, id: ida };
    const redact = (commandId: string) =>
      room.submit(
        { type: 'entry.redact', body: { seq: 2, reason: 'a password' }, commandId, epoch: 1 },
        actor,
      );
    const correct = () =>
      room.submit({ type: 'chat.correct', body: { seq: 2, text: 'hunter3' }, commandId: 'command_3' }, actor);
    const answers = [redact('command_1'), redact('command_2'), correct()];
    await clock.advance(100);
    const [first, second, third] = (await Promise.all(answers)).map(reasonOf);
    expect(first).toBe('ok');
    expect([second, third]).not.toContain('ok');
  });

  it('[T8] more commands per second than the limit are refused, and commanding has a reserve that talk does not use up', async () => {
    const { open, clock } = createHarness({ limits: { commandsPerSecond: 10 } });
    const room = await open();
    let made = 0;
    const post = (person: string) =>
      room.submit(
        { type: 'chat.post', body: { text: 'hello' }, commandId: `command_${(made += 1)}` },
        { kind: 'person', id: person },
      );
    const rename = () =>
      room.submit(
        {
          type: 'incident.rename',
          body: { title: `Title ${made}` },
          commandId: `command_${(made += 1)}`,
          epoch: 1,
        },
        { kind: 'person', id: ida },
      );
    const taken = async (answers: ReturnType<typeof post>[]) => {
      await clock.advance(0);
      return (await Promise.all(answers)).map(reasonOf).filter((reason) => reason === 'ok').length;
    };
    expect(await taken(Array.from({ length: 16 }, () => post(ben)))).toBe(10);
    expect(await taken(Array.from({ length: 16 }, () => post(ida)))).toBe(10);
    expect(await taken(Array.from({ length: 8 }, rename))).toBe(5);
    await clock.advance(2_000);
    expect(await taken([post(ben)])).toBe(1);
  });

  it('[T9] an entry body past the limit is refused, one at the limit is taken', async () => {
    const at = JSON.stringify({ text: 'x'.repeat(100) }).length;
    const { open, give } = createHarness({ limits: { entryBodyBytes: at } });
    const room = await open();
    expect(reasonOf(await give(room, ben, 'chat.post', { text: 'x'.repeat(100) }))).toBe('ok');
    expect(reasonOf(await give(room, ben, 'chat.post', { text: 'x'.repeat(101) }))).toBe('too_large');
  });
});

describe('deadlines', () => {
  it('[T10] an offer that nobody took expires by itself, once, and the commander stays', async () => {
    const { open, give, clock, store, rooms } = createHarness();
    const stop = startDeadlines({
      store,
      rooms,
      clock,
      log: { info() {}, warn() {}, error() {} },
    });
    const room = await open();
    const release = room.hold();
    await give(room, ida, 'handoff.offer', { to: ben, expiresInSeconds: 60 }, { epoch: 1 });
    await clock.advance(59_000);
    expect(room.state.offer?.to).toBe(ben);
    await clock.advance(5_000);
    expect(room.state.offer).toBeNull();
    expect(room.state.commander).toBe(ida);
    await clock.advance(60_000);
    expect(store.log(incidentId).filter((entry) => entry.type === 'handoff.expired')).toHaveLength(1);
    expect(await store.dueDeadlines(clock.now(), 10)).toEqual([]);
    release();
    await stop();
  });

  it('[T10] one incident that cannot be opened keeps no deadline of another from being given', async () => {
    const { open, give, clock, store, rooms } = createHarness();
    const due = store.dueDeadlines.bind(store);
    const command = { type: 'handoff.expire', body: { offer: 'offer_000' } };
    store.dueDeadlines = async (now, limit) => [
      { incidentId: 'broken_1', id: 'expire-offer_000', dueAt: 0, command },
      ...(await due(now, limit)),
    ];
    const failures: string[] = [];
    const stop = startDeadlines({
      store,
      clock,
      rooms: {
        ...rooms,
        openCurrent: (id) =>
          id === 'broken_1' ? Promise.reject(new Error('a bad row')) : rooms.openCurrent(id),
      },
      log: { info() {}, warn() {}, error: (_, message) => failures.push(message) },
    });
    const room = await open();
    const release = room.hold();
    await give(room, ida, 'handoff.offer', { to: ben, expiresInSeconds: 60 }, { epoch: 1 });
    await clock.advance(65_000);
    expect(failures).not.toEqual([]);
    expect(room.state.offer).toBeNull();
    release();
    await stop();
  });

  it('[T11] an offer to somebody whose account is disabled becomes void', async () => {
    const { open, give, people, clock } = createHarness();
    const room = await open();
    await give(room, ida, 'handoff.offer', { to: ben }, { epoch: 1 });
    people.change(ben, { disabled: true });
    await clock.advance(1_000);
    expect(room.state.offer).toBeNull();
    const { entries } = await room.lastEntries(1);
    expect(entries[0]).toMatchObject({ type: 'handoff.voided', actor: 'system' });
  });
});

describe('an offer to somebody who lost access while the store is away', () => {
  it('[T11] becomes void once the store takes it', async () => {
    const { open, give, people, clock, store } = createHarness();
    const room = await open();
    await give(room, ida, 'handoff.offer', { to: ben }, { epoch: 1 });
    store.faults = () => 'reject';
    people.change(ben, { disabled: true });
    await clock.advance(11_000);
    expect(room.state.offer).not.toBeNull();
    store.faults = () => 'none';
    await clock.advance(6_000);
    expect(room.state.offer).toBeNull();
  });
});

describe('presence and memory', () => {
  it('[T12] several tabs are one person, away only when all of them are, gone when the last one is', async () => {
    const { open } = createHarness();
    const room = await open();
    const first = room.arrive(ben);
    const second = room.arrive(ben);
    first.away(true);
    expect(room.present()).toMatchObject([{ person: ben }]);
    expect(room.present()[0]).not.toHaveProperty('away');
    second.away(true);
    expect(room.present()).toMatchObject([{ person: ben, away: true }]);
    second.leave();
    second.leave();
    expect(room.present()).toHaveLength(1);
    first.leave();
    expect(room.present()).toEqual([]);
  });

  it('[T13] by force the deputy takes command only after the commander had no connection for 60 s', async () => {
    const { open, give, clock, connections } = createHarness();
    const room = await open();
    const disconnect = connections.open(ida);
    room.hold();
    await give(room, ida, 'deputy.set', { person: ben }, { epoch: 1 });
    await clock.advance(120_000);
    expect(reasonOf(await give(room, ben, 'handoff.force', { reason: 'gone' }))).toBe('commander_present');
    disconnect();
    await clock.advance(58_000);
    expect(reasonOf(await give(room, ben, 'handoff.force', { reason: 'gone' }))).toBe('commander_present');
    await clock.advance(3_000);
    expect(reasonOf(await give(room, ben, 'handoff.force', { reason: 'gone' }))).toBe('ok');
    expect(room.state).toMatchObject({ commander: ben, epoch: 2 });
  });

  it('[T14] a room nobody is in leaves memory and comes back the same', async () => {
    const harness = createHarness();
    const room = await harness.open();
    await harness.give(room, ben, 'chat.post', { text: 'hello' });
    const release = room.hold();
    await harness.clock.advance(120_000);
    expect(harness.rooms.peek(incidentId)).toBe(room);
    release();
    await harness.clock.advance(120_000);
    expect(harness.rooms.peek(incidentId)).toBeUndefined();
    const again = await harness.open();
    expect(again).not.toBe(room);
    expect(again.state).toEqual(room.state);
  });

  it('[T15] two opens at once give one room, and an unknown incident none', async () => {
    const { rooms, clock } = createHarness();
    const opening = [rooms.open(incidentId), rooms.open(incidentId), rooms.open('unknown_1')];
    await clock.advance(0);
    const [one, two, none] = await Promise.all(opening);
    expect(one).toBe(two);
    expect(none).toBeNull();
  });

  it('[T16] draining commits what is queued and then refuses politely', async () => {
    const { open, rooms, clock, store } = createHarness();
    const room = await open();
    const queued = room.submit(
      { type: 'chat.post', body: { text: 'last words' }, commandId: 'command_1' },
      { kind: 'person', id: ben },
    );
    const drained = rooms.drain();
    await clock.advance(100);
    await drained;
    expect(reasonOf(await queued)).toBe('ok');
    expect(store.log(incidentId)).toHaveLength(2);
    const late = room.submit(
      { type: 'chat.post', body: { text: 'late' }, commandId: 'command_2' },
      { kind: 'person', id: ben },
    );
    expect(reasonOf(await late)).toBe('draining');
  });

  it('[T16] draining ends although people write all the time', async () => {
    const { open, rooms, clock, store } = createHarness();
    const room = await open();
    const answers: ReturnType<typeof room.submit>[] = [];
    const write = (): void => {
      const commandId = `command_${answers.length}`;
      const person = everybody[answers.length % 4]!;
      answers.push(
        room.submit({ type: 'chat.post', body: { text: 'and' }, commandId }, { kind: 'person', id: person }),
      );
    };
    store.faults = () => {
      if (answers.length < 40) write();
      return 'none';
    };
    write();
    const drained = rooms.drain();
    await clock.advance(5);
    await drained;
    const told = await Promise.all(answers.map((answer) => answer.then(reasonOf)));
    expect(told.at(0)).toBe('ok');
    expect(told.at(-1)).toBe('draining');
    expect(told.filter((reason) => reason === 'ok')).toHaveLength(store.log(incidentId).length - 1);
  });

  it('[T16] an incident is never called unknown because the rooms drain', async () => {
    const { rooms, clock } = createHarness();
    const drained = rooms.drain();
    await clock.advance(100);
    await drained;
    await expect(rooms.open(incidentId)).rejects.toThrow(StoreUnavailable);
    await expect(rooms.openCurrent(incidentId)).rejects.toThrow(StoreUnavailable);
  });
});
