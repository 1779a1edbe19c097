/**
 * Clipboard HTML of word processors, made plain enough for the editor to see what it is.
 *
 * Google Docs wraps everything in a `<b>` that is not bold and puts each cell into paragraphs with styles; Word brings
 * conditional comments, `o:p` elements, lists told as paragraphs, and a style sheet. What is left is the structure:
 * tables with their cells, headings, lists, paragraphs and the marks that the styles meant.
 */
export function officeHtml(html: string): string {
  const parsed = new DOMParser().parseFromString(withoutConditions(html), 'text/html');
  parsed
    .querySelectorAll('style, script, meta, link, title, xml, colgroup, img')
    .forEach((element) => element.remove());
  for (const element of parsed.body.querySelectorAll(
    'b[id^="docs-internal-guid"], b[style*="font-weight:normal"]',
  )) {
    unwrap(element);
  }
  for (const element of [...parsed.body.querySelectorAll('*')].filter(({ tagName }) =>
    tagName.includes(':'),
  )) {
    unwrap(element);
  }
  parsed.body.querySelectorAll('span[style], p[style]').forEach(marksFromStyle);
  wordLists(parsed.body);
  parsed.body.querySelectorAll('table').forEach(plainTable);
  for (const element of parsed.body.querySelectorAll('*')) {
    for (const { name } of [...element.attributes]) if (!KEPT.has(name)) element.removeAttribute(name);
  }
  return parsed.body.innerHTML;
}

/** Attributes that mean something to the editor, also to text copied from itself. */
const KEPT = new Set([
  'href',
  'colspan',
  'rowspan',
  'start',
  'data-type',
  'data-checked',
  'data-pm-slice',
  'data-language',
  'class',
  'checked',
  'type',
]);

/** Word's `<!--[if …]>…<![endif]-->` hold a second copy of the content for old mail programs. */
function withoutConditions(html: string): string {
  return html
    .replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, '')
    .replace(/<!\[(?:if|endif)[^\]]*\]>/gi, '')
    .replace(/<!--(?:Start|End)Fragment-->/gi, '');
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}

function marksFromStyle(element: Element): void {
  const style = (element.getAttribute('style') ?? '').toLowerCase().replace(/\s/g, '');
  const wrappers = [
    /font-weight:(?:bold|[6-9]00)/.test(style) ? 'strong' : null,
    /font-style:italic/.test(style) ? 'em' : null,
    /text-decoration[^;]*:[^;]*line-through/.test(style) ? 's' : null,
  ].filter((name) => name !== null);
  for (const name of wrappers) {
    const wrapper = element.ownerDocument.createElement(name);
    wrapper.append(...element.childNodes);
    element.append(wrapper);
  }
}

/** Word tells a list item as a paragraph with `mso-list` and a bullet typed into it. */
function wordLists(body: HTMLElement): void {
  let list: HTMLElement | null = null;
  for (const paragraph of body.querySelectorAll<HTMLElement>('p')) {
    const isItem = /mso-list\s*:\s*l\d/i.test(paragraph.getAttribute('style') ?? '');
    if (!isItem) {
      list = null;
      continue;
    }
    paragraph.querySelectorAll('span[style*="mso-list"]').forEach((bullet) => bullet.remove());
    const ordered = /^\s*(?:\d+|[a-z])[.)]/i.test(paragraph.textContent);
    const item = body.ownerDocument.createElement('li');
    item.append(...paragraph.childNodes);
    if (list?.nextElementSibling === paragraph) {
      list.append(item);
      paragraph.remove();
    } else {
      list = body.ownerDocument.createElement(ordered ? 'ol' : 'ul');
      list.append(item);
      paragraph.replaceWith(list);
    }
  }
}

/** Rows and cells only; a first row that is bold from edge to edge is the header it looks like. */
function plainTable(table: HTMLTableElement): void {
  for (const nested of table.querySelectorAll('table'))
    nested.replaceWith(...[...nested.querySelectorAll('td, th')].flatMap((cell) => [...cell.childNodes]));
  const first = table.rows[0];
  if (!first || table.querySelector('th')) return;
  const cells = [...first.cells];
  const isHeader = cells.length > 0 && cells.every((cell) => isBold(cell));
  if (!isHeader) return;
  for (const cell of cells) {
    const header = table.ownerDocument.createElement('th');
    for (const { name, value } of cell.attributes) header.setAttribute(name, value);
    header.append(...cell.childNodes);
    header.querySelectorAll('strong, b').forEach(unwrap);
    cell.replaceWith(header);
  }
}

function isBold(cell: HTMLElement): boolean {
  const text = cell.textContent.trim();
  const bold = [...cell.querySelectorAll('strong, b')].map((element) => element.textContent.trim()).join('');
  return text !== '' && bold.replace(/\s/g, '') === text.replace(/\s/g, '');
}
