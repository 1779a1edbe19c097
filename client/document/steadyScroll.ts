import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { ySyncPluginKey } from '@tiptap/y-tiptap';

interface SteadyScrollOptions {
  /** The element that scrolls the document; null while there is none. */
  scroller(): HTMLElement | null;
}

interface Anchor {
  element: Element;
  /** The editor may use the element for another block of the same form; its text tells. */
  text: string;
  top: number;
}

/** Blocks in view that are tried, in case the first of them is what changes. */
const MOST_ANCHORS = 4;

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
    let anchors: Anchor[] = [];
    return [
      new Plugin({
        // Asked before the state changes, so the page still shows what was before.
        filterTransaction: (transaction, state) => {
          const change: unknown = transaction.getMeta(ySyncPluginKey);
          const view = this.editor.view;
          if (change !== undefined && transaction.docChanged && view.state === state) {
            anchors = findAnchors(
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
            const anchor = anchors.find(isStillItself);
            anchors = [];
            if (!anchor || !element) return;
            const moved = anchor.element.getBoundingClientRect().top - anchor.top;
            if (Math.abs(moved) >= 1) element.scrollTop += moved;
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

function isStillItself({ element, text }: Anchor): boolean {
  return element.isConnected && element.textContent === text;
}

function findAnchors(scroller: HTMLElement | null, root: Element, preferred: Element | null): Anchor[] {
  if (!scroller) return [];
  const view = scroller.getBoundingClientRect();
  const anchors: Anchor[] = [];
  for (const element of preferred ? [preferred, ...root.children] : root.children) {
    const { top, bottom } = element.getBoundingClientRect();
    const text = element.textContent;
    // One empty block is like another: nothing would tell where it went.
    if (bottom > view.top && top < view.bottom && text.trim() !== '') anchors.push({ element, text, top });
    if (anchors.length === MOST_ANCHORS) break;
  }
  return anchors;
}
