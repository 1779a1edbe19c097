import { describe, expect, test } from 'vitest';
import { defaultLimits } from '#shared/contract/limits.ts';
import { MAX_PINS } from '#shared/incident/chat.ts';
import { ADA, BEN, CHO, Scenario, START } from './scenario.ts';

/** Ben has said something: entry 2. */
function talk(): Scenario {
  const incident = new Scenario();
  incident.does(BEN, 'chat.post', { text: 'db-7 is at 100 % CPU' });
  return incident;
}

function isoAfter(milliseconds: number): string {
  return new Date(START + milliseconds).toISOString();
}

describe('chat', () => {
  test.each(['', ' \n\t', '\u200B\u200D\uFEFF', '\u3164', '\u115F\u1160\uFFA0', '\u2800', '\u2067\u00AD'])(
    '[C1] a text in which a reader sees nothing is refused: %j',
    (text) => {
      expect(talk().answer(BEN, 'chat.post', { text })).toBe('blank');
      expect(talk().answer(BEN, 'chat.correct', { seq: 2, text })).toBe('blank');
    },
  );

  test.each(['.', '가', 'ㄱ', '🔥', '\u200Bx'])('[C1] any other text is taken as it is: %j', (text) => {
    const incident = talk();
    incident.does(BEN, 'chat.post', { text });
    expect(incident.log.at(-1)?.body).toEqual({ text });
  });

  test('[C2] 8,000 code units are taken, one more is not', () => {
    const incident = talk();
    expect(incident.limits.chatCharacters).toBe(8_000);
    expect(incident.answer(BEN, 'chat.post', { text: 'x'.repeat(8_000) })).toBe('allowed');
    expect(incident.asks(BEN, 'chat.post', { text: 'x'.repeat(8_001) })).toEqual({
      refusal: { reason: 'too_large', details: { n: 8_001, max: 8_000 } },
    });
    expect(incident.answer(BEN, 'chat.correct', { seq: 2, text: '🔥'.repeat(4_001) })).toBe('too_large');
    incident.limits = { ...defaultLimits, chatCharacters: 3 };
    expect(incident.answer(BEN, 'chat.post', { text: 'four' })).toBe('too_large');
  });

  test.each(['a\0b', 'a\uD83D', '\uDD25a'])('[C3] what cannot be stored is refused anywhere: %j', (bad) => {
    const incident = talk();
    expect(incident.answer(BEN, 'chat.post', { text: bad })).toBe('malformed_text');
    expect(incident.answer(BEN, 'chat.post', { text: 'x', mentions: [bad] })).toBe('malformed_text');
    expect(incident.answer(BEN, 'doing.set', { text: bad })).toBe('malformed_text');
    expect(incident.answer(ADA, 'severity.set', { severity: 'SEV1', reason: bad })).toBe('malformed_text');
    expect(incident.answer(ADA, 'handoff.offer', { to: BEN, note: bad })).toBe('malformed_text');
    expect(incident.answer(ADA, 'incident.rename', { title: bad })).toBe('malformed_text');
    const withBadKey = { text: 'x', [bad]: 1 };
    expect(incident.answer(BEN, 'chat.post', withBadKey)).toBe('malformed_text');
  });

  test('[C4] a reply points at a chat entry that exists', () => {
    const incident = talk();
    incident.does(BEN, 'chat.correct', { seq: 2, text: 'db-8' });
    expect(incident.answer(CHO, 'chat.post', { text: 'x', replyTo: 2 })).toBe('allowed');
    expect(incident.answer(CHO, 'chat.post', { text: 'x', replyTo: 3 })).toBe('allowed');
    expect(incident.answer(CHO, 'chat.post', { text: 'x', replyTo: 1 })).toBe('unknown_entry');
    expect(incident.answer(CHO, 'chat.post', { text: 'x', replyTo: 99 })).toBe('unknown_entry');
  });

  test('[C5] mentions are people, each once', () => {
    const incident = talk();
    expect(incident.answer(BEN, 'chat.post', { text: 'x', mentions: [CHO, 'nobody-known'] })).toBe(
      'unknown_person',
    );
    incident.does(BEN, 'chat.post', { text: 'x', mentions: [CHO, ADA, CHO] });
    expect(incident.log.at(-1)?.body).toEqual({ text: 'x', mentions: [CHO, ADA] });
  });

  test('[C6] only the author corrects, only a posted message, and none that was redacted', () => {
    const incident = talk();
    const correct = (person: string, seq: number) =>
      incident.answer(person, 'chat.correct', { seq, text: 'db-8' });
    expect(correct(ADA, 2)).toBe('author_only');
    expect(correct(ADA, 1)).toBe('unknown_entry');
    expect(correct(BEN, 99)).toBe('unknown_entry');
    incident.does(BEN, 'chat.correct', { seq: 2, text: 'db-8', happenedAt: isoAfter(-60_000) });
    expect(correct(BEN, 3)).toBe('unknown_entry');
    expect(correct(BEN, 2)).toBe('allowed');
    incident.does(ADA, 'entry.redact', { seq: 2, reason: 'secret' });
    expect(correct(BEN, 2)).toBe('redacted_entry');
  });

  test('[C7] the commander redacts entries that have free text, once each', () => {
    const incident = talk();
    const redact = (person: string, seq: number) =>
      incident.answer(person, 'entry.redact', { seq, reason: 'secret' });
    expect(redact(BEN, 2)).toBe('commander_only');
    expect(redact(ADA, 1)).toBe('nothing_to_redact');
    expect(redact(ADA, 99)).toBe('unknown_entry');
    expect(incident.answer(ADA, 'entry.redact', { seq: 2, reason: ' ' })).toBe('blank');
    incident.does(ADA, 'entry.redact', { seq: 2, reason: 'secret' });
    expect(redact(ADA, 2)).toBe('unchanged');
    expect(redact(ADA, 3)).toBe('nothing_to_redact');
  });

  test('[C7] what this version does not know has nothing it could redact', () => {
    const incident = talk();
    const target = { seq: 2, type: 'poll.opened', actor: BEN, redacted: false };
    const newer = incident.log[1];
    if (newer) incident.log[1] = { ...newer, type: target.type };
    expect(incident.answer(ADA, 'entry.redact', { seq: 2, reason: 'x' })).toBe('nothing_to_redact');
  });

  test('[C10] times that do not exist are refused', () => {
    const incident = talk();
    const never = '2026-02-30T10:00:00.000Z';
    const nonsense = '2026-99-99T99:99:99.999Z';
    expect(incident.answer(BEN, 'chat.post', { text: 'x', writtenAt: never })).toBe('no_such_time');
    expect(incident.answer(BEN, 'chat.post', { text: 'x', happenedAt: nonsense })).toBe('no_such_time');
    expect(incident.answer(BEN, 'chat.correct', { seq: 2, text: 'x', happenedAt: nonsense })).toBe(
      'no_such_time',
    );
    const update = { state: 'Down', text: 'x', nextUpdateAt: never };
    expect(incident.answer(ADA, 'update.send', update)).toBe('no_such_time');
    expect(incident.answer(BEN, 'chat.post', { text: 'x', writtenAt: isoAfter(-1) })).toBe('allowed');
  });
});

