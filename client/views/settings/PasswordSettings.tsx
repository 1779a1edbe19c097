import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import { api } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useTranslation } from '../../i18n/index.ts';
import { NewPasswordField } from '../signin/NewPasswordField.tsx';
import { PASSWORD_LEAST, isTooShort } from '../signin/newPassword.ts';
import { Answered, useAnswered } from './Answered.tsx';

/** Changing one's own password; the other sessions end. */
export function PasswordSettings(): ReactNode {
  const { t } = useTranslation(['settings', 'signin']);
  const sentence = useRefusal();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [tried, setTried] = useState(false);
  const [answered, setAnswered] = useAnswered();
  const wrong = isTooShort(next) ? t('signin:tooShort', { count: PASSWORD_LEAST }) : null;

  async function submit(): Promise<void> {
    setTried(true);
    if (wrong !== null || current === '') return;
    const answer = await api('/api/session/password', { method: 'POST', body: { current, next } });
    if (!answer.ok) {
      announce('assertive', sentence(answer.error));
      return setAnswered({ kind: 'refused', sentence: sentence(answer.error) });
    }
    setTried(false);
    setCurrent('');
    setNext('');
    announce('polite', t('password.changed'));
    setAnswered({ kind: 'done', sentence: t('password.changed') });
  }

  return (
    <form
      className="form settings-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <PasswordInput
        name="current"
        label={t('password.current')}
        autoComplete="current-password"
        aria-required="true"
        visibilityToggleButtonProps={{ 'aria-label': t('signin:show'), tabIndex: 0 }}
        value={current}
        error={tried && current === '' ? t('signin:required', { field: t('password.current') }) : null}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <NewPasswordField
        label={t('password.next')}
        value={next}
        onChange={setNext}
        least={PASSWORD_LEAST}
        error={tried ? wrong : null}
      />
      <Answered answered={answered} />
      <Button type="submit" variant="default">
        {t('password.submit')}
      </Button>
    </form>
  );
}
