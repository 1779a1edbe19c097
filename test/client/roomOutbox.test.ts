import { describe, expect, test } from 'vitest';
import type { CommandAnswer } from '#shared/contract/wire.ts';
import type { Clock } from '../../client/connection/clock.ts';
import { WISH_MILLISECONDS, createOutbox } from '../../client/connection/outbox.ts';
import type { Outbox, OutboxItem, OutboxLine, OutboxStore } from '../../client/connection/outbox.ts';

const START = Date.UTC(2026, 2, 14, 3, 0, 0);

function fakeClock(): Clock & { advance(milliseconds: number): Promise<void> } {
  let now = START;
  const timers = new Set<{ at: number; work: () => void }>();
  return {
    now: () => now,
    after(milliseconds, work) {
      const timer = { at: now + milliseconds, work };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(milliseconds) {
      now += milliseconds;
      for (const timer of [...timers].filter((each) => each.at <= now)) {
        timers.delete(timer);
        timer.work();
      }
      await settled();
    },
  };
}

/** A store that, like IndexedDB, keeps copies and outlives the outbox. */
function fakeStore(): OutboxStore & { rows: Map<string, OutboxItem> } {
  const rows = new Map<string, OutboxItem>();
  return {
    rows,
    load: (person, incidentId) =>
      Promise.resolve(
        [...rows.values()].filter((row) => row.person === person && row.incidentId === incidentId),
      ),
    save: (item) => Promise.resolve(void rows.set(item.commandId, structuredClone(item))),
    remove: (item) => Promise.resolve(void rows.delete(item.commandId)),
  };
}

/** Lets everything that waits only for promises happen. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

/** A server that answers each command by `answer`, and a log of what it was sent. */
function fakeLine(answer: (item: OutboxItem, nth: number) => CommandAnswer | 'no answer', epoch = 1) {
  const sent: OutboxItem[] = [];
  const line: OutboxLine = {
    epoch,
    send(item) {
      sent.push(item);
      const given = answer(item, sent.length);
      return given === 'no answer' ? Promise.reject(new Error('line lost')) : Promise.resolve(given);
    },
  };
  return { line, sent };
}

const accepting = () => fakeLine((_, nth) => ({ ok: true, seq: nth }));

interface Setup {
  outbox: Outbox;
  clock: ReturnType<typeof fakeClock>;
  store: ReturnType<typeof fakeStore>;
}

let ids = 0;
function setup(store = fakeStore(), clock = fakeClock(), person = 'person-one'): Setup {
  const newId = (): string => `command-${(ids += 1)}`;
  return { store, clock, outbox: createOutbox({ person, incidentId: 'incident-1', store, clock, newId }) };
}

describe('the outbox', () => {
  test('sends what was written offline once, in order, when the room is joined', async () => {
    const { outbox, store } = setup();
    const answers = ['one', 'two', 'three'].map((text) => outbox.add('chat.post', { text }).answer);
    await settled();
    expect(store.rows.size).toBe(3);

    const { line, sent } = accepting();
    outbox.open(line);
    expect(await Promise.all(answers)).toEqual([
      { ok: true, seq: 1 },
      { ok: true, seq: 2 },
      { ok: true, seq: 3 },
    ]);
    expect(sent.map((item) => item.body['text'])).toEqual(['one', 'two', 'three']);
    expect(store.rows.size).toBe(0);
  });

  test('survives a reload and is sent under the same id', async () => {
    const before = setup();
    before.outbox.add('chat.post', { text: 'kept' });
    await settled();
    const id = before.outbox.items()[0]?.commandId;
    before.outbox.stop();

    const after = setup(before.store, before.clock);
    await after.outbox.restore();
    const { line, sent } = accepting();
    after.outbox.open(line);
    await settled();
    expect(sent.map((item) => item.commandId)).toEqual([id]);
  });

  test('never shows one person what another wrote', async () => {
    const before = setup();
    before.outbox.add('chat.post', { text: 'mine' });
    await settled();
    const other = setup(before.store, before.clock, 'person-two');
    await other.outbox.restore();
    expect(other.outbox.items()).toEqual([]);
  });

  test('tries again with the same id when no answer came, and keeps the order meanwhile', async () => {
    const { outbox, clock } = setup();
    const { line, sent } = fakeLine((_, nth) => (nth === 1 ? 'no answer' : { ok: true, seq: nth }));
    outbox.open(line);
    const first = outbox.add('chat.post', { text: 'one' }).answer;
    outbox.add('chat.post', { text: 'two' });
    await settled();
    expect(sent).toHaveLength(1);
    await clock.advance(1_000);
    expect(await first).toEqual({ ok: true, seq: 2 });
    expect(sent.map((item) => item.body['text'])).toEqual(['one', 'one', 'two']);
    expect(new Set(sent.map((item) => item.commandId)).size).toBe(2);
  });

  test('waits out a retryable refusal instead of giving up or overtaking', async () => {
    const { outbox, clock } = setup();
    const busy: CommandAnswer = { ok: false, error: { code: 'unavailable', message: '', retryable: true } };
    const { line, sent } = fakeLine((_, nth) => (nth < 3 ? busy : { ok: true, seq: 9 }));
    outbox.open(line);
    const answer = outbox.add('chat.post', { text: 'one' }).answer;
    await settled();
    await clock.advance(500);
    expect(sent).toHaveLength(2);
    expect(outbox.items()[0]?.phase).toEqual({ kind: 'waiting' });
    await clock.advance(1_000);
    expect(await answer).toEqual({ ok: true, seq: 9 });
  });

  test('keeps a refused message for copying, over a reload too, and goes on with the next', async () => {
    const { outbox, store, clock } = setup();
    const no: CommandAnswer = { ok: false, error: { code: 'closed', message: 'closed' } };
    const { line, sent } = fakeLine((_, nth) => (nth === 1 ? no : { ok: true, seq: nth }));
    outbox.open(line);
    const [first, second] = [
      outbox.add('chat.post', { text: 'no' }).answer,
      outbox.add('chat.post', { text: 'yes' }).answer,
    ];
    expect(await first).toEqual(no);
    expect(await second).toEqual({ ok: true, seq: 2 });
    expect(sent).toHaveLength(2);

    const later = setup(store, clock);
    await later.outbox.restore();
    expect(later.outbox.items().map((item) => [item.body['text'], item.phase.kind])).toEqual([
      ['no', 'refused'],
    ]);
    later.outbox.drop(later.outbox.items()[0]?.commandId ?? '');
    await settled();
    expect(store.rows.size).toBe(0);
  });

  test('marks a message that waited with the time it was written, and never one that went at once', async () => {
    const { outbox, clock } = setup();
    outbox.add('chat.post', { text: 'waited' });
    await clock.advance(10 * 60_000);
    const { line, sent } = accepting();
    outbox.open(line);
    await settled();
    outbox.add('chat.post', { text: 'at once' });
    await settled();
    expect(sent.map((item) => item.body)).toEqual([
      { text: 'waited', writtenAt: new Date(START).toISOString() },
      { text: 'at once' },
    ]);
  });

  test('a message that had arrived unseen before it got its time is done, not refused', async () => {
    const { outbox, clock, store } = setup();
    const reused: CommandAnswer = { ok: false, error: { code: 'command_id_reused', message: '' } };
    const { line } = fakeLine((_, nth) => (nth === 1 ? 'no answer' : reused));
    outbox.open(line);
    outbox.add('chat.post', { text: 'twice on the line' });
    await settled();
    outbox.close();
    await clock.advance(60_000);
    outbox.open(line);
    await settled();
    expect(outbox.items()).toEqual([]);
    expect(store.rows.size).toBe(0);
  });

  test('a wish that is too old is not carried out, stays for copying, and is not sent', async () => {
    const { outbox, clock } = setup();
    const answer = outbox.add('entry.pin', { seq: 3 }).answer;
    await clock.advance(WISH_MILLISECONDS + 1);
    const { line, sent } = accepting();
    outbox.open(line);
    expect(await answer).toMatchObject({ ok: false, error: { code: 'expired' } });
    expect(sent).toEqual([]);
    expect(outbox.items()[0]?.phase.kind).toBe('refused');
  });

  test('a wish at the age limit is still carried out', async () => {
    const { outbox, clock } = setup();
    const answer = outbox.add('entry.pin', { seq: 3 }).answer;
    await clock.advance(WISH_MILLISECONDS);
    outbox.open(accepting().line);
    expect(await answer).toEqual({ ok: true, seq: 1 });
  });

  test('a command given under an earlier commander is refused without being sent', async () => {
    const { outbox } = setup();
    const answer = outbox.add('severity.set', { severity: 'SEV1', reason: 'spreads' }, 1).answer;
    const { line, sent } = fakeLine(() => ({ ok: true, seq: 1 }), 2);
    outbox.open(line);
    expect(await answer).toMatchObject({ ok: false, error: { code: 'stale_epoch' } });
    expect(sent).toEqual([]);
  });

  test('what is given again after a refusal is a new command under the present epoch', async () => {
    const { outbox } = setup();
    outbox.add('severity.set', { severity: 'SEV1', reason: 'spreads' }, 1);
    const { line, sent } = fakeLine((_, nth) => ({ ok: true, seq: nth }), 2);
    outbox.open(line);
    await settled();
    const refusedId = outbox.items()[0]?.commandId ?? '';
    outbox.retry(refusedId);
    await settled();
    expect(sent.map((item) => item.epoch)).toEqual([2]);
    expect(sent[0]?.commandId).not.toBe(refusedId);
  });

  test('an entry seen in the log settles the command even if its answer was lost', async () => {
    const { outbox, store } = setup();
    const { line } = fakeLine(() => 'no answer');
    outbox.open(line);
    const answer = outbox.add('chat.post', { text: 'arrived' }).answer;
    await settled();
    outbox.arrived(outbox.items()[0]?.commandId ?? '', 7);
    expect(await answer).toEqual({ ok: true, seq: 7 });
    await settled();
    expect(store.rows.size).toBe(0);
  });
});
