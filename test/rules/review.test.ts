import { describe, expect, test } from 'vitest';
import type { OutsideRecord } from '#shared/contract/review.ts';
import { mayWriteIn } from '#shared/incident/can.ts';
import { MAX_ACTIONS } from '#shared/incident/actions.ts';
import { deadlinesAfter } from '#shared/incident/deadlines.ts';
import { MAX_IMPORTS } from '#shared/incident/records.ts';
import { MAX_WHYS, ungroundedLeaves } from '#shared/incident/whys.ts';
import { compareMoments, isMoment, momentAfter, readMoment, writeMoment } from '#shared/review/moment.ts';
import { ADA, BEN, CHO, OFF, SAM, Scenario, START, typesOf } from './scenario.ts';

const iso = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const NEVER = '2026-02-30T00:00:00.000Z';
const record: OutsideRecord = { happenedAt: iso(-30), text: 'Deployed 41', kind: 'deploy', who: 'CI' };
const importing = { importId: 'import-0001', source: 'csv' as const, records: [record] };
const action = {
  text: 'Alert on failed payments',
  owner: BEN,
  dueAt: iso(60),
  horizon: 'short',
  kind: 'monitoring',
  effect: 'detects',
  why: null,
} as const;

const why = (incident: Scenario, index: number) => {
  const found = incident.state.review?.whys[index];
  if (!found) throw new Error(`no answer ${index}`);
  return found;
};

/** An incident of Ada that is over. */
function over(severity: 'SEV1' | 'SEV3' = 'SEV3'): Scenario {
  const incident = new Scenario({ severity });
  incident.does(ADA, 'status.set', { status: 'resolved' });
  return incident;
}

/** With a tree of a root and one answer that cites entry 1. */
function explained(severity: 'SEV1' | 'SEV3' = 'SEV3'): Scenario {
  const incident = over(severity);
  incident.does(BEN, 'why.add', { under: null, text: 'Customers could not pay' });
  incident.does(BEN, 'why.add', { under: why(incident, 0).why, text: 'The check was off' });
  incident.does(BEN, 'why.ground', { why: why(incident, 1).why, cites: [1], assumption: false });
  return incident;
}

