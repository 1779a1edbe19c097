import { describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import { fold } from '#shared/incident/evolve.ts';
import { nearestPlace, noFilter, placesOf, voicesIn } from '../../client/views/replay/jumps.ts';
import { advance } from '../../client/views/replay/playhead.ts';
import { batchesAt, positionOf } from '../../client/views/replay/position.ts';
import { LONG_SILENCE, timeScale } from '../../client/views/replay/timeScale.ts';
import { createTimeline } from '../../client/views/replay/timeline.ts';
import { bareEntry } from '../support/bareEntry.ts';
import { seeded } from '../support/seeded.ts';

const START = Date.UTC(2026, 2, 14, 3, 0, 0);

function entry(
  seq: number,
  type: string,
  body: Record<string, unknown>,
  actor = 'person-kim-0001',
  at = START + seq * 1_000,
): Entry {
  return bareEntry({ seq, at: new Date(at).toISOString(), actor, type, body, docSeq: seq });
}

const declared = entry(1, 'incident.declared', {
  title: 'Checkout returns 500',
  severity: 'SEV2',
  commander: 'person-kim-0001',
  private: false,
  drill: false,
  number: 42,
  id: 'incident-0001',
});

/** A log of `length` entries in which severity, status and roles change now and then. */
function log(length: number, seed: number): Entry[] {
  const chance = seeded(seed);
  const entries = [declared];
  let severity = 'SEV2';
  for (let seq = 2; seq <= length; seq += 1) {
    const kind = chance.below(20);
    if (kind === 0) {
      const next = chance.pick(['SEV1', 'SEV2', 'SEV3']);
      entries.push(entry(seq, 'severity.set', { severity: next, from: severity, reason: 'seen' }));
      severity = next;
    } else if (kind === 1) {
      entries.push(
        entry(seq, 'role.assigned', {
          role: 'ops',
          person: chance.pick(['person-ada-0001', 'person-lee-0001']),
          from: null,
        }),
      );
    } else entries.push(entry(seq, 'chat.posted', { text: `line ${seq}` }, 'person-ada-0001'));
  }
  return entries;
}

describe('the timeline of a replay', () => {
  test('the state at any position is the fold of the log up to it, however it came in', () => {
    const entries = log(2_000, 7);
    const timeline = createTimeline();
    for (let from = 0; from < entries.length; from += 333) timeline.append(entries.slice(from, from + 333));
    const chance = seeded(3);
    for (const seq of [
      1,
      255,
      256,
      257,
      512,
      1_999,
      2_000,
      ...Array.from({ length: 30 }, () => 1 + chance.below(2_000)),
    ]) {
      expect(timeline.stateAt(seq), `position ${seq}`).toEqual(fold(null, entries.slice(0, seq)));
    }
  });

  test('badges are those of that time, not of the end', () => {
    const timeline = createTimeline();
    timeline.append([
      declared,
      entry(2, 'chat.posted', { text: 'before' }, 'person-ada-0001'),
      entry(3, 'role.assigned', { role: 'ops', person: 'person-ada-0001', from: null }),
      entry(4, 'chat.posted', { text: 'after' }, 'person-ada-0001'),
    ]);
    expect(timeline.badgeAt(2)?.roles).toEqual([]);
    expect(timeline.badgeAt(4)?.roles.map(({ role }) => role)).toEqual(['ops']);
  });

  test('the lanes say from where to where each thing held, and an offer where it waited', () => {
    const timeline = createTimeline();
    timeline.append([
      declared,
      entry(2, 'severity.set', { severity: 'SEV1', from: 'SEV2', reason: 'all' }),
      entry(3, 'handoff.offered', {
        offer: 'offer-00001',
        from: 'person-kim-0001',
        to: 'person-lee-0001',
        brief: {},
        expiresAt: new Date(START + 600_000).toISOString(),
      }),
      entry(4, 'chat.posted', { text: 'reading' }),
      entry(
        5,
        'handoff.accepted',
        {
          offer: 'offer-00001',
          from: 'person-kim-0001',
          to: 'person-lee-0001',
          epoch: 2,
          briefedSeq: 3,
          words: '',
        },
        'person-lee-0001',
      ),
      entry(6, 'update.sent', { state: 'up', text: 'Back', number: 1 }, 'person-lee-0001'),
    ]);
    expect(timeline.severities()).toEqual([
      { value: 'SEV2', from: 1, until: 2 },
      { value: 'SEV1', from: 2, until: 7 },
    ]);
    expect(timeline.commanders().map(({ value, from }) => [value, from])).toEqual([
      ['person-kim-0001', 1],
      ['person-lee-0001', 5],
    ]);
    expect(timeline.offers()).toEqual([
      { value: 'person-lee-0001', from: 3, until: 5, ended: 'handoff.accepted' },
    ]);
    expect(timeline.marks.map(({ seq, kind }) => [seq, kind])).toEqual([
      [2, 'severity'],
      [3, 'offer'],
      [5, 'command'],
      [6, 'update'],
    ]);
  });

  test('[Z3] jumping finds entries by kind, by person and by words, and stops at the ends', () => {
    const timeline = createTimeline();
    timeline.append([
      declared,
      entry(2, 'severity.set', { severity: 'SEV1', from: 'SEV2', reason: 'a' }),
      entry(3, 'chat.posted', { text: 'Payments 결제 down' }, 'person-ada-0001'),
      entry(4, 'severity.set', { severity: 'SEV3', from: 'SEV1', reason: 'payments back' }),
    ]);
    expect(placesOf(timeline, { ...noFilter, kind: 'severity' })).toEqual([2, 4]);
    expect(placesOf(timeline, { ...noFilter, person: 'person-ada-0001' })).toEqual([3]);
    expect(placesOf(timeline, { ...noFilter, text: ' PAYMENTS ' })).toEqual([3, 4]);
    expect(placesOf(timeline, { ...noFilter, text: '결제'.normalize('NFD') })).toEqual([3]);
    expect([nearestPlace([2, 4], 2, 1), nearestPlace([2, 4], 2, -1), nearestPlace([2, 4], 4, 1)]).toEqual([
      4,
      null,
      null,
    ]);
    expect(voicesIn(timeline)[0]).toEqual({ voice: 'person-kim-0001', isPerson: true, count: 3 });
  });

  test('a gap is a fault, entries told twice are not', () => {
    const timeline = createTimeline();
    timeline.append([declared, declared]);
    expect(timeline.last).toBe(1);
    expect(() => timeline.append([entry(3, 'chat.posted', { text: 'x' })])).toThrow('gap');
  });

  test('an unknown entry of a newer version is kept and changes nothing', () => {
    const timeline = createTimeline();
    timeline.append([declared, entry(2, 'mood.set', { mood: 'calm' })]);
    expect(timeline.stateAt(2)).toMatchObject({ severity: 'SEV2', seq: 2 });
  });

  test('100,000 entries: a seek folds no more than a few hundred of them', () => {
    const timeline = createTimeline();
    timeline.append(log(100_000, 11));
    const started = performance.now();
    for (let seek = 0; seek < 100; seek += 1) timeline.stateAt(1 + ((seek * 7_919) % 100_000));
    expect((performance.now() - started) / 100).toBeLessThan(20);
    expect(timeScale(timeline.order().times).nearest(0.5)).toBeGreaterThan(40_000);
  });
});

describe('the scale of the picture', () => {
  test('nearest undoes at, for every entry', () => {
    const chance = seeded(5);
    let time = START;
    const times = Array.from({ length: 500 }, () => (time += 1 + chance.below(100_000)));
    const scale = timeScale(times);
    for (let seq = 1; seq <= 500; seq += 1) expect(scale.nearest(scale.at(seq))).toBe(seq);
    expect([scale.at(1), scale.at(501)]).toEqual([0, 1]);
  });

  test('a long silence is cut, shown as a break, and takes no more room than the longest talk', () => {
    const scale = timeScale([0, 60_000, 60_000 + 10 * LONG_SILENCE, 120_000 + 10 * LONG_SILENCE]);
    expect(scale.breaks.map(({ after, milliseconds }) => [after, milliseconds])).toEqual([
      [2, 10 * LONG_SILENCE],
    ]);
    const ratio = (scale.at(3) - scale.at(2)) / (scale.at(2) - scale.at(1));
    expect(ratio).toBeCloseTo(15);
  });

  test('one entry, and entries of one moment, have a place', () => {
    expect(timeScale([START]).nearest(0.7)).toBe(1);
    const scale = timeScale([START, START, START]);
    expect(scale.at(2)).toBeGreaterThan(scale.at(1));
  });
});

describe('playing', () => {
  test('runs as fast as asked', () => {
    expect(advance({ clock: 0, skipped: 0 }, 500, 20, 20_000)).toEqual({ clock: 10_000, skipped: 0 });
  });

  test('[Z4] a silence takes 1.5 s at most, and is told with its length until it is over', () => {
    const cut = advance({ clock: 0, skipped: 0 }, 0, 60, 3_600_000);
    expect(cut).toEqual({ clock: 3_600_000 - 90_000, skipped: 3_600_000 });
    expect(advance(cut, 500, 60, 3_600_000).skipped).toBe(3_600_000);
    expect(advance(cut, 1_500, 60, 3_600_000)).toEqual({ clock: 3_600_000, skipped: 0 });
  });
});

function record(seq: number, minutes: number, more: Record<string, unknown> = {}): Entry {
  const happenedAt = new Date(START + minutes * 60_000).toISOString();
  return entry(
    seq,
    'record.imported',
    { importId: 'import-1', source: 'csv', unverified: true, happenedAt, text: `r${seq}`, ...more },
    'person-kim-0001',
    START + 3_600_000 + seq,
  );
}

describe('what came in from outside', () => {
  const entries = [
    declared,
    entry(2, 'chat.posted', { text: 'x' }, 'person-ada-0001', START + 600_000),
    record(3, 5, { who: 'Lee' }),
    record(4, -30, { kind: 'deploy' }),
    record(5, 20),
    entry(6, 'chat.posted', { text: 'y' }, 'person-ada-0001', START + 3_700_000),
  ];
  const seqsOf = (log: readonly Entry[]): number[] => {
    const timeline = createTimeline();
    timeline.append(log);
    return timeline.order().times.map((_, index) => timeline.order().seqAt(index + 1));
  };

  test('[Z2] stands at the time at which it happened, beside what the room recorded', () => {
    expect(seqsOf(entries)).toEqual([4, 1, 3, 2, 5, 6]);
  });

  test('[Z2] moves no state: what is shown there is the fold of the room so far', () => {
    const timeline = createTimeline();
    timeline.append(entries);
    const order = timeline.order();
    expect([1, 2, 3, 4, 5, 6].map((place) => order.nativeAt(place))).toEqual([0, 1, 1, 2, 2, 6]);
    expect(timeline.stateAt(order.nativeAt(1))).toBeNull();
    expect(timeline.marks).toEqual([{ seq: 4, kind: 'record' }]);
  });

  test('[Z2] is gone from the replay once it was withdrawn, and its place is that of what was before it', () => {
    const withdrawn = entry(
      7,
      'records.withdrawn',
      { importId: 'import-1', reason: 'wrong file' },
      'person-kim-0001',
      START + 3_800_000,
    );
    expect(seqsOf([...entries, withdrawn])).toEqual([1, 2, 6, 7]);
    const timeline = createTimeline();
    timeline.append([...entries, withdrawn]);
    expect(timeline.order().placeOf(5)).toBe(2);
    expect(timeline.marks).toEqual([]);
  });

  test('[Z1] between two entries of the room a place has the document batches between them', () => {
    const timeline = createTimeline();
    timeline.append(entries);
    expect([1, 3, 5, 6].map((place) => batchesAt(timeline, place, 9))).toEqual([
      { floor: 0, ceiling: 0 },
      { floor: 1, ceiling: 2 },
      { floor: 2, ceiling: 6 },
      { floor: 6, ceiling: 9 },
    ]);
  });
});

test('[Z1] a moment reads back as it was written, never before or after what its entry allows', () => {
  const timeline = createTimeline();
  timeline.append([declared, entry(2, 'chat.posted', { text: 'x' })]);
  const at = (seq: number, docSeq: number | null) => positionOf(timeline, { seq, docSeq, time: null }, 7);
  expect(at(2, null)).toMatchObject({ seq: 2, docSeq: 2, written: '2' });
  expect(at(2, 5)).toMatchObject({ docSeq: 5, written: '2.5' });
  expect(at(1, 5)).toMatchObject({ docSeq: 2, written: '1.2' });
  expect(at(2, 1)).toMatchObject({ docSeq: 2, written: '2' });
  expect(at(99, 99)).toMatchObject({ seq: 2, docSeq: 7, written: '2.7' });
});
