import { Mark } from '@tiptap/core';
import { ASSUMPTION_MARK, CITE_MARK, citedSeq } from '#shared/review/draftDocument.ts';

/** Text that cites an entry, such as `#412`. What is typed behind it does not. */
export const Cite = Mark.create({
  name: CITE_MARK,
  inclusive: false,
  addAttributes: () => ({
    seq: {
      default: null,
      parseHTML: (element: HTMLElement) => citedSeq({ seq: Number(element.dataset['cite']) }),
      renderHTML: (attributes: Record<string, unknown>) => ({ 'data-cite': citedSeq(attributes) ?? '' }),
    },
  }),
  parseHTML: () => [{ tag: 'span[data-cite]' }],
  renderHTML: ({ HTMLAttributes }) => ['span', { ...HTMLAttributes, class: 'cite' }, 0],
});

/** A statement that nothing shows, said to be so. */
export const Assumption = Mark.create({
  name: ASSUMPTION_MARK,
  parseHTML: () => [{ tag: 'span[data-assumption]' }],
  renderHTML: () => ['span', { 'data-assumption': '', class: 'assumption' }, 0],
});