describe('records from outside', () => {
  test('[Y1] each is an entry of its own, with its own time, source and the mark that nobody here saw it', () => {
    const incident = new Scenario();
    const records = [record, { happenedAt: iso(-20), text: 'Reverted' }];
    const entries = incident.does(BEN, 'records.import', { ...importing, records });
    const common = { importId: 'import-0001', source: 'csv', unverified: true };
    expect(entries.map((entry) => entry.body)).toEqual(records.map((each) => ({ ...each, ...common })));
    expect(incident.state.review?.imports).toEqual([
      { importId: 'import-0001', source: 'csv', seq: 2, count: 2, withdrawn: false },
    ]);
    expect(
      incident.answer(BEN, 'records.import', { ...importing, records: [{ ...record, text: ' ' }] }),
    ).toBe('blank');
    const wrong = [record, { ...record, happenedAt: NEVER }];
    expect(incident.answer(BEN, 'records.import', { ...importing, records: wrong })).toBe('no_such_time');
  });

  test('[Y2] an import is withdrawn as a whole, once, with a reason, and goes on no more', () => {
    const incident = new Scenario();
    const withdraw = { importId: 'import-0001', reason: 'Wrong file' };
    expect(incident.answer(BEN, 'records.withdraw', withdraw)).toBe('unknown_import');
    incident.does(BEN, 'records.import', importing);
    expect(incident.answer(BEN, 'records.withdraw', { ...withdraw, reason: ' ' })).toBe('blank');
    incident.does(CHO, 'records.withdraw', withdraw);
    expect(incident.state.review?.imports[0]?.withdrawn).toBe(true);
    expect(incident.answer(BEN, 'records.withdraw', withdraw)).toBe('unchanged');
    expect(incident.answer(BEN, 'records.import', importing)).toBe('import_withdrawn');
  });

  test('[Y2] there are so many imports and no more, and a known one still goes on', () => {
    const incident = new Scenario();
    const importIds = Array.from({ length: MAX_IMPORTS }, (_, index) => `import-${1000 + index}`);
    for (const importId of importIds) incident.does(BEN, 'records.import', { ...importing, importId });
    expect(incident.answer(BEN, 'records.import', importing)).toBe('too_many_of_these');
    expect(incident.answer(BEN, 'records.import', { ...importing, importId: 'import-1000' })).toBe('allowed');
  });

  test('[Y3] a fact says when it happened and who was told when', () => {
    const incident = new Scenario();
    const fact = { happenedAt: iso(-5), text: 'Support was called', told: [{ who: 'Support', at: iso(-4) }] };
    expect(incident.does(BEN, 'fact.record', fact)[0]).toMatchObject({ type: 'fact.recorded', body: fact });
    const answer = (change: object) => incident.answer(BEN, 'fact.record', { ...fact, ...change });
    expect(answer({ text: '\u3164' })).toBe('blank');
    expect(answer({ told: [{ who: ' ', at: iso(0) }] })).toBe('blank');
    expect(answer({ happenedAt: NEVER })).toBe('no_such_time');
    expect(answer({ told: [{ who: 'Support', at: NEVER }] })).toBe('no_such_time');
  });

  test('[Y4] a milestone is shown by an entry that exists, or left to the log', () => {
    const incident = new Scenario();
    const set = (seq: number | null) => ({ milestone: 'noticed', seq }) as const;
    expect(incident.answer(BEN, 'milestone.set', set(null))).toBe('unchanged');
    expect(incident.answer(BEN, 'milestone.set', set(9))).toBe('unknown_entry');
    incident.does(BEN, 'milestone.set', set(1));
    expect(incident.state.review?.milestones).toEqual({ noticed: 1 });
    expect(incident.answer(BEN, 'milestone.set', set(1))).toBe('unchanged');
    incident.does(BEN, 'milestone.set', set(null));
    expect(incident.state.review?.milestones).toEqual({});
  });

  test('[Y5] a comment is about a moment that exists', () => {
    const incident = new Scenario();
    expect(incident.answer(BEN, 'comment.add', { seq: 1, docSeq: 1, text: 'Here' })).toBe('allowed');
    expect(incident.answer(BEN, 'comment.add', { seq: 2, text: 'Here' })).toBe('unknown_entry');
    expect(incident.answer(BEN, 'comment.add', { seq: 1, text: ' ' })).toBe('blank');
  });
});

describe('the why-tree', () => {
  test('[Y6] has one root, and every other answer explains one that is there', () => {
    const incident = new Scenario();
    expect(incident.answer(BEN, 'why.add', { under: 'why-0000', text: 'x' })).toBe('unknown_why');
    expect(incident.answer(BEN, 'why.add', { under: null, text: '\u200b' })).toBe('blank');
    incident.does(BEN, 'why.add', { under: null, text: 'Customers could not pay' });
    expect(incident.answer(BEN, 'why.add', { under: null, text: 'Another' })).toBe('why_root_exists');
    incident.does(CHO, 'why.add', { under: why(incident, 0).why, text: 'The check was off' });
    expect(why(incident, 1)).toMatchObject({
      under: why(incident, 0).why,
      seq: 3,
      cites: [],
      assumption: false,
    });
  });

  test('[Y6] holds so many answers and no more', () => {
    const incident = new Scenario();
    incident.does(BEN, 'why.add', { under: null, text: 'Root' });
    const under = why(incident, 0).why;
    for (let n = 1; n < MAX_WHYS; n += 1) incident.does(BEN, 'why.add', { under, text: `Answer ${n}` });
    expect(incident.answer(BEN, 'why.add', { under, text: 'One more' })).toBe('too_many_of_these');
  });

  test('[Y7] words are changed by who has read the present ones', () => {
    const incident = explained();
    const { why: id, seq } = why(incident, 1);
    const revise = { why: id, text: 'The check was commented out', known: seq };
    expect(incident.answer(CHO, 'why.revise', { ...revise, known: seq - 1 })).toBe('reworded_meanwhile');
    expect(incident.answer(CHO, 'why.revise', { ...revise, text: 'The check was off' })).toBe('unchanged');
    expect(incident.answer(CHO, 'why.revise', { ...revise, why: 'why-0000' })).toBe('unknown_why');
    incident.does(CHO, 'why.revise', revise);
    expect(why(incident, 1)).toMatchObject({ text: revise.text, seq: incident.state.seq, cites: [1] });
    expect(incident.answer(BEN, 'why.revise', { ...revise, text: 'Late' })).toBe('reworded_meanwhile');
  });

  test('[Y8] an answer rests on entries that exist or is an assumption; leaves without either are named', () => {
    const incident = explained();
    const { why: id } = why(incident, 1);
    const ground = { why: id, cites: [2, 1], assumption: false };
    expect(incident.answer(BEN, 'why.ground', { ...ground, cites: [incident.state.seq + 1] })).toBe(
      'unknown_entry',
    );
    expect(incident.answer(BEN, 'why.ground', { ...ground, cites: [1] })).toBe('unchanged');
    incident.does(BEN, 'why.ground', ground);
    expect(why(incident, 1).cites).toEqual([1, 2]);
    const open = () => ungroundedLeaves(incident.state.review ?? { whys: [] }).map((each) => each.why);
    expect(open()).toEqual([]);
    incident.does(BEN, 'why.ground', { why: id, cites: [], assumption: false });
    expect(open()).toEqual([id]);
    incident.does(BEN, 'why.ground', { why: id, cites: [], assumption: true });
    expect(open()).toEqual([]);
  });

  test('[Y9] an answer goes with everything below it, and actions that cut one of those cut none', () => {
    const incident = explained();
    const middle = why(incident, 1).why;
    incident.does(BEN, 'why.add', { under: middle, text: 'No review of the change' });
    incident.does(BEN, 'action.add', { ...action, why: why(incident, 2).why });
    incident.does(BEN, 'why.remove', { why: middle });
    expect(incident.state.review?.whys.map((each) => each.text)).toEqual(['Customers could not pay']);
    expect(incident.state.review?.actions[0]?.why).toBeNull();
    expect(incident.answer(BEN, 'why.remove', { why: middle })).toBe('unknown_why');
  });
});

