import { escapeLine, escapeText } from '../markdownInline.ts';
import type { Block, Inline, Item } from './blocks.ts';
import type { PageWords } from './html.ts';

/** Blocks as Markdown (CommonMark with tables and check lists of GitHub): nothing people wrote becomes markup or HTML. */
export function pageMarkdown(
  blocks: readonly Block[],
  words: Pick<PageWords, 'assumption' | 'hrefOf'>,
): string {
  return `${blocks.map((block) => blockMarkdown(block, words)).join('\n\n')}\n`;
}

type Words = Parameters<typeof pageMarkdown>[1];

function blockMarkdown(block: Block, words: Words): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${oneLine(inlineMarkdown(block.text, words))}`;
    case 'paragraph':
      return escapeLine(inlineMarkdown(block.text, words));
    case 'list':
      return block.items
        .map((item, index) => itemMarkdown(item, block.ordered ? `${block.start + index}. ` : '- ', words))
        .join('\n');
    case 'code': {
      const longest = Math.max(2, ...(block.text.match(/`+/g) ?? []).map((run) => run.length));
      const fence = '`'.repeat(longest + 1);
      return `${fence}\n${block.text}\n${fence}`;
    }
    case 'quote':
      return indented(block.blocks.map((each) => blockMarkdown(each, words)).join('\n\n'), '> ', '> ');
    case 'rule':
      return '---';
    case 'table': {
      const width = block.rows.reduce((widest, row) => Math.max(widest, row.length), block.head.length);
      const line = (cells: readonly (readonly Inline[])[]): string =>
        `| ${Array.from({ length: width }, (_, index) => cellMarkdown(cells[index] ?? [], words)).join(' | ')} |`;
      const rule = `| ${Array.from({ length: width }, () => '---').join(' | ')} |`;
      return [line(block.head), rule, ...block.rows.map(line)].join('\n');
    }
    default:
      return block satisfies never;
  }
}

function itemMarkdown(item: Item, mark: string, words: Words): string {
  const box = item.checked === undefined ? '' : item.checked ? '[x] ' : '[ ] ';
  const inside = item.blocks.map((block) => blockMarkdown(block, words)).join('\n');
  return indented(inside, mark + box, ' '.repeat(mark.length)).trimEnd();
}

function cellMarkdown(cell: readonly Inline[], words: Words): string {
  return oneLine(inlineMarkdown(cell, words)).replaceAll('|', '\\|');
}

function inlineMarkdown(inlines: readonly Inline[], words: Words): string {
  return inlines
    .map((inline, index) => {
      const text = markedMarkdown(inline, words);
      const ends = inline.assumption && !inlines[index + 1]?.assumption;
      return ends ? `${text} (${escapeText(words.assumption)})` : text;
    })
    .join('');
}

function markedMarkdown(inline: Inline, words: Words): string {
  const { text } = inline;
  if (text.trim() === '') return text === '\n' ? '\\\n' : text;
  let marked = inline.code ? codeSpan(text) : escapeText(text);
  if (!inline.code) {
    if (inline.strike) marked = beside(marked, '~~');
    if (inline.italic) marked = beside(marked, '*');
    if (inline.bold) marked = beside(marked, '**');
  }
  const href = inline.cite === undefined ? (inline.href ?? null) : words.hrefOf(inline.cite);
  return href === null ? marked : `[${marked}](${safeInMarkdown(href)})`;
}

/** Signs stand beside the text, never beside a blank, where they would not count. */
function beside(text: string, sign: string): string {
  const inner = text.trim();
  return text.replace(inner, () => `${sign}${inner}${sign}`);
}

function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const sign = '`'.repeat(longest + 1);
  return longest > 0 ? `${sign} ${text} ${sign}` : `${sign}${text}${sign}`;
}

function safeInMarkdown(href: string): string {
  return href.replaceAll(
    /[\s()<>]/g,
    (character) => `%${(character.codePointAt(0) ?? 32).toString(16).padStart(2, '0')}`,
  );
}

function oneLine(text: string): string {
  return text.replaceAll(/\\?\n/g, ' ');
}

function indented(text: string, first: string, further: string): string {
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? first : line === '' ? '' : further) + line)
    .join('\n');
}
