import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Entry } from '#shared/contract/entries.ts';
import { documentRoots } from '#shared/document.ts';
import { noReview } from '#shared/incident/reviewState.ts';
import type { ReviewState, Why } from '#shared/incident/reviewState.ts';
import { blocksIn, textIn } from '#shared/review/blocks.ts';
import { draftReview, draftSections, keyEntries } from '#shared/review/draft.ts';
import type { DraftBlock, DraftWords } from '#shared/review/draft.ts';
import { isUnwritten, writeDraft } from '#shared/review/draftDocument.ts';
import { placedWhys } from '#shared/review/tree.ts';
import { findObstacle } from '../../client/document/parsable.ts';
import { documentSchema } from '../../client/document/schema.ts';

const words: DraftWords = {
  heading: (section) => `H ${section}`,
  prompt: (section) => `P ${section}`,
  sentence: ({ type, body }) => (typeof body['text'] === 'string' ? `${type} ${body['text']}` : type),
  clock: (at) => at.slice(11, 16),
  delay: (delay) => delay,
  duration: (milliseconds) => `${milliseconds / 60_000} min`,
  effect: (from, to, lasted) => `affected ${from} to ${to}, ${lasted}`,
  effectUnknown: (noticed) => `unknown before ${noticed}`,
  handoffs: (count) => `${count} handoffs`,
  updates: (count) => `${count} updates`,
};

function entry(seq: number, type: string, body: Record<string, unknown>, at = '12:00'): Entry {
  return {
    seq,
    type,
    version: 1,
    at: `2026-03-14T${at}:00.000Z`,
    actor: 'p1',
    body,
  } as unknown as Entry;
}

function review(parts: Partial<ReviewState>): ReviewState {
  return { ...noReview, ...parts };
}

const happened = (time: string, more: object): Record<string, unknown> => ({
  happenedAt: `2026-03-14T${time}:00.000Z`,
  text: 'x',
  ...more,
});

const declared = entry(1, 'incident.declared', { title: 'Checkout fails' });
const log: Entry[] = [
  declared,
  entry(2, 'chat.posted', { text: 'hello' }),
  entry(3, 'chat.posted', { text: 'the rollback worked' }, '12:20'),
  entry(4, 'entry.pinned', { seq: 3 }, '12:21'),
  entry(5, 'status.set', { status: 'resolved', from: 'mitigating' }, '12:30'),
  entry(6, 'fact.recorded', happened('11:40', { text: 'a customer called', kind: 'report' }), '13:00'),
  entry(7, 'record.imported', happened('11:20', { text: 'v42 is live', kind: 'deploy', importId: 'a' })),
  entry(8, 'record.imported', happened('11:25', { text: 'small talk', kind: 'message', importId: 'a' })),
  entry(9, 'record.imported', happened('11:26', { text: 'wrong file', kind: 'alert', importId: 'b' })),
];
const imports = [
  { importId: 'a', source: 'csv', seq: 7, count: 2, withdrawn: false },
  { importId: 'b', source: 'csv', seq: 9, count: 1, withdrawn: true },
] as const;

function blocksUnder(blocks: readonly DraftBlock[], heading: string): DraftBlock[] {
  const from = blocks.findIndex((block) => block.kind === 'heading' && block.text === `H ${heading}`);
  const rest = blocks.slice(from + 1);
  const to = rest.findIndex((block) => block.kind === 'heading');
  return to < 0 ? rest : rest.slice(0, to);
}