describe('actions', () => {
  test('[Y10] name an owner that exists, a time that exists and an answer that exists', () => {
    const incident = explained();
    const answer = (change: object) => incident.answer(CHO, 'action.add', { ...action, ...change });
    expect(answer({ owner: 'nobody-here' })).toBe('unknown_person');
    expect(answer({ dueAt: NEVER })).toBe('no_such_time');
    expect(answer({ why: 'why-0000' })).toBe('unknown_why');
    expect(answer({ text: ' ' })).toBe('blank');
    incident.does(CHO, 'action.add', { ...action, why: why(incident, 1).why });
    expect(incident.state.review?.actions).toMatchObject([
      { ...action, why: why(incident, 1).why, status: 'open' },
    ]);
    for (let n = 1; n < MAX_ACTIONS; n += 1) incident.does(CHO, 'action.add', action);
    expect(answer({})).toBe('too_many_of_these');
  });

  test('[Y11] are reworded, changed and followed up, also when the incident is closed and the review signed off', () => {
    const incident = explained();
    incident.does(ADA, 'status.set', { status: 'closed' });
    incident.does(CHO, 'action.add', action);
    const [added] = incident.state.review?.actions ?? [];
    const id = added?.action ?? '';
    const reword = { action: id, text: 'Page on failed payments', known: added?.seq ?? 0 };
    expect(incident.answer(CHO, 'action.reword', { ...reword, known: 1 })).toBe('reworded_meanwhile');
    incident.does(CHO, 'action.reword', reword);
    incident.does(ADA, 'review.sign', {});
    expect(incident.state.review?.signedOffAt).not.toBeNull();
    expect(incident.answer(CHO, 'action.change', { action: id, owner: BEN })).toBe('unchanged');
    incident.does(CHO, 'action.change', { action: id, owner: CHO, horizon: 'long' });
    expect(incident.answer(CHO, 'action.set', { action: id, status: 'open' })).toBe('unchanged');
    incident.does(CHO, 'action.set', { action: id, status: 'done', note: 'Merged' });
    expect(incident.state.review?.actions[0]).toMatchObject({
      ...{ text: 'Page on failed payments', owner: CHO, horizon: 'long', status: 'done' },
    });
    expect(incident.answer(CHO, 'action.set', { action: 'action-0', status: 'done' })).toBe('unknown_action');
  });

  test('[Y12] an open action whose time passed is recorded as overdue once for each time it is given', () => {
    const incident = explained();
    incident.does(CHO, 'action.add', action);
    const [deadline] = deadlinesAfter(incident.state);
    if (!deadline) throw new Error('an action has a deadline');
    expect(deadline.dueAt).toBe(Date.parse(action.dueAt));
    expect(deadline.id).toMatch(/^[a-z0-9_-]{8,40}$/);
    expect(incident.system(deadline.command)).toBe('not_due');
    incident.passes(60 * 60_000);
    expect(incident.system(deadline.command)).toBe('allowed');
    expect(typesOf(incident.log).at(-1)).toBe('action.overdue');
    expect(incident.system(deadline.command)).toBe('unchanged');
    expect(deadlinesAfter(incident.state)).toEqual([]);
    const id = incident.state.review?.actions[0]?.action ?? '';
    incident.does(CHO, 'action.change', { action: id, dueAt: iso(180) });
    expect(deadlinesAfter(incident.state).map((each) => each.id)).not.toEqual([deadline.id]);
    incident.does(CHO, 'action.set', { action: id, status: 'dropped' });
    expect(deadlinesAfter(incident.state)).toEqual([]);
  });
});

