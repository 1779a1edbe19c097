import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import type { GivenAnswer } from '../../room/roomTypes.ts';
import { CommandForm } from '../room/CommandForm.tsx';

const MOST = 2_000;

interface WhyWordsProps {
  label: string;
  /** What stands there now, for changing it. */
  text?: string;
  whyNot: string | null;
  send: (text: string) => Promise<GivenAnswer>;
  onDone: () => void;
}

/** The field for the words of an answer. Esc leaves it as it was. */
export function WhyWords({ label, text: before = '', whyNot, send, onDone }: WhyWordsProps): ReactNode {
  const { t } = useTranslation('review');
  const [text, setText] = useState(before);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(before.length, before.length);
  }, [before.length]);
  return (
    // The keys of what is around do not act inside the form.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="why-words"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Escape') onDone();
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) field.current?.form?.requestSubmit();
      }}
    >
      <CommandForm
        submitLabel={t('why.save')}
        whyNot={whyNot}
        missing={text.trim() === '' ? t('why.needed') : null}
        send={() => send(text.trim())}
        onDone={onDone}
        onCancel={onDone}
      >
        <div className="field">
          <label htmlFor={id}>{label}</label>
          <textarea
            id={id}
            ref={field}
            className="text-input"
            rows={2}
            maxLength={MOST}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      </CommandForm>
    </div>
  );
}
