import { describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import { evolve } from '#shared/incident/evolve.ts';
import { bareEntry } from '../support/bareEntry.ts';
import { ADA, BEN, CHO, DAN, ROOT, SAM, Scenario, START, typesOf, WORDS } from './scenario.ts';

/** Ada has offered command to Ben. */
function offered(): Scenario {
  const incident = new Scenario();
  incident.does(ADA, 'handoff.offer', { to: BEN });
  return incident;
}

function bodyOf(entry: Entry | undefined): Entry['body'] {
  return entry?.body ?? {};
}

describe('force', () => {
  const force = { reason: 'Nobody answers' };

  test('[H13] an admin at any time', () => {
    const incident = new Scenario();
    incident.does(ROOT, 'handoff.force', force);
    expect(incident.state).toMatchObject({ commander: ROOT, epoch: 2 });
  });

  test('[H13] the deputy only when the commander was away for 60 seconds or is disabled', () => {
    const incident = new Scenario();
    incident.does(ADA, 'deputy.set', { person: BEN });
    expect(incident.asks(BEN, 'handoff.force', force)).toEqual({
      refusal: { reason: 'commander_present', details: { person: ADA } },
    });
    incident.commanderAbsentSince = incident.now;
    incident.passes(59_999);
    expect(incident.answer(BEN, 'handoff.force', force)).toBe('commander_present');
    incident.passes(1);
    expect(incident.answer(BEN, 'handoff.force', force)).toBe('allowed');
    incident.commanderAbsentSince = null;
    incident.people.set(ADA, { access: 'responder', admin: false, disabled: true });
    incident.does(BEN, 'handoff.force', force);
    expect(incident.state).toMatchObject({ commander: BEN, epoch: 2, deputy: null });
  });

  test('[H13] nobody else, however long the commander is away', () => {
    const incident = new Scenario();
    incident.commanderAbsentSince = 0;
    for (const person of [ADA, CHO]) {
      expect(incident.answer(person, 'handoff.force', force)).toBe('deputy_or_admin_only');
    }
  });

  test('[H14] needs a reason and can name somebody else', () => {
    const incident = new Scenario();
    expect(incident.answer(ROOT, 'handoff.force', { reason: '\u200B ' })).toBe('blank');
    expect(incident.answer(ROOT, 'handoff.force', { ...force, to: ADA })).toBe('already_commander');
    expect(incident.answer(ROOT, 'handoff.force', { ...force, to: SAM })).toBe('person_cannot_enter');
    incident.does(ROOT, 'handoff.force', { ...force, to: DAN });
    expect(bodyOf(incident.log.at(-1))).toEqual({ ...force, from: ADA, to: DAN, epoch: 2 });
    expect(incident.state.commander).toBe(DAN);
  });

  test('[H14] voids a pending offer first', () => {
    const incident = offered();
    const { offer } = incident;
    const entries = incident.does(ROOT, 'handoff.force', force);
    expect(typesOf(entries)).toEqual(['handoff.voided', 'handoff.forced']);
    expect(bodyOf(entries[0])).toEqual({ offer, reason: 'command_forced' });
    expect(incident.state.offer).toBeNull();
    expect(incident.answer(BEN, 'handoff.accept', { offer, briefedSeq: 4, words: WORDS })).toBe(
      'not_pending',
    );
  });
});

describe('losing access', () => {
  test('[H15] removing the named person voids the offer', () => {
    const incident = new Scenario({ private: true });
    incident.does(ADA, 'member.add', { person: BEN });
    incident.does(ADA, 'member.add', { person: CHO });
    incident.does(ADA, 'handoff.offer', { to: BEN });
    const { offer } = incident;
    expect(typesOf(incident.does(ADA, 'member.remove', { person: CHO }))).toEqual(['member.removed']);
    const entries = incident.does(ADA, 'member.remove', { person: BEN });
    expect(typesOf(entries)).toEqual(['member.removed', 'handoff.voided']);
    expect(bodyOf(entries[1])).toEqual({ offer, reason: 'access_lost' });
    expect(incident.state.offer).toBeNull();
  });

  test('[H15] the system voids the offer to a person who was disabled, and they cannot accept before', () => {
    const incident = offered();
    incident.people.set(BEN, { access: 'responder', admin: false, disabled: true });
    expect(
      incident.answer(BEN, 'handoff.accept', {
        offer: incident.offer,
        briefedSeq: incident.state.seq,
        words: WORDS,
      }),
    ).toBe('not_found');
    const reason = 'access_lost';
    expect(incident.system({ type: 'handoff.void', body: { offer: incident.offer, reason } })).toBe(
      'allowed',
    );
    expect(incident.state).toMatchObject({ offer: null, commander: ADA, epoch: 1 });
  });
});

describe('confirming', () => {
  test('[H16] everybody in the room confirms once', () => {
    const incident = new Scenario();
    incident.handsOver(BEN);
    expect(incident.state.confirmation).toEqual({
      epoch: 2,
      from: ADA,
      since: new Date(START).toISOString(),
      confirmed: [BEN],
    });
    expect(incident.answer(BEN, 'handoff.confirm', { epoch: 2 })).toBe('unchanged');
    incident.does(CHO, 'handoff.confirm', { epoch: 2 });
    incident.does(ADA, 'handoff.confirm', { epoch: 2 });
    expect(incident.state.confirmation?.confirmed).toEqual([BEN, CHO, ADA]);
    expect(incident.answer(CHO, 'handoff.confirm', { epoch: 2 })).toBe('unchanged');
    expect(incident.answer(SAM, 'handoff.confirm', { epoch: 2 })).toBe('not_found');
  });

  test('[H16] a confirmation is of the present command only', () => {
    const incident = new Scenario();
    incident.handsOver(BEN);
    incident.handsOver(CHO);
    expect(incident.asks(ADA, 'handoff.confirm', { epoch: 2 })).toEqual({
      refusal: { reason: 'wrong_confirmation', details: { person: CHO } },
    });
    expect(incident.state.confirmation).toMatchObject({ epoch: 3, from: BEN, confirmed: [CHO] });
  });

  test('[H16] a recorded confirmation of another command counts for nothing', () => {
    const incident = new Scenario();
    incident.handsOver(BEN);
    const seq = incident.state.seq + 1;
    const at = new Date(START).toISOString();
    const stray = bareEntry({ seq, at, actor: CHO, type: 'handoff.confirmed', body: { epoch: 1 } });
    expect(evolve(incident.state, stray).confirmation).toEqual(incident.state.confirmation);
  });

  test('[H16] who was made commander by force has still to confirm', () => {
    const incident = new Scenario();
    incident.does(ROOT, 'handoff.force', { reason: 'Nobody answers', to: BEN });
    expect(incident.state.confirmation?.confirmed).toEqual([ROOT]);
    incident.does(BEN, 'handoff.confirm', { epoch: 2 });
    expect(incident.state.confirmation?.confirmed).toEqual([ROOT, BEN]);
  });

  test('[H17] the declarer needs no confirmation', () => {
    const incident = new Scenario();
    expect(incident.state.confirmation).toBeNull();
    expect(incident.answer(BEN, 'handoff.confirm', { epoch: 1 })).toBe('unchanged');
  });
});
