import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { Placeholder } from '@tiptap/extensions';
import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { Carets } from '../../document/carets.ts';
import type { CaretUser } from '../../document/carets.ts';
import { Clipboard } from '../../document/clipboard.ts';
import { Composing } from '../../document/composing.ts';
import { FreshSelection, readSelection } from '../../document/freshSelection.ts';
import { documentExtensions } from '../../document/schema.ts';
import type { DocumentSession } from '../../document/session.ts';
import type { DocumentInstance } from '../../document/snapshot.ts';
import { SteadyScroll } from '../../document/steadyScroll.ts';

export interface EditorWishes {
  session: DocumentSession;
  instance: DocumentInstance;
  /** Where the editor is put; it mounts when this is there. */
  host: HTMLElement | null;
  scroller: RefObject<HTMLElement | null>;
  label: string;
  placeholder: string;
  labelOf(user: CaretUser): string;
  onTooLarge(characters: number): void;
  checkboxLabel(text: string): string;
  /** Puts the focus just before or after the text, so that the Tab being pressed goes on from there. */
  leave(back: boolean): void;
}

/**
 * The editor bound to a document instance; null until it is mounted. It is gone, synchronously, before a change comes
 * in that its binding would delete because it cannot read it.
 */
export function useEditor(wishes: EditorWishes): Editor | null {
  const [editor, setEditor] = useState<Editor | null>(null);
  const latest = useRef(wishes);
  useEffect(() => {
    latest.current = wishes;
  });
  const { session, instance, host } = wishes;

  useEffect(() => {
    if (!host || session.snapshot().obstacle !== null) return;
    const made = new Editor({
      element: host,
      injectCSS: false,
      extensions: [
        ...documentExtensions((text) => latest.current.checkboxLabel(text)),
        Collaboration.configure({ fragment: instance.content }),
        Carets.configure({
          awareness: instance.awareness,
          labelOf: (user: CaretUser) => latest.current.labelOf(user),
        }),
        FreshSelection,
        Clipboard.configure({ onTooLarge: (count: number) => latest.current.onTooLarge(count) }),
        Composing.configure({ onComposing: (composing: boolean) => session.hold(composing) }),
        SteadyScroll.configure({ scroller: () => latest.current.scroller.current }),
        Placeholder.configure({ placeholder: () => latest.current.placeholder, showOnlyWhenEditable: true }),
      ],
      editorProps: {
        attributes: {
          class: 'document-text',
          role: 'textbox',
          'aria-multiline': 'true',
          'aria-label': latest.current.label,
          spellcheck: 'false',
        },
        handleDOMEvents: { keydown: leavingByTab((back) => latest.current.leave(back)) },
      },
    });
    const stopGuard = session.onObstacle(() => made.destroy());
    // Drawing others' changes puts the caret where the editor believes it to be.
    const stopReading = session.beforeOthers(() => (made.isDestroyed ? undefined : readSelection(made.view)));
    setEditor(made);
    return () => {
      stopGuard();
      stopReading();
      made.destroy();
      setEditor(null);
    };
  }, [session, instance, host]);

  return editor;
}

/** `Esc` arms the next `Tab` to leave the text; any other key takes it back. */
function leavingByTab(leave: (back: boolean) => void): (view: unknown, event: KeyboardEvent) => boolean {
  let armed = false;
  return (_, event) => {
    if (event.isComposing || event.key === 'Shift') return false;
    const leaves = armed && event.key === 'Tab';
    armed = event.key === 'Escape';
    if (leaves) leave(event.shiftKey);
    // True keeps the editor from taking the key; the browser still moves the focus on from where it is now.
    return leaves;
  };
}
