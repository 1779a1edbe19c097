import { useEffect, useState } from 'react';
import type * as Y from 'yjs';

const SETTLED = 400;

/** Rises some time after each change of a document's text, so that whoever reads all of it does not do so at every key. */
export function useContentVersion(content: Y.XmlFragment | null): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    if (!content) return;
    let timer = 0;
    const changed = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => setVersion((before) => before + 1), SETTLED);
    };
    content.observeDeep(changed);
    return () => {
      clearTimeout(timer);
      content.unobserveDeep(changed);
    };
  }, [content]);
  return version;
}
