import { describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import type { Block } from '#shared/review/blocks.ts';
import { pageMarkdown } from '#shared/review/markdown.ts';
import { reportBlocks, withTexts, withoutPrompts } from '#shared/review/report.ts';
import type { Report } from '#shared/review/report.ts';
import { roleNames } from '#shared/review/roleNames.ts';
import { dayIn, endOfDay } from '../../client/views/actions/dueDay.ts';
import { treeMove } from '../../client/views/review/whyKeys.ts';
import { placedWhys } from '#shared/review/tree.ts';

const text = (words: string): Block => ({ kind: 'paragraph', text: [{ text: words }] });
const heading = (words: string, level = 2): Block => ({ kind: 'heading', level, text: [{ text: words }] });
const why = { seq: 1, cites: [] as number[], assumption: false };
const whys = [
  { ...why, why: 'r', under: null, text: 'Nobody could pay' },
  { ...why, why: 'a', under: 'r', text: 'Kim deployed', cites: [4] },
  { ...why, why: 'b', under: 'a', text: 'No test', assumption: true },
  { ...why, why: 'c', under: 'r', text: 'No alert', cites: [5, 6] },
];

const report: Report = {
  title: 'INC-1 review',
  facts: 'SEV1',
  prose: [heading('Summary'), text('It broke.')],
  noProse: 'nothing',
  whys,
  noWhys: 'no tree',
  delays: [{ name: 'Until noticed', took: '4 min' }],
  moments: [{ name: 'Noticed', when: '12:04', seq: 2 }],
  actions: [
    { text: 'Add a test', about: 'Kim, due Friday', done: false },
    { text: 'Route alerts', about: 'Ada, due Monday', done: true },
  ],
  noActions: 'no actions',
  timeline: [{ when: '12:00', text: 'declared', seq: 1 }],
  signatures: ['Kim, 13:00'],
  notSigned: null,
  made: 'made',
};
const words = {
  headings: {
    why: 'Why',
    times: 'Times',
    actions: 'Actions',
    timeline: 'Entries',
    signatures: 'Signatures',
  },
  delayHead: ['Delay', 'Took'],
  momentHead: ['Moment', 'When', 'Entry'],
} as const;
const markdownOf = (blocks: readonly Block[]): string =>
  pageMarkdown(blocks, { assumption: 'assumption', hrefOf: () => null });

describe('the report', () => {
  test('[Q7] it has the prose, the tree with what it rests on, times, actions and signatures', () => {
    expect(markdownOf(reportBlocks(report, words))).toBe(
      `# INC-1 review

SEV1

## Summary

It broke.

## Why

- Nobody could pay
  - Kim deployed #4
    - No test (assumption)
  - No alert #5 #6

## Times

| Delay | Took |
| --- | --- |
| Until noticed | 4 min |

| Moment | When | Entry |
| --- | --- | --- |
| Noticed | 12:04 | #2 |

## Actions

- [ ] Add a test (Kim, due Friday)
- [x] Route alerts (Ada, due Monday)

## Entries

- 12:00 declared #1

## Signatures

- Kim, 13:00

---

made
`,
    );
  });

  test('[Q7] prompts that nobody answered are left out, with headings that nothing stands under then', () => {
    const prose = [
      heading('Impact'),
      text('All of them.'),
      text(' Who? '),
      heading('Luck'),
      text('What?'),
      heading('Causes'),
      heading('Deeper', 3),
      text('Because.'),
      heading('End'),
    ];
    expect(markdownOf(withoutPrompts(prose, new Set(['Who?', 'What?'])))).toBe(
      '## Impact\n\nAll of them.\n\n## Causes\n\n### Deeper\n\nBecause.\n',
    );
  });

  test('[Q5] every text of it is said by roles, and citations stay', () => {
    const said = markdownOf(
      withTexts(reportBlocks(report, words), (each) => each.replaceAll('Kim', 'the commander')),
    );
    expect(said).not.toContain('Kim');
    expect(said).toContain('  - the commander deployed #4');
    expect(said).toContain('- [ ] Add a test (the commander, due Friday)');
  });
});

describe('what people are called', () => {
  const entry = (type: string, body: object): Entry =>
    ({ seq: 1, type, version: 1, at: '', actor: 'x', body }) as unknown as Entry;
  const log = [
    entry('incident.declared', { commander: 'k' }),
    entry('role.assigned', { role: 'ops', person: 'a' }),
    entry('role.delegated', { role: 'ops.db', under: 'ops', title: 'DB', person: 'l' }),
    entry('handoff.accepted', { from: 'k', to: 'a' }),
    entry('role.assigned', { role: 'planning', person: 's' }),
  ];
  const people = Object.entries({ k: 'Kim', a: 'Ada', l: 'Lee', s: '이서연', x: 'Xu', y: 'Yi' }).map(
    ([id, name]) => ({ id, name }),
  );

  test('[Q5] by the highest role they ever held, with numbers as they come up', () => {
    const call = roleNames(log, people, {
      role: (role) => `the ${role}`,
      numbered: (role, n) => `${role} ${n}`,
      colleague: (n) => `colleague ${n}`,
      outsider: (n) => `outsider ${n}`,
    });
    const called = ['Yi', 'Kim', 'Ada', 'Lee', '이서연', 'Mina', 'Xu', 'Yi'].map(call);
    expect(called).toEqual([
      ...['colleague 1', 'the commander 1', 'the commander 2', 'DB', 'the planning'],
      ...['outsider 1', 'colleague 2', 'colleague 1'],
    ]);
  });
});

describe('the why-tree by keys', () => {
  const placed = placedWhys(whys);
  test.each([
    ['r', 'arrowdown', 'a'],
    ['a', 'arrowright', 'b'],
    ['b', 'arrowright', null],
    ['b', 'arrowdown', 'c'],
    ['c', 'arrowleft', 'r'],
    ['c', 'arrowdown', null],
    ['r', 'arrowup', null],
    ['r', 'end', 'c'],
    ['b', 'home', 'r'],
  ])('from %s %s leads to %s', (from, key, to) => expect(treeMove(placed, from, key)).toBe(to));
});

describe('the day an action is due', () => {
  test('ends with the day where the reader is, and comes back as that day', () => {
    const end = endOfDay('2026-03-14');
    expect(end === null ? null : dayIn(end)).toBe('2026-03-14');
    expect(end === null ? null : new Date(end).getHours()).toBe(23);
  });

  test.each(['', '2026-02-30', '14.3.2026', '2026-13-01'])('%s is no day', (day) => {
    expect(endOfDay(day)).toBeNull();
  });
});
