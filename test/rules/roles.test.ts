import { describe, expect, test } from 'vitest';
import { chainOf, effectiveHolder, isAbove, MAX_ROLES, rolesOf } from '#shared/incident/roles.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { ADA, BEN, CHO, DAN, OFF, SAM, Scenario } from './scenario.ts';

function holderOf(state: IncidentState, role: string): string | null | undefined {
  return state.roles.find((candidate) => candidate.role === role)?.holder;
}

/** The id of the role with that title. */
function idOf(state: IncidentState, title: string): string {
  return state.roles.find((role) => role.title === title)?.role ?? `no role ${title}`;
}

/** Ada commands, Ben has Ops, Cho has Database below it, Dan has Index below that. */
function threeDeep(): Scenario {
  const incident = new Scenario();
  incident.does(ADA, 'role.assign', { role: 'ops', person: BEN });
  incident.does(BEN, 'role.delegate', { under: 'ops', title: 'Database', person: CHO });
  incident.does(CHO, 'role.delegate', {
    under: idOf(incident.state, 'Database'),
    title: 'Index',
    person: DAN,
  });
  return incident;
}

describe('holding', () => {
  test('[R1] the commander holds what nobody was given', () => {
    const { state } = new Scenario();
    expect(state.roles.map((role) => [role.role, role.under, role.holder])).toEqual([
      ['ops', 'commander', null],
      ['comms', 'commander', null],
      ['planning', 'commander', null],
    ]);
    for (const role of ['ops', 'comms', 'planning', 'commander']) {
      expect(effectiveHolder(state, role)).toBe(ADA);
    }
  });

  test('[R1] a sub-role without a holder is held by the nearest holder above', () => {
    const incident = threeDeep();
    const index = idOf(incident.state, 'Index');
    incident.does(DAN, 'role.release', { role: index });
    expect(effectiveHolder(incident.state, index)).toBe(CHO);
    incident.does(CHO, 'role.release', { role: idOf(incident.state, 'Database') });
    expect(effectiveHolder(incident.state, index)).toBe(BEN);
    incident.does(BEN, 'role.release', { role: 'ops' });
    expect(effectiveHolder(incident.state, index)).toBe(ADA);
  });

  test('[R1] the tree can be asked what is above what', () => {
    const { state } = threeDeep();
    const [database, index] = [idOf(state, 'Database'), idOf(state, 'Index')];
    expect(chainOf(state, index).map((role) => role.role)).toEqual([index, database, 'ops']);
    expect(isAbove(state, 'ops', index)).toBe(true);
    expect(isAbove(state, 'commander', index)).toBe(true);
    expect(isAbove(state, index, 'ops')).toBe(false);
    expect(isAbove(state, 'ops', 'ops')).toBe(false);
    expect(isAbove(state, 'comms', index)).toBe(false);
    expect(isAbove(state, 'commander', 'no-such-role')).toBe(false);
  });

  test('[R1] a circle that only a broken log could hold ends the chain', () => {
    const { state } = new Scenario();
    const role = (id: string, under: string) => ({ role: id, title: id, under, holder: null });
    const broken = { ...state, roles: [role('a', 'b'), role('b', 'a')] };
    expect(chainOf(broken, 'a').map((link) => link.role)).toEqual(['a', 'b']);
    expect(effectiveHolder(broken, 'a')).toBe(ADA);
  });
});

