import { createSafeMarkdown } from '../app/safeHtml.ts';

/** What a message looks like: a subset of Markdown, no pictures, links only to http, https and mailto. */
export const messageFragment = createSafeMarkdown({
  breaks: true,
  tags: ['span'],
  attributes: ['class', 'data-mention'],
  // A chat line is no page: headings would shout, and a message must not draw a rule across the log.
  renderer: {
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`;
    },
    hr: () => '<p>---</p>',
  },
});

function plainFragment(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  fragment.append(paragraph);
  return fragment;
}
