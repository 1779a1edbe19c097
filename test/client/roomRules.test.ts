import { describe, expect, test } from 'vitest';
import type { Brief } from '#shared/contract/entries.ts';
import type { Confirmation, IncidentState, Offer } from '#shared/incident/state.ts';
import { standingRoleTree } from '#shared/incident/roles.ts';
import { afterLineEvent } from '../../client/connection/connectionState.ts';
import type { OutboxItem } from '../../client/connection/outbox.ts';
import { savedState } from '../../client/room/savedState.ts';
import {
  completingAt,
  mentionedIn,
  readAt,
  readEntryNumber,
  readSeverity,
  readTyped,
} from '../../client/room/slash.ts';
import { waitingFor } from '../../client/room/waiting.ts';
import type { WaitingFacts } from '../../client/room/waiting.ts';
import { readKept, startReading, withNewer, withTick } from '../../client/views/handoff/reading.ts';
import { nextUnfolding } from '../../client/views/handoff/useOfferToMe.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
const [DANA, OLU, KIM] = ['person-dana', 'person-olu', 'person-kim'];

const brief: Brief = {
  seq: 10,
  title: 'Checkout fails',
  severity: 'SEV2',
  status: 'mitigating',
  declaredAt: iso(NOW),
  roles: [],
  deputy: null,
  doing: [{ seq: 4, person: OLU, text: 'draining zone b', at: iso(NOW) }],
  pinned: [],
  lastUpdate: null,
  nextUpdateAt: null,
};
const offer: Offer = {
  offer: 'offer-0001',
  from: DANA,
  to: KIM,
  seq: 11,
  brief,
  offeredAt: iso(NOW),
  expiresAt: iso(NOW + 600_000),
};

function state(more: Partial<IncidentState> = {}): IncidentState {
  return {
    id: 'incident-1',
    number: 42,
    title: 'Checkout fails',
    severity: 'SEV2',
    status: 'mitigating',
    private: false,
    drill: false,
    declaredAt: iso(NOW),
    declaredBy: DANA,
    commander: DANA,
    commanderSince: iso(NOW),
    epoch: 1,
    deputy: null,
    roles: standingRoleTree(),
    offer: null,
    confirmation: null,
    pinned: [],
    doing: [],
    lastUpdate: null,
    updateCount: 0,
    nextUpdateAt: null,
    overdueAt: null,
    expiredOffer: null,
    resolvedAt: null,
    closedAt: null,
    lastSignificantSeq: 0,
    seq: 10,
    ...more,
  };
}

function waits(me: string, of: Partial<IncidentState>, more: Partial<WaitingFacts> = {}): string[] {
  const facts: WaitingFacts = {
    state: state(of),
    me,
    presence: [DANA, OLU, KIM].map((person) => ({ person, since: iso(NOW) })),
    pending: [],
    commanderAbsentSince: null,
    mayForce: false,
    unanswered: null,
    now: NOW,
    ...more,
  };
  return waitingFor(facts).map((item) => `${item.kind} ${item.level}`);
}

