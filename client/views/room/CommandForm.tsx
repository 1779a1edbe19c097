import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { WarningShape } from '../../design/shapes.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useConnectionState, useRoomHandle, useRoomRefusal } from '../../room/RoomContext.tsx';
import type { GivenAnswer } from '../../room/roomTypes.ts';

interface CommandFormProps {
  children: ReactNode;
  submitLabel: string;
  /** Why this person may not do it at all; the form stays and says so. */
  whyNot: string | null;
  /** What is still missing, in words; null when it can be sent. */
  missing: string | null;
  send: () => Promise<GivenAnswer>;
  onDone: () => void;
  onCancel: () => void;
  danger?: boolean;
}

/** A form that gives one command. A refusal appears here, where the hand is, and nothing typed is lost. */
export function CommandForm(props: CommandFormProps): ReactNode {
  const { children, submitLabel, whyNot, missing, send, onDone, onCancel } = props;
  const { t } = useTranslation(['room', 'common']);
  const sentence = useRoomRefusal();
  const { store } = useRoomHandle();
  const live = useConnectionState().kind === 'live';
  const [progress, setProgress] = useState<'idle' | 'sending'>('idle');
  const [said, setSaid] = useState<string | null>(null);
  const hindrance = whyNot ?? said;
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (progress === 'sending' || whyNot !== null) return;
    if (missing !== null) return setSaid(missing);
    setSaid(null);
    setProgress('sending');
    void send().then((answer) => {
      // Closed meanwhile: a refusal then stays in the strip, with what was written.
      if (!shown.current) return;
      setProgress('idle');
      if (answer.ok) return onDone();
      setSaid(sentence(answer.error));
      store.drop(answer.commandId);
    });
  };

  return (
    <form className="command-form" onSubmit={submit} noValidate>
      {children}
      {hindrance === null ? null : (
        <p className="field-error" role="alert">
          <WarningShape /> <span>{hindrance}</span>
        </p>
      )}
      {progress === 'sending' && !live ? <p className="field-note">{t('room:form.waits')}</p> : null}
      <div className="command-form-foot">
        <Button variant="default" onClick={onCancel}>
          {t('common:action.cancel')}
        </Button>
        <Button
          type="submit"
          aria-disabled={whyNot !== null || missing !== null || progress === 'sending'}
          {...(props.danger ? { color: 'danger' } : {})}
        >
          {progress === 'sending' ? t('room:form.sending') : submitLabel}
        </Button>
      </div>
    </form>
  );
}
