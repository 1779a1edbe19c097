import { useCallback, useEffect, useRef } from 'react';

/** Nearer to the end than this counts as being there. CSS pixels. */
export const AT_END = 24;
/** So long after a wheel, touch, press or key the list moves because its reader wants it. Milliseconds. */
const MEANT = 1_000;
/** So long after a change of size the list may move by itself. Milliseconds. */
const SETTLING = 300;

export interface Following {
  /** Is the reader at the end, so that what arrives is to be shown? */
  following: () => boolean;
  /** The reader is at the end, or wants to be. */
  toEnd: () => void;
  /** The list is about to be shown elsewhere; nothing that arrives may take it back. */
  leave: () => void;
  /** Gives the element that scrolls. */
  scrollerIs: (element: HTMLElement | null) => void;
}

/**
 * Keeps a list at its end while its reader is there, however tall what arrives. Only the reader's own way up ends that:
 * a list that has grown is not one that somebody has scrolled. `onChange` is told at first, too.
 */
export function useFollowing(initially: boolean, onChange: (following: boolean) => void): Following {
  const is = useRef(initially);
  const scroller = useRef<HTMLElement | null>(null);
  const stop = useRef<() => void>(() => undefined);
  const tell = useRef(onChange);
  useEffect(() => {
    tell.current = onChange;
  });
  useEffect(() => {
    tell.current(is.current);
    return () => stop.current();
  }, []);

  const change = useCallback((following: boolean): void => {
    if (is.current === following) return;
    is.current = following;
    tell.current(following);
  }, []);
  const leave = useCallback((): void => {
    change(false);
    // It may turn out that all of it is near the end.
    setTimeout(
      () => (scroller.current && fromEnd(scroller.current) <= AT_END ? change(true) : undefined),
      SETTLING,
    );
  }, [change]);
  const scrollerIs = useCallback(
    (element: HTMLElement | null): void => {
      stop.current();
      scroller.current = element;
      stop.current = element ? watchScroller(element, () => is.current, change) : () => undefined;
    },
    [change],
  );
  return {
    following: useCallback(() => is.current, []),
    toEnd: useCallback(() => change(true), [change]),
    leave,
    scrollerIs,
  };
}

function fromEnd(scroller: HTMLElement): number {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}

function watchScroller(
  scroller: HTMLElement,
  following: () => boolean,
  change: (following: boolean) => void,
): () => void {
  let top = scroller.scrollTop;
  let meantAt = -Infinity;
  let resizedAt = -Infinity;
  const meant = (): void => {
    meantAt = performance.now();
  };
  const scrolled = (): void => {
    const wentUp = scroller.scrollTop < top - 1;
    top = scroller.scrollTop;
    const now = performance.now();
    const byReader = now - meantAt < MEANT || now - resizedAt > SETTLING;
    if (wentUp && byReader && fromEnd(scroller) > AT_END) change(false);
  };
  // Between layout and paint: the end is never seen to run ahead.
  const sizes = new ResizeObserver(() => {
    resizedAt = performance.now();
    if (following()) scroller.scrollTop = scroller.scrollHeight;
    top = scroller.scrollTop;
  });
  sizes.observe(scroller);
  const list = scroller.querySelector('[data-testid="virtuoso-item-list"]');
  if (list) sizes.observe(list, { box: 'border-box' });
  const intents = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;
  for (const intent of intents) scroller.addEventListener(intent, meant, { passive: true });
  scroller.addEventListener('scroll', scrolled, { passive: true });
  return () => {
    sizes.disconnect();
    for (const intent of intents) scroller.removeEventListener(intent, meant);
    scroller.removeEventListener('scroll', scrolled);
  };
}