describe('assigning', () => {
  test('[R2] the commander assigns, and says who held it before', () => {
    const incident = new Scenario();
    incident.does(ADA, 'role.assign', { role: 'comms', person: BEN });
    incident.does(ADA, 'role.assign', { role: 'comms', person: CHO });
    expect(holderOf(incident.state, 'comms')).toBe(CHO);
    expect(incident.log.at(-1)?.body).toEqual({ role: 'comms', person: CHO, from: BEN });
    expect(incident.answer(ADA, 'role.assign', { role: 'comms', person: CHO })).toBe('unchanged');
  });

  test('[R2] the commander needs the epoch, a lead below its own role does not', () => {
    const incident = threeDeep();
    const role = idOf(incident.state, 'Index');
    const assign = { role, person: 'ben-responder' };
    expect(incident.answer(ADA, 'role.assign', assign, { epoch: null })).toBe('epoch_missing');
    expect(incident.answer(CHO, 'role.assign', { role, person: DAN }, { epoch: null })).toBe('unchanged');
    incident.does(BEN, 'role.release', { role });
    incident.does(CHO, 'role.assign', { role, person: DAN }, { epoch: null });
    incident.does(DAN, 'role.release', { role });
    incident.does(BEN, 'role.assign', { role, person: DAN }, { epoch: null });
    expect(holderOf(incident.state, role)).toBe(DAN);
    expect(incident.answer(BEN, 'role.assign', { role, person: DAN }, { epoch: 7 })).toBe('stale_epoch');
  });

  test('[R2] nobody else assigns: not a lead beside or below, not the holder themselves', () => {
    const incident = threeDeep();
    const [database, index] = [idOf(incident.state, 'Database'), idOf(incident.state, 'Index')];
    const answer = (person: string, role: string) =>
      incident.answer(person, 'role.assign', { role, person: DAN }, { epoch: null });
    expect(answer(BEN, 'comms')).toBe('commander_only');
    expect(answer(BEN, 'ops')).toBe('commander_only');
    expect(answer(CHO, database)).toBe('holder_only');
    expect(answer(DAN, index)).toBe('holder_only');
    const decision = incident.asks(DAN, 'role.assign', { role: index, person: DAN }, { epoch: null });
    expect(decision).toEqual({ refusal: { reason: 'holder_only', details: { person: CHO } } });
  });

  test('[R4] who is above a role cannot hold it', () => {
    const incident = threeDeep();
    const index = idOf(incident.state, 'Index');
    for (const person of [ADA, BEN, CHO]) {
      expect(incident.answer(ADA, 'role.assign', { role: index, person })).toBe('delegation_cycle');
    }
    expect(incident.answer(ADA, 'role.assign', { role: 'ops', person: ADA })).toBe('delegation_cycle');
    const to = (person: string) => ({ under: index, title: 'Shard', person });
    expect(incident.answer(DAN, 'role.delegate', to(DAN))).toBe('delegation_cycle');
    expect(incident.answer(DAN, 'role.delegate', to(BEN))).toBe('delegation_cycle');
    expect(incident.answer(DAN, 'role.delegate', to(ADA))).toBe('delegation_cycle');
  });

  test('[R4] one person may hold roles that are not above one another', () => {
    const incident = threeDeep();
    incident.does(ADA, 'role.assign', { role: 'comms', person: DAN });
    expect(rolesOf(incident.state, DAN)).toHaveLength(2);
  });

  test('[R5] what does not exist is neither assigned, released, delegated nor a parent', () => {
    const incident = new Scenario();
    for (const role of ['no-such-role', 'constructor', '__proto__', 'commander']) {
      expect(incident.answer(ADA, 'role.assign', { role, person: BEN })).toBe('unknown_role');
      expect(incident.answer(ADA, 'role.release', { role })).toBe('unknown_role');
    }
    const orphan = { under: 'no-such-role', title: 'Database', person: BEN };
    expect(incident.answer(ADA, 'role.delegate', orphan)).toBe('unknown_role');
  });

  test('[R7] who comes to hold a role gives up what they held below it', () => {
    const incident = threeDeep();
    incident.does(ADA, 'role.assign', { role: 'ops', person: DAN });
    const index = idOf(incident.state, 'Index');
    expect(holderOf(incident.state, 'ops')).toBe(DAN);
    expect(holderOf(incident.state, idOf(incident.state, 'Database'))).toBe(CHO);
    expect(holderOf(incident.state, index)).toBeNull();
    expect(effectiveHolder(incident.state, index)).toBe(CHO);
  });

  test('[R14] roles and deputy go only to people who exist and may enter', () => {
    const incident = new Scenario();
    const answers = (person: string) => [
      incident.answer(ADA, 'role.assign', { role: 'ops', person }),
      incident.answer(ADA, 'role.delegate', { under: 'ops', title: 'Database', person }),
      incident.answer(ADA, 'deputy.set', { person }),
    ];
    expect(new Set(answers('nobody-known'))).toEqual(new Set(['unknown_person']));
    expect(new Set([...answers(SAM), ...answers(OFF)])).toEqual(new Set(['person_cannot_enter']));
    expect(new Set(answers(BEN))).toEqual(new Set(['allowed']));
  });
});

describe('delegating', () => {
  test('[R3] a lead delegates a named part, which is delegated again', () => {
    const { state } = threeDeep();
    const [database, index] = [idOf(state, 'Database'), idOf(state, 'Index')];
    expect(state.roles.slice(3)).toEqual([
      { role: database, title: 'Database', under: 'ops', holder: CHO },
      { role: index, title: 'Index', under: database, holder: DAN },
    ]);
  });

  test('[R3] only the holder delegates; what nobody was given, the holder above', () => {
    const incident = threeDeep();
    const part = { under: 'ops', title: 'Network', person: DAN };
    expect(incident.answer(ADA, 'role.delegate', part)).toBe('delegate_holder_only');
    expect(incident.answer(CHO, 'role.delegate', part)).toBe('delegate_holder_only');
    expect(incident.answer(BEN, 'role.delegate', part)).toBe('allowed');
    const press = { under: 'comms', title: 'Press', person: DAN };
    expect(incident.answer(ADA, 'role.delegate', press)).toBe('allowed');
    expect(incident.answer(BEN, 'role.delegate', press)).toBe('delegate_holder_only');
    const legal = { under: 'commander', title: 'Legal', person: DAN };
    expect(incident.answer(ADA, 'role.delegate', legal)).toBe('allowed');
    expect(incident.answer(BEN, 'role.delegate', legal)).toBe('delegate_holder_only');
  });

  test('[R10] a title is one plain line of at most 80 graphemes', () => {
    const incident = new Scenario();
    const answer = (title: string) =>
      incident.answer(ADA, 'role.delegate', { under: 'ops', title, person: BEN });
    expect(answer('\u200B\u202E')).toBe('blank');
    expect(answer('각'.repeat(80))).toBe('allowed');
    expect(answer('각'.repeat(81))).toBe('too_large');
    expect(answer('각'.normalize('NFD').repeat(80))).toBe('allowed');
    expect(answer('e\u0301\u0302'.repeat(80))).toBe('allowed');
    incident.does(ADA, 'role.delegate', { under: 'ops', title: ' DB\u202E\n lead\uFEFF ', person: BEN });
    expect(incident.state.roles.at(-1)?.title).toBe('DB lead');
  });

  test('[R11] the tree has room for 60 roles', () => {
    const incident = new Scenario();
    const next = () => ({ under: 'ops', title: `Part ${incident.state.roles.length}`, person: BEN });
    while (incident.state.roles.length < MAX_ROLES) incident.does(ADA, 'role.delegate', next());
    expect(MAX_ROLES).toBe(60);
    expect(incident.answer(ADA, 'role.delegate', next())).toBe('too_many_roles');
  });
});

