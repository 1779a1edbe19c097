import { useCallback, useRef } from 'react';
import type { ClipboardEvent, DragEvent, ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useTranslation } from '../../i18n/index.ts';
import { uploadFile } from './upload.ts';

/** Files into an incident: pasted, dropped on a part of the page, or chosen. */
export interface Attaching {
  handlers: {
    onPaste: (event: ClipboardEvent) => void;
    onDragOver: (event: DragEvent) => void;
    onDrop: (event: DragEvent) => void;
  };
  button: ReactNode;
}

/** Uploads one file after another; `refuse` hears the first that was not taken. */
export function useAttaching(incidentId: string, refuse: (sentence: string) => void): Attaching {
  const { t } = useTranslation('records');
  const sentence = useRefusal();
  const input = useRef<HTMLInputElement>(null);

  const attach = useCallback(
    async (files: readonly File[]): Promise<void> => {
      for (const file of files) {
        announce('polite', t('attaching', { name: file.name }));
        const answer = await uploadFile(incidentId, file);
        if (!answer.ok) return refuse(sentence(answer.error));
      }
    },
    [incidentId, refuse, sentence, t],
  );

  function take(event: ClipboardEvent | DragEvent, given: FileList | undefined): void {
    const files = [...(given ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void attach(files);
  }

  return {
    handlers: {
      // Programs put a picture of copied text beside the text: then the text is meant.
      onPaste: (event) =>
        event.clipboardData.types.includes('text/plain') ? undefined : take(event, event.clipboardData.files),
      onDragOver: (event) => {
        if (event.dataTransfer.types.includes('Files')) event.preventDefault();
      },
      onDrop: (event) => take(event, event.dataTransfer.files),
    },
    button: (
      <span className="attach-button">
        <button
          type="button"
          className="icon-button"
          aria-label={t('attach')}
          title={t('attach')}
          onClick={() => input.current?.click()}
        >
          <svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path
              d="M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.5 7.5"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.8"
              strokeLinecap="round"
            />
          </svg>
        </button>
        <input
          ref={input}
          type="file"
          multiple
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            void attach([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </span>
    ),
  };
}