describe('what waits for whom', () => {
  test('an offer must be answered by the named person; the commander sees its progress', () => {
    expect(waits(KIM, { offer })).toEqual(['offerToMe 3']);
    expect(waits(DANA, { offer })).toEqual(['offerOfMine 1']);
    expect(waits(OLU, { offer })).toEqual(['offerOfAnother 1']);
  });

  test('after a handoff everybody confirms, those with a role first; the one who left stays until all know', () => {
    const confirmation: Confirmation = { epoch: 2, from: DANA, since: iso(NOW), confirmed: [KIM] };
    const roles = standingRoleTree().map((role) => (role.role === 'ops' ? { ...role, holder: OLU } : role));
    const after = { commander: KIM, epoch: 2, confirmation, roles };
    expect(waits(OLU, after)).toEqual(['confirm 3']);
    expect(waits('person-other', after)).toEqual(['confirm 2']);
    expect(waits(DANA, after)).toEqual(['leaving 3']);
    expect(waits(KIM, after)).toEqual(['notAllKnow 1']);
    const all = { ...after, confirmation: { ...confirmation, confirmed: [KIM, OLU, DANA] } };
    expect([waits(DANA, all), waits(KIM, all), waits(OLU, all)]).toEqual([[], [], []]);
  });

  test('who misses the news is named with those who hold a role first', () => {
    const confirmation: Confirmation = { epoch: 2, from: DANA, since: iso(NOW), confirmed: [KIM] };
    const roles = standingRoleTree().map((role) => (role.role === 'comms' ? { ...role, holder: OLU } : role));
    const facts: WaitingFacts = {
      state: state({ commander: KIM, confirmation, roles }),
      me: KIM,
      presence: ['person-new', DANA, KIM].map((person) => ({ person, since: iso(NOW) })),
      pending: [],
      commanderAbsentSince: null,
      mayForce: false,
      unanswered: null,
      now: NOW,
    };
    const [first] = waitingFor(facts);
    expect(first).toMatchObject({ knowledge: { all: 3, known: 0, missing: [OLU, DANA, 'person-new'] } });
  });

  test('a late update is Communications’ to answer, and the commander’s to know', () => {
    const roles = standingRoleTree().map((role) => (role.role === 'comms' ? { ...role, holder: OLU } : role));
    const late = { roles, nextUpdateAt: iso(NOW - 1) };
    expect(waits(OLU, late)).toEqual(['updateOverdue 3']);
    expect(waits(DANA, late)).toEqual(['updateOverdue 2']);
    expect(waits(KIM, late)).toEqual([]);
    expect(waits(OLU, { roles, nextUpdateAt: iso(NOW + 299_000) })).toEqual(['updateSoon 2']);
    expect(waits(DANA, { roles, nextUpdateAt: iso(NOW + 299_000) })).toEqual(['updateSoon 1']);
    expect(waits(OLU, { roles, nextUpdateAt: iso(NOW + 301_000) })).toEqual([]);
  });

  test('questions wait for Communications alone, until they are answered', () => {
    const roles = standingRoleTree().map((role) => (role.role === 'comms' ? { ...role, holder: OLU } : role));
    const asked = { roles, questions: { asked: 3, answers: 1 } };
    expect(waits(OLU, asked)).toEqual(['questions 2']);
    expect(waits(DANA, asked)).toEqual([]);
    expect(waits(OLU, { roles, questions: { asked: 3, answers: 3 } })).toEqual([]);
    // Counted exactly once it is known: a question may have been answered twice.
    expect(waits(OLU, { roles, questions: { asked: 2, answers: 2 } }, { unanswered: 1 })).toEqual([
      'questions 2',
    ]);
    expect(waits(OLU, { roles, questions: { asked: 2, answers: 1 } }, { unanswered: 0 })).toEqual([]);
  });

  test('an absent commander is told after a minute, and offered to whom may take over', () => {
    expect(waits(KIM, {}, { commanderAbsentSince: NOW - 59_000, mayForce: true })).toEqual([]);
    expect(waits(KIM, {}, { commanderAbsentSince: NOW - 60_000, mayForce: true })).toEqual([
      'commanderAbsent 2',
    ]);
    expect(waits(OLU, {}, { commanderAbsentSince: NOW - 60_000 })).toEqual(['commanderAbsent 1']);
  });

  test('time in command is told after one hour, and loudly after three', () => {
    const since = (hours: number) => ({ commanderSince: iso(NOW - hours * 3_600_000) });
    expect([waits(DANA, since(0.9)), waits(DANA, since(1)), waits(DANA, since(3))]).toEqual([
      [],
      ['longInCommand 1'],
      ['longInCommand 2'],
    ]);
  });
});