describe('releasing', () => {
  test('[R6] a released role returns upward, and those below keep their holders', () => {
    const incident = threeDeep();
    incident.does(BEN, 'role.release', { role: 'ops' });
    expect(incident.log.at(-1)?.body).toEqual({ role: 'ops', from: BEN });
    expect(effectiveHolder(incident.state, 'ops')).toBe(ADA);
    expect(effectiveHolder(incident.state, idOf(incident.state, 'Database'))).toBe(CHO);
    expect(incident.answer(ADA, 'role.release', { role: 'ops' })).toBe('not_delegated');
  });

  test('[R6] its holder and everybody above release, nobody else', () => {
    const incident = threeDeep();
    const role = idOf(incident.state, 'Database');
    const answers = [ADA, BEN, CHO, DAN].map((person) => incident.answer(person, 'role.release', { role }));
    expect(answers).toEqual(['allowed', 'allowed', 'allowed', 'holder_only']);
  });
});

describe('the deputy', () => {
  test('[R9] the commander names a deputy, changes it and takes it back', () => {
    const incident = new Scenario();
    incident.does(ADA, 'deputy.set', { person: BEN });
    expect(incident.state.deputy).toBe(BEN);
    expect(incident.answer(ADA, 'deputy.set', { person: BEN })).toBe('unchanged');
    expect(incident.answer(ADA, 'deputy.set', { person: ADA })).toBe('already_commander');
    expect(incident.answer(BEN, 'deputy.set', { person: CHO })).toBe('commander_only');
    incident.does(ADA, 'deputy.set', { person: null });
    expect(incident.state.deputy).toBeNull();
    expect(incident.answer(ADA, 'deputy.set', { person: null })).toBe('unchanged');
  });
});

describe('who takes command', () => {
  test('[R8] gives up the roles they held and stands by no longer', () => {
    const incident = threeDeep();
    incident.does(ADA, 'deputy.set', { person: CHO });
    incident.handsOver(CHO);
    const { state } = incident;
    expect(state.commander).toBe(CHO);
    expect(state.deputy).toBeNull();
    expect(holderOf(state, idOf(state, 'Database'))).toBeNull();
    expect(effectiveHolder(state, idOf(state, 'Database'))).toBe(BEN);
    expect(effectiveHolder(state, 'comms')).toBe(CHO);
    expect(holderOf(state, 'ops')).toBe(BEN);
  });

  test('[R8] keeps a deputy who is somebody else', () => {
    const incident = new Scenario();
    incident.does(ADA, 'deputy.set', { person: CHO });
    incident.handsOver(BEN);
    expect(incident.state.deputy).toBe(CHO);
  });
});

describe('leaving a private incident', () => {
  test('[R12] takes roles, deputy and line away', () => {
    const incident = new Scenario({ private: true });
    incident.does(ADA, 'member.add', { person: BEN });
    incident.does(ADA, 'role.assign', { role: 'ops', person: BEN });
    incident.does(ADA, 'deputy.set', { person: BEN });
    incident.does(BEN, 'doing.set', { text: 'Reading logs' });
    incident.does(ADA, 'member.remove', { person: BEN });
    expect(incident.state).toMatchObject({ deputy: null, doing: [], members: [ADA] });
    expect(effectiveHolder(incident.state, 'ops')).toBe(ADA);
  });
});

describe('badges', () => {
  test('[R13] list what a person was given, with the way down to it', () => {
    const { state } = threeDeep();
    const titles = (person: string) =>
      rolesOf(state, person).map((badge) => badge.path.map((role) => role.title).join(' > '));
    expect(titles(ADA)).toEqual(['Commander']);
    expect(titles(BEN)).toEqual(['Operations']);
    expect(titles(DAN)).toEqual(['Operations > Database > Index']);
    expect(titles(SAM)).toEqual([]);
  });
});
