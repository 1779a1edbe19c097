import type { ReactNode } from 'react';
import type { DocumentSaveState } from '../../document/saveState.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatClock } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';

/** How safe the text is, in a word with a shape; `savedAt` is when the server last had everything. */
export function SaveMark({ save, savedAt }: { save: DocumentSaveState; savedAt: number | null }): ReactNode {
  const { t } = useTranslation('document');
  const style = useTimeStyle();
  // In the first second after a change nothing is wrong yet, but "saved" would not be true.
  const word = save.kind === 'saved' && save.unsaved > 0 ? 'editing' : save.kind;
  const time = savedAt === null ? '' : formatClock(savedAt, style);
  return (
    <span className={`save-mark save-${word}`} data-save={word}>
      <Shape word={word} />
      <span className="tabular">
        {word === 'saved' && time !== ''
          ? t('save.savedAt', { time })
          : t(word === 'offline' && save.unsaved > 0 ? 'save.offlineEdits' : `save.${word}`)}
      </span>
    </span>
  );
}

type Word = DocumentSaveState['kind'] | 'editing';

function shapeOf(word: Word): string {
  switch (word) {
    case 'saved':
      return 'M2.5 6.5L5 9L9.5 3.5';
    case 'editing':
    case 'saving':
    case 'connecting':
      return 'M2 6h.01M6 6h.01M10 6h.01';
    case 'not_saved':
    case 'refused':
      return 'M6 1L11.2 10.5H.8zM6 4.5v3M6 9h.01';
    case 'offline':
      return 'M1 6h3M8 6h3M4.5 3L7.5 9';
    case 'read_only':
      return 'M2.5 5.5h7v5h-7zM4 5.5V4a2 2 0 0 1 4 0v1.5';
    default:
      return word satisfies never;
  }
}

function Shape({ word }: { word: Word }): ReactNode {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <path
        d={shapeOf(word)}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
