import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryTypes } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';
import { evolve, fold } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { bareEntry } from '../support/bareEntry.ts';
import { ADA, BEN, CHO, deepFreeze, Scenario, START } from './scenario.ts';

const at = new Date(START).toISOString();

/** The next entry of an incident, of whatever type. */
function next(incident: Scenario, given: Partial<Entry>): Entry {
  const seq = incident.state.seq + 1;
  return deepFreeze(bareEntry({ seq, at, actor: ADA, type: 'chat.posted', body: {}, ...given }));
}

/** What a state says beyond its position in the log. */
function saying(state: IncidentState): Omit<IncidentState, 'seq' | 'lastSignificantSeq'> {
  const { seq: _seq, lastSignificantSeq: _last, ...rest } = state;
  return rest;
}

describe('folding', () => {
  test('[I9] the log alone gives the state, in one go or in parts', () => {
    const incident = new Scenario();
    incident.does(ADA, 'role.assign', { role: 'ops', person: BEN });
    incident.handsOver(CHO);
    incident.does(CHO, 'status.set', { status: 'mitigating' });
    const first = fold(null, incident.log.slice(0, 3));
    expect(fold(first, incident.log.slice(3))).toEqual(incident.state);
    expect(incident.replay()).toEqual(incident.state);
    expect(fold(null, [])).toBeNull();
  });

  test('[I9] the state is plain JSON', () => {
    const incident = new Scenario({ private: true });
    incident.does(ADA, 'doing.set', { text: 'Reading logs' });
    expect(JSON.parse(JSON.stringify(incident.state))).toEqual(incident.state);
  });

  test('[I9] parts that did not change are the same objects', () => {
    const incident = new Scenario();
    const before = incident.state;
    incident.does(BEN, 'chat.post', { text: 'Hello' });
    expect(incident.state.roles).toBe(before.roles);
    expect(incident.state).not.toBe(before);
  });

  test('[I11] an entry at or before the position changes nothing', () => {
    const incident = new Scenario();
    incident.does(ADA, 'severity.set', { severity: 'SEV1', reason: 'worse' });
    incident.does(ADA, 'severity.set', { severity: 'SEV2', reason: 'better' });
    for (const entry of incident.log) expect(evolve(incident.state, entry)).toBe(incident.state);
  });
});

describe('what this version cannot read', () => {
  const body = { status: 'closed', commander: BEN, text: 'x' };
  test.each([
    ['an unknown type', { type: 'poll.opened', body }],
    ['a type named like a property', { type: 'constructor', body }],
    ['a newer version', { type: 'status.set', version: 2, body }],
    ['a withheld body', { type: 'status.set', withheld: true as const, body: {} }],
  ])('[I10] moves the position and nothing else: %s', (_, given) => {
    const incident = new Scenario();
    const after = evolve(incident.state, next(incident, given));
    expect(saying(after)).toEqual(saying(incident.state));
    expect(after).toMatchObject({ seq: 2, lastSignificantSeq: 2 });
  });

  test('[I10] a withheld message is talk all the same', () => {
    const incident = new Scenario();
    const after = evolve(incident.state, next(incident, { type: 'chat.posted', withheld: true, body: {} }));
    expect(after).toMatchObject({ seq: 2, lastSignificantSeq: 1 });
  });

  test('[I10] a log that does not begin with a declaration still has a commander', () => {
    const entry = bareEntry({ seq: 1, at, actor: ADA, type: 'poll.opened', body });
    expect(evolve(null, entry)).toMatchObject({ id: 'incident-1', commander: ADA, epoch: 1, seq: 1 });
  });

  test('[I10] no body makes the fold throw', () => {
    const types = [...Object.keys(entryTypes), 'poll.opened', '__proto__'];
    const fields = 'seq,person,role,roles,under,title,offer,brief,to,epoch,text,state,number,doing'.split(
      ',',
    );
    const anyBody = fc.oneof(
      fc.constant(null as never),
      fc.dictionary(fc.constantFrom(...fields), fc.jsonValue()),
      fc.record({
        brief: fc.record({ doing: fc.jsonValue(), lastUpdate: fc.jsonValue() }),
        offer: fc.string(),
      }),
      fc.record({ seq: fc.integer({ min: 1, max: 9 }) }),
    );
    const anyEntry = fc.record({ type: fc.constantFrom(...types), body: anyBody });
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 12 }), fc.boolean(), (entries, isDeclared) => {
        let state: IncidentState | null = isDeclared ? new Scenario().state : null;
        for (const [index, given] of entries.entries()) {
          state = evolve(state, bareEntry({ seq: index + 2, at, actor: ADA, ...given } as Entry));
        }
        expect(state?.seq ?? 1).toBe(entries.length === 0 ? 1 : entries.length + 1);
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });
});

