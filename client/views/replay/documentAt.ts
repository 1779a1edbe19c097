import { useEffect, useReducer, useState } from 'react';

/** The document's Markdown at one moment. */
export type DocumentAt =
  | { kind: 'loading'; last: string | null }
  | { kind: 'text'; markdown: string }
  | { kind: 'failed'; retry: () => void };

const DEBOUNCE = 150;
const MOST_KEPT = 64;

/** Moments that were read, the least recently used first. */
export interface MarkdownCache {
  get(key: string): string | undefined;
  set(key: string, markdown: string): void;
}

/** A cache of at most `most` texts. */
export function markdownCache(most = MOST_KEPT): MarkdownCache {
  const kept = new Map<string, string>();
  return {
    get(key) {
      const markdown = kept.get(key);
      if (markdown === undefined) return undefined;
      kept.delete(key);
      kept.set(key, markdown);
      return markdown;
    },
    set(key, markdown) {
      kept.set(key, markdown);
      const oldest = kept.keys().next();
      if (kept.size > most && !oldest.done) kept.delete(oldest.value);
    },
  };
}

async function fetchMarkdown(incidentId: string, docSeq: number, signal: AbortSignal): Promise<string> {
  const response = await fetch(`/api/incidents/${incidentId}/document?docSeq=${docSeq}`, {
    headers: { Accept: 'text/markdown' },
    credentials: 'same-origin',
    signal,
  });
  if (!response.ok) throw new Error(`The document was answered with ${response.status}.`);
  return response.text();
}

/**
 * The document as of `docSeq`. While it is being read the former text stays, so that scrubbing does not flash; nothing
 * is asked for moments that are passed over within 150 ms.
 */
export function useDocumentAt(incidentId: string | null, docSeq: number | null): DocumentAt {
  const [cache] = useState(markdownCache);
  const [last, setLast] = useState<string | null>(null);
  const [failed, setFailed] = useState<{ docSeq: number; tries: number } | null>(null);
  const [tries, retry] = useReducer((count: number) => count + 1, 0);
  const cached = docSeq === null ? undefined : cache.get(String(docSeq));

  if (cached !== undefined && cached !== last) setLast(cached);

  useEffect(() => {
    if (incidentId === null || docSeq === null) return;
    if (cache.get(String(docSeq)) !== undefined) return;
    const aborter = new AbortController();
    const timer = setTimeout(() => {
      fetchMarkdown(incidentId, docSeq, aborter.signal).then(
        (markdown) => {
          cache.set(String(docSeq), markdown);
          setLast(markdown);
        },
        () => {
          if (!aborter.signal.aborted) setFailed({ docSeq, tries });
        },
      );
    }, DEBOUNCE);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [cache, incidentId, docSeq, tries]);

  if (cached !== undefined) return { kind: 'text', markdown: cached };
  if (failed?.docSeq === docSeq && failed.tries === tries) return { kind: 'failed', retry };
  return { kind: 'loading', last };
}
