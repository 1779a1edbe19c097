import { useEffect, useLayoutEffect, useRef } from 'react';

/** Lets the browser ask before the tab closes while `needed` says so. */
export function useLeaveWarning(needed: boolean): void {
  const latest = useRef(needed);
  useLayoutEffect(() => {
    latest.current = needed;
  });
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      if (latest.current) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, []);
}
