import { useLayoutEffect, useRef, useState } from 'react';
import type { CompositionEvent, KeyboardEvent } from 'react';
import { createEnterGuard } from '../app/enter.ts';

/** What the keys of a message box do. Answers of the key handlers: true when the key was used. */
export interface ComposerActs {
  /** Enter, once per message, also at the end of a Hangul composition. */
  enter(): void;
  /** A key other than Enter, outside of a composition. */
  key(event: KeyboardEvent): boolean;
}

/** Spread onto the text field. */
export interface ComposerHandlers {
  onKeyDown(event: KeyboardEvent): void;
  onKeyUp(event: KeyboardEvent): void;
  onCompositionStart(): void;
  onCompositionUpdate(event: CompositionEvent): void;
  onCompositionEnd(): void;
}

const COMPOSING = 229;

/** A keyboard on glass: there Enter makes a line, and the button sends. */
export function hasTouchKeyboard(): boolean {
  return window.matchMedia('(pointer: coarse) and (hover: none)').matches;
}

/**
 * Keys of a message box in which one Enter is one message in every script: an Enter during composition never sends
 * unfinished text; Hangul is sent once, after its composition has ended; other scripts only commit. No other key acts
 * during a composition either, so that arrows and Esc stay with the input method.
 */
export function useComposerKeys(acts: ComposerActs): ComposerHandlers {
  const latest = useRef(acts);
  useLayoutEffect(() => {
    latest.current = acts;
  });
  // The handlers are made once and read the ref only when a key is pressed, never while drawing.
  // oxlint-disable-next-line react/refs
  const [handlers] = useState<ComposerHandlers>(() =>
    composerHandlers({
      enter: () => latest.current.enter(),
      key: (event) => latest.current.key(event),
      later: (then) => void setTimeout(then, 0),
      touch: hasTouchKeyboard,
    }),
  );
  return handlers;
}

/** The handlers themselves, without React. `later` runs a macrotask on. */
export function composerHandlers(
  parts: ComposerActs & { later(then: () => void): void; touch(): boolean },
): ComposerHandlers {
  const guard = createEnterGuard(() => parts.enter(), parts.later);
  let composing = false;
  return {
    onKeyDown(event) {
      const { nativeEvent } = event;
      const inComposition = composing || nativeEvent.isComposing || nativeEvent.keyCode === COMPOSING;
      const isEnter = event.key === 'Enter' || event.code === 'Enter' || event.code === 'NumpadEnter';
      if (!isEnter) {
        if (!inComposition && parts.key(event)) event.preventDefault();
        return;
      }
      if (event.shiftKey || event.altKey || (parts.touch() && !event.ctrlKey && !event.metaKey)) return;
      // Some systems deliver Enter as a plain key before the composition ends: it belongs to the composition too.
      const { key, code, keyCode } = nativeEvent;
      const early = inComposition && !nativeEvent.isComposing && keyCode !== COMPOSING;
      if (guard.keyDown({ key, code, keyCode, isComposing: inComposition }) || early) event.preventDefault();
    },
    onKeyUp: ({ nativeEvent }) => guard.keyUp({ key: nativeEvent.key, code: nativeEvent.code }),
    onCompositionStart() {
      composing = true;
    },
    onCompositionUpdate: ({ data }) => guard.compositionUpdate(data),
    onCompositionEnd() {
      composing = false;
      guard.compositionEnd();
    },
  };
}
