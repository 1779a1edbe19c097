import { describe, expect, test } from 'vitest';
import { acceptanceWords } from '#shared/contract/identifiers.ts';
import type { Entry } from '#shared/contract/entries.ts';
import { areAcceptanceWords } from '#shared/incident/handoff.ts';
import { ADA, BEN, CHO, OFF, ROOT, SAM, Scenario, START, WORDS } from './scenario.ts';

/** Ada has offered command to Ben. */
function offered(expiresInSeconds?: number): Scenario {
  const incident = new Scenario();
  incident.does(ADA, 'handoff.offer', {
    to: BEN,
    ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
  });
  return incident;
}

function acceptance(
  incident: Scenario,
  change: { briefedSeq?: number; words?: string; offer?: string } = {},
) {
  return { offer: incident.offer, briefedSeq: incident.state.seq, words: WORDS, ...change };
}

function bodyOf(entry: Entry | undefined): Entry['body'] {
  return entry?.body ?? {};
}

describe('offering', () => {
  test('[H5] an offer carries the brief as of the head and stays open for 600 seconds', () => {
    const incident = new Scenario();
    incident.does(BEN, 'doing.set', { text: 'Reading logs' });
    incident.does(ADA, 'update.send', { state: 'Down', text: 'We look into it' });
    incident.does(ADA, 'entry.pin', { seq: 3 });
    incident.does(ADA, 'handoff.offer', { to: BEN, note: 'Shift ends' });
    expect(incident.state.offer).toMatchObject({
      from: ADA,
      to: BEN,
      seq: 5,
      note: 'Shift ends',
      offeredAt: new Date(START).toISOString(),
      expiresAt: new Date(START + 600_000).toISOString(),
      brief: {
        seq: 4,
        title: 'Checkout is down',
        severity: 'SEV3',
        status: 'investigating',
        pinned: [3],
        doing: [{ seq: 2, person: BEN, text: 'Reading logs' }],
        lastUpdate: { seq: 3, state: 'Down', text: 'We look into it' },
        deputy: null,
      },
    });
  });

  test('[H5] the brief leaves out lines that are stale', () => {
    const incident = new Scenario();
    incident.does(BEN, 'doing.set', { text: 'Reading logs' });
    incident.passes(15 * 60_000 - 1);
    incident.does(ADA, 'handoff.offer', { to: BEN });
    expect(incident.state.offer?.brief.doing).toHaveLength(1);
    incident.does(BEN, 'handoff.decline', { offer: incident.offer });
    incident.passes(1);
    incident.does(ADA, 'handoff.offer', { to: BEN });
    expect(incident.state.offer?.brief.doing).toEqual([]);
  });

  test('[H5] the commander can say how long', () => {
    expect(offered(60).state.offer?.expiresAt).toBe(new Date(START + 60_000).toISOString());
  });

  test('[H2] a second offer is refused while one is pending', () => {
    const decision = offered().asks(ADA, 'handoff.offer', { to: CHO });
    expect(decision).toEqual({ refusal: { reason: 'already_pending', details: { person: BEN } } });
  });

  test('[H4] command is not offered to who has it', () => {
    expect(new Scenario().answer(ADA, 'handoff.offer', { to: ADA })).toBe('already_commander');
  });

  test('[R14] command is offered only to people who exist and may enter', () => {
    const incident = new Scenario();
    expect(incident.answer(ADA, 'handoff.offer', { to: 'nobody-known' })).toBe('unknown_person');
    expect(incident.answer(ADA, 'handoff.offer', { to: SAM })).toBe('person_cannot_enter');
    expect(incident.answer(ADA, 'handoff.offer', { to: OFF })).toBe('person_cannot_enter');
    const hidden = new Scenario({ private: true });
    expect(hidden.answer(ADA, 'handoff.offer', { to: BEN })).toBe('person_cannot_enter');
  });
});

