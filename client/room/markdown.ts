import { createSafeMarkdown } from '../app/safeHtml.ts';

const parsed = createSafeMarkdown({
  breaks: true,
  tags: ['span'],
  attributes: ['class'],
  // A chat line is no page: headings would shout, and a message must not draw a rule across the log.
  renderer: {
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`;
    },
    hr: () => '<p>---</p>',
  },
});

/** Signs without which a text is nothing but text, as most messages are: those are drawn without a parser. */
const MARKUP = /[*_`~[\]<>&\\#|!:@\n]|^\s|\s$|^\d+[.)]|^[-+]|www\./;

/** What a message looks like: a subset of Markdown, no pictures, links only to http, https and mailto. */
export function messageFragment(text: string): DocumentFragment {
  return MARKUP.test(text) ? parsed(text) : plainFragment(text);
}

function plainFragment(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  fragment.append(paragraph);
  return fragment;
}