describe('redaction', () => {
  test('[I12] takes a line and the text of an update out of the state', () => {
    const incident = new Scenario();
    incident.does(BEN, 'doing.set', { text: 'token abc' });
    incident.does(CHO, 'doing.set', { text: 'Reading logs' });
    incident.does(ADA, 'update.send', { state: 'Down', text: 'token abc' });
    incident.does(ADA, 'entry.redact', { seq: 2, reason: 'secret' });
    incident.does(ADA, 'entry.redact', { seq: 4, reason: 'secret' });
    expect(incident.state.doing.map((line) => line.person)).toEqual([CHO]);
    expect(incident.state.lastUpdate).toMatchObject({ seq: 4, state: 'Down', text: '' });
    expect(JSON.stringify([incident.state, incident.log])).not.toContain('token');
    expect(incident.replay()).toEqual(incident.state);
  });

  test('[I12] reaches what a pending offer quotes, in state and log', () => {
    const incident = new Scenario();
    incident.does(BEN, 'doing.set', { text: 'token abc' });
    incident.does(ADA, 'update.send', { state: 'Down', text: 'token abc' });
    incident.does(ADA, 'handoff.offer', { to: BEN, note: 'token abc' });
    expect(JSON.stringify(incident.state.offer).split('token')).toHaveLength(4);
    expect(JSON.stringify(incident.log.at(-1)).split('token')).toHaveLength(2);
    for (const seq of [2, 3, 4]) incident.does(ADA, 'entry.redact', { seq, reason: 'secret' });
    expect(incident.state.offer).not.toBeNull();
    expect(JSON.stringify([incident.state, incident.log])).not.toContain('token');
    expect(incident.replay()).toEqual(incident.state);
  });

  test('[I12] of an older line or update leaves the later ones', () => {
    const incident = new Scenario();
    incident.does(BEN, 'doing.set', { text: 'one' });
    incident.does(CHO, 'doing.set', { text: 'two' });
    incident.does(BEN, 'doing.set', { text: 'three' });
    incident.does(ADA, 'update.send', { state: 'Down', text: 'four' });
    incident.does(ADA, 'update.send', { state: 'Down', text: 'five' });
    incident.does(ADA, 'entry.redact', { seq: 2, reason: 'secret' });
    incident.does(ADA, 'entry.redact', { seq: 5, reason: 'secret' });
    expect(incident.state.doing.map((line) => line.text)).toEqual(['two', 'three']);
    expect(incident.state.lastUpdate?.text).toBe('five');
    expect(incident.replay()).toEqual(incident.state);
  });
});

/** A log as version 1 wrote it, and the states it stood for. Never edited: a new golden log is added beside it. */
interface Golden {
  entries: Entry[];
  states: { after: number; state: IncidentState }[];
}

describe('the golden log of version 1', () => {
  const read = (name: string): Golden => {
    const path = new URL(`./golden/${name}.json`, import.meta.url);
    return deepFreeze(JSON.parse(readFileSync(path, 'utf8')) as Golden);
  };
  const golden = read('incident-v1');
  /** What came with stakeholder updates. */
  const updates = read('updates-v1');
  /** What came with reviews. */
  const review = read('review-v1');
  /** What came with bundles, files and redactions of documents. */
  const records = read('records-v1');

  test.each(updates.states)('[I13] folds updates to what it always did after $after', ({ after, state }) => {
    expect(fold(null, updates.entries.slice(0, after))).toEqual(state);
  });

  test.each(review.states)('[I13] folds a review to what it always did after $after', ({ after, state }) => {
    expect(fold(null, review.entries.slice(0, after))).toEqual(state);
  });

  test.each(records.states)(
    '[I13] folds what is kept to what it always did after $after',
    ({ after, state }) => {
      expect(fold(null, records.entries.slice(0, after))).toEqual(state);
    },
  );

  test.each(golden.states)('[I13] folds to what it always did after entry $after', ({ after, state }) => {
    expect(fold(null, golden.entries.slice(0, after))).toEqual(state);
  });

  test('[I13] holds every entry type of version 1, and entries this version cannot read', () => {
    const types = new Set(
      [...golden.entries, ...updates.entries, ...review.entries, ...records.entries].map(
        (entry) => entry.type,
      ),
    );
    expect(Object.keys(entryTypes).filter((type) => !types.has(type))).toEqual([]);
    expect(types.has('poll.opened')).toBe(true);
    expect(golden.entries.some((entry) => entry.version > 1)).toBe(true);
    expect(golden.entries.some((entry) => entry.withheld)).toBe(true);
    expect(golden.entries.some((entry) => entry.redacted)).toBe(true);
    expect(golden.entries.map((entry) => entry.seq)).toEqual(golden.entries.map((_, index) => index + 1));
    expect(golden.states.at(-1)?.after).toBe(golden.entries.length);
  });
});
