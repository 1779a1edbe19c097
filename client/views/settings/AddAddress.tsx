import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { channels } from '#shared/contract/settings.ts';
import type { ChannelName } from '#shared/contract/settings.ts';
import { announce } from '../../app/announce.ts';
import { api } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Answered, useAnswered } from './Answered.tsx';
import { CopyOnce } from './CopyOnce.tsx';

/** Adds an address; the secret that signs a webhook is shown this one time. */
export function AddAddress({ path, onAdded }: { path: string; onAdded: () => void }): ReactNode {
  const { t } = useTranslation(['audiences', 'updates', 'signin']);
  const sentence = useRefusal();
  const [channel, setChannel] = useState<ChannelName>('mail');
  const [address, setAddress] = useState('');
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [answered, setAnswered] = useAnswered();

  async function submit(): Promise<void> {
    setTried(true);
    if (busy || address.trim() === '') return;
    setBusy(true);
    const given = name.trim();
    const answer = await api<{ secret?: string }>(path, {
      method: 'POST',
      body: { channel, address: address.trim(), ...(given === '' ? {} : { name: given }) },
    });
    setBusy(false);
    const said = answer.ok ? t('audiences:addressAdded') : sentence(answer.error);
    setAnswered({ kind: answer.ok ? 'done' : 'refused', sentence: said });
    announce(answer.ok ? 'polite' : 'assertive', said);
    if (!answer.ok) return;
    setSecret(answer.value.secret ?? null);
    setAddress('');
    setName('');
    setTried(false);
    onAdded();
  }

  return (
    <form
      className="settings-fields"
      noValidate
      aria-label={t('audiences:addAddress')}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <NativeSelect
        label={t('audiences:channel')}
        value={channel}
        data={channels.map((each) => ({ value: each, label: t(`updates:channel.${each}`) }))}
        onChange={(event) =>
          setChannel(channels.find((each) => each === event.currentTarget.value) ?? 'mail')
        }
      />
      <TextInput
        label={channel === 'mail' ? t('signin:email') : t('audiences:url')}
        placeholder={channel === 'mail' ? 'team@example.org' : 'https://'}
        maxLength={2_000}
        autoComplete="off"
        value={address}
        error={
          tried && address.trim() === '' ? t('signin:required', { field: t('audiences:address') }) : null
        }
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <TextInput
        label={t('audiences:addressName')}
        maxLength={80}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className="form-row">
        <Button type="submit" variant="default">
          {t('audiences:addAddress')}
        </Button>
      </div>
      <Answered answered={answered} />
      {secret === null ? null : <CopyOnce label={t('audiences:secret')} text={secret} />}
    </form>
  );
}
