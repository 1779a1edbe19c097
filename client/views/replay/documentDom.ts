import { isLinkAllowed } from '../../document/links.ts';
import { isRun } from './documentTree.ts';
import type { Block, Change, Run } from './documentTree.ts';

/** What the page elements of a document need to know. */
export interface DocumentWords {
  checkbox: string;
  scratch: string;
  /** The author of a client's text, and the number of their colour; null where authors are not shown. */
  author: ((client: number) => { name: string; color: number }) | null;
  nameOf: (person: string | null) => string;
  /** "deleted by …" */
  goneBy: (name: string) => string;
}

/** What each element of a document was made from, so that what did not change stays in place. */
const madeFrom = new WeakMap<Element, string>();

/** Brings the elements in `place` to what the document says; those of blocks that did not change are kept. */
export function showDocument(
  place: Element,
  tree: { content: readonly Block[]; scratch: readonly (readonly Run[])[] },
  words: DocumentWords,
): void {
  const wanted: { key: string; make: () => Element }[] = tree.content.map((block) => ({
    key: keyOf(block, words),
    make: () => blockElement(block, words),
  }));
  wanted.push({ key: words.scratch, make: () => heading(words.scratch) });
  for (const line of tree.scratch) {
    wanted.push({ key: keyOf(line, words), make: () => filled('div', line, words, 'replay-scratch') });
  }
  const present = [...place.children];
  for (const [index, { key, make }] of wanted.entries()) {
    const here = present[index];
    if (here && madeFrom.get(here) === key) continue;
    const element = make();
    madeFrom.set(element, key);
    if (here) here.replaceWith(element);
    else place.append(element);
  }
  for (const left of present.slice(wanted.length)) left.remove();
}

function keyOf(part: unknown, words: DocumentWords): string {
  return JSON.stringify([words.author === null, words.checkbox, part]);
}

function heading(text: string): Element {
  const element = document.createElement('h2');
  element.textContent = text;
  return element;
}

const TAGS: ReadonlyMap<string, string> = new Map([
  ['paragraph', 'p'],
  ['bulletList', 'ul'],
  ['orderedList', 'ol'],
  ['taskList', 'ul'],
  ['listItem', 'li'],
  ['taskItem', 'li'],
  ['blockquote', 'blockquote'],
  ['codeBlock', 'pre'],
  ['horizontalRule', 'hr'],
  ['hardBreak', 'br'],
  ['table', 'table'],
  ['tableRow', 'tr'],
  ['tableHeader', 'th'],
  ['tableCell', 'td'],
]);

function tagOf({ name, attributes }: Block): string {
  if (name !== 'heading') return TAGS.get(name) ?? 'div';
  const level = Number(attributes['level']);
  return `h${level >= 1 && level <= 6 ? Math.trunc(level) : 1}`;
}

function blockElement(block: Block, words: DocumentWords): Element {
  const element = filled(tagOf(block), block.children, words);
  if (block.change !== 'same') element.setAttribute('data-change', block.change);
  if (element instanceof HTMLPreElement) element.tabIndex = 0;
  if (element instanceof HTMLOListElement && Number.isSafeInteger(block.attributes['start'])) {
    element.start = Number(block.attributes['start']);
  }
  if (block.name === 'taskItem') {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.defaultChecked = block.attributes['checked'] === true;
    box.disabled = true;
    box.setAttribute('aria-label', words.checkbox);
    element.prepend(box);
  }
  return element;
}

function filled(
  tag: string,
  children: readonly (Block | Run)[],
  words: DocumentWords,
  className?: string,
): Element {
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  for (const child of children) {
    element.append(isRun(child) ? runElement(child, words) : blockElement(child, words));
  }
  return element;
}

const MARK_TAGS: readonly [mark: string, tag: string][] = [
  ['bold', 'strong'],
  ['italic', 'em'],
  ['underline', 'u'],
  ['strike', 's'],
  ['code', 'code'],
];

const CHANGE_TAGS: Readonly<Record<Change, string | null>> = { same: null, gone: 'del', new: 'ins' };

function runElement(run: Run, words: DocumentWords): Node {
  let node: Node = document.createTextNode(run.text);
  const wrap = (tag: string): HTMLElement => {
    const element = document.createElement(tag);
    element.append(node);
    node = element;
    return element;
  };
  for (const [mark, tag] of MARK_TAGS) if (mark in run.marks) wrap(tag);
  const { link } = run.marks;
  if (link !== undefined && isLinkAllowed(link)) {
    const anchor = wrap('a');
    anchor.setAttribute('href', link);
    anchor.setAttribute('rel', 'noopener noreferrer nofollow');
    anchor.setAttribute('target', '_blank');
  }
  const tag = CHANGE_TAGS[run.change];
  const author = words.author?.(run.client);
  const by = author ? wrap(tag ?? 'span') : tag === null ? null : wrap(tag);
  if (author && by) {
    by.dataset['author'] = String(author.color);
    by.title = author.name;
  }
  if (run.change === 'gone' && by) {
    by.title = [author?.name, run.goneBy === null ? '' : words.goneBy(words.nameOf(run.goneBy))]
      .filter(Boolean)
      .join(', ');
  }
  return node;
}
