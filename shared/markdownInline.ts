import * as Y from 'yjs';

interface Piece {
  insert?: unknown;
  attributes?: Record<string, unknown>;
}

/** Marks that wrap text, innermost first. Underline has no Markdown and is left out. */
const wraps: readonly [mark: string, sign: string][] = [
  ['strike', '~~'],
  ['italic', '*'],
  ['bold', '**'],
];

/** Text with its marks and links. Elements inside are line breaks, or the text that they hold. */
export function inlineMarkdown(nodes: readonly unknown[]): string {
  return nodes
    .map((node) => {
      if (node instanceof Y.XmlText) return (node.toDelta() as Piece[]).map(pieceMarkdown).join('');
      if (!(node instanceof Y.XmlElement)) return '';
      return node.nodeName === 'hardBreak' ? '\\\n' : escapeText(plainText(node.toArray()));
    })
    .join('');
}

/** The text alone, without marks; elements deeper than the first level are left out. */
export function plainText(nodes: readonly unknown[]): string {
  return nodes
    .map((node) => {
      if (node instanceof Y.XmlText) return textOf(node);
      if (!(node instanceof Y.XmlElement)) return '';
      if (node.nodeName === 'hardBreak') return '\n';
      return node
        .toArray()
        .map((child) => (child instanceof Y.XmlText ? textOf(child) : ''))
        .join('');
    })
    .join('');
}

function textOf(text: Y.XmlText): string {
  return (text.toDelta() as Piece[]).map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');
}

function pieceMarkdown({ insert, attributes }: Piece): string {
  if (typeof insert !== 'string') return '';
  // The binding adds a hash to marks that may overlap with others of their kind: `link--a1b2`.
  const marks = new Map(
    Object.entries(attributes ?? {}).map(([name, value]) => [name.split('--')[0] ?? name, value]),
  );
  const marked = marks.has('code') ? codeSpan(insert) : wrapped(escapeText(insert), marks);
  const href = hrefOf(marks.get('link'));
  return href === null ? marked : `[${marked}](${href})`;
}

/** Marks stand beside the text, never beside a blank, where they would not count. */
function wrapped(text: string, marks: ReadonlyMap<string, unknown>): string {
  const inner = text.trim();
  if (inner === '') return text;
  const signs = wraps.filter(([mark]) => marks.has(mark)).map(([, sign]) => sign);
  const marked = signs.reduce((inside, sign) => `${sign}${inside}${sign}`, inner);
  return text.replace(inner, () => marked);
}

function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const sign = '`'.repeat(longest + 1);
  return longest > 0 ? `${sign} ${text} ${sign}` : `${sign}${text}${sign}`;
}

/** Only addresses that a reader may follow; everything else stays text. */
function hrefOf(link: unknown): string | null {
  const href: unknown = typeof link === 'object' && link !== null && 'href' in link ? link.href : null;
  if (typeof href !== 'string' || !/^(https?:|mailto:)/i.test(href)) return null;
  return href.replaceAll(/[\s()<>]/g, (character) =>
    encodeURIComponent(character).replace(/[()]/, escapedParenthesis),
  );
}

function escapedParenthesis(character: string): string {
  return character === '(' ? '%28' : '%29';
}

/** Escapes only what would be read as Markdown, so that search still finds `some_name` and `[error]`. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/\\(?=[!-/:-@[-`{-~])/g, '\\\\')
    .replaceAll('`', '\\`')
    .replaceAll(/\*(?=\S)|(?<=\S)\*/g, '\\*')
    .replaceAll(/(?<![\p{L}\p{N}])_(?=\S)|(?<=\S)_(?![\p{L}\p{N}])/gu, '\\_')
    .replaceAll(/\](?=\()/g, '\\]')
    .replaceAll(/<(?=[a-z/!?])/gi, '\\<');
}

/** Escapes what at the beginning of a line would make it another block. */
export function escapeLine(text: string): string {
  return text
    .replaceAll(/^(\s*)([#>]|[-+](?=\s|$)|={3,}|-{3,}|~{3,})/gm, '$1\\$2')
    .replaceAll(/^(\s*\d{1,9})([.)])(?=\s|$)/gm, '$1\\$2');
}
