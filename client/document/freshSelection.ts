import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';

/**
 * Has the editor take over the selection that the page already has. A browser tells of a new selection only when it draws
 * the next frame. Whatever comes before that, in a busy page long after the click, would be done where the caret was.
 */
export function readSelection(view: EditorView): void {
  // Input methods own the selection while they compose.
  if (view.composing || !view.hasFocus()) return;
  view.dom.ownerDocument.dispatchEvent(new Event('selectionchange'));
}

/** Keys and the clipboard act where the caret is, also before the browser has told of it. */
export const FreshSelection = Extension.create({
  name: 'freshSelection',
  // Before every other plugin hears of the event.
  priority: 10_000,
  addProseMirrorPlugins() {
    const read = (view: EditorView, event: Event): boolean => {
      if (!(event instanceof KeyboardEvent && event.isComposing)) readSelection(view);
      return false;
    };
    return [
      new Plugin({ props: { handleDOMEvents: { keydown: read, paste: read, cut: read, copy: read } } }),
    ];
  },
});
