import { Button, Textarea } from '@mantine/core';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle, useRoomRefusal, useSend } from '../../room/RoomContext.tsx';

const MOST = 4_000;

/** The answer to a question, to who asked it or to everybody who reads the page. */
export function AnswerForm({ seq, isFirst }: { seq: number; isFirst: boolean }): ReactNode {
  const { t } = useTranslation(['updates', 'common']);
  const send = useSend();
  const { store } = useRoomHandle();
  const sentence = useRoomRefusal();
  const name = useId();
  const [unfolded, setUnfolded] = useState(isFirst);
  const [text, setText] = useState('');
  const [to, setTo] = useState<'asker' | 'all'>('asker');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  async function submit(): Promise<void> {
    if (busy) return;
    if (text.trim() === '') return setRefusal(t('updates:questions.empty'));
    setBusy(true);
    const answer = await send('question.answer', { seq, text: text.trim(), to });
    setBusy(false);
    if (!answer.ok) {
      store.drop(answer.commandId);
      return setRefusal(sentence(answer.error));
    }
    setText('');
    setRefusal(null);
    setUnfolded(false);
    announce('polite', t('updates:questions.sent'));
  }

  if (!unfolded) {
    return (
      <Button size="compact-sm" variant="default" onClick={() => setUnfolded(true)}>
        {t('updates:questions.again')}
      </Button>
    );
  }
  return (
    <form
      className="answer-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Textarea
        label={t('updates:questions.answer')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={MOST}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <fieldset className="update-choice">
        <legend className="visually-hidden">{t('updates:questions.to')}</legend>
        {(['asker', 'all'] as const).map((each) => (
          <label key={each} className="choice update-option" data-chosen={each === to}>
            <input type="radio" name={name} checked={each === to} onChange={() => setTo(each)} />
            <span className="choice-mark" />
            {t(each === 'all' ? 'updates:questions.toAll' : 'updates:questions.toAsker')}
          </label>
        ))}
      </fieldset>
      {refusal === null ? null : (
        <p className="field-error" role="alert">
          {refusal}
        </p>
      )}
      <Button type="submit" aria-disabled={busy}>
        {t('updates:questions.submit')}
      </Button>
    </form>
  );
}
