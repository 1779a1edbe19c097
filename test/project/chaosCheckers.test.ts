import * as Y from 'yjs';
import { describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import { violations } from '../chaos/checkers/all.ts';
import { emptyHistory } from '../chaos/history.ts';
import type { Answered, History, Knowledge, Operation } from '../chaos/history.ts';
import { chainedLog } from '../support/chainedLog.ts';
import type { Said } from '../support/chainedLog.ts';

const incidentId = 'incident-1';
const at = (mono: number) => ({ wall: mono, mono });

const declared: Said = { type: 'incident.declared', actor: 'ada', body: { commander: 'ada' } };
const said = (text: string, commandId: string): Said => ({
  type: 'chat.posted',
  actor: 'grace',
  commandId,
  body: { text },
});
const offered: Said = {
  type: 'handoff.offered',
  actor: 'ada',
  commandId: 'offer',
  body: { offer: 'offer-1', from: 'ada', to: 'grace' },
};
const accepted: Said = {
  type: 'handoff.accepted',
  actor: 'grace',
  commandId: 'accept',
  body: { offer: 'offer-1', from: 'ada', to: 'grace', epoch: 2 },
};
const raised: Said = {
  type: 'severity.set',
  actor: 'grace',
  commandId: 'raise',
  body: { severity: 'SEV1' },
};

function operation(said: Said, knowledge: Knowledge, more: Partial<Operation> = {}): Operation {
  return {
    client: `client of ${said.actor}`,
    person: said.actor,
    incidentId,
    commandId: said.commandId ?? '',
    type: said.type === 'chat.posted' ? 'chat.post' : said.type === 'severity.set' ? 'severity.set' : 'other',
    body: said.body ?? {},
    epoch: null,
    invoked: at(0),
    ended: at(1),
    attempts: 1,
    knowledge,
    ...more,
  };
}

function answered(instance: string, entries: readonly Entry[]): Answered {
  const last = entries.at(-1);
  return {
    instance,
    incidentId,
    entries,
    head: { seq: last?.seq ?? 0, hash: last?.hash ?? '', docSeq: 0, docHash: '0'.repeat(64) },
  };
}

function document(...words: string[]): Uint8Array {
  const doc = Object.assign(new Y.Doc(), { clientID: 1 });
  for (const word of words) doc.getText('scratch').insert(doc.getText('scratch').length, word);
  return Y.encodeStateAsUpdate(doc);
}

const lines = [declared, said('one', 'c1'), said('two', 'c2'), offered, accepted, raised];

/** A run in which everything was as promised, on a given log. */
function history(of: readonly Said[] = lines): History {
  const entries = chainedLog(incidentId, of);
  return {
    ...emptyHistory(),
    operations: [
      operation(said('one', 'c1'), { kind: 'ok', seq: 2 }),
      operation(said('two', 'c2'), { kind: 'unknown' }),
      operation(said('three', 'c3'), { kind: 'unknown' }),
      operation(said('four', 'c4'), { kind: 'refused', code: 'too_large' }),
      operation(offered, { kind: 'ok', seq: 4 }),
      operation(accepted, { kind: 'ok', seq: 5 }),
      operation(raised, { kind: 'ok', seq: 6 }, { epoch: 2 }),
    ],
    edits: [
      { writer: 'w1', incidentId, word: '[w1-1]', invoked: at(0), saved: at(1) },
      { writer: 'w1', incidentId, word: '[w1-2]', invoked: at(0), saved: null },
    ],
    views: [
      {
        client: 'client of ada',
        incidentId,
        entries: entries.slice(1, 4),
        head: { seq: 4, hash: entries[3]?.hash ?? '', docSeq: 0, docHash: '' },
        faults: [],
      },
    ],
    replicas: ['server', 'w1'].map((holder) => ({ holder, incidentId, state: document('[w1-1]') })),
    answered: [answered('a', entries), answered('b', entries)],
    revocations: [
      { person: 'eve', what: 'her account', at: at(0), after: [{ what: 'an entry came', at: at(4_000) }] },
    ],
    measured: [{ instance: 'a', what: 'memory', before: 100, after: 109, share: 0.1, noise: 0 }],
  };
}

/** The invariants that are named, each once. */
function named(broken: History): string[] {
  return [...new Set(violations(broken).map(({ invariant }) => invariant))];
}

function withoutEntry(entries: readonly Entry[], seq: number): Entry[] {
  return entries.filter((entry) => entry.seq !== seq);
}

test('a history in which everything was as promised has no violation', () => {
  expect(violations(history())).toEqual([]);
});

describe('what the checkers find', () => {
  const entries = chainedLog(incidentId, lines);
  const broken: [name: string, invariants: string[], history: History][] = [
    [
      'an acknowledged command that is not in the log',
      ['I1'],
      {
        ...history([declared]),
        operations: [operation(said('one', 'c1'), { kind: 'ok', seq: 2 })],
        views: [],
      },
    ],
    [
      'an acknowledged command that stands somewhere else',
      ['I1'],
      {
        ...history(),
        operations: [operation(said('one', 'c1'), { kind: 'ok', seq: 3 }), ...history().operations.slice(1)],
      },
    ],
    [
      'an acknowledged message with another text',
      ['I1'],
      {
        ...history(),
        operations: [operation(said('won', 'c1'), { kind: 'ok', seq: 2 }), ...history().operations.slice(1)],
      },
    ],
    ['an unknown command that happened twice', ['I1'], history([...lines, said('two', 'c2')])],
    ['a refused command that happened', ['I1'], history([...lines, said('four', 'c4')])],
    ['an entry that nobody asked for', ['I1'], history([...lines, said('five', 'c5')])],
    [
      'two instances that disagree',
      ['I2'],
      {
        ...history(),
        answered: [
          answered('a', entries),
          answered('b', chainedLog(incidentId, [...lines.slice(0, 5), { ...raised, body: {} }])),
        ],
      },
    ],
    [
      'an instance that knows less',
      ['I2'],
      { ...history(), answered: [answered('a', entries), answered('b', entries.slice(0, 5))] },
    ],
    [
      'a hole in what a client was shown',
      ['I2'],
      { ...history(), views: [{ ...history().views[0]!, entries: withoutEntry(entries, 3) }] },
    ],
    [
      'an entry that a client was shown and the log does not have',
      ['I2'],
      {
        ...history(),
        views: [
          {
            ...history().views[0]!,
            entries: chainedLog(incidentId, [declared, said('ghost', 'c9')]).slice(1),
          },
        ],
      },
    ],
    [
      'what a client noticed itself',
      ['I2'],
      { ...history(), views: [{ ...history().views[0]!, faults: ['gap: entry 4 came after 2'] }] },
    ],
    [
      'one id that came to two places',
      ['I1', 'I3'],
      {
        ...history(),
        operations: [
          ...history().operations,
          operation(said('one', 'c1'), { kind: 'ok', seq: 3 }, { attempts: 2 }),
        ],
      },
    ],
    [
      'one id taken with two bodies',
      ['I1', 'I3'],
      {
        ...history(),
        operations: [...history().operations, operation(said('other', 'c1'), { kind: 'ok', seq: 2 })],
      },
    ],
    [
      'an edited body',
      ['I1', 'I4'],
      {
        ...history(),
        answered: ['a', 'b'].map((name) => {
          const forged = entries.map((entry) =>
            entry.seq === 2 ? { ...entry, body: { text: 'forged' } } : entry,
          );
          return answered(name, forged);
        }),
      },
    ],
    [
      'a cut end',
      ['I1', 'I2', 'I4'],
      { ...history(), answered: ['a', 'b'].map((name) => answered(name, entries.slice(0, 3))) },
    ],
    [
      'a rewrite of everything after a head that somebody was told',
      ['I2', 'I4'],
      {
        ...history([
          ...lines.slice(0, 3),
          { ...offered, body: { ...offered.body, note: 'x' } },
          accepted,
          raised,
        ]),
        views: history().views,
      },
    ],
    ['what verify said', ['I4'], { ...history(), verification: 'first difference at entry #3' }],
    [
      'replicas that differ',
      ['I5'],
      {
        ...history(),
        replicas: [...history().replicas, { holder: 'w2', incidentId, state: document('[w1-1]', 'more') }],
      },
    ],
    [
      'a replica that waits for something missing',
      ['I5', 'I6'],
      {
        ...history(),
        replicas: [...history().replicas, { holder: 'w2', incidentId, state: gappy() }],
      },
    ],
    [
      'a saved edit that is lost',
      ['I6'],
      {
        ...history(),
        replicas: ['server', 'w1'].map((holder) => ({ holder, incidentId, state: document() })),
      },
    ],
    [
      'an edit that is there twice',
      ['I6'],
      {
        ...history(),
        replicas: ['server', 'w1'].map((holder) => ({
          holder,
          incidentId,
          state: document('[w1-1]', '[w1-1]'),
        })),
      },
    ],
    [
      'two acceptances of one offer',
      ['I7'],
      history([
        ...lines,
        { ...accepted, commandId: 'again', actor: 'system', body: { ...accepted.body, epoch: 3 } },
      ]),
    ],
    [
      'an epoch that was skipped',
      ['I7'],
      {
        ...history([...lines.slice(0, 4), { ...accepted, body: { ...accepted.body, epoch: 3 } }, raised]),
        operations: [],
      },
    ],
    [
      'an order by somebody who is not in command',
      ['I7'],
      { ...history([...lines, { ...raised, actor: 'ada', commandId: 'late' }]), operations: [] },
    ],
    [
      'an order taken under an old epoch',
      ['I7'],
      {
        ...history(),
        operations: [
          ...history().operations.slice(0, -1),
          operation(raised, { kind: 'ok', seq: 6 }, { epoch: 1 }),
        ],
      },
    ],
    [
      'a frame long after a right was lost',
      ['I9'],
      {
        ...history(),
        revocations: [
          {
            person: 'eve',
            what: 'her account',
            at: at(0),
            after: [{ what: 'an entry came', at: at(5_100) }],
          },
        ],
      },
    ],
    [
      'what should have worked and did not',
      ['I10'],
      { ...history(), claims: [{ invariant: 'I10', text: 'chat works', held: false }] },
    ],
    ['a process that ended by itself', ['I10'], { ...history(), crashes: ['instance a ended with 1'] }],
    [
      'memory that stays',
      ['I11'],
      {
        ...history(),
        measured: [{ instance: 'a', what: 'memory', before: 100, after: 111, share: 0.1, noise: 0 }],
      },
    ],
  ];

  test.each(broken)('%s', (_, invariants, run) => {
    expect(named(run).toSorted()).toEqual(invariants);
  });
});

/** A replica that has the second of two updates of somebody and lacks the first. */
function gappy(): Uint8Array {
  const author = Object.assign(new Y.Doc(), { clientID: 2 });
  author.getText('scratch').insert(0, 'first');
  const before = Y.encodeStateVector(author);
  author.getText('scratch').insert(5, 'second');
  const doc = new Y.Doc();
  Y.applyUpdate(doc, document());
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(author, before));
  return Y.encodeStateAsUpdate(doc);
}
