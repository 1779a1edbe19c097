import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import type { MarkedExtension } from 'marked';

/** Elements that text by people may become. No pictures: they would ask another server. */
const TAGS = [
  ...['p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
];

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

/**
 * Makes Markdown by people into page elements: no scripts, raw HTML is shown as text, links only to http, https and
 * mailto. `tags` and `attributes` are allowed besides the common ones.
 */
export function createSafeMarkdown(options: {
  breaks: boolean;
  tags: readonly string[];
  attributes: readonly string[];
  renderer?: MarkedExtension['renderer'];
}): (markdown: string) => DocumentFragment {
  const marked = new Marked({ gfm: true, breaks: options.breaks, async: false });
  marked.use({
    renderer: {
      image: ({ href, text }) => escapeText(text || href),
      html: ({ text }) => escapeText(text),
      ...options.renderer,
    },
  });
  return (markdown) =>
    purify.sanitize(marked.parse(markdown) as string, {
      ALLOWED_TAGS: [...TAGS, ...options.tags],
      ALLOWED_ATTR: ['href', 'start', 'rel', 'target', ...options.attributes],
      ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
      ALLOW_DATA_ATTR: false,
      RETURN_DOM_FRAGMENT: true,
    });
}
