import { useLayoutEffect, useRef } from 'react';
import type { CompositionEvent, KeyboardEvent } from 'react';
import { createEnterGuard } from './enter.ts';
import type { EnterGuard } from './enter.ts';

/** Handlers for an input in which Enter acts once, also at the end of a Hangul composition. Spread them onto it. */
export interface EnterHandlers {
  onKeyDown: (event: KeyboardEvent) => void;
  onKeyUp: (event: KeyboardEvent) => void;
  onCompositionUpdate: (event: CompositionEvent) => void;
  onCompositionEnd: () => void;
}

export function useEnter(act: () => void): EnterHandlers {
  const latest = useRef(act);
  const kept = useRef<EnterGuard | null>(null);
  // Before the next key can come: an Enter acts on what the page shows.
  useLayoutEffect(() => {
    latest.current = act;
  });

  function guard(): EnterGuard {
    kept.current ??= createEnterGuard(
      () => latest.current(),
      (then) => window.setTimeout(then, 0),
    );
    return kept.current;
  }

  return {
    onKeyDown(event) {
      if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
      if (guard().keyDown(event.nativeEvent)) event.preventDefault();
    },
    onKeyUp: (event) => guard().keyUp(event.nativeEvent),
    onCompositionUpdate: (event) => guard().compositionUpdate(event.data),
    onCompositionEnd: () => guard().compositionEnd(),
  };
}
