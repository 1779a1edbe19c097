import DOMPurify from 'dompurify';
import { Marked } from 'marked';

const marked = new Marked({ gfm: true, breaks: true, async: false });
// A chat line is no page: headings would shout, and a message must not draw a rule or a table wider than the log.
marked.use({
  renderer: {
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`;
    },
    hr: () => '<p>---</p>',
    image: ({ href, text }) => escapeText(text || href),
    html: ({ text }) => escapeText(text),
  },
});

const ALLOWED = {
  ALLOWED_TAGS: [
    'p',
    'br',
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
    'span',
  ],
  ALLOWED_ATTR: ['href', 'start', 'class', 'data-mention', 'rel', 'target'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
};

const purify = DOMPurify();
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  if (!node.getAttribute('href')) {
    node.removeAttribute('href');
    return;
  }
  node.setAttribute('rel', 'noopener noreferrer nofollow');
  node.setAttribute('target', '_blank');
});

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** What a message looks like: a subset of Markdown, no pictures, links only to http, https and mailto. */
export function messageFragment(text: string): DocumentFragment {
  const html = marked.parse(text) as string;
  return purify.sanitize(html, { ...ALLOWED, RETURN_DOM_FRAGMENT: true });
}
