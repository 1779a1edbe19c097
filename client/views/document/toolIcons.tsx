import type { ReactNode } from 'react';

export type ToolIconName =
  | 'heading'
  | 'subheading'
  | 'bold'
  | 'italic'
  | 'bullets'
  | 'numbers'
  | 'checks'
  | 'table'
  | 'code'
  | 'link'
  | 'cite'
  | 'assumption'
  | 'undo'
  | 'redo'
  | 'rowAdd'
  | 'columnAdd'
  | 'rowRemove'
  | 'columnRemove'
  | 'tableRemove';

/** Drawn on a 20 × 20 grid. */
const PATHS: Partial<Readonly<Record<ToolIconName, string>>> = {
  bullets: 'M8 5h9M8 10h9M8 15h9M3.5 5h.01M3.5 10h.01M3.5 15h.01',
  numbers: 'M8 5h9M8 10h9M8 15h9M3 3.5h1v3.5M2.8 13.2h2L3 16h2',
  checks: 'M9 5h8M9 14h8M2.5 5l1.5 1.5L7 3M2.5 14l1.5 1.5L7 12',
  table: 'M2.5 4h15v12h-15zM2.5 8h15M2.5 12h15M7.5 4v12M12.5 4v12',
  code: 'M7 5.5L2.5 10L7 14.5M13 5.5L17.5 10L13 14.5',
  link: 'M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l1-1',
  cite: 'M7.5 3L5.5 17M14.5 3L12.5 17M3.5 7.5h13.5M3 12.5h13.5',
  assumption: 'M7 7a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M10 15.5h.01',
  undo: 'M7 4L3 8l4 4M3 8h9a4.5 4.5 0 0 1 0 9H9',
  redo: 'M13 4l4 4l-4 4M17 8H8a4.5 4.5 0 0 0 0 9h3',
  rowAdd: 'M2.5 3.5h15v6h-15zM10 12v6M7 15h6',
  columnAdd: 'M3 2.5h6v15H3zM15 7v6M12 10h6',
  rowRemove: 'M2.5 3.5h15v6h-15zM7 15h6',
  columnRemove: 'M3 2.5h6v15H3zM12 10h6',
  tableRemove: 'M2.5 3h15v8h-15zM2.5 7h15M10 3v8M7 14l6 5M13 14l-6 5',
};

/** Tools that are known by a letter. */
const LETTERS: Partial<Readonly<Record<ToolIconName, string>>> = {
  heading: 'H',
  subheading: 'H',
  bold: 'B',
  italic: 'I',
};

/** The picture of a tool; its button carries the name. */
export function ToolIcon({ name }: { name: ToolIconName }): ReactNode {
  const letter = LETTERS[name];
  if (letter !== undefined) {
    return (
      <span aria-hidden="true" className="tool-letter" data-tool={name}>
        {letter}
      </span>
    );
  }
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </svg>
  );
}
