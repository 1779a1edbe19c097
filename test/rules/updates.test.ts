import { describe, expect, test } from 'vitest';
import type { Severity } from '#shared/contract/identifiers.ts';
import { audiencesOf } from '#shared/incident/audiences.ts';
import { deadlinesAfter } from '#shared/incident/deadlines.ts';
import { firstUpdateBy } from '#shared/incident/expectation.ts';
import { fold } from '#shared/incident/evolve.ts';
import { isForCommunications, entriesFor, entryFor } from '#shared/incident/questions.ts';
import { ADA, BEN, CHECKOUT, CHO, LEADERS, Scenario, START, SUPPORT, typesOf } from './scenario.ts';

const PAGE = 'public-page';
const isoAfter = (milliseconds: number) => new Date(START + milliseconds).toISOString();
const MINUTE = 60_000;
const plain = { state: 'Down', text: 'Card payments fail' };

const ofSeverity = (severity: Severity, wish = {}) => new Scenario({ severity, ...wish });
const reached = (incident: Scenario) => audiencesOf(incident.state, incident.outside.audiences);

describe('what an update says', () => {
  test('[U1] state and text are a whole update, and its entry has nothing else but its number', () => {
    const incident = ofSeverity('SEV3');
    const [sent] = incident.does(ADA, 'update.send', plain);
    expect(sent?.body).toEqual({ ...plain, number: 1 });
  });

  test('[U1] the other parts stand in the entry and in the state as they were given', () => {
    const incident = ofSeverity('SEV3');
    const parts = { impact: 'One in ten', known: 'A disk', ruledOut: 'The network', doing: 'Moving' };
    const words = { ...parts, locale: 'en' as const, translations: { ko: { text: '결제 실패' } } };
    incident.does(ADA, 'update.send', { ...plain, ...words });
    expect(incident.state.lastUpdate).toMatchObject({ ...plain, ...words, number: 1 });
  });

  test.each([
    { ...plain, impact: ' ' },
    { ...plain, ruledOut: '\u3164' },
    { ...plain, translations: { ko: { text: '\u200b' } } },
  ])('[U1] no part is blank, in no language: %j', (body) => {
    expect(ofSeverity('SEV3').answer(ADA, 'update.send', body)).toBe('blank');
  });

  test('[U2] "nothing new" needs an update before it, and the time of the next', () => {
    const incident = ofSeverity('SEV3');
    const same = { ...plain, nothingNew: true as const, nextUpdateAt: isoAfter(30 * MINUTE) };
    expect(incident.answer(ADA, 'update.send', same)).toBe('no_update_yet');
    incident.does(ADA, 'update.send', plain);
    expect(incident.answer(ADA, 'update.send', { ...plain, nothingNew: true })).toBe('next_update_missing');
    incident.does(ADA, 'update.send', same);
    expect(incident.state.lastUpdate).toMatchObject({ number: 2, nothingNew: true });
  });

  test('[U3] a correction is an update of its own that names an earlier one, which stays', () => {
    const incident = ofSeverity('SEV3');
    expect(incident.answer(ADA, 'update.send', { ...plain, corrects: 1 })).toBe('no_update_yet');
    incident.does(ADA, 'update.send', plain);
    expect(incident.answer(ADA, 'update.send', { ...plain, corrects: 2 })).toBe('no_update_yet');
    incident.does(ADA, 'update.send', { ...plain, text: 'Only some cards', corrects: 1 });
    expect(incident.state.lastUpdate).toMatchObject({ number: 2, corrects: 1 });
    expect(incident.log[1]?.body['text']).toBe(plain.text);
  });

  test('[U4] a redaction takes every word of an update out of the state', () => {
    const incident = ofSeverity('SEV3');
    const words = {
      text: 'key abc',
      impact: 'key abc',
      known: 'key abc',
      ruledOut: 'key abc',
      doing: 'key abc',
    };
    incident.does(ADA, 'update.send', { state: 'Down', ...words, translations: { ko: { text: 'key abc' } } });
    incident.does(ADA, 'entry.redact', { seq: 2, reason: 'secret' });
    expect(JSON.stringify([incident.state, incident.log])).not.toContain('key abc');
    expect(incident.replay()).toEqual(incident.state);
  });
});

