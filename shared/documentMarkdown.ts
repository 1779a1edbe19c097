import * as Y from 'yjs';
import { documentRoots } from './document.ts';
import { escapeLine, inlineMarkdown, plainText } from './markdownInline.ts';

/** Blocks nested deeper than this are left out: a hostile document must not exhaust the stack. */
const MOST_DEPTH = 60;
const LEFT_OUT = '…';

/**
 * A document as Markdown: its content, then `## Scratch` with the text of the scratch pad. Never throws: what it does
 * not know it shows as the text inside, what it cannot read it leaves out.
 */
export function documentMarkdown(doc: Y.Doc): string {
  return [...markdownParts(doc)].join('');
}

/** The same in pieces, one for each block, for those who must not be busy with a long document in one go. */
export function* markdownParts(doc: Y.Doc): Generator<string> {
  for (const child of topLevel(doc)) {
    const text = guarded(() => block(child, 0));
    if (text !== '') yield `${text}\n\n`;
  }
  const scratch = guarded(() => doc.getText(documentRoots.scratch).toJSON());
  yield `## Scratch\n\n${scratch}${scratch.endsWith('\n') ? '' : '\n'}`;
}

function topLevel(doc: Y.Doc): unknown[] {
  try {
    return doc.getXmlFragment(documentRoots.content).toArray();
  } catch {
    return [];
  }
}

function guarded(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** The blocks of a container, each without a line break at its end. */
function blocks(children: readonly unknown[], depth: number): string[] {
  if (depth > MOST_DEPTH) return [LEFT_OUT];
  return children.map((child) => guarded(() => block(child, depth))).filter((text) => text !== '');
}

function block(node: unknown, depth: number): string {
  if (!(node instanceof Y.XmlElement)) return escapeLine(inlineMarkdown([node]));
  const children = node.toArray();
  switch (node.nodeName) {
    case 'paragraph':
      return escapeLine(inlineMarkdown(children));
    case 'heading':
      return `${'#'.repeat(levelOf(node))} ${oneLine(inlineMarkdown(children))}`;
    case 'bulletList':
      return list(children, depth, () => '- ');
    case 'orderedList':
      return list(children, depth, (index) => `${startOf(node) + index}. `);
    case 'taskList':
      return list(children, depth, (_, item) => (attribute(item, 'checked') === true ? '- [x] ' : '- [ ] '));
    case 'codeBlock':
      return fenced(plainText(children), attribute(node, 'language'));
    case 'blockquote':
      return prefixed(blocks(children, depth + 1).join('\n\n'), '> ', '> ');
    case 'horizontalRule':
      return '---';
    case 'table':
      return table(children, depth);
    default:
      return children.some((child) => child instanceof Y.XmlElement)
        ? blocks(children, depth + 1).join('\n\n')
        : escapeLine(inlineMarkdown(children));
  }
}

function attribute(node: unknown, name: string): unknown {
  return node instanceof Y.XmlElement ? node.getAttribute(name) : undefined;
}

function levelOf(heading: unknown): number {
  const level = Number(attribute(heading, 'level'));
  return level >= 1 && level <= 6 ? Math.trunc(level) : 1;
}

function startOf(orderedList: unknown): number {
  const start = Number(attribute(orderedList, 'start') ?? 1);
  return Number.isSafeInteger(start) && start >= 0 ? start : 1;
}

function list(
  items: readonly unknown[],
  depth: number,
  marker: (index: number, item: unknown) => string,
): string {
  return items
    .map((item, index) => {
      const mark = marker(index, item);
      const inside = item instanceof Y.XmlElement ? blocks(item.toArray(), depth + 1).join('\n') : '';
      return prefixed(inside, mark, ' '.repeat(mark.startsWith('- [') ? 2 : mark.length)).trimEnd();
    })
    .join('\n');
}

/** The fence is longer than any run of backticks inside, so that nothing inside ends it. */
function fenced(code: string, language: unknown): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const name = typeof language === 'string' && /^[\w+#.-]{1,40}$/.test(language) ? language : '';
  return `${fence}${name}\n${code}\n${fence}`;
}

function table(rows: readonly unknown[], depth: number): string {
  const cells = rows.map((row) =>
    row instanceof Y.XmlElement ? row.toArray().map((cell) => cellText(cell, depth)) : [],
  );
  const width = cells.reduce((widest, row) => Math.max(widest, row.length), 1);
  const line = (row: readonly string[]): string =>
    `| ${Array.from({ length: width }, (_, index) => row[index] ?? '').join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(Array.from({ length: width }, () => '---')), ...body.map(line)].join('\n');
}

function cellText(cell: unknown, depth: number): string {
  if (!(cell instanceof Y.XmlElement)) return '';
  return blocks(cell.toArray(), depth + 1)
    .join('<br>')
    .replaceAll('|', '\\|')
    .replaceAll(/\\?\n/g, '<br>');
}

function oneLine(text: string): string {
  return text.replaceAll(/\\?\n/g, ' ');
}

function prefixed(text: string, first: string, further: string): string {
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? first : further) + line)
    .join('\n');
}
