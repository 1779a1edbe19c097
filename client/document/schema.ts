import type { Extensions } from '@tiptap/core';
import { getSchema } from '@tiptap/core';
import { ListItem, TaskItem, TaskList } from '@tiptap/extension-list';
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table';
import type { Schema } from '@tiptap/pm/model';
import { Plugin } from '@tiptap/pm/state';
import { tableEditing } from '@tiptap/pm/tables';
import StarterKit from '@tiptap/starter-kit';
import { ySyncPluginKey } from '@tiptap/y-tiptap';
import { isLinkAllowed } from './links.ts';
import { Assumption, Cite } from './reviewMarks.ts';

/**
 * The table, with its self-repair held back while a change of somebody else arrives. Every open client would repair the
 * same table at the same time, each adding cells, and each repair would make the next one necessary.
 */
const CollaborativeTable = Table.extend({
  addProseMirrorPlugins() {
    const { spec } = tableEditing({ allowTableNodeSelection: this.options.allowTableNodeSelection });
    const repair = spec.appendTransaction;
    return [
      new Plugin({
        ...spec,
        appendTransaction(transactions, before, after) {
          const fromAfar = transactions.some(
            (transaction) => transaction.getMeta(ySyncPluginKey) !== undefined,
          );
          return fromAfar ? null : repair?.call(this as never, transactions, before, after);
        },
      }),
    ];
  },
});

/**
 * The nodes and marks of the document. List items take any blocks: two people's edits that meet may leave an item
 * that begins with a list, and what the schema does not allow an editor binding deletes.
 */
export function documentExtensions(checkboxLabel: (text: string) => string = (text) => text): Extensions {
  return [
    StarterKit.configure({
      // Undo is Yjs's: it takes back one's own edits only.
      undoRedo: false,
      // Would add a paragraph in every open client whenever somebody ends the document with a table.
      trailingNode: false,
      listItem: false,
      heading: { levels: [1, 2, 3] },
      codeBlock: { exitOnTripleEnter: true, enableTabIndentation: false },
      dropcursor: { class: 'document-drop', color: false },
      link: {
        // Turning text into links while somebody else types it would be an edit by every reader.
        autolink: false,
        openOnClick: false,
        defaultProtocol: 'https',
        isAllowedUri: (address) => isLinkAllowed(address),
        HTMLAttributes: { rel: 'noopener noreferrer nofollow', target: '_blank' },
      },
    }),
    ListItem.extend({ content: 'block+' }),
    TaskList,
    TaskItem.extend({ content: 'block+' }).configure({
      nested: true,
      a11y: { checkboxLabel: (node) => checkboxLabel(node.firstChild?.textContent ?? '') },
    }),
    CollaborativeTable.configure({ resizable: false, renderWrapper: true }),
    TableRow,
    TableHeader,
    TableCell,
    Cite,
    Assumption,
  ];
}

/** The schema of the document as this version knows it. Needs no page. */
export function documentSchema(): Schema {
  return getSchema(documentExtensions());
}
