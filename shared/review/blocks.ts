import * as Y from 'yjs';
import { ASSUMPTION_MARK, CITE_MARK, citedSeq } from './draftDocument.ts';

/** A stretch of text with its marks, for Markdown and HTML alike. */
export interface Inline {
  text: string;
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  underline?: boolean;
  code?: boolean;
  assumption?: boolean;
  /** The entry it cites. */
  cite?: number;
  /** http, https or mailto only. */
  href?: string;
}

export interface Item {
  blocks: readonly Block[];
  /** Of a check list. */
  checked?: boolean;
}

/** A piece of a page. */
export type Block =
  | { kind: 'heading'; level: number; text: readonly Inline[] }
  | { kind: 'paragraph'; text: readonly Inline[] }
  | { kind: 'list'; ordered: boolean; start: number; items: readonly Item[] }
  | { kind: 'code'; text: string }
  | { kind: 'quote'; blocks: readonly Block[] }
  | { kind: 'rule' }
  | { kind: 'table'; head: readonly (readonly Inline[])[]; rows: readonly (readonly Inline[])[][] };

/** Nested deeper than this is left out: a hostile document must not exhaust the stack. */
const MOST_DEPTH = 60;

/** Text without marks. */
export function plain(text: string): Inline[] {
  return text === '' ? [] : [{ text }];
}

/** What stands in text, without its marks. */
export function textIn(inlines: readonly Inline[]): string {
  return inlines.map(({ text }) => text).join('');
}

/** The rich text of a document as blocks; what is not known is shown as the text inside. */
export function blocksIn(content: Y.XmlFragment): Block[] {
  return content.toArray().flatMap((child) => blocksOfNode(child, 0));
}

function childBlocks(node: Y.XmlElement, depth: number): Block[] {
  return depth > MOST_DEPTH ? [] : node.toArray().flatMap((child) => blocksOfNode(child, depth + 1));
}

function blocksOfNode(node: unknown, depth: number): Block[] {
  if (node instanceof Y.XmlText) return [{ kind: 'paragraph', text: inlinesIn([node]) }];
  if (!(node instanceof Y.XmlElement)) return [];
  const attribute = (name: string): unknown => node.getAttribute(name);
  switch (node.nodeName) {
    case 'paragraph':
      return [{ kind: 'paragraph', text: inlinesIn(node.toArray()) }];
    case 'heading': {
      const level = Math.trunc(Number(attribute('level')));
      return [
        { kind: 'heading', level: level >= 1 && level <= 6 ? level : 2, text: inlinesIn(node.toArray()) },
      ];
    }
    case 'bulletList':
    case 'taskList':
      return [{ kind: 'list', ordered: false, start: 1, items: itemsIn(node, depth) }];
    case 'orderedList': {
      const start = Number(attribute('start') ?? 1);
      const first = Number.isSafeInteger(start) && start >= 0 ? start : 1;
      return [{ kind: 'list', ordered: true, start: first, items: itemsIn(node, depth) }];
    }
    case 'codeBlock':
      return [{ kind: 'code', text: textIn(inlinesIn(node.toArray())) }];
    case 'blockquote':
      return [{ kind: 'quote', blocks: childBlocks(node, depth) }];
    case 'horizontalRule':
      return [{ kind: 'rule' }];
    case 'table':
      return [tableIn(node, depth)];
    default:
      return node.toArray().some((child) => child instanceof Y.XmlElement)
        ? childBlocks(node, depth)
        : [{ kind: 'paragraph', text: inlinesIn(node.toArray()) }];
  }
}

function itemsIn(list: Y.XmlElement, depth: number): Item[] {
  return list.toArray().flatMap((item) => {
    if (!(item instanceof Y.XmlElement)) return [];
    const blocks = childBlocks(item, depth);
    const checked: unknown = item.getAttribute('checked');
    return [item.nodeName === 'taskItem' ? { blocks, checked: String(checked) === 'true' } : { blocks }];
  });
}

function tableIn(table: Y.XmlElement, depth: number): Block {
  const rows = table
    .toArray()
    .filter((row) => row instanceof Y.XmlElement)
    .map((row) => row.toArray().map((cell) => cellIn(cell, depth)));
  const [head = [], ...rest] = rows;
  return { kind: 'table', head, rows: rest };
}

/** A cell is one line of text: its blocks stand behind each other. */
function cellIn(cell: unknown, depth: number): Inline[] {
  if (!(cell instanceof Y.XmlElement)) return [];
  return childBlocks(cell, depth).flatMap((block, index) => {
    const text = flat(block);
    return index === 0 ? text : [{ text: ' ' }, ...text];
  });
}

function flat(block: Block): readonly Inline[] {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return block.text;
    case 'code':
      return [{ text: block.text, code: true }];
    case 'list':
      return block.items.flatMap((item) => [{ text: '· ' }, ...item.blocks.flatMap(flat), { text: ' ' }]);
    case 'quote':
      return block.blocks.flatMap(flat);
    case 'table':
      return [...block.head, ...block.rows.flat()].flatMap((cell) => [...cell, { text: ' ' }]);
    case 'rule':
      return [];
    default:
      return block satisfies never;
  }
}

function inlinesIn(nodes: readonly unknown[]): Inline[] {
  return nodes.flatMap((node) => {
    if (node instanceof Y.XmlText) {
      return (node.toDelta() as { insert?: unknown; attributes?: Record<string, unknown> }[]).flatMap(
        ({ insert, attributes }) =>
          typeof insert === 'string' ? [inlineOf(insert, new Map(Object.entries(attributes ?? {})))] : [],
      );
    }
    if (!(node instanceof Y.XmlElement)) return [];
    return node.nodeName === 'hardBreak' ? [{ text: '\n' }] : [];
  });
}

function inlineOf(text: string, marks: ReadonlyMap<string, unknown>): Inline {
  const inline: Inline = { text };
  for (const mark of ['bold', 'italic', 'strike', 'underline', 'code'] as const) {
    if (marks.has(mark)) inline[mark] = true;
  }
  if (marks.has(ASSUMPTION_MARK)) inline.assumption = true;
  const cite = citedSeq(marks.get(CITE_MARK));
  if (cite !== null) inline.cite = cite;
  const href = safeHref(marks.get('link'));
  if (href !== null) inline.href = href;
  return inline;
}

function safeHref(link: unknown): string | null {
  const href: unknown = typeof link === 'object' && link !== null && 'href' in link ? link.href : null;
  return typeof href === 'string' && /^(?:https?:|mailto:)/i.test(href) ? href : null;
}
