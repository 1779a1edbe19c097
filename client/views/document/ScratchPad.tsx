import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Text } from 'yjs';
import { bindText } from '../../document/sharedText.ts';
import { LARGEST_PASTE } from '../../document/clipboard.ts';
import { cleanText } from '../../document/terminalLog.ts';
import { useTranslation } from '../../i18n/index.ts';

interface ScratchPadProps {
  text: Text;
  readOnly: boolean;
  onTooLarge: (characters: number) => void;
}

/** The plain shared text beside the document, for raw output; programs write here, too. */
export function ScratchPad({ text, readOnly, onTooLarge }: ScratchPadProps): ReactNode {
  const { t } = useTranslation('document');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => (field.current ? bindText(text, field.current) : undefined), [text]);
  return (
    <textarea
      ref={field}
      className="scratch"
      aria-label={t('scratch.label')}
      placeholder={t('scratch.placeholder')}
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      readOnly={readOnly}
      onPaste={(event) => {
        const pasted = event.clipboardData.getData('text/plain');
        const clean = cleanText(pasted);
        if (pasted.length <= LARGEST_PASTE && clean === pasted) return;
        event.preventDefault();
        if (pasted.length > LARGEST_PASTE) return onTooLarge(pasted.length);
        const target = event.currentTarget;
        target.setRangeText(clean, target.selectionStart, target.selectionEnd, 'end');
        target.dispatchEvent(new Event('input', { bubbles: true }));
      }}
    />
  );
}
