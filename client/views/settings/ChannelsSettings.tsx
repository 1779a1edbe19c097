import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ChannelName } from '#shared/contract/settings.ts';
import { announce } from '../../app/announce.ts';
import { api, apiOrThrow } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useMe } from '../../app/session.tsx';
import { CheckShape, WarningShape } from '../../design/shapes.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { Answered, useAnswered } from './Answered.tsx';
import { CopyOnce } from './CopyOnce.tsx';

interface KnownChannel {
  name: ChannelName;
  configured: boolean;
}

/** What came of a test message, as the channel says it. */
interface Tested {
  outcome: 'delivered' | 'refused' | 'gone' | 'later' | 'lost';
  detail: string | null;
  milliseconds: number;
  secret?: string;
}

/** The ways out of the house: which this server has, and a test message by which one sees whether they work. */
export function ChannelsSettings(): ReactNode {
  const { t } = useTranslation(['audiences', 'settings', 'common']);
  const me = useMe();
  const list = useQuery({
    queryKey: ['channels'],
    queryFn: async ({ signal }) =>
      (await apiOrThrow<{ channels: KnownChannel[] }>('/api/channels', { signal })).channels,
  });
  return (
    <section className="settings-card" aria-labelledby="settings-channels">
      <h2 id="settings-channels">{t('settings:section.channels')}</h2>
      <p className="muted">{t(me.admin ? 'audiences:channels.note' : 'audiences:channels.readOnly')}</p>
      {list.isError ? <p className="refused">{t('common:load.failed')}</p> : null}
      {list.data?.map((channel) => (
        <ChannelRow key={channel.name} channel={channel} mayTest={me.admin} />
      ))}
    </section>
  );
}

function ChannelRow(props: { channel: KnownChannel; mayTest: boolean }): ReactNode {
  const { channel, mayTest } = props;
  const { t } = useTranslation(['audiences', 'updates']);
  const { name, configured } = channel;
  const state = configured ? t('audiences:channels.ready') : t('audiences:channels.missing');
  const head = (
    <>
      <strong>{t(`updates:channel.${name}`)}</strong>{' '}
      <span className="muted meta">
        {configured ? <CheckShape /> : <WarningShape />} {state}
      </span>
    </>
  );
  if (!configured || !mayTest) {
    return (
      <div className="setting-row setting-plain">
        <p>{head}</p>
        {configured ? null : <p className="muted meta">{t('audiences:channels.how')}</p>}
      </div>
    );
  }
  return (
    <details className="setting-row">
      <summary>{head}</summary>
      <div className="setting-body">
        <TestForm name={name} />
      </div>
    </details>
  );
}

/** One message to an address of one's own, and plainly what became of it. */
function TestForm({ name }: { name: ChannelName }): ReactNode {
  const { t } = useTranslation(['audiences', 'signin']);
  const sentence = useRefusal();
  const [address, setAddress] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [answered, setAnswered] = useAnswered();
  const label = t(name === 'mail' ? 'signin:email' : 'audiences:url');

  async function test(): Promise<void> {
    setTried(true);
    if (busy || address.trim() === '') return;
    setBusy(true);
    setSecret(null);
    setAnswered({ kind: 'nothing' });
    const answer = await api<Tested>(`/api/channels/${name}/test`, {
      method: 'POST',
      body: { address: address.trim() },
    });
    setBusy(false);
    const isDone = answer.ok && answer.value.outcome === 'delivered';
    const said = answer.ok ? wordsOf(answer.value) : sentence(answer.error);
    setAnswered({ kind: isDone ? 'done' : 'refused', sentence: said });
    announce(isDone ? 'polite' : 'assertive', said);
    if (answer.ok) setSecret(answer.value.secret ?? null);
  }

  function wordsOf({ outcome, detail, milliseconds }: Tested): string {
    const said = t(`audiences:channels.outcome.${outcome}`, { milliseconds });
    return detail === null ? said : `${said} (${detail})`;
  }

  return (
    <form
      className="settings-fields"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void test();
      }}
    >
      <TextInput
        label={label}
        type={name === 'mail' ? 'email' : 'url'}
        placeholder={name === 'mail' ? '' : 'https://'}
        maxLength={2_000}
        value={address}
        error={tried && address.trim() === '' ? t('signin:required', { field: label }) : null}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <div className="form-row">
        <Button type="submit" variant="default" aria-disabled={busy}>
          {t(busy ? 'audiences:channels.testing' : 'audiences:channels.test')}
        </Button>
      </div>
      <Answered answered={answered} />
      {secret === null ? null : <CopyOnce label={t('audiences:channels.secret')} text={secret} />}
    </form>
  );
}