describe('the promise of the next update', () => {
  test('[U5] five minutes before its time Communications is reminded, once', () => {
    const incident = ofSeverity('SEV3');
    const nextUpdateAt = isoAfter(30 * MINUTE);
    incident.does(ADA, 'update.send', { ...plain, nextUpdateAt });
    expect(deadlinesAfter(incident.state).map(({ id, dueAt }) => [id, dueAt - START])).toEqual([
      ['remind-1', 25 * MINUTE],
      ['overdue-1', 30 * MINUTE],
    ]);
    const remind = { type: 'update.remind', body: { dueAt: nextUpdateAt } } as const;
    incident.passes(25 * MINUTE - 1);
    expect(incident.system(remind)).toBe('not_due');
    incident.passes(1);
    expect(incident.system(remind)).toBe('allowed');
    expect(incident.system(remind)).toBe('unchanged');
    expect(deadlinesAfter(incident.state).map(({ id }) => id)).toEqual(['overdue-1']);
  });

  test('[U5] nobody is reminded of a promise of less than ten minutes, of a kept one, or after the end', () => {
    const incident = ofSeverity('SEV3');
    const remind = (at: string) => incident.system({ type: 'update.remind', body: { dueAt: at } });
    incident.does(ADA, 'update.send', { ...plain, nextUpdateAt: isoAfter(10 * MINUTE - 1) });
    expect(remind(isoAfter(10 * MINUTE - 1))).toBe('unchanged');
    incident.does(ADA, 'update.send', { ...plain, nextUpdateAt: isoAfter(60 * MINUTE) });
    incident.does(ADA, 'update.send', { ...plain, nextUpdateAt: isoAfter(90 * MINUTE) });
    incident.passes(60 * MINUTE);
    expect(remind(isoAfter(60 * MINUTE))).toBe('unchanged');
    incident.does(ADA, 'status.set', { status: 'resolved' });
    incident.passes(60 * MINUTE);
    expect(remind(isoAfter(90 * MINUTE))).toBe('unchanged');
  });

  test('[U5] a reminder makes no brief too old', () => {
    const incident = ofSeverity('SEV3');
    incident.does(ADA, 'update.send', { ...plain, nextUpdateAt: isoAfter(30 * MINUTE) });
    const before = incident.state.lastSignificantSeq;
    incident.passes(26 * MINUTE);
    incident.system({ type: 'update.remind', body: { dueAt: isoAfter(30 * MINUTE) } });
    expect(incident.state.lastSignificantSeq).toBe(before);
  });
});

describe('whom an update reaches', () => {
  test('[U6] the audiences of its severity, and those attached by hand', () => {
    const incident = ofSeverity('SEV1');
    expect(reached(incident)).toEqual([PAGE, SUPPORT]);
    incident.does(ADA, 'audience.attach', { audience: LEADERS });
    expect(reached(incident)).toEqual([LEADERS, PAGE, SUPPORT]);
    incident.does(ADA, 'severity.set', { severity: 'SEV3', reason: 'better' });
    expect(reached(incident)).toEqual([LEADERS]);
  });

  test('[U6] what was detached by hand is not reached until it is attached again', () => {
    const incident = ofSeverity('SEV1');
    incident.does(ADA, 'audience.detach', { audience: SUPPORT });
    expect(reached(incident)).toEqual([PAGE]);
    expect(incident.answer(ADA, 'audience.detach', { audience: SUPPORT })).toBe('unchanged');
    incident.does(ADA, 'audience.attach', { audience: SUPPORT });
    expect(reached(incident)).toEqual([PAGE, SUPPORT]);
    expect(incident.answer(ADA, 'audience.attach', { audience: SUPPORT })).toBe('unchanged');
    expect(incident.answer(ADA, 'audience.attach', { audience: 'nobody-known' })).toBe('unknown_audience');
    expect(incident.answer(ADA, 'audience.detach', { audience: 'nobody-known' })).toBe('unknown_audience');
  });

  test('[U6] an audience that was deleted is reached no more, and can still be taken away', () => {
    const incident = ofSeverity('SEV3');
    incident.does(ADA, 'audience.attach', { audience: LEADERS });
    incident.outside = { ...incident.outside, audiences: new Map() };
    expect(reached(incident)).toEqual([]);
    expect(incident.answer(ADA, 'audience.detach', { audience: LEADERS })).toBe('allowed');
  });

  test.each(['private', 'drill'])('[U7] a %s incident reaches only what was attached by hand', (kind) => {
    const incident = ofSeverity('SEV1', { [kind]: true });
    expect(reached(incident)).toEqual([]);
    incident.does(ADA, 'audience.attach', { audience: SUPPORT });
    expect(reached(incident)).toEqual([SUPPORT]);
  });

  test('[U7] a private incident is never on the public page', () => {
    const incident = ofSeverity('SEV1', { private: true });
    expect(incident.answer(ADA, 'audience.attach', { audience: PAGE })).toBe('private_stays_private');
    const attached = { ...incident.state, audiences: { attached: [PAGE], detached: [] } };
    expect(audiencesOf(attached, incident.outside.audiences)).toEqual([]);
  });

  test('[U8] the entry names the audiences it went to: all there are, or those that were chosen of them', () => {
    const incident = ofSeverity('SEV1');
    const named = (audiences?: string[]) => {
      const [sent] = incident.does(ADA, 'update.send', { ...plain, ...(audiences ? { audiences } : {}) });
      return sent?.body['audiences'];
    };
    expect(named()).toEqual([PAGE, SUPPORT]);
    expect(named([SUPPORT])).toEqual([SUPPORT]);
    expect(named([])).toBeUndefined();
    const others = { ...plain, audiences: [LEADERS] };
    expect(incident.answer(ADA, 'update.send', others)).toBe('audience_not_attached');
  });
});

