import { describe, expect, test } from 'vitest';
import { commandTypes } from '#shared/contract/commands.ts';
import { recordCommandBodies } from '#shared/contract/records.ts';
import { reviewCommandBodies } from '#shared/contract/review.ts';
import { commanderOnly } from '#shared/contract/fencing.ts';
import type { CommandType } from '#shared/contract/commands.ts';
import { can, mayEnter, permissions } from '#shared/incident/can.ts';
import type { Action } from '#shared/incident/can.ts';
import { bodyFor } from './commandBodies.ts';
import { ADA, BEN, CHO, DAN, everybody, OFF, ROOT, SAM, Scenario } from './scenario.ts';

const NOBODY = 'nobody-known';
const all = [ADA, BEN, CHO, DAN, ROOT, SAM, OFF, NOBODY];

/** A private incident of Ada and Ben. */
function hidden(): Scenario {
  const incident = new Scenario({ private: true });
  incident.does(ADA, 'member.add', { person: BEN });
  return incident;
}

describe('entering', () => {
  const entering = (incident: Scenario) =>
    all.filter((person) => mayEnter(person, incident.people.get(person), incident.state));

  test('[X1] responders enter what is not private, stakeholders and disabled people nothing', () => {
    expect(entering(new Scenario())).toEqual([ADA, BEN, CHO, DAN, ROOT]);
  });

  test('[X1] only members enter what is private, and admins who broke the glass', () => {
    const incident = hidden();
    expect(entering(incident)).toEqual([ADA, BEN]);
    incident.does(ROOT, 'access.break', { reason: 'Audit' });
    expect(entering(incident)).toEqual([ADA, BEN, ROOT]);
  });

  test('[X1] who loses what let them in is out, member or not', () => {
    const incident = hidden();
    incident.does(ROOT, 'access.break', { reason: 'Audit' });
    incident.people.set(ROOT, { access: 'responder', admin: false, disabled: false });
    incident.people.set(BEN, { access: 'stakeholder', admin: true, disabled: false });
    expect(entering(incident)).toEqual([ADA]);
  });

  test.each(commandTypes.filter((type) => type !== 'access.break'))(
    '[X2] who may not enter is told not_found for %s',
    (type) => {
      const incident = hidden();
      for (const person of [CHO, ROOT, SAM, OFF, NOBODY]) {
        for (const epoch of [null, 1, 7]) {
          expect(incident.answer(person, type, bodyFor(type, incident), { epoch })).toBe('not_found');
          expect(can(person, type, incident.state, incident.people)?.reason).toBe('not_found');
        }
      }
    },
  );

  test('[X2] not even malformed text tells an outsider that there is something', () => {
    expect(hidden().answer(CHO, 'chat.post', { text: '\0' })).toBe('not_found');
  });
});

describe('breaking the glass', () => {
  const reason = 'Audit';

  test('[X3] an admin enters a private incident, and the log says so', () => {
    const incident = hidden();
    incident.does(ROOT, 'access.break', { reason });
    expect(incident.log.at(-1)?.body).toEqual({ reason, person: ROOT });
    expect(incident.state.brokenBy).toEqual([ROOT]);
    expect(incident.answer(ROOT, 'access.break', { reason })).toBe('unchanged');
    expect(incident.answer(ROOT, 'chat.post', { text: 'I am in' })).toBe('allowed');
    expect(incident.answer(ROOT, 'status.set', { status: 'resolved' })).toBe('commander_only');
  });

  test('[X3] nobody else does, and never without a reason', () => {
    const incident = hidden();
    expect(incident.answer(BEN, 'access.break', { reason })).toBe('admin_only');
    for (const person of [CHO, SAM, OFF]) {
      expect(incident.answer(person, 'access.break', { reason })).toBe('not_found');
    }
    expect(incident.answer(ROOT, 'access.break', { reason: ' ' })).toBe('blank');
    incident.people.set(SAM, { access: 'stakeholder', admin: true, disabled: false });
    incident.people.set(OFF, { access: 'responder', admin: true, disabled: true });
    expect(incident.answer(SAM, 'access.break', { reason })).toBe('not_found');
    expect(incident.answer(OFF, 'access.break', { reason })).toBe('not_found');
    expect(new Scenario().answer(ROOT, 'access.break', { reason })).toBe('not_private');
  });

  test('[X3] [I7] also into a closed one, for its review', () => {
    const incident = hidden();
    incident.does(ADA, 'status.set', { status: 'resolved' });
    incident.does(ADA, 'status.set', { status: 'closed' });
    expect(incident.answer(ROOT, 'access.break', { reason })).toBe('allowed');
  });
});

