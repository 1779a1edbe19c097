import { describe, expect, test } from 'vitest';
import { statuses } from '#shared/contract/identifiers.ts';
import type { Status } from '#shared/contract/identifiers.ts';
import { deadlinesAfter } from '#shared/incident/deadlines.ts';
import { declare, refuseDeclaring } from '#shared/incident/lifecycle.ts';
import { summaryOf } from '#shared/incident/summary.ts';
import { ADA, BEN, everybody, OFF, ROOT, SAM, Scenario, START, typesOf } from './scenario.ts';

const people = everybody();
const head = { seq: 1, hash: 'a', docSeq: 1, docHash: 'b' };

/** An incident brought to a status by the commander. */
function at(status: Status): Scenario {
  const incident = new Scenario();
  if (status === 'investigating') return incident;
  if (status === 'closed') incident.does(ADA, 'status.set', { status: 'resolved' });
  incident.does(ADA, 'status.set', { status });
  return incident;
}

describe('declaring', () => {
  test('[I1] a title is enough, and the declarer commands from entry 1 on', () => {
    const { state, log } = new Scenario({ title: 'Checkout is down' });
    expect(typesOf(log)).toEqual(['incident.declared']);
    expect(state).toMatchObject({
      id: 'incident-1',
      number: 42,
      title: 'Checkout is down',
      severity: 'SEV3',
      status: 'investigating',
      private: false,
      drill: false,
      commander: ADA,
      epoch: 1,
      deputy: null,
      offer: null,
      declaredBy: ADA,
      declaredAt: new Date(START).toISOString(),
      seq: 1,
    });
    expect(state).not.toHaveProperty('members');
  });

  test('[I1] severity, privacy and drill are kept when they are given', () => {
    const { state } = new Scenario({ severity: 'SEV1', private: true, drill: true });
    expect(state).toMatchObject({ severity: 'SEV1', private: true, drill: true });
  });

  test('[I2] a title loses what hides or reorders text, and line breaks', () => {
    const given = { id: 'incident-1', number: 1, commander: ADA };
    const titleOf = (title: string): string => declare({ title }, given).title;
    expect(titleOf('  pay\u202Ements\u200B\n\tdown ')).toBe('payments down');
    expect(titleOf('\u1100\u1161')).toBe('가');
    expect(titleOf('결제 장애')).toBe('결제 장애');
  });

  test.each(['', '   ', '\u200B\u2066', '\u3164\u115F', '\n'])(
    '[I2] a title in which a reader sees nothing is refused: %j',
    (title) => {
      expect(refuseDeclaring({ title }, people.get(ADA))?.reason).toBe('blank');
      expect(new Scenario().answer(ADA, 'incident.rename', { title })).toBe('blank');
    },
  );

  test.each([
    [ADA, null],
    [ROOT, null],
    [SAM, 'forbidden'],
    [OFF, 'forbidden'],
    ['nobody-known', 'forbidden'],
  ])('[I3] %s declaring: %s', (person, reason) => {
    expect(refuseDeclaring({ title: 'Down' }, people.get(person))?.reason ?? null).toBe(reason);
  });

  test('[C3] a title that cannot be stored does not declare', () => {
    expect(refuseDeclaring({ title: 'Down\0' }, people.get(ADA))?.reason).toBe('malformed_text');
  });
});

/** Every move from status to status, as the contract has it. */
function expectedMove(from: Status, to: Status): string {
  if (from === 'closed') return 'closed';
  if (from === to) return 'unchanged';
  if (to === 'closed') return from === 'resolved' ? 'allowed' : 'resolve_first';
  return from === 'resolved' ? 'reopen_first' : 'allowed';
}

describe('status', () => {
  const moves = statuses.flatMap((from) => statuses.map((to) => [from, to] as const));
  test.each(moves)('[I4] [I5] [I6] from %s to %s', (from, to) => {
    expect(at(from).answer(ADA, 'status.set', { status: to })).toBe(expectedMove(from, to));
  });

  test('[I5] resolving and closing note when', () => {
    const incident = at('resolved');
    expect(incident.state.resolvedAt).toBe(new Date(START).toISOString());
    expect(incident.state.closedAt).toBeNull();
    incident.passes(1_000);
    incident.does(ADA, 'status.set', { status: 'closed', note: 'Done' });
    expect(incident.state.closedAt).toBe(new Date(START + 1_000).toISOString());
    expect(incident.log.at(-1)?.body).toEqual({ status: 'closed', from: 'resolved', note: 'Done' });
  });

  test.each(['resolved', 'closed'] as const)('[I6] anybody in the room reopens from %s', (status) => {
    const incident = at(status);
    const before = incident.state;
    const entries = incident.does(BEN, 'incident.reopen', { reason: 'It is back' }, { epoch: null });
    expect(entries.map((entry) => entry.body)).toEqual([
      { reason: 'It is back', from: status, status: 'investigating' },
    ]);
    expect(incident.state).toMatchObject({
      status: 'investigating',
      resolvedAt: null,
      closedAt: null,
      commander: before.commander,
      epoch: before.epoch,
      roles: before.roles,
    });
  });

  test('[I6] reopening needs a reason, and something to reopen', () => {
    expect(at('closed').answer(BEN, 'incident.reopen', { reason: ' ' })).toBe('blank');
    expect(at('monitoring').answer(BEN, 'incident.reopen', { reason: 'x' })).toBe('not_resolved');
    expect(at('closed').answer(SAM, 'incident.reopen', { reason: 'x' })).toBe('not_found');
  });

  test('[I7] a closed incident still takes corrections, redactions and reopening', () => {
    const incident = new Scenario();
    incident.does(BEN, 'chat.post', { text: 'token abc' });
    incident.does(ADA, 'status.set', { status: 'resolved' });
    incident.does(ADA, 'status.set', { status: 'closed' });
    expect(incident.answer(BEN, 'chat.correct', { seq: 2, text: 'token' })).toBe('allowed');
    expect(incident.answer(ADA, 'entry.redact', { seq: 2, reason: 'secret' })).toBe('allowed');
    expect(incident.answer(BEN, 'incident.reopen', { reason: 'x' })).toBe('allowed');
    expect(incident.answer(BEN, 'chat.post', { text: 'x' })).toBe('closed');
    expect(incident.answer(ADA, 'handoff.confirm', { epoch: 1 })).toBe('closed');
    expect(incident.answer(ROOT, 'handoff.force', { reason: 'x' })).toBe('closed');
  });

  test('[I7] an offer that was open at closing cannot be accepted, and still expires', () => {
    const incident = new Scenario();
    incident.does(ADA, 'handoff.offer', { to: BEN });
    const { offer } = incident;
    incident.does(ADA, 'status.set', { status: 'resolved' });
    incident.does(ADA, 'status.set', { status: 'closed' });
    const accept = { offer, briefedSeq: incident.state.seq, words: 'I am the incident commander' };
    expect(incident.answer(BEN, 'handoff.accept', accept)).toBe('closed');
    incident.passes(600_000);
    expect(incident.system({ type: 'handoff.expire', body: { offer } })).toBe('allowed');
    expect(incident.state.offer).toBeNull();
  });
});