describe('services', () => {
  test('[U9] the incident says how badly it hits a service, and since when', () => {
    const incident = ofSeverity('SEV3');
    const set = { service: CHECKOUT, impact: 'major_outage' } as const;
    expect(incident.answer(ADA, 'service.set', { ...set, service: 'service-none' })).toBe('unknown_service');
    expect(incident.answer(ADA, 'service.set', { ...set, impact: 'operational' })).toBe('unchanged');
    const [entry] = incident.does(ADA, 'service.set', set);
    expect(entry?.body).toEqual({ ...set, from: 'operational' });
    expect(incident.answer(ADA, 'service.set', set)).toBe('unchanged');
    incident.passes(MINUTE);
    incident.does(ADA, 'service.set', { service: CHECKOUT, impact: 'operational' });
    expect(incident.state.services).toEqual([
      { service: CHECKOUT, impact: 'operational', since: isoAfter(MINUTE) },
    ]);
  });
});

describe('the first update', () => {
  const cadence = { SEV1: 30, SEV2: 60, SEV3: 120, SEV4: null };
  const waited = (severity: Severity) => {
    const incident = ofSeverity(severity);
    incident.outside = { ...incident.outside, cadence };
    return incident;
  };
  const minutes = (incident: Scenario, from = START) =>
    incident.state.nextUpdateAt === null ? null : (Date.parse(incident.state.nextUpdateAt) - from) / 60_000;

  test('[U14] is expected by the cadence from when somebody outside waits for it', () => {
    const beginning = { private: false, drill: false, status: 'investigating', updateCount: 0 } as const;
    const { outside } = waited('SEV3');
    const by = (severity: 'SEV1' | 'SEV3', given: object = {}) =>
      firstUpdateBy({ ...beginning, severity, nextUpdateAt: null, ...given }, { outside, now: START });
    expect(by('SEV1')).toEqual({ firstUpdateBy: new Date(START + 30 * 60_000).toISOString() });
    for (const nobody of [by('SEV3'), by('SEV1', { private: true }), by('SEV1', { drill: true })]) {
      expect(nobody).toEqual({});
    }
    const incident = waited('SEV3');
    expect(minutes(incident)).toBeNull();
    incident.does(ADA, 'audience.attach', { audience: LEADERS });
    expect(minutes(incident, incident.now)).toBe(120);
  });

  test('[U14] is expected earlier when the severity rises, and not later when it falls', () => {
    const incident = waited('SEV3');
    incident.does(ADA, 'audience.attach', { audience: LEADERS });
    incident.does(ADA, 'severity.set', { severity: 'SEV1', reason: 'worse' });
    const promised = incident.state.nextUpdateAt;
    expect(minutes(incident, incident.now)).toBe(30);
    incident.does(ADA, 'severity.set', { severity: 'SEV4', reason: 'better' });
    expect(incident.state.nextUpdateAt).toBe(promised);
  });

  test('[U14] reminds and is overdue like any promise, and what follows it is promised by the updates', () => {
    const incident = waited('SEV3');
    incident.does(ADA, 'audience.attach', { audience: LEADERS });
    expect(deadlinesAfter(incident.state).map(({ command }) => command.type)).toEqual([
      'update.remind',
      'update.overdue',
    ]);
    incident.does(ADA, 'update.send', { state: 'Down', text: 'We look' });
    expect(incident.state.nextUpdateAt).toBeNull();
    incident.does(ADA, 'severity.set', { severity: 'SEV1', reason: 'worse' });
    expect(incident.state.nextUpdateAt).toBeNull();
  });
});

