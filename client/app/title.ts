import { createContext, use, useEffect } from 'react';

/** True while something outside the shown view must be answered; every title then says so. */
export const WaitsElsewhereContext = createContext(false);

/** Names the tab while a view is shown. */
export function useTitle(title: string): void {
  const marked = use(WaitsElsewhereContext) && !title.startsWith('(');
  useEffect(() => {
    const named = title === '' ? 'warroom' : `${title} · warroom`;
    document.title = marked ? `(1) ${named}` : named;
  }, [title, marked]);
}