describe('pins', () => {
  test('[C8] anybody in the room pins any entry once, and unpins it', () => {
    const incident = talk();
    incident.does(CHO, 'entry.pin', { seq: 2 });
    incident.does(CHO, 'entry.pin', { seq: 1 });
    expect(incident.state.pinned).toEqual([2, 1]);
    expect(incident.answer(BEN, 'entry.pin', { seq: 2 })).toBe('unchanged');
    expect(incident.answer(BEN, 'entry.pin', { seq: 99 })).toBe('unknown_entry');
    incident.does(BEN, 'entry.unpin', { seq: 2 });
    expect(incident.state.pinned).toEqual([1]);
    expect(incident.answer(BEN, 'entry.unpin', { seq: 2 })).toBe('unchanged');
    expect(incident.answer(BEN, 'entry.unpin', { seq: 99 })).toBe('unknown_entry');
  });

  test('[C8] at most 100 are pinned', () => {
    const incident = new Scenario();
    for (let seq = 1; seq <= MAX_PINS; seq += 1) incident.does(BEN, 'entry.pin', { seq });
    expect(incident.state.pinned).toHaveLength(100);
    expect(incident.answer(BEN, 'entry.pin', { seq: 101 })).toBe('too_many_pins');
    incident.does(BEN, 'entry.unpin', { seq: 50 });
    expect(incident.answer(BEN, 'entry.pin', { seq: 101 })).toBe('allowed');
  });
});