describe('signing off', () => {
  test('[Y13] needs an incident that is over and a tree whose leaves rest on something', () => {
    const incident = new Scenario();
    expect(incident.answer(ADA, 'review.sign', {})).toBe('resolve_before_signing');
    incident.does(ADA, 'status.set', { status: 'resolved' });
    expect(incident.answer(ADA, 'review.sign', {})).toBe('why_missing');
    incident.does(BEN, 'why.add', { under: null, text: 'Customers could not pay' });
    expect(incident.answer(ADA, 'review.sign', {})).toBe('why_missing');
    incident.does(BEN, 'why.add', { under: why(incident, 0).why, text: 'The check was off' });
    expect(incident.answer(ADA, 'review.sign', {})).toBe('why_without_evidence');
    incident.does(BEN, 'why.ground', { why: why(incident, 1).why, cites: [], assumption: true });
    expect(incident.answer(ADA, 'review.sign', {})).toBe('allowed');
  });

  test('[Y14] severity and settings say how many sign; the commander is among them', () => {
    const incident = explained('SEV1');
    const signed = (person: string) => incident.does(person, 'review.sign', {})[0]?.body;
    expect(signed(BEN)).toEqual({ number: 1, of: 2, complete: false });
    expect(incident.answer(BEN, 'review.sign', {})).toBe('signed_already');
    expect(signed(CHO)).toEqual({ number: 2, of: 3, complete: false });
    expect(signed(ADA)).toEqual({ number: 3, of: 3, complete: true });
    const other = explained();
    other.outside = { ...other.outside, reviews: new Map([['SEV3', { signatures: 1, commander: false }]]) };
    other.does(CHO, 'review.sign', {});
    expect(other.state.review?.signedOffAt).not.toBeNull();
  });

  test('[Y15] what changes the review takes the signatures away before it is signed off, and is refused afterwards', () => {
    const incident = explained('SEV1');
    incident.does(ADA, 'review.sign', {});
    incident.does(BEN, 'records.import', importing);
    expect(incident.state.review?.signatures).toEqual([]);
    incident.does(ADA, 'review.sign', {});
    incident.does(BEN, 'comment.add', { seq: 1, text: 'Well done' });
    expect(incident.state.review?.signatures).toHaveLength(1);
    incident.does(BEN, 'review.sign', {});
    const writes = () => mayWriteIn('review', BEN, incident.state, incident.people);
    expect(writes()).toBe(false);
    for (const type of ['why.add', 'why.remove', 'milestone.set', 'fact.record', 'review.sign'] as const) {
      const body = {
        under: null,
        text: 'x',
        why: 'w',
        milestone: 'noticed',
        seq: 1,
        told: [],
        happenedAt: iso(0),
      };
      expect(incident.answer(CHO, type, body as never)).toBe('signed_off');
    }
    expect(incident.answer(CHO, 'review.reopen', { reason: ' ' })).toBe('blank');
    incident.does(CHO, 'review.reopen', { reason: 'A new fact' });
    expect(incident.state.review).toMatchObject({ signatures: [], signedOffAt: null });
    expect(writes()).toBe(true);
    expect(incident.answer(CHO, 'review.reopen', { reason: 'Again' })).toBe('not_signed_off');
  });

  test('[Y16] the review is written by everybody in the room, after closing too, and by nobody else', () => {
    const incident = over();
    incident.does(ADA, 'status.set', { status: 'closed' });
    const writers = [ADA, BEN, SAM, OFF].filter((person) =>
      mayWriteIn('review', person, incident.state, incident.people),
    );
    expect(writers).toEqual([ADA, BEN]);
    expect(mayWriteIn('main', ADA, incident.state, incident.people)).toBe(false);
    expect(incident.answer(BEN, 'records.import', importing)).toBe('allowed');
  });

  test('[Y17] other incidents are linked once each, and not to themselves', () => {
    const incident = over();
    expect(incident.answer(BEN, 'incident.link', { incident: 'incident-1' })).toBe('link_to_itself');
    incident.does(BEN, 'incident.link', { incident: 'incident-2' });
    expect(incident.answer(BEN, 'incident.link', { incident: 'incident-2' })).toBe('unchanged');
    incident.does(BEN, 'incident.link', { incident: 'incident-2', action: 'action-0001' });
    expect(incident.state.review?.links).toMatchObject([{ incident: 'incident-2', action: 'action-0001' }]);
    incident.does(BEN, 'incident.unlink', { incident: 'incident-2' });
    expect(incident.answer(BEN, 'incident.unlink', { incident: 'incident-2' })).toBe('unchanged');
  });

  test('[Y18] nothing of the review makes a brief too old, and redaction takes its words out of the state', () => {
    const incident = new Scenario();
    const before = incident.state.lastSignificantSeq;
    incident.does(BEN, 'why.add', { under: null, text: 'token abc' });
    incident.does(BEN, 'action.add', { ...action, text: 'token abc' });
    incident.does(BEN, 'why.revise', { why: why(incident, 0).why, text: 'token def', known: 2 });
    expect(incident.state.lastSignificantSeq).toBe(before);
    for (const seq of [2, 3, 4]) incident.does(ADA, 'entry.redact', { seq, reason: 'secret' });
    expect(JSON.stringify([incident.state, incident.log])).not.toContain('token');
    expect(incident.replay()).toEqual(incident.state);
  });
});

