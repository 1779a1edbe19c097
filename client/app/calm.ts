import { useEffect, useLayoutEffect, useRef } from 'react';
import { getConnection } from '../connection/socket.ts';

/** Asked on the window: whoever holds something that must not be disturbed or lost prevents its default. */
const QUESTION = 'warroom:calm';
/** Told on the window: the page is left now, as somebody asked for, and nothing is lost by it. */
const LEAVING = 'warroom:leaving';
/** Nothing was typed for this long. Milliseconds. */
const PAUSE = 10_000;
/** What is open over the page and wants an answer or a choice. */
const OPEN = '[aria-modal="true"], [role="dialog"], [role="alertdialog"], [role="listbox"]';
const SIGNS_OF_WORK = ['keydown', 'input', 'compositionupdate'] as const;

/** While `needed`, this is no moment to disturb anybody: something waits, is not saved, or is being watched. */
export function useUnrest(needed: boolean): void {
  useEffect(() => {
    if (!needed) return;
    const object = (event: Event): void => event.preventDefault();
    window.addEventListener(QUESTION, object);
    return () => window.removeEventListener(QUESTION, object);
  }, [needed]);
}

/** Lets the browser ask before the page is left while `needed` says so, but for a reload that was asked for and loses nothing. */
export function useLeaveWarning(needed: boolean): void {
  const latest = useRef(needed);
  useLayoutEffect(() => {
    latest.current = needed;
  });
  useEffect(() => {
    let isAskedFor = false;
    const ask = (event: BeforeUnloadEvent): void => {
      if (latest.current && !isAskedFor) event.preventDefault();
    };
    const leaving = (): void => {
      isAskedFor = true;
    };
    window.addEventListener('beforeunload', ask);
    window.addEventListener(LEAVING, leaving);
    return () => {
      window.removeEventListener('beforeunload', ask);
      window.removeEventListener(LEAVING, leaving);
    };
  }, []);
}

/** True when no part of the page holds anything back. */
function nobodyObjects(): boolean {
  return window.dispatchEvent(new Event(QUESTION, { cancelable: true }));
}

/** Watches the hands on this page. `isCalm` is true while they rest, nothing is open and nothing waits or is unsaved. */
export function watchCalm(): { isCalm: () => boolean; stop: () => void } {
  let lastSign = Date.now();
  const seen = (): void => {
    lastSign = Date.now();
  };
  for (const sign of SIGNS_OF_WORK) window.addEventListener(sign, seen, { capture: true, passive: true });
  return {
    isCalm: () =>
      !document.hidden &&
      Date.now() - lastSign >= PAUSE &&
      getConnection().state().kind === 'live' &&
      ![...document.querySelectorAll(OPEN)].some((one) => one.checkVisibility()) &&
      nobodyObjects(),
    stop() {
      for (const sign of SIGNS_OF_WORK) window.removeEventListener(sign, seen, { capture: true });
    },
  };
}

/** Loads the page anew. The browser asks back only when something would be lost by it. */
export function reloadPage(): void {
  if (nobodyObjects()) window.dispatchEvent(new Event(LEAVING));
  window.location.reload();
}