describe('what I am doing now', () => {
  test('[C9] is one line per person, and a blank one takes it away', () => {
    const incident = new Scenario();
    incident.does(BEN, 'doing.set', { text: 'Reading logs' });
    incident.does(CHO, 'doing.set', { text: 'Rolling back' });
    incident.passes(1_000);
    incident.does(BEN, 'doing.set', { text: 'Reading more logs' });
    expect(incident.state.doing).toEqual([
      { seq: 3, person: CHO, text: 'Rolling back', at: isoAfter(0) },
      { seq: 4, person: BEN, text: 'Reading more logs', at: isoAfter(1_000) },
    ]);
    incident.does(BEN, 'doing.set', { text: ' \u3164' });
    expect(incident.log.at(-1)?.body).toEqual({ text: '' });
    expect(incident.state.doing.map((line) => line.person)).toEqual([CHO]);
    expect(incident.answer(BEN, 'doing.set', { text: '' })).toBe('unchanged');
  });
});

describe('updates', () => {
  const update = { state: 'Down', text: 'We look into it' };

  test('[C11] are sent by Communications or the commander', () => {
    const incident = new Scenario();
    const answers = () => [ADA, BEN, CHO].map((person) => incident.answer(person, 'update.send', update));
    expect(answers()).toEqual(['allowed', 'comms_only', 'comms_only']);
    incident.does(ADA, 'role.assign', { role: 'comms', person: BEN });
    expect(answers()).toEqual(['allowed', 'allowed', 'comms_only']);
    expect(incident.asks(CHO, 'update.send', update)).toEqual({
      refusal: { reason: 'comms_only', details: { person: BEN } },
    });
  });

  test('[C12] are numbered, and each replaces the promise of the one before', () => {
    const incident = new Scenario();
    incident.does(ADA, 'update.send', { ...update, nextUpdateAt: isoAfter(60_000) });
    expect(incident.state).toMatchObject({
      updateCount: 1,
      nextUpdateAt: isoAfter(60_000),
      lastUpdate: { seq: 2, number: 1, by: ADA, ...update },
    });
    incident.does(ADA, 'update.send', { state: 'Up', text: 'It works again' });
    expect(incident.state).toMatchObject({
      updateCount: 2,
      nextUpdateAt: null,
      lastUpdate: { seq: 3, number: 2, state: 'Up', text: 'It works again' },
    });
  });

  test('[C12] promise a time to come, and say something', () => {
    const incident = new Scenario();
    const at = (milliseconds: number) => ({ ...update, nextUpdateAt: isoAfter(milliseconds) });
    expect(incident.answer(ADA, 'update.send', at(0))).toBe('next_update_past');
    expect(incident.answer(ADA, 'update.send', at(1))).toBe('allowed');
    expect(incident.answer(ADA, 'update.send', { ...update, text: '\u3164' })).toBe('blank');
    expect(incident.answer(ADA, 'update.send', { ...update, state: ' ' })).toBe('blank');
  });

  test('[C13] a promise that passes is noted once, not before', () => {
    const incident = new Scenario();
    const dueAt = isoAfter(60_000);
    incident.does(ADA, 'update.send', { ...update, nextUpdateAt: dueAt });
    const note = (time: string) => incident.system({ type: 'update.overdue', body: { dueAt: time } });
    incident.passes(59_999);
    expect(note(dueAt)).toBe('not_due');
    incident.passes(1);
    expect(note(isoAfter(1))).toBe('unchanged');
    expect(note(dueAt)).toBe('allowed');
    expect(incident.state).toMatchObject({ nextUpdateAt: dueAt, overdueAt: dueAt });
    expect(note(dueAt)).toBe('unchanged');
    incident.does(ADA, 'update.send', { ...update, nextUpdateAt: isoAfter(120_000) });
    expect(incident.state.overdueAt).toBeNull();
    expect(note(dueAt)).toBe('unchanged');
  });

  test.each(['resolved', 'closed'] as const)('[C13] nothing is overdue while %s', (status) => {
    const incident = new Scenario();
    const dueAt = isoAfter(60_000);
    incident.does(ADA, 'update.send', { ...update, nextUpdateAt: dueAt });
    incident.does(ADA, 'status.set', { status: 'resolved' });
    if (status === 'closed') incident.does(ADA, 'status.set', { status });
    incident.passes(60_000);
    const overdue = { type: 'update.overdue', body: { dueAt } } as const;
    expect(incident.system(overdue)).toBe('unchanged');
    incident.does(BEN, 'incident.reopen', { reason: 'It is back' });
    expect(incident.system(overdue)).toBe('allowed');
  });
});
