import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiFailure, api, apiOrThrow } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useSession } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import { currentLocale, useTranslation } from '../../i18n/index.ts';
import { Entrance } from '../signin/Entrance.tsx';
import { NewPasswordField } from '../signin/NewPasswordField.tsx';
import { PASSWORD_LEAST, isTooShort } from '../signin/newPassword.ts';
import { Refused } from '../signin/Refused.tsx';

/** The first person, by the one-time link that the server printed. */
export function SetupPage({ token }: { token: string }): ReactNode {
  const { t } = useTranslation('signin');
  useTitle(t('setup.title'));
  const path = `/api/setup/${encodeURIComponent(token)}`;
  const link = useQuery({
    queryKey: ['setup', token],
    queryFn: ({ signal }) => apiOrThrow<{ minimumPasswordLength: number }>(path, { signal }),
    staleTime: Infinity,
  });
  const gone = link.error instanceof ApiFailure && link.error.error.status === 404;
  return (
    <Entrance title={t('setup.title')} lead={gone ? t('setup.gone') : t('setup.lead')}>
      {gone ? (
        <Link className="stand-alone" href="/board">
          {t('title')}
        </Link>
      ) : (
        <SetupForm path={path} least={link.data?.minimumPasswordLength ?? PASSWORD_LEAST} />
      )}
    </Entrance>
  );
}

function SetupForm({ path, least }: { path: string; least: number }): ReactNode {
  const { t } = useTranslation('signin');
  const { refresh } = useSession();
  const [, navigate] = useLocation();
  const sentence = useRefusal();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const wrong = {
    name: name.trim() === '' ? t('required', { field: t('name') }) : null,
    email: /.@./.test(email.trim()) ? null : t('required', { field: t('email') }),
    password: isTooShort(password, least) ? t('tooShort', { count: least }) : null,
  };

  async function submit(): Promise<void> {
    setTried(true);
    if (wrong.name ?? wrong.email ?? wrong.password) return;
    setBusy(true);
    setRefusal(null);
    const person = { email: email.trim(), name: name.trim(), password, locale: currentLocale() };
    const made = await api(path, { method: 'POST', body: person });
    setBusy(false);
    if (!made.ok) return setRefusal(sentence(made.error));
    await refresh();
    navigate('/board', { replace: true });
  }

  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      <TextInput
        name="name"
        label={t('name')}
        description={t('nameHint')}
        autoComplete="name"
        aria-required="true"
        value={name}
        error={tried ? wrong.name : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        name="email"
        type="email"
        label={t('email')}
        autoComplete="username"
        aria-required="true"
        value={email}
        error={tried ? wrong.email : null}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <NewPasswordField
        value={password}
        onChange={setPassword}
        least={least}
        error={tried ? wrong.password : null}
      />
      <Refused sentence={refusal} />
      <Button type="submit" size="md" fullWidth aria-disabled={busy}>
        {busy ? t('busy') : t('setup.submit')}
      </Button>
    </form>
  );
}
