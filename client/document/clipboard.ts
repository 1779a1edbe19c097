import { Extension } from '@tiptap/core';
import { Fragment, Slice } from '@tiptap/pm/model';
import type { Node as EditorNode } from '@tiptap/pm/model';
import { Plugin } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { officeHtml } from './officeHtml.ts';
import { cleanText, looksLikeLog } from './terminalLog.ts';

/** More characters than this are not taken from the clipboard at once: the update would pass the server's limit. */
export const LARGEST_PASTE = 250_000;

interface ClipboardOptions {
  /** A paste was too large; nothing was inserted. */
  onTooLarge(characters: number): void;
}

/**
 * What comes in by paste and drop. A terminal log becomes a code block that keeps its lines; tables of word processors
 * stay tables; what no update can carry is taken out.
 */
export const Clipboard = Extension.create<ClipboardOptions>({
  name: 'clipboard',
  priority: 1_000,
  addOptions: () => ({ onTooLarge: () => undefined }),
  addProseMirrorPlugins() {
    const { onTooLarge } = this.options;
    return [
      new Plugin({
        props: {
          transformPastedText: (text) => cleanText(text),
          transformPastedHTML: (html) => officeHtml(html),
          transformPasted: (slice) => wholeCharacters(slice),
          handlePaste(view, event) {
            const data = event.clipboardData;
            const text = data?.getData('text/plain') ?? '';
            if (text.length > LARGEST_PASTE) {
              onTooLarge(text.length);
              return true;
            }
            return pasteLog(view, text, data?.getData('text/html') ?? '');
          },
        },
      }),
    ];
  },
});

/** Inserts a log as a code block; false when it is none. A page's own formatting wins over the guess. */
function pasteLog(view: EditorView, text: string, html: string): boolean {
  if (/<(?:table|ul|ol|h[1-6])\b/i.test(html) || !looksLikeLog(text)) return false;
  const { schema, selection, tr } = view.state;
  const codeBlock = schema.nodes['codeBlock'];
  if (!codeBlock) return false;
  const lines = cleanText(text).replace(/^\n+|\n+$/g, '');
  const inCode = selection.$from.parent.type === codeBlock && selection.$from.sameParent(selection.$to);
  // Inside a code block the lines join it; elsewhere they get one of their own.
  const change = inCode
    ? tr.insertText(lines)
    : tr.replaceSelectionWith(codeBlock.create(null, schema.text(lines)), false);
  view.dispatch(change.scrollIntoView().setMeta('paste', true).setMeta('uiEvent', 'paste'));
  return true;
}

function wholeCharacters(slice: Slice): Slice {
  return new Slice(wholeIn(slice.content), slice.openStart, slice.openEnd);
}

function wholeIn(fragment: Fragment): Fragment {
  const nodes: EditorNode[] = [];
  fragment.forEach((node) => {
    if (!node.isText) return nodes.push(node.copy(wholeIn(node.content)));
    const text = cleanText(node.text ?? '');
    return text === '' ? 0 : nodes.push(node.type.schema.text(text, node.marks));
  });
  return Fragment.fromArray(nodes);
}