describe('the draft of a review', () => {
  const source = { title: 'Checkout fails', entries: log, review: review({ imports: [...imports] }) };
  const draft = draftReview(source, words);

  test('[Q1] the timeline has what matters by the time it happened, each with its entry, and nothing withdrawn', () => {
    expect(keyEntries(source).map(({ seq }) => seq)).toEqual([7, 6, 1, 3, 5]);
    const [timeline] = blocksUnder(draft, 'timeline');
    if (timeline?.kind !== 'bullets') throw new Error('no timeline');
    expect(timeline.items.map(({ text, cites }) => [text, cites])).toEqual([
      ['11:20 record.imported v42 is live', [7]],
      ['11:40 fact.recorded a customer called', [6]],
      ['12:00 incident.declared', [1]],
      ['12:20 chat.posted the rollback worked', [3]],
      ['12:30 status.set', [5]],
    ]);
  });

  test('[Q1] hidden and withheld entries are not drafted from', () => {
    const hidden = log.map((each) => (each.seq === 3 ? { ...each, redacted: true } : each));
    expect(keyEntries({ entries: hidden as Entry[], review: undefined }).map(({ seq }) => seq)).not.toContain(
      3,
    );
  });

  test('[Q2] what nothing shows is an assumption; what shows it is cited', () => {
    const [shown] = blocksUnder(draft, 'impact');
    expect(shown).toEqual({
      kind: 'paragraph',
      pieces: [{ text: 'affected 11:20 to 12:30, 70 min', cites: [7, 5] }],
    });
    const [unknown] = blocksUnder(
      draftReview({ ...source, entries: [declared], review: undefined }, words),
      'impact',
    );
    expect(unknown).toEqual({
      kind: 'paragraph',
      pieces: [{ text: 'unknown before 12:00', cites: [], assumption: true }],
    });
  });

  test('[Q2] root causes are what the why-tree ends in, as grounded as it is there', () => {
    const why = (id: string, under: string | null, more: Partial<Why> = {}): Why => ({
      ...{ why: id, under, text: id, seq: 1, cites: [], assumption: false },
      ...more,
    });
    const whys = [
      why('root', null),
      why('a', 'root'),
      why('b', 'a', { cites: [3] }),
      why('c', 'root', { assumption: true }),
    ];
    const [causes] = blocksUnder(draftReview({ ...source, review: review({ whys }) }, words), 'root_causes');
    expect(causes).toEqual({
      kind: 'bullets',
      items: [
        { text: 'b', cites: [3] },
        { text: 'c', cites: [], assumption: true },
      ],
    });
    expect(placedWhys(whys).map(({ why: { why: id }, level, place, of }) => [id, level, place, of])).toEqual([
      ['root', 0, 1, 1],
      ['a', 1, 1, 2],
      ['b', 2, 1, 1],
      ['c', 1, 2, 2],
    ]);
  });

  test('[Q3] it is written at once, as the editor can show it, and only an unwritten document is empty', () => {
    const doc = new Y.Doc();
    const content = doc.getXmlFragment(documentRoots.content);
    let updates = 0;
    doc.on('update', () => (updates += 1));
    expect(isUnwritten(content)).toBe(true);
    content.insert(0, [new Y.XmlElement('paragraph')]);
    expect(isUnwritten(content)).toBe(true);
    writeDraft(content, draft);
    expect(updates).toBe(2);
    expect(isUnwritten(content)).toBe(false);
    expect(findObstacle(content, documentSchema())).toBeNull();
    const headings = blocksIn(content).flatMap((block) =>
      block.kind === 'heading' ? [textIn(block.text)] : [],
    );
    expect(headings).toEqual(draftSections.map((section) => `H ${section}`));
  });

  test('[Q3] citations and assumptions in it are marks', () => {
    const doc = new Y.Doc();
    const content = doc.getXmlFragment(documentRoots.content);
    const pieces = [
      { text: 'It began.', cites: [7, 5] },
      { text: 'By chance.', cites: [], assumption: true } as const,
    ];
    writeDraft(content, [{ kind: 'paragraph', pieces }]);
    expect(blocksIn(content)).toEqual([
      {
        kind: 'paragraph',
        text: [
          { text: 'It began. ' },
          { text: '#7', cite: 7 },
          { text: ' ' },
          { text: '#5', cite: 5 },
          { text: ' ' },
          { text: 'By chance.', assumption: true },
        ],
      },
    ]);
  });
});
