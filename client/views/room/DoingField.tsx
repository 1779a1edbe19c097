import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useEnter } from '../../app/useEnter.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoomHandle, useRoomRefusal, useSend, useWhyNot } from '../../room/RoomContext.tsx';

/** One line on what I do now, so that nobody has to ask. */
export function DoingField(): ReactNode {
  const { t } = useTranslation('room');
  const { me, store } = useRoomHandle();
  const send = useSend();
  const sentence = useRoomRefusal();
  const whyNot = useWhyNot()('doing.set');
  const mine = useIncident().doing.find((line) => line.person === me.id)?.text ?? '';
  const [text, setText] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const id = useId();
  const shown = text ?? mine;

  const give = (): void => {
    if (text === null || text.trim() === mine || whyNot !== null) return setText(null);
    setSaid(null);
    void send('doing.set', { text: text.trim() }).then((answer) => {
      if (answer.ok) return setText(null);
      setSaid(sentence(answer.error));
      store.drop(answer.commandId);
    });
  };
  const enter = useEnter(give);

  return (
    <div className="doing-field">
      <label htmlFor={id} className="meta muted">
        {t('doing.label')}
      </label>
      <span className="doing-row">
        <input
          id={id}
          className="text-input"
          maxLength={280}
          value={shown}
          placeholder={t('doing.placeholder')}
          readOnly={whyNot !== null}
          {...enter}
          onChange={(event) => setText(event.target.value)}
        />
        <Button
          size="compact-sm"
          variant="default"
          aria-disabled={text === null || text.trim() === mine}
          onClick={give}
        >
          {t('doing.set')}
        </Button>
      </span>
      {said === null ? null : (
        <p className="field-error" role="alert">
          {said}
        </p>
      )}
    </div>
  );
}
