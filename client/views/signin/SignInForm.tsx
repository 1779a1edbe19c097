import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useSession } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { Refused } from './Refused.tsx';

/** E-mail and password; friendly to password managers and pasting, and it never empties what was typed. */
export function SignInForm(): ReactNode {
  const { t } = useTranslation('signin');
  const { signIn } = useSession();
  const sentence = useRefusal();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    // A password manager may fill the fields without telling React.
    const filled = new FormData(event.currentTarget);
    setBusy(true);
    setRefusal(null);
    const answer = await signIn(textOf(filled, 'email').trim(), textOf(filled, 'password'));
    setBusy(false);
    if (answer.ok) return;
    setRefusal(sentence(answer.error));
    announce('assertive', sentence(answer.error));
  }

  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <TextInput
        name="email"
        type="email"
        label={t('email')}
        autoComplete="username"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        data-autofocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        name="password"
        label={t('password')}
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t('show'), tabIndex: 0 }}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Refused sentence={refusal} />
      <Button
        type="submit"
        size="md"
        fullWidth
        aria-disabled={busy}
        onClick={(event) => (busy ? event.preventDefault() : undefined)}
      >
        {busy ? t('busy') : t('submit')}
      </Button>
    </form>
  );
}

function textOf(filled: FormData, name: string): string {
  const value = filled.get(name);
  return typeof value === 'string' ? value : '';
}
