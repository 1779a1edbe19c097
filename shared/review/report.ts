import type { Why } from '../incident/reviewState.ts';
import { plain, textIn } from './blocks.ts';
import type { Block, Inline, Item } from './blocks.ts';

/** The words between the parts of a report. */
export interface ReportWords {
  headings: Record<'why' | 'times' | 'actions' | 'timeline' | 'signatures', string>;
  delayHead: readonly [string, string];
  momentHead: readonly [string, string, string];
}

/** A review as it is handed on; every text in the reader's language already. */
export interface Report {
  title: string;
  /** Severity, status, when. */
  facts: string;
  prose: readonly Block[];
  /** Stands where the prose would, while nobody has written any. */
  noProse: string;
  whys: readonly Why[];
  noWhys: string;
  delays: readonly { name: string; took: string }[];
  moments: readonly { name: string; when: string; seq: number }[];
  actions: readonly { text: string; about: string; done: boolean }[];
  noActions: string;
  /** Empty to leave it out. */
  timeline: readonly { when: string; text: string; seq: number }[];
  signatures: readonly string[];
  notSigned: string | null;
  made: string;
}

/** A whole review as blocks for Markdown and HTML. */
export function reportBlocks(report: Report, words: ReportWords): Block[] {
  const heading = (name: keyof ReportWords['headings']): Block => ({
    kind: 'heading',
    level: 2,
    text: plain(words.headings[name]),
  });
  return [
    { kind: 'heading', level: 1, text: plain(report.title) },
    paragraph(report.facts),
    ...(report.prose.length === 0 ? [paragraph(report.noProse)] : report.prose),
    heading('why'),
    ...(report.whys.length === 0 ? [paragraph(report.noWhys)] : [whyList(report.whys, null)]),
    heading('times'),
    ...times(report, words),
    heading('actions'),
    ...(report.actions.length === 0 ? [paragraph(report.noActions)] : [actionList(report.actions)]),
    ...(report.timeline.length === 0
      ? []
      : [
          heading('timeline'),
          list(report.timeline.map(({ when, text, seq }) => [...plain(`${when} ${text} `), cite(seq)])),
        ]),
    heading('signatures'),
    ...(report.signatures.length === 0 ? [] : [list(report.signatures.map((text) => plain(text)))]),
    ...(report.notSigned === null ? [] : [paragraph(report.notSigned)]),
    { kind: 'rule' },
    paragraph(report.made),
  ];
}

/** Actions as a Markdown check list's blocks, for a tracker of issues or a chat. */
export function actionList(actions: Report['actions']): Block {
  return {
    kind: 'list',
    ordered: false,
    start: 1,
    items: actions.map(({ text, about, done }) => ({
      checked: done,
      blocks: [{ kind: 'paragraph', text: [...plain(text), { text: ` (${about})` }] }],
    })),
  };
}

/** The same blocks with every text changed, marks and citations as they were. */
export function withTexts(blocks: readonly Block[], change: (text: string) => string): Block[] {
  const inlines = (text: readonly Inline[]): Inline[] =>
    text.map((inline) => (inline.cite === undefined ? { ...inline, text: change(inline.text) } : inline));
  return blocks.map((block): Block => {
    switch (block.kind) {
      case 'heading':
      case 'paragraph':
        return { ...block, text: inlines(block.text) };
      case 'list':
        return {
          ...block,
          items: block.items.map((item) => ({ ...item, blocks: withTexts(item.blocks, change) })),
        };
      case 'code':
        return { ...block, text: change(block.text) };
      case 'quote':
        return { ...block, blocks: withTexts(block.blocks, change) };
      case 'table':
        return {
          ...block,
          head: block.head.map(inlines),
          rows: block.rows.map((row) => row.map(inlines)),
        };
      case 'rule':
        return block;
      default:
        return block satisfies never;
    }
  });
}

/** Prose without the prompts of the draft that nobody answered, and without headings that nothing stands under then. */
export function withoutPrompts(prose: readonly Block[], prompts: ReadonlySet<string>): Block[] {
  const said = prose.filter((block) => {
    if (block.kind !== 'paragraph') return true;
    const text = textIn(block.text).trim();
    return text !== '' && !prompts.has(text);
  });
  return said.filter((block, index) => {
    const next = said[index + 1];
    const isLast =
      next === undefined ||
      (next.kind === 'heading' && block.kind === 'heading' && next.level <= block.level);
    return block.kind !== 'heading' || !isLast;
  });
}

function times(report: Report, words: ReportWords): Block[] {
  const delays: Block = {
    kind: 'table',
    head: words.delayHead.map(plain),
    rows: report.delays.map(({ name, took }) => [plain(name), plain(took)]),
  };
  const moments: Block = {
    kind: 'table',
    head: words.momentHead.map(plain),
    rows: report.moments.map(({ name, when, seq }) => [plain(name), plain(when), [cite(seq)]]),
  };
  return [...(report.delays.length === 0 ? [] : [delays]), moments];
}

function whyList(whys: readonly Why[], under: string | null): Block {
  const items = whys
    .filter((why) => why.under === under)
    .map((why): Item => {
      const below = whyList(whys, why.why);
      const text: Inline[] = [
        { text: why.text, ...(why.assumption ? { assumption: true } : {}) },
        ...why.cites.flatMap((seq): Inline[] => [{ text: ' ' }, cite(seq)]),
      ];
      const isLeaf = below.kind === 'list' && below.items.length === 0;
      return { blocks: [{ kind: 'paragraph', text }, ...(isLeaf ? [] : [below])] };
    });
  return { kind: 'list', ordered: false, start: 1, items };
}

function list(items: readonly (readonly Inline[])[]): Block {
  return {
    kind: 'list',
    ordered: false,
    start: 1,
    items: items.map((text) => ({ blocks: [{ kind: 'paragraph', text }] })),
  };
}

function paragraph(text: string): Block {
  return { kind: 'paragraph', text: plain(text) };
}

function cite(seq: number): Inline {
  return { text: `#${seq}`, cite: seq };
}