describe('severity and title', () => {
  test('[I8] a severity is set with a reason, and says what it was', () => {
    const incident = new Scenario();
    incident.does(ADA, 'severity.set', { severity: 'SEV1', reason: 'All regions' });
    expect(incident.state.severity).toBe('SEV1');
    expect(incident.log.at(-1)?.body).toEqual({ severity: 'SEV1', from: 'SEV3', reason: 'All regions' });
    expect(incident.answer(ADA, 'severity.set', { severity: 'SEV2', reason: '\u3164' })).toBe('blank');
  });

  test('[I8] what would change nothing is unchanged', () => {
    const incident = new Scenario();
    expect(incident.answer(ADA, 'severity.set', { severity: 'SEV3', reason: 'x' })).toBe('unchanged');
    expect(incident.answer(ADA, 'incident.rename', { title: ' Checkout is  down' })).toBe('unchanged');
    incident.does(ADA, 'incident.rename', { title: 'Checkout is slow' });
    expect(incident.state.title).toBe('Checkout is slow');
    expect(incident.log.at(-1)?.body).toEqual({ title: 'Checkout is slow', from: 'Checkout is down' });
  });
});

describe('what a state implies', () => {
  test('[I14] a pending offer and a promised update are one deadline each', () => {
    const incident = new Scenario();
    expect(deadlinesAfter(incident.state)).toEqual([]);
    expect(deadlinesAfter(null)).toEqual([]);
    incident.does(ADA, 'handoff.offer', { to: BEN, expiresInSeconds: 60 });
    const nextUpdateAt = new Date(START + 90_000).toISOString();
    incident.does(ADA, 'update.send', { state: 'Down', text: 'We look', nextUpdateAt });
    const { offer } = incident;
    expect(deadlinesAfter(incident.state)).toEqual([
      {
        id: `expire-${offer}`,
        dueAt: START + 60_000,
        command: { type: 'handoff.expire', body: { offer }, commandId: `expire-${offer}` },
      },
      {
        id: 'overdue-1',
        dueAt: START + 90_000,
        command: { type: 'update.overdue', body: { dueAt: nextUpdateAt }, commandId: 'overdue-1' },
      },
    ]);
    expect(deadlinesAfter(structuredClone(incident.state))).toEqual(deadlinesAfter(incident.state));
  });

  test('[I14] a deadline goes with what it was for', () => {
    const incident = new Scenario();
    incident.does(ADA, 'handoff.offer', { to: BEN });
    incident.does(ADA, 'handoff.withdraw', { offer: incident.offer });
    const nextUpdateAt = new Date(START + 90_000).toISOString();
    incident.does(ADA, 'update.send', { state: 'Down', text: 'We look', nextUpdateAt });
    incident.does(ADA, 'status.set', { status: 'resolved' });
    expect(deadlinesAfter(incident.state)).toEqual([]);
    incident.does(BEN, 'incident.reopen', { reason: 'It is back' });
    expect(deadlinesAfter(incident.state).map((deadline) => deadline.id)).toEqual(['overdue-1']);
  });

  test('[I14] ids have the form of identifiers, however long an offer id is', () => {
    const { state } = new Scenario();
    const incident = new Scenario();
    incident.does(ADA, 'handoff.offer', { to: BEN });
    const offer = incident.state.offer && { ...incident.state.offer, offer: 'o'.repeat(40) };
    const [deadline] = deadlinesAfter({ ...state, offer });
    expect(deadline?.id).toMatch(/^[a-z0-9_-]{8,40}$/);
    expect(deadline?.command.body).toEqual({ offer: 'o'.repeat(40) });
  });

  test('[I15] a summary says what lists show', () => {
    const incident = new Scenario({ private: true });
    expect(summaryOf(incident.state, head)).toEqual({
      id: 'incident-1',
      number: 42,
      title: 'Checkout is down',
      severity: 'SEV3',
      status: 'investigating',
      private: true,
      drill: false,
      commander: ADA,
      epoch: 1,
      declaredAt: new Date(START).toISOString(),
      head,
      nextUpdateAt: null,
      resolvedAt: null,
      offeredTo: null,
      members: [ADA],
    });
    expect(summaryOf(new Scenario().state, head)).not.toHaveProperty('members');
  });
});
