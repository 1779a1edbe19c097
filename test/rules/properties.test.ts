import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryTypes } from '#shared/contract/entries.ts';
import type { Entry, EntryType } from '#shared/contract/entries.ts';
import type { RefusalReason } from '#shared/contract/refusals.ts';
import { evolve } from '#shared/incident/evolve.ts';
import { chainOf, COMMANDER_ROLE } from '#shared/incident/roles.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { anyWalk, walk } from './randomWalk.ts';
import type { Done, Step } from './randomWalk.ts';
import { ADA, BEN, CHO, DAN, Scenario } from './scenario.ts';

const RUNS = 500;
const STEPS = 80;

/** Entries that only a commander-only command makes. */
const byCommanderOnly: ReadonlySet<string> = new Set<EntryType>([
  'entry.redacted',
  'deputy.set',
  'handoff.offered',
  'handoff.withdrawn',
  'severity.set',
  'status.set',
  'incident.renamed',
  'member.added',
  'member.removed',
]);

const changesCommand: ReadonlySet<string> = new Set<EntryType>(['handoff.accepted', 'handoff.forced']);
const endsAnOffer: ReadonlySet<string> = new Set<EntryType>([
  'handoff.accepted',
  'handoff.declined',
  'handoff.withdrawn',
  'handoff.expired',
  'handoff.voided',
]);

function hold(what: string, isTrue: boolean): void {
  if (!isTrue) throw new Error(what);
}

/** What must be true of every entry, seen from the log and from the states before and after it. */
function checkEntry(before: IncidentState, entry: Entry, after: IncidentState, done: Done | undefined): void {
  const passes = changesCommand.has(entry.type);
  hold('[H1] one commander, a person', typeof after.commander === 'string' && after.commander.length > 0);
  hold('[H1] the commander changes only by a handoff', passes || after.commander === before.commander);
  hold('[H18] the epoch rises by one with each change', after.epoch === before.epoch + (passes ? 1 : 0));
  if (passes) {
    hold('[H18] a change goes from the present commander', entry.body['from'] === before.commander);
    hold('[H18] to somebody else', after.commander !== before.commander);
    hold(
      '[H18] and says its epoch',
      entry.body['epoch'] === after.epoch && entry.body['to'] === after.commander,
    );
    hold('[H2] no offer outlives a change', after.offer === null);
  }
  if (entry.type === 'handoff.accepted') {
    hold('[H3] accepted by whom the offer named', entry.actor === before.offer?.to);
    hold('[H9] before its time', entry.at < (before.offer?.expiresAt ?? ''));
  }
  if (byCommanderOnly.has(entry.type) && done) {
    hold(`[H12] ${entry.type} under the present epoch`, done.epoch === before.epoch);
    hold(`[H12] ${entry.type} by the commander`, entry.actor === before.commander);
  }
}

/** [R4] [R5] The roles are a tree whose every chain ends at the commander, and in which nobody is above themselves. */
function checkTree(state: IncidentState): void {
  const ids = state.roles.map((role) => role.role);
  hold('role ids are unique', new Set(ids).size === ids.length);
  for (const role of ids) {
    const chain = chainOf(state, role);
    hold('[R5] the chain ends at the commander', chain.at(-1)?.under === COMMANDER_ROLE);
    const holders = [...chain.flatMap((link) => link.holder ?? []), state.commander];
    hold('[R4] nobody reports to themselves', new Set(holders).size === holders.length);
  }
}

/** Pending offers by the log alone. */
function pendingOffers(log: readonly Entry[]): number {
  const offered = log.filter((entry) => entry.type === 'handoff.offered').length;
  return offered - log.filter((entry) => endsAnOffer.has(entry.type)).length;
}

class Tally {
  readonly entries = new Map<string, number>();
  readonly refusals = new Map<RefusalReason, number>();

  add(incident: Scenario): void {
    for (const { type } of incident.log) this.entries.set(type, (this.entries.get(type) ?? 0) + 1);
  }

  addRefusal(done: readonly Done[]): void {
    for (const { decision } of done) {
      if (!('refusal' in decision)) continue;
      const { reason } = decision.refusal;
      this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
    }
  }
}

function run(steps: readonly Step[], isPrivate: boolean, tally: Tally): void {
  const incident = new Scenario({ private: isPrivate });
  if (isPrivate) for (const person of [BEN, CHO, DAN]) incident.does(ADA, 'member.add', { person });
  let state = incident.state;
  for (const step of steps) {
    const from = incident.log.length;
    const done = walk(incident, step);
    tally.addRefusal(done);
    for (const entry of incident.log.slice(from)) {
      const after = evolve(state, entry);
      const giver = entry.actor === 'system' ? undefined : done[0];
      checkEntry(state, entry, after, giver);
      checkTree(after);
      state = after;
    }
    hold('[H2] at most one offer is pending', [0, 1].includes(pendingOffers(incident.log)));
    hold('[H2] and the state knows it', (state.offer !== null) === (pendingOffers(incident.log) === 1));
    hold('[I9] the log alone gives the state', isDeepStrictEqual(incident.replay(), incident.state));
    hold('[I9] entry by entry as well', isDeepStrictEqual(state, incident.state));
  }
  tally.add(incident);
}

describe('over random commands of several people', () => {
  const tally = new Tally();

  test(`[H1] [H2] [H12] [H18] [R4] [R5] [I9] the invariants hold at every position (${RUNS} runs)`, () => {
    fc.assert(
      fc.property(anyWalk(STEPS), fc.boolean(), (steps, isPrivate) => {
        run(steps, isPrivate, tally);
      }),
      { numRuns: RUNS, seed: 20_260_314 },
    );
  });

  test('the run did real work: every entry type, and the refusals that matter', () => {
    // An import writes that entry itself; no command does.
    const never = Object.keys(entryTypes).filter(
      (type) => !tally.entries.get(type) && type !== 'incident.imported',
    );
    expect(never).toEqual([]);
    const refusals: RefusalReason[] = [
      'stale_epoch',
      'epoch_missing',
      'commander_only',
      'not_the_named_person',
      'already_pending',
      'not_pending',
      'brief_too_old',
      'wrong_words',
      'offer_expired',
      'closed',
      'delegation_cycle',
      'commander_present',
      'not_found',
      'not_due',
    ];
    expect(refusals.filter((reason) => !tally.refusals.get(reason))).toEqual([]);
    expect(tally.entries.get('handoff.accepted')).toBeGreaterThan(100);
    expect(tally.entries.get('handoff.forced')).toBeGreaterThan(100);
  });
});
