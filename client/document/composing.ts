import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';

interface ComposingOptions {
  /** An input method composes in the text (true), or no longer does (false). */
  onComposing(composing: boolean): void;
}

/** Hangul ends one composition and begins the next within a key; the time between them is no pause. Milliseconds. */
const BETWEEN_COMPOSITIONS = 80;
/** A composition that stands open without a key for this long holds nobody's changes back any more. Milliseconds. */
const FORGOTTEN = 5_000;

/** Tells when an input method composes, so that others' changes can wait until it is done. */
export const Composing = Extension.create<ComposingOptions>({
  name: 'composing',
  addOptions: () => ({ onComposing: () => undefined }),
  addProseMirrorPlugins() {
    const { onComposing } = this.options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const endAfter = (milliseconds: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => onComposing(false), milliseconds);
    };
    const goesOn = (): boolean => {
      onComposing(true);
      endAfter(FORGOTTEN);
      return false;
    };
    return [
      new Plugin({
        props: {
          handleDOMEvents: {
            compositionstart: goesOn,
            compositionupdate: goesOn,
            compositionend: () => {
              endAfter(BETWEEN_COMPOSITIONS);
              return false;
            },
          },
        },
        view: () => ({
          destroy() {
            clearTimeout(timer);
            onComposing(false);
          },
        }),
      }),
    ];
  },
});