describe('members', () => {
  test('[X4] a private incident begins with its declarer', () => {
    expect(new Scenario({ private: true }).state.members).toEqual([ADA]);
  });

  test('[X4] the commander lets responders in', () => {
    const incident = hidden();
    expect(incident.state.members).toEqual([ADA, BEN]);
    const add = (person: string) => incident.answer(ADA, 'member.add', { person });
    expect([BEN, CHO, SAM, OFF, NOBODY].map(add)).toEqual([
      'unchanged',
      'allowed',
      'person_cannot_enter',
      'person_cannot_enter',
      'unknown_person',
    ]);
    expect(incident.answer(BEN, 'member.add', { person: CHO })).toBe('commander_only');
    expect(new Scenario().answer(ADA, 'member.add', { person: CHO })).toBe('not_private');
  });

  test('[X4] the commander shows them the door, also an admin who broke in, but never the commander', () => {
    const incident = hidden();
    incident.does(ROOT, 'access.break', { reason: 'Audit' });
    const remove = (person: string) => incident.answer(ADA, 'member.remove', { person });
    expect([ADA, BEN, CHO, ROOT].map(remove)).toEqual([
      'commander_is_member',
      'allowed',
      'not_a_member',
      'allowed',
    ]);
    incident.does(ADA, 'member.remove', { person: ROOT });
    incident.does(ADA, 'member.remove', { person: BEN });
    expect(incident.state).toMatchObject({ members: [ADA], brokenBy: [] });
    expect(incident.answer(BEN, 'chat.post', { text: 'x' })).toBe('not_found');
    expect(new Scenario().answer(ADA, 'member.remove', { person: BEN })).toBe('not_private');
  });
});

/** Ada commands, Ben is deputy and has Ops, Cho has Communications, an offer to Dan is open; entry 2 is Cho's. */
function staffed(): Scenario {
  const incident = new Scenario();
  incident.does(CHO, 'chat.post', { text: 'Hello' });
  incident.does(ADA, 'deputy.set', { person: BEN });
  incident.does(ADA, 'role.assign', { role: 'ops', person: BEN });
  incident.does(ADA, 'role.assign', { role: 'comms', person: CHO });
  incident.does(ADA, 'handoff.offer', { to: DAN });
  return incident;
}

const inTheRoom = [ADA, BEN, CHO, DAN, ROOT];

/** Who may do what in `staffed()`, about Ops, and about the entry of Cho. */
const expected: Record<Action, string[]> = {
  'incident.read': inTheRoom,
  'document.edit': inTheRoom,
  'draft.edit': inTheRoom,
  'chat.post': inTheRoom,
  'chat.correct': [CHO],
  'entry.redact': [ADA],
  'entry.pin': inTheRoom,
  'entry.unpin': inTheRoom,
  'doing.set': inTheRoom,
  'role.assign': [ADA],
  'role.delegate': [BEN],
  'role.release': [ADA, BEN],
  'deputy.set': [ADA],
  'handoff.offer': [ADA],
  'handoff.accept': [DAN],
  'handoff.decline': [DAN],
  'handoff.withdraw': [ADA],
  'handoff.force': [BEN, ROOT],
  'handoff.confirm': inTheRoom,
  'severity.set': [ADA],
  'status.set': [ADA],
  'incident.rename': [ADA],
  'incident.reopen': inTheRoom,
  'member.add': [ADA],
  'member.remove': [ADA],
  'update.send': [ADA, CHO],
  'audience.attach': [ADA, CHO],
  'audience.detach': [ADA, CHO],
  'service.set': [ADA, CHO],
  'question.answer': [ADA, CHO],
  'records.import': inTheRoom,
  'records.withdraw': inTheRoom,
  'fact.record': inTheRoom,
  'milestone.set': inTheRoom,
  'comment.add': inTheRoom,
  'why.add': inTheRoom,
  'why.revise': inTheRoom,
  'why.ground': inTheRoom,
  'why.remove': inTheRoom,
  'action.add': inTheRoom,
  'action.reword': inTheRoom,
  'action.change': inTheRoom,
  'action.set': inTheRoom,
  'incident.link': inTheRoom,
  'incident.unlink': inTheRoom,
  'review.sign': inTheRoom,
  'review.reopen': inTheRoom,
  'attachment.add': inTheRoom,
  'document.redact': [ADA],
  'review.edit': inTheRoom,
  'access.break': [ROOT],
};