describe('questions from outside', () => {
  const ask = { type: 'question.ask', body: { asker: 'reader-0001', text: 'When will it work?' } } as const;

  test('[U10] a question comes in as the system alone, says something, and not once the incident is closed', () => {
    const incident = ofSeverity('SEV3');
    const asPerson = incident.decide({ ...ask, commandId: 'command-1' }, { kind: 'person', id: ADA });
    expect(asPerson).toEqual({ refusal: { reason: 'forbidden' } });
    const asking = (text: string) => incident.system({ ...ask, body: { ...ask.body, text } });
    expect(asking('\u200b')).toBe('blank');
    expect(asking('\0')).toBe('malformed_text');
    expect(asking('When?')).toBe('allowed');
    incident.does(ADA, 'status.set', { status: 'resolved' });
    expect(asking('Really?')).toBe('allowed');
    incident.does(ADA, 'status.set', { status: 'closed' });
    expect(asking('Why?')).toBe('closed');
  });

  test('[U11] Communications or the commander answers a question that was asked, as often as need be', () => {
    const incident = ofSeverity('SEV3');
    incident.does(ADA, 'role.assign', { role: 'comms', person: CHO });
    incident.system(ask);
    const answer = { seq: 3, text: 'By noon', to: 'asker' } as const;
    expect([ADA, BEN, CHO].map((person) => incident.answer(person, 'question.answer', answer))).toEqual([
      'allowed',
      'comms_only',
      'allowed',
    ]);
    expect(incident.answer(CHO, 'question.answer', { ...answer, seq: 2 })).toBe('unknown_entry');
    expect(incident.answer(CHO, 'question.answer', { ...answer, text: ' ' })).toBe('blank');
    incident.does(CHO, 'question.answer', answer);
    incident.does(CHO, 'question.answer', { ...answer, text: 'By one' });
    expect(incident.state.questions).toEqual({ asked: 1, answers: 2 });
    expect(typesOf(incident.log.slice(2))).toEqual([
      'question.asked',
      'question.answered',
      'question.answered',
    ]);
  });

  test('[U12] what is asked, and answered to the asker alone, is withheld from everybody else in the room', () => {
    const incident = ofSeverity('SEV3');
    incident.does(ADA, 'role.assign', { role: 'comms', person: CHO });
    incident.system(ask);
    incident.does(CHO, 'question.answer', { seq: 3, text: 'By noon', to: 'asker' });
    incident.does(CHO, 'question.answer', { seq: 3, text: 'By noon', to: 'all' });
    const bodies = (person: string) =>
      entriesFor(person, incident.log, incident.state).map((entry) => entry.withheld === true);
    expect(bodies(ADA)).toEqual([false, false, false, false, false]);
    expect(bodies(CHO)).toEqual([false, false, false, false, false]);
    expect(bodies(BEN)).toEqual([false, false, true, true, false]);
    const [asked] = incident.log.slice(2);
    if (!asked) throw new Error('asked');
    expect(entryFor(BEN, asked, incident.state)).toEqual({ ...asked, body: {}, salt: null, withheld: true });
    expect(incident.log.filter(isForCommunications).map((entry) => entry.seq)).toEqual([3, 4]);
  });

  test('[U12] who stops being Communications or commander reads them no more', () => {
    const incident = ofSeverity('SEV3');
    incident.system(ask);
    const isWithheld = (person: string) =>
      entriesFor(person, incident.log, incident.state)[1]?.withheld === true;
    expect([ADA, BEN].map(isWithheld)).toEqual([false, true]);
    incident.handsOver(BEN);
    expect([ADA, BEN].map(isWithheld)).toEqual([true, false]);
  });

  test('[U13] questions are counted alike by those who read them and those who do not, and make no brief too old', () => {
    const incident = ofSeverity('SEV3');
    const before = incident.state.lastSignificantSeq;
    incident.system(ask);
    incident.does(ADA, 'question.answer', { seq: 2, text: 'By noon', to: 'asker' });
    expect(incident.state.lastSignificantSeq).toBe(before);
    const theirs = entriesFor(BEN, incident.log, incident.state);
    expect(fold(null, theirs)).toEqual(incident.state);
  });
});
