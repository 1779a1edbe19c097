import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useSend } from '../../room/RoomContext.tsx';
import { CommandForm } from '../room/CommandForm.tsx';

/** A question to the commander before answering; it stands in the log, and the offer stays open. */
export function AskForm({ of, onBack }: { of: string; onBack: () => void }): ReactNode {
  const { t } = useTranslation('handoff');
  const nameOf = useNameOf();
  const send = useSend();
  const [question, setQuestion] = useState('');
  const id = useId();
  return (
    <CommandForm
      submitLabel={t('ask.submit')}
      whyNot={null}
      missing={question.trim() === '' ? t('ask.needed') : null}
      send={() => send('chat.post', { text: `@${nameOf(of)} ${question.trim()}`, mentions: [of] })}
      onDone={onBack}
      onCancel={onBack}
    >
      <div className="field">
        <label htmlFor={id}>{t('ask.label', { name: nameOf(of) })}</label>
        <textarea
          id={id}
          className="text-input"
          rows={3}
          maxLength={4000}
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
        />
        <span className="field-note">{t('ask.note')}</span>
      </div>
    </CommandForm>
  );
}
