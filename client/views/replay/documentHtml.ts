import { createSafeMarkdown } from '../../app/safeHtml.ts';

const toFragment = createSafeMarkdown({
  breaks: false,
  tags: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'input'],
  attributes: ['align', 'type', 'checked', 'disabled'],
});

/** The document's Markdown as page elements: no pictures, no scripts, links only to http, https and mailto. */
export function documentFragment(markdown: string, checkboxLabel: string): DocumentFragment {
  const fragment = toFragment(markdown);
  // An item of a check list without text yet is no check list item to Markdown.
  for (const item of fragment.querySelectorAll('li')) {
    const empty = /^\[([ x])\]\s*$/i.exec(item.textContent);
    if (!empty) continue;
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.defaultChecked = empty[1] !== ' ';
    item.replaceChildren(box);
  }
  for (const box of fragment.querySelectorAll('input')) {
    box.disabled = true;
    box.setAttribute('aria-label', checkboxLabel);
  }
  for (const wide of fragment.querySelectorAll('pre')) wide.tabIndex = 0;
  return fragment;
}
