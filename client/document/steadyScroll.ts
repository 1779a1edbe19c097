import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { ySyncPluginKey } from '@tiptap/y-tiptap';

interface SteadyScrollOptions {
  /** The element that scrolls the document; null while there is none. */
  scroller(): HTMLElement | null;
}

interface Anchor {
  element: Element;
  top: number;
}

/**
 * Keeps the reader's place when somebody else edits above it: the line of the caret if it can be seen, else the first
 * block in view, stays where it is on the screen. The browser's own anchoring is off for this scroller: it gives up on
 * fields that are being edited, and two corrections would be one too many.
 */
export const SteadyScroll = Extension.create<SteadyScrollOptions>({
  name: 'steadyScroll',
  addOptions: () => ({ scroller: () => null }),
  addProseMirrorPlugins() {
    const { scroller } = this.options;
    let anchor: Anchor | null = null;
    return [
      new Plugin({
        // Asked before the state changes, so the page still shows what was before.
        filterTransaction: (transaction, state) => {
          const change: unknown = transaction.getMeta(ySyncPluginKey);
          const view = this.editor.view;
          if (change !== undefined && transaction.docChanged && view.state === state) {
            anchor = findAnchor(
              scroller(),
              view.dom,
              caretBlock(view.hasFocus() ? view.domAtPos(state.selection.head).node : null, view.dom),
            );
          }
          return true;
        },
        view: () => ({
          update() {
            const element = scroller();
            if (anchor && element && anchor.element.isConnected) {
              const moved = anchor.element.getBoundingClientRect().top - anchor.top;
              if (Math.abs(moved) >= 1) element.scrollTop += moved;
            }
            anchor = null;
          },
        }),
      }),
    ];
  },
});

/** The outermost element of the editor that holds this node. */
function caretBlock(node: Node | null, root: Element): Element | null {
  let block = node instanceof Element ? node : (node?.parentElement ?? null);
  while (block && block.parentElement !== root) block = block.parentElement;
  return block;
}

function findAnchor(scroller: HTMLElement | null, root: Element, preferred: Element | null): Anchor | null {
  if (!scroller) return null;
  const view = scroller.getBoundingClientRect();
  const isSeen = ({ top, bottom }: DOMRect): boolean => bottom > view.top && top < view.bottom;
  const candidates = preferred ? [preferred, ...root.children] : [...root.children];
  for (const element of candidates) {
    const rect = element.getBoundingClientRect();
    if (isSeen(rect)) return { element, top: rect.top };
  }
  return null;
}