describe('moments', () => {
  const head = { seq: 9, hash: '', docSeq: 20, docHash: '' };

  test('[Y19] entries and document batches stand in one order, by their cross stamps', () => {
    // Batch 1, entry 1, batches 2 and 3, entry 2 with batch 3 before it.
    const order = [
      { kind: 'entry', seq: 1, docSeq: 1 },
      { kind: 'batch', docSeq: 2, seqBefore: 1 },
      { kind: 'batch', docSeq: 3, seqBefore: 1 },
      { kind: 'entry', seq: 2, docSeq: 3 },
    ] as const;
    const moments = order.map(momentAfter);
    expect(moments.toReversed().toSorted(compareMoments)).toEqual(moments);
  });

  test('[Y19] a permalink names exactly one moment, and nothing else is one', () => {
    expect(writeMoment({ seq: 4, docSeq: 7 }, 7)).toBe('4');
    expect(writeMoment({ seq: 4, docSeq: 9 }, 7)).toBe('4.9');
    expect(readMoment('4')).toEqual({ seq: 4, docSeq: null });
    expect(readMoment('4.9')).toEqual({ seq: 4, docSeq: 9 });
    for (const text of ['', '0', '-1', '1.', '.2', '1e3', '1.2.3', ' 1', '٣', '1'.repeat(16)]) {
      expect(readMoment(text)).toBeNull();
    }
    const stamps = { own: 7, next: 9 };
    expect([6, 7, 9, 10].map((docSeq) => isMoment({ seq: 4, docSeq }, stamps, head))).toEqual([
      ...[false, true, true, false],
    ]);
    expect(isMoment({ seq: 9, docSeq: 20 }, { own: 7, next: null }, head)).toBe(true);
    expect(isMoment({ seq: 10, docSeq: 20 }, { own: 7, next: null }, head)).toBe(false);
  });
});
