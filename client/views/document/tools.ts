import type { ChainedCommands, Editor } from '@tiptap/core';
import type { ReactNode } from 'react';
import type { ToolIconName } from './toolIcons.tsx';

/** A tool of one kind of document alone. One that opens something draws that itself. */
export type MoreTool = Tool & { opens?: (editor: Editor, done: () => void) => ReactNode };

/** What a tool does with the text, and how it shows that it is on. */
export interface Tool {
  name: ToolIconName;
  /** The keys that do the same in the text, as the editor binds them; shown beside the name. */
  keys?: string;
  isOn?(editor: Editor): boolean;
  canRun?(editor: Editor): boolean;
  /** Null for tools that open something of their own. */
  run: ((chain: ChainedCommands) => ChainedCommands) | null;
}

/** The tools in the order in which they stand. */
export const textTools: readonly Tool[] = [
  {
    name: 'heading',
    keys: 'Ctrl+Alt+2',
    isOn: (editor) => editor.isActive('heading', { level: 2 }),
    run: (chain) => chain.toggleHeading({ level: 2 }),
  },
  {
    name: 'subheading',
    keys: 'Ctrl+Alt+3',
    isOn: (editor) => editor.isActive('heading', { level: 3 }),
    run: (chain) => chain.toggleHeading({ level: 3 }),
  },
  {
    name: 'bold',
    keys: 'Ctrl+B',
    isOn: (editor) => editor.isActive('bold'),
    run: (chain) => chain.toggleBold(),
  },
  {
    name: 'italic',
    keys: 'Ctrl+I',
    isOn: (editor) => editor.isActive('italic'),
    run: (chain) => chain.toggleItalic(),
  },
  {
    name: 'bullets',
    keys: 'Ctrl+Shift+8',
    isOn: (editor) => editor.isActive('bulletList'),
    run: (chain) => chain.toggleBulletList(),
  },
  {
    name: 'numbers',
    keys: 'Ctrl+Shift+7',
    isOn: (editor) => editor.isActive('orderedList'),
    run: (chain) => chain.toggleOrderedList(),
  },
  {
    name: 'checks',
    keys: 'Ctrl+Shift+9',
    isOn: (editor) => editor.isActive('taskList'),
    run: (chain) => chain.toggleTaskList(),
  },
  {
    name: 'table',
    canRun: (editor) => !editor.isActive('table') && !editor.isActive('codeBlock'),
    run: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
  },
  {
    name: 'code',
    keys: 'Ctrl+Alt+C',
    isOn: (editor) => editor.isActive('codeBlock'),
    run: (chain) => chain.toggleCodeBlock(),
  },
  {
    name: 'link',
    isOn: (editor) => editor.isActive('link'),
    canRun: (editor) => !editor.isActive('codeBlock'),
    run: null,
  },
  { name: 'undo', keys: 'Ctrl+Z', canRun: (editor) => editor.can().undo(), run: (chain) => chain.undo() },
  {
    name: 'redo',
    keys: 'Ctrl+Shift+Z',
    canRun: (editor) => editor.can().redo(),
    run: (chain) => chain.redo(),
  },
];

/** More tools while the caret is in a table. */
export const tableTools: readonly Tool[] = [
  { name: 'rowAdd', run: (chain) => chain.addRowAfter() },
  { name: 'columnAdd', run: (chain) => chain.addColumnAfter() },
  { name: 'rowRemove', run: (chain) => chain.deleteRow() },
  { name: 'columnRemove', run: (chain) => chain.deleteColumn() },
  { name: 'tableRemove', run: (chain) => chain.deleteTable() },
];
