import { useEffect, useRef, useState } from 'react';
import type { CompositionEvent, KeyboardEvent } from 'react';
import { createEnterGuard } from './enter.ts';

/** Handlers for an input in which Enter acts once, also at the end of a Hangul composition. Spread them onto it. */
export interface EnterHandlers {
  onKeyDown: (event: KeyboardEvent) => void;
  onKeyUp: (event: KeyboardEvent) => void;
  onCompositionUpdate: (event: CompositionEvent) => void;
  onCompositionEnd: () => void;
}

export function useEnter(act: () => void): EnterHandlers {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  const [handlers] = useState<EnterHandlers>(() => {
    const guard = createEnterGuard(
      () => latest.current(),
      (then) => window.setTimeout(then, 0),
    );
    return {
      onKeyDown(event) {
        if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
        if (guard.keyDown(event.nativeEvent)) event.preventDefault();
      },
      onKeyUp: (event) => guard.keyUp(event.nativeEvent),
      onCompositionUpdate: (event) => guard.compositionUpdate(event.data),
      onCompositionEnd: () => guard.compositionEnd(),
    };
  });
  return handlers;
}
