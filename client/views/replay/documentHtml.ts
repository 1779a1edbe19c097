import DOMPurify from 'dompurify';
import { Marked } from 'marked';

const marked = new Marked({ gfm: true, async: false });
marked.use({
  renderer: {
    // Pictures would ask another server, and raw HTML is text here.
    image: ({ href, text }) => escapeText(text || href),
    html: ({ text }) => escapeText(text),
  },
});

const ALLOWED = {
  ALLOWED_TAGS: [
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'p',
    'br',
    'hr',
    'strong',
    'em',
    'del',
    'code',
    'pre',
    'blockquote',
    'ul',
    'ol',
    'li',
    'a',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'input',
  ],
  ALLOWED_ATTR: ['href', 'start', 'align', 'type', 'checked', 'disabled'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
};

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The document's Markdown as page elements: no pictures, no scripts, links only to http, https and mailto. */
export function documentFragment(markdown: string, checkboxLabel: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(marked.parse(markdown) as string, {
    ...ALLOWED,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a')) {
    link.rel = 'noopener noreferrer nofollow';
    link.target = '_blank';
  }
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