describe('answering', () => {
  test('[H3] only the named person can accept or decline', () => {
    const incident = offered();
    for (const person of [ADA, CHO, ROOT]) {
      expect(incident.asks(person, 'handoff.accept', acceptance(incident))).toEqual({
        refusal: { reason: 'not_the_named_person', details: { person: BEN } },
      });
      expect(incident.answer(person, 'handoff.decline', { offer: incident.offer })).toBe(
        'not_the_named_person',
      );
    }
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident))).toBe('allowed');
  });

  test.each([
    WORDS,
    'i am the INCIDENT commander.',
    '  I  am the\tincident commander !! ',
    'Iamtheincidentcommander',
    '지금부터 제가 장애 제어자입니다',
    '지금부터 제가 장애제어자입니다。',
    '지금부터 제가 장애 제어자입니다'.normalize('NFD'),
  ])('[H6] these are the words: %s', (words) => {
    const incident = offered();
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { words }))).toBe('allowed');
  });

  test.each(['', '.', 'I am the commander', 'I am not the incident commander', `${WORDS} now`, `.${WORDS}`])(
    '[H6] these are not: %j',
    (words) => {
      const incident = offered();
      expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { words }))).toBe('wrong_words');
      expect(areAcceptanceWords(words)).toBe(false);
    },
  );

  test('[H6] both languages have their words', () => {
    expect(Object.values(acceptanceWords).every(areAcceptanceWords)).toBe(true);
  });

  test('[H7] the position the offer was made at is enough, and so is anything after it', () => {
    const incident = offered();
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { briefedSeq: 1 }))).toBe('allowed');
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { briefedSeq: 0 }))).toBe(
      'brief_too_old',
    );
  });

  test('[H7] talk, lines and pins do not make a brief old', () => {
    const incident = offered();
    const briefedSeq = incident.state.offer?.brief.seq ?? 0;
    incident.does(CHO, 'chat.post', { text: 'hello' });
    incident.does(CHO, 'chat.correct', { seq: 3, text: 'hello all' });
    incident.does(CHO, 'doing.set', { text: 'listening' });
    incident.does(CHO, 'entry.pin', { seq: 3 });
    incident.does(CHO, 'entry.unpin', { seq: 3 });
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { briefedSeq }))).toBe('allowed');
  });

  test('[H7] anything else does, and the refusal says how many entries to read', () => {
    const incident = offered();
    const { seq: briefedSeq } = incident.state;
    incident.does(ADA, 'severity.set', { severity: 'SEV1', reason: 'worse' });
    incident.does(CHO, 'chat.post', { text: 'hello' });
    expect(incident.asks(BEN, 'handoff.accept', acceptance(incident, { briefedSeq }))).toEqual({
      refusal: { reason: 'brief_too_old', details: { count: 1 } },
    });
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { briefedSeq: 3 }))).toBe('allowed');
  });

  test('[H8] nobody has read past the head', () => {
    const incident = offered();
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { briefedSeq: 3 }))).toBe(
      'briefed_ahead',
    );
  });

  test('[H9] an offer is open until its time, and not at it', () => {
    const incident = offered(60);
    const { offer } = incident;
    incident.passes(59_999);
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident))).toBe('allowed');
    expect(incident.answer(BEN, 'handoff.decline', { offer })).toBe('allowed');
    expect(incident.system({ type: 'handoff.expire', body: { offer } })).toBe('not_due');
    incident.passes(1);
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident))).toBe('offer_expired');
    expect(incident.answer(BEN, 'handoff.decline', { offer })).toBe('offer_expired');
    expect(incident.answer(ADA, 'handoff.withdraw', { offer })).toBe('allowed');
    expect(incident.system({ type: 'handoff.expire', body: { offer } })).toBe('allowed');
    expect(incident.state).toMatchObject({ offer: null, commander: ADA, epoch: 1 });
    expect(incident.system({ type: 'handoff.expire', body: { offer } })).toBe('offer_expired');
  });

  test('[H10] who answers after the expiry was recorded is told that it expired', () => {
    const incident = offered(60);
    const { offer } = incident;
    incident.passes(60_000);
    expect(incident.system({ type: 'handoff.expire', body: { offer } })).toBe('allowed');
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { offer }))).toBe('offer_expired');
    expect(incident.answer(ADA, 'handoff.withdraw', { offer })).toBe('offer_expired');
  });

  test('[H10] an offer that is not the pending one is not pending', () => {
    const incident = offered();
    const { offer: first } = incident;
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { offer: 'another-offer' }))).toBe(
      'not_pending',
    );
    incident.does(BEN, 'handoff.decline', { offer: first, reason: 'Asleep' });
    for (const type of ['handoff.decline', 'handoff.withdraw'] as const) {
      expect(incident.answer(type === 'handoff.decline' ? BEN : ADA, type, { offer: first })).toBe(
        'not_pending',
      );
    }
    incident.does(ADA, 'handoff.offer', { to: CHO });
    expect(incident.answer(BEN, 'handoff.accept', acceptance(incident, { offer: first }))).toBe(
      'not_pending',
    );
    expect(incident.system({ type: 'handoff.void', body: { offer: first, reason: 'x' } })).toBe(
      'not_pending',
    );
  });

  test('[H11] the old commander commands until the offer is accepted', () => {
    const incident = offered();
    expect(incident.state).toMatchObject({ commander: ADA, epoch: 1 });
    incident.does(BEN, 'handoff.decline', { offer: incident.offer });
    expect(incident.state).toMatchObject({ commander: ADA, epoch: 1, offer: null });
    incident.does(ADA, 'handoff.offer', { to: BEN });
    incident.does(ADA, 'handoff.withdraw', { offer: incident.offer, reason: 'Later' });
    expect(incident.state).toMatchObject({ commander: ADA, epoch: 1, offer: null });
    incident.does(ADA, 'handoff.offer', { to: BEN });
    incident.passes(1_000);
    const next = 'Roll back';
    incident.does(BEN, 'handoff.accept', { ...acceptance(incident), next });
    expect(incident.state).toMatchObject({
      commander: BEN,
      epoch: 2,
      offer: null,
      commanderSince: new Date(START + 1_000).toISOString(),
    });
    expect(bodyOf(incident.log.at(-1))).toMatchObject({ from: ADA, to: BEN, epoch: 2, words: WORDS, next });
  });
});

describe('fencing', () => {
  test('[H12] a command meant under the old command is stale for everybody', () => {
    const incident = new Scenario();
    incident.handsOver(BEN);
    const worse = { severity: 'SEV1', reason: 'worse' } as const;
    const answer = (person: string, epoch: number | null) =>
      incident.answer(person, 'severity.set', worse, { epoch });
    expect([ADA, BEN, CHO].map((person) => answer(person, 1))).toEqual(Array(3).fill('stale_epoch'));
    expect([ADA, BEN, CHO].map((person) => answer(person, 3))).toEqual(Array(3).fill('stale_epoch'));
    expect([ADA, BEN, CHO].map((person) => answer(person, null))).toEqual(Array(3).fill('epoch_missing'));
    expect([ADA, BEN, CHO].map((person) => answer(person, 2))).toEqual([
      'commander_only',
      'allowed',
      'commander_only',
    ]);
    expect(incident.asks(ADA, 'severity.set', worse, { epoch: 1 })).toEqual({
      refusal: { reason: 'stale_epoch', details: { person: BEN } },
    });
  });
});
