import type { Block, Inline, Item } from './blocks.ts';

/** What a page needs besides its blocks. */
export interface PageWords {
  lang: string;
  title: string;
  /** Stands behind a statement that is marked so. */
  assumption: string;
  /** Address of the replay at an entry; null leaves citations as text. */
  hrefOf: (seq: number) => string | null;
}

/** A whole page that needs nothing else: styles inside, no scripts, everything that people wrote escaped. */
export function pageHtml(blocks: readonly Block[], words: PageWords): string {
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(words.lang)}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(words.title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...blocks.map((block) => blockHtml(block, words)),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Safe between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function blockHtml(block: Block, words: PageWords): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${inlineHtml(block.text, words)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${inlineHtml(block.text, words)}</p>`;
    case 'list':
      return listHtml(block, words);
    case 'code':
      return `<pre><code>${escapeHtml(block.text)}</code></pre>`;
    case 'quote':
      return `<blockquote>${block.blocks.map((each) => blockHtml(each, words)).join('')}</blockquote>`;
    case 'rule':
      return '<hr>';
    case 'table': {
      const cells = (row: readonly (readonly Inline[])[], tag: string): string =>
        `<tr>${row.map((cell) => `<${tag}>${inlineHtml(cell, words)}</${tag}>`).join('')}</tr>`;
      const rows = block.rows.map((row) => cells(row, 'td')).join('\n');
      return `<table><thead>${cells(block.head, 'th')}</thead><tbody>\n${rows}\n</tbody></table>`;
    }
    default:
      return block satisfies never;
  }
}

function listHtml(list: Extract<Block, { kind: 'list' }>, words: PageWords): string {
  const tag = list.ordered ? 'ol' : 'ul';
  const start = list.ordered && list.start !== 1 ? ` start="${list.start}"` : '';
  const items = list.items.map((item) => itemHtml(item, words)).join('\n');
  return `<${tag}${start}>\n${items}\n</${tag}>`;
}

function itemHtml(item: Item, words: PageWords): string {
  const [first, ...rest] = item.blocks;
  // A first paragraph stands on the line of its mark.
  const line =
    first?.kind === 'paragraph' ? inlineHtml(first.text, words) : first ? blockHtml(first, words) : '';
  const box = item.checked === undefined ? '' : item.checked ? '☑ ' : '☐ ';
  const inside = `${box}${line}${rest.map((block) => blockHtml(block, words)).join('')}`;
  return `<li${item.checked === undefined ? '' : ' class="check"'}>${inside}</li>`;
}

function inlineHtml(inlines: readonly Inline[], words: PageWords): string {
  return inlines
    .map((inline, index) => {
      const html = markedHtml(inline, words);
      const ends = inline.assumption && !inlines[index + 1]?.assumption;
      return ends ? `${html} <small class="assumption">(${escapeHtml(words.assumption)})</small>` : html;
    })
    .join('');
}

function markedHtml(inline: Inline, words: PageWords): string {
  let html = escapeHtml(inline.text).replaceAll('\n', '<br>');
  if (inline.code) html = `<code>${html}</code>`;
  if (inline.underline) html = `<u>${html}</u>`;
  if (inline.strike) html = `<s>${html}</s>`;
  if (inline.italic) html = `<em>${html}</em>`;
  if (inline.bold) html = `<strong>${html}</strong>`;
  const cited = inline.cite === undefined ? null : words.hrefOf(inline.cite);
  if (cited !== null) return `<a class="cite" href="${escapeHtml(cited)}">${html}</a>`;
  if (inline.href === undefined) return html;
  return `<a href="${escapeHtml(inline.href)}" rel="noopener noreferrer nofollow">${html}</a>`;
}

/** For screens and, above all, for paper: A4 and Letter, black on white, nothing torn apart that belongs together. */
const STYLE = `
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #1a2028; font: 15px/1.6 system-ui, -apple-system, "Segoe UI", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", sans-serif; overflow-wrap: anywhere; }
:lang(ko) body, body:lang(ko) { word-break: keep-all; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.3; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; line-height: 1.35; margin: 1.8rem 0 .4rem; padding-bottom: .2rem; border-bottom: 1px solid #d3d9e0; break-after: avoid; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; break-after: avoid; }
p { margin: .4rem 0; orphans: 3; widows: 3; }
ul, ol { margin: .4rem 0; padding-left: 1.5rem; }
li { margin: .15rem 0; }
li.check { list-style: none; margin-left: -1.25rem; }
table { width: 100%; border-collapse: collapse; margin: .6rem 0; font-size: .875rem; }
th, td { padding: .3rem .5rem; border: 1px solid #a9b1ba; text-align: left; vertical-align: top; }
th { background: #ebeef2; }
thead { display: table-header-group; }
tr, li, blockquote { break-inside: avoid; }
li:has(ul) { break-inside: auto; }
blockquote { margin: .6rem 0; padding-left: .8rem; border-left: 3px solid #76818e; }
pre { padding: .6rem; border: 1px solid #d3d9e0; background: #f4f6f8; white-space: pre-wrap; font-size: .8rem; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .875em; }
hr { break-before: avoid; break-after: avoid; border: 0; border-top: 1px solid #d3d9e0; margin: 1rem 0; }
a { color: #1b5cc2; }
a.cite { font-size: .8em; font-variant-numeric: tabular-nums; text-decoration: none; }
small.assumption { color: #7a4a00; }
:lang(ko) em { font-style: normal; font-weight: 600; }
@page { size: A4; margin: 18mm 16mm; }
@media print { body { font-size: 10.5pt; } main { max-width: none; padding: 0; } a { color: inherit; } a.cite { color: #535d69; } }
`;
