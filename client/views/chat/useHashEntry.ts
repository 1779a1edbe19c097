import { useEffect, useRef } from 'react';

/** The entry that the address points at (`#e412`), at first and whenever it changes. */
export function useHashEntry(goTo: (seq: number) => void | Promise<void>): void {
  const latest = useRef(goTo);
  useEffect(() => {
    latest.current = goTo;
  });
  useEffect(() => {
    const read = (): void => {
      const seq = Number(/^#e(\d{1,15})$/.exec(window.location.hash)?.[1]);
      if (Number.isSafeInteger(seq) && seq > 0) void latest.current(seq);
    };
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
}