describe('the table of rights', () => {
  const actions = Object.keys(permissions) as Action[];
  const about = { role: 'ops', author: CHO };

  test('[X5] has a row for every command, reading and editing, and no other', () => {
    expect(actions.toSorted()).toEqual(
      [...commandTypes, 'incident.read', 'document.edit', 'draft.edit', 'review.edit'].toSorted(),
    );
  });

  test.each(actions)('[X5] %s is open to whom the table says', (action) => {
    const { state, people } = staffed();
    const allowed = all.filter((person) => can(person, action, state, people, about) === null);
    expect(allowed).toEqual(expected[action]);
  });

  test.each(commandTypes)('[X5] decide never allows %s to whom the table does not', (type) => {
    const incident = staffed();
    const asked = (person: string) => can(person, type, incident.state, incident.people, about);
    const without = all.filter((person) => asked(person) !== null);
    const decisions = without.map((person) => incident.asks(person, type, bodyFor(type, incident)));
    expect(decisions).toEqual(without.map((person) => ({ refusal: asked(person) })));
    expect(without).toContain(SAM);
  });

  test('[X5] without a role or an offer the question is about none, and about one’s own entry', () => {
    const { state, people } = new Scenario();
    expect(can(ADA, 'role.assign', state, people)?.reason).toBe('unknown_role');
    expect(can(ADA, 'role.delegate', state, people)?.reason).toBe('unknown_role');
    expect(can(ADA, 'role.release', state, people)?.reason).toBe('unknown_role');
    expect(can(BEN, 'handoff.accept', state, people)?.reason).toBe('not_pending');
    expect(can(BEN, 'chat.correct', state, people)).toBeNull();
  });

  test('[I7] [X5] in a closed incident the table leaves what may still be done', () => {
    const incident = new Scenario();
    incident.does(ADA, 'status.set', { status: 'resolved' });
    incident.does(ADA, 'status.set', { status: 'closed' });
    const open = actions.filter((action) =>
      all.some((person) => can(person, action, incident.state, incident.people, about) === null),
    );
    expect(open).toEqual([
      ...['incident.read', 'review.edit', 'chat.correct', 'entry.redact', 'incident.reopen'],
      ...Object.keys(reviewCommandBodies),
      ...Object.keys(recordCommandBodies),
      'access.break',
    ]);
  });

  test('[X8] what needs the epoch is what only the commander may', () => {
    const onlyTheCommander = commandTypes.filter((type) => permissions[type].who === 'commander');
    expect(onlyTheCommander.toSorted()).toEqual([...commanderOnly].toSorted());
  });

  test.each([...commanderOnly])('[X8] [H12] %s: no epoch, an old one, somebody else', (type: CommandType) => {
    const incident = staffed();
    const answer = (person: string, epoch: number | null) =>
      incident.answer(person, type, bodyFor(type, incident), { epoch });
    expect(answer(ADA, null)).toBe('epoch_missing');
    expect(answer(ADA, 2)).toBe('stale_epoch');
    expect(answer(BEN, 2)).toBe('stale_epoch');
    expect(answer(BEN, 1)).toBe('commander_only');
  });

  test('[X7] people cannot give the commands of the system, nor the system theirs', () => {
    const incident = staffed();
    const person = { kind: 'person', id: ADA } as const;
    const commandId = 'command-1';
    const forbidden = { refusal: { reason: 'forbidden' } };
    const { offer } = incident;
    incident.passes(600_000);
    const expire = { type: 'handoff.expire', body: { offer }, commandId } as const;
    const lost = { type: 'handoff.void', body: { offer, reason: 'x' }, commandId } as const;
    const overdue = { type: 'update.overdue', body: { dueAt: 'x' }, commandId } as const;
    for (const command of [expire, lost, overdue]) {
      expect(incident.decide(command, person)).toEqual(forbidden);
    }
    for (const type of commandTypes) {
      const command = { type, body: bodyFor(type, incident), commandId, epoch: 1 };
      expect(incident.decide(command as never, { kind: 'system' })).toEqual(forbidden);
    }
  });

  test('[X1] the people of these tests are the kinds there are', () => {
    expect([...everybody().keys()]).toEqual(all.filter((person) => person !== NOBODY));
  });
});