describe('is it saved', () => {
  const pending = (age: number): OutboxItem[] => [
    {
      person: DANA,
      incidentId: 'incident-1',
      commandId: 'command-1',
      order: 1,
      type: 'chat.post',
      body: { text: 'x' },
      createdAt: NOW - age,
      tried: true,
      phase: { kind: 'sending' },
    },
  ];
  const live = { kind: 'live' } as const;
  const saved = { kind: 'saved', unsaved: 0 } as const;

  test('follows from acknowledgements: live, saving after one second, not saved after three', () => {
    expect(savedState(live, [], saved, NOW)).toEqual({ kind: 'saved' });
    expect(savedState(live, pending(0), saved, NOW)).toEqual({ kind: 'live' });
    expect(savedState(live, pending(1_000), saved, NOW)).toEqual({ kind: 'saving', count: 1, edits: false });
    expect(savedState(live, pending(3_000), saved, NOW)).toEqual({
      kind: 'notSaved',
      count: 1,
      edits: false,
    });
  });

  test('never says saved while the document is not', () => {
    expect(savedState(live, [], { kind: 'saved', unsaved: 1 }, NOW)).toEqual({ kind: 'live' });
    expect(savedState(live, [], { kind: 'not_saved', unsaved: 2 }, NOW)).toEqual({
      kind: 'notSaved',
      count: 0,
      edits: true,
    });
    expect(savedState(live, [], { kind: 'offline', unsaved: 2 }, NOW)).toEqual({
      kind: 'notSaved',
      count: 0,
      edits: true,
    });
  });

  test('never says saved before this browser’s own copy was read and offered', () => {
    expect(savedState(live, [], null, NOW)).toEqual({ kind: 'live' });
    expect(savedState(live, [], { kind: 'connecting', unsaved: 0 }, NOW)).toEqual({ kind: 'live' });
    expect(savedState(live, [], { kind: 'refused', unsaved: 0 }, NOW)).toEqual({ kind: 'live' });
    expect(savedState(live, [], { kind: 'read_only', unsaved: 0 }, NOW)).toEqual({ kind: 'readOnly' });
  });

  test('offline counts messages, and says of the document only that edits wait: nobody counts keystrokes', () => {
    const offline = { kind: 'offline', since: NOW - 5 } as const;
    expect(savedState(offline, pending(0), { kind: 'offline', unsaved: 2 }, NOW)).toEqual({
      kind: 'offline',
      since: NOW - 5,
      count: 1,
      edits: true,
    });
  });

  test('a line that dropped a moment ago takes back no trouble that was said, and says none that is not there', () => {
    const dropped = { kind: 'reconnecting', since: NOW } as const;
    expect(savedState(dropped, [], saved, NOW)).toEqual({ kind: 'connecting', count: 0, edits: false });
    expect(savedState(dropped, pending(500), saved, NOW).kind).toBe('connecting');
    expect(savedState(dropped, pending(4_000), saved, NOW).kind).toBe('notSaved');
  });

  test('what was refused for good does not count as on its way', () => {
    const [item] = pending(9_000);
    const refused = [
      { ...item!, phase: { kind: 'refused', error: { code: 'closed', message: '' } } } as OutboxItem,
    ];
    expect(savedState(live, refused, saved, NOW)).toEqual({ kind: 'saved' });
  });
});

describe('the line', () => {
  test('offline keeps its first moment through every further try', () => {
    const lost = afterLineEvent({ kind: 'live' }, { kind: 'lost', lastSign: 100 });
    const again = afterLineEvent(lost, { kind: 'refused', code: null, at: 200 });
    expect(afterLineEvent(again, { kind: 'lost', lastSign: 300 })).toEqual({ kind: 'offline', since: 100 });
    expect(afterLineEvent(again, { kind: 'connected' })).toEqual({ kind: 'live' });
  });

  test('a line that was closed under us is being connected again first, and offline only when it does not come back', () => {
    const dropped = afterLineEvent({ kind: 'live' }, { kind: 'dropped', lastSign: 100 });
    expect(dropped).toEqual({ kind: 'reconnecting', since: 100 });
    const again = afterLineEvent(dropped, { kind: 'refused', code: null, at: 200 });
    expect(afterLineEvent(again, { kind: 'dropped', lastSign: 200 })).toEqual(dropped);
    expect(afterLineEvent(again, { kind: 'connected' })).toEqual({ kind: 'live' });
    expect(afterLineEvent(again, { kind: 'lost', lastSign: 200 })).toEqual({ kind: 'offline', since: 100 });
    expect(afterLineEvent(again, { kind: 'refused', code: 'unauthenticated', at: 1 }).kind).toBe(
      'sessionEnded',
    );
  });

  test('tells an ended session and a newer server from a line that is merely away', () => {
    const refused = (code: string | null) =>
      afterLineEvent({ kind: 'connecting' }, { kind: 'refused', code, at: 1 });
    expect([refused('unauthenticated').kind, refused('invalid').kind, refused('rate_limited').kind]).toEqual([
      'sessionEnded',
      'newVersion',
      'offline',
    ]);
  });
});

