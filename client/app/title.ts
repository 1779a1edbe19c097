import { useEffect } from 'react';

/** Names the tab while a view is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'warroom' : `${title} · warroom`;
  }, [title]);
}
