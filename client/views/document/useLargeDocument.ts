import { useEffect, useState } from 'react';
import * as Y from 'yjs';
import { pageLimits } from '../../app/limits.ts';

/** How often a document that changes is measured, which costs an encoding of it. Milliseconds. */
const MEASURE_MILLISECONDS = 20_000;
/** The first time: once what is shown first is there. Milliseconds. */
const FIRST_MILLISECONDS = 2_000;

/** How full a document is, in percent of what the server takes, once it is so large that people should know; else null. */
export function useLargeDocument(doc: Y.Doc | null): number | null {
  const [percent, setPercent] = useState<number | null>(null);
  useEffect(() => {
    if (doc === null) return;
    const { documentBytes, documentWarningBytes } = pageLimits();
    let timer: number | null = null;
    const measure = (): void => {
      timer = null;
      const bytes = Y.encodeStateAsUpdate(doc).byteLength;
      setPercent(
        bytes < documentWarningBytes ? null : Math.min(100, Math.round((bytes / documentBytes) * 100)),
      );
    };
    const soon = (): void => {
      timer ??= window.setTimeout(measure, MEASURE_MILLISECONDS);
    };
    timer = window.setTimeout(measure, FIRST_MILLISECONDS);
    doc.on('update', soon);
    return () => {
      doc.off('update', soon);
      if (timer !== null) window.clearTimeout(timer);
      setPercent(null);
    };
  }, [doc]);
  return percent;
}