describe('the message box', () => {
  test.each([
    ['  ', { kind: 'nothing' }],
    ['hello', { kind: 'message', text: 'hello' }],
    ['//etc/hosts is wrong', { kind: 'message', text: '/etc/hosts is wrong' }],
    ['/handoff @Kim', { kind: 'command', command: 'handoff', argument: '@Kim' }],
    ['/인계', { kind: 'command', command: 'handoff', argument: '' }],
    ['/SEV 2 spreads', { kind: 'command', command: 'sev', argument: '2 spreads' }],
    ['/hndoff', { kind: 'unknown', name: 'hndoff' }],
    ['/', { kind: 'unknown', name: '' }],
    ['/var/log is full', { kind: 'unknown', name: 'var/log' }],
  ])('reads %j', (typed, meaning) => {
    expect(readTyped(typed)).toEqual(meaning);
  });

  test.each([
    ['/', { kind: 'command', query: '', from: 1 }],
    ['/인', { kind: 'command', query: '인', from: 1 }],
    ['hello @ki', { kind: 'person', query: 'ki', from: 6 }],
    ['/handoff ki', { kind: 'person', query: 'ki', from: 9 }],
    ['a@b', null],
    ['//x', null],
    ['/now reading', null],
  ])('completes %j', (before, completing) => {
    expect(completingAt(before)).toEqual(completing);
  });

  test('completes the argument of a command in either language', () => {
    expect(completingAt('/상태 mit')).toMatchObject({ kind: 'argument', query: 'mit', from: 4 });
    expect(completingAt('/sev 2 because')).toBeNull();
  });

  test('reads severities and entry numbers in every usual form', () => {
    expect(readSeverity('sev1 all payments')).toEqual({ severity: 'SEV1', reason: 'all payments' });
    expect(readSeverity('2')).toEqual({ severity: 'SEV2', reason: '' });
    expect(readSeverity('5 x').severity).toBeNull();
    expect([readEntryNumber('#412'), readEntryNumber('412'), readEntryNumber('x')]).toEqual([412, 412, null]);
  });

  test('mentions are the longest names after an @, each once', () => {
    const people = [
      { id: KIM, name: 'Kim' },
      { id: OLU, name: 'Kim Lee' },
      { id: DANA, name: '민수' },
    ];
    expect(mentionedIn('@Kim Lee and @민수님, again @Kim Lee', people)).toEqual([OLU, DANA]);
    expect(mentionedIn('nobody @', people)).toEqual([]);
  });
});

describe('reading a brief', () => {
  const read = (['state', 'work', 'people', 'promises'] as const).reduce(
    (reading, part) => withTick(reading, part, true),
    startReading(offer.offer, brief),
  );

  test('newer entries untick only the part they belong to, and move the position that is confirmed', () => {
    const newer = withNewer(read, { ...brief, seq: 14, severity: 'SEV1' }, [{ type: 'severity.set' }]);
    expect(newer.ticked).toEqual(['work', 'people', 'promises']);
    expect(newer.briefedSeq).toBe(14);
  });

  test('the order of fields on the wire is no change', () => {
    const [line] = brief.doing;
    const same = {
      ...brief,
      doing: [{ at: line!.at, text: line!.text, person: line!.person, seq: line!.seq }],
    };
    expect(withNewer(read, same, []).ticked).toHaveLength(4);
  });

  test('a kept reading is of this offer or none', () => {
    expect(readKept(JSON.stringify(read), offer.offer)).toEqual(read);
    expect(readKept(JSON.stringify(read), 'offer-0002')).toBeNull();
    expect(readKept('{"offer":', offer.offer)).toBeNull();
    expect(readKept(null, offer.offer)).toBeNull();
  });

  test('a folded offer comes back at half time and a minute before its end', () => {
    expect(nextUnfolding(offer, NOW)).toBe(NOW + 300_000);
    expect(nextUnfolding(offer, NOW + 300_000)).toBe(NOW + 540_000);
    expect(nextUnfolding(offer, NOW + 540_000)).toBeNull();
  });
});

describe('when something happened, typed after /at', () => {
  const now = new Date(2026, 2, 14, 12, 6).getTime();
  const at = (...parts: [number, number, number, number, number]): string => new Date(...parts).toISOString();

  test.each([
    ['11:58 the pager rang', at(2026, 2, 14, 11, 58), 'the pager rang'],
    ['14:02 the pager rang', at(2026, 2, 13, 14, 2), 'the pager rang'],
    ['9:05 first sign\nand more', at(2026, 2, 14, 9, 5), 'first sign\nand more'],
    ['11시 58분에 호출이 울렸다', at(2026, 2, 14, 11, 58), '호출이 울렸다'],
    ['2026-03-01 23:59 rolled out', at(2026, 2, 1, 23, 59), 'rolled out'],
  ])('%j is read', (typed, happenedAt, text) => {
    expect(readAt(typed, now)).toEqual({ happenedAt, text });
  });

  test.each(['', '11:58', 'soon it rang', '24:00 x', '11:60 x', '2026-03-15 09:00 x', '2026-02-30 09:00 x'])(
    '%j is none',
    (typed) => expect(readAt(typed, now)).toBeNull(),
  );
});
