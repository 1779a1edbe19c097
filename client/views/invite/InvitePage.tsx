import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { Locale } from '#shared/contract/wire.ts';
import { ApiFailure, api, apiOrThrow } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useSession } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import { currentLocale, useTranslation } from '../../i18n/index.ts';
import { Entrance } from '../signin/Entrance.tsx';
import { NewPasswordField } from '../signin/NewPasswordField.tsx';
import { isTooShort } from '../signin/newPassword.ts';
import { Refused } from '../signin/Refused.tsx';

interface Invitation {
  email: string;
  name: string;
  locale: Locale;
  minimumPasswordLength: number;
}

/** An invited person chooses a password and comes in; the link works once. */
export function InvitePage({ token }: { token: string }): ReactNode {
  const { t } = useTranslation(['signin', 'common']);
  const sentence = useRefusal();
  useTitle(t('invite.title'));
  const path = `/api/invitations/${encodeURIComponent(token)}`;
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => apiOrThrow<Invitation>(path, { signal }),
    staleTime: Infinity,
  });
  const failure = invitation.error instanceof ApiFailure ? invitation.error.error : null;

  if (failure?.status === 404) {
    return (
      <Entrance title={t('invite.title')} lead={t('invite.gone')}>
        <p>
          <Link className="stand-alone" href="/board">
            {t('title')}
          </Link>
        </p>
      </Entrance>
    );
  }
  if (invitation.data === undefined) {
    return (
      <Entrance title={t('invite.title')} lead={failure ? '' : t('common:load.wait')}>
        {failure ? (
          <>
            <Refused sentence={sentence(failure)} />
            <Button variant="default" onClick={() => void invitation.refetch()}>
              {t('common:action.retry')}
            </Button>
          </>
        ) : null}
      </Entrance>
    );
  }
  return (
    <Entrance title={t('invite.title')} lead={t('invite.lead', { name: invitation.data.name })}>
      <InviteForm path={path} invitation={invitation.data} />
    </Entrance>
  );
}

function InviteForm({ path, invitation }: { path: string; invitation: Invitation }): ReactNode {
  const { t } = useTranslation('signin');
  const { refresh } = useSession();
  const [, navigate] = useLocation();
  const sentence = useRefusal();
  const [name, setName] = useState(invitation.name);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const least = invitation.minimumPasswordLength;
  const wrong = {
    name: name.trim() === '' ? t('required', { field: t('name') }) : null,
    password: isTooShort(password, least) ? t('tooShort', { count: least }) : null,
  };

  async function submit(): Promise<void> {
    setTried(true);
    if (wrong.name ?? wrong.password) return;
    setBusy(true);
    setRefusal(null);
    const body = { name: name.trim(), password, locale: currentLocale() };
    const answer = await api(path, { method: 'POST', body });
    setBusy(false);
    if (!answer.ok) return setRefusal(sentence(answer.error));
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
        name="email"
        type="email"
        label={t('email')}
        autoComplete="username"
        value={invitation.email}
        readOnly
      />
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
      <NewPasswordField
        value={password}
        onChange={setPassword}
        least={least}
        error={tried ? wrong.password : null}
      />
      <Refused sentence={refusal} />
      <Button type="submit" size="md" fullWidth aria-disabled={busy}>
        {busy ? t('busy') : t('invite.submit')}
      </Button>
    </form>
  );
}
