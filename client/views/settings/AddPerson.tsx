import { Button, Checkbox, Radio, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import { api } from '../../app/api.ts';
import type { ListedPerson } from '../../app/people.tsx';
import { useRefusal } from '../../app/refusal.ts';
import { currentLocale, useTranslation } from '../../i18n/index.ts';
import { Answered, useAnswered } from './Answered.tsx';

/** Adds a person; the answer is an invitation link that is shown once. */
export function AddPerson({ onAdded }: { onAdded: (name: string, link: string) => void }): ReactNode {
  const { t } = useTranslation(['settings', 'signin']);
  const sentence = useRefusal();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [access, setAccess] = useState<'responder' | 'stakeholder'>('responder');
  const [admin, setAdmin] = useState(false);
  const [tried, setTried] = useState(false);
  const [answered, setAnswered] = useAnswered();
  const busy = useRef(false);
  const wrong = {
    name: name.trim() === '' ? t('signin:required', { field: t('signin:name') }) : null,
    email: /.@./.test(email) ? null : t('signin:required', { field: t('signin:email') }),
  };

  async function submit(): Promise<void> {
    setTried(true);
    if (busy.current || wrong.name !== null || wrong.email !== null) return;
    busy.current = true;
    const answer = await api<ListedPerson & { invitation?: string }>('/api/people', {
      method: 'POST',
      body: {
        name: name.trim(),
        email: email.trim(),
        access,
        admin: access === 'responder' && admin,
        locale: currentLocale(),
      },
    });
    busy.current = false;
    if (!answer.ok) {
      announce('assertive', sentence(answer.error));
      return setAnswered({ kind: 'refused', sentence: sentence(answer.error) });
    }
    setTried(false);
    setName('');
    setEmail('');
    setAdmin(false);
    setAnswered({ kind: 'done', sentence: t('people.added', { name: answer.value.name }) });
    announce('polite', t('people.added', { name: answer.value.name }));
    onAdded(answer.value.name, answer.value.invitation ?? '');
  }

  return (
    <form
      className="add-person"
      noValidate
      aria-label={t('people.add')}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextInput
        label={t('signin:name')}
        value={name}
        autoComplete="off"
        aria-required="true"
        error={tried ? wrong.name : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('signin:email')}
        type="email"
        value={email}
        autoComplete="off"
        aria-required="true"
        error={tried ? wrong.email : null}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Radio.Group
        label={t('people.access')}
        value={access}
        onChange={(value) => setAccess(value === 'stakeholder' ? 'stakeholder' : 'responder')}
      >
        <div className="form-row">
          <Radio value="responder" label={t('people.responder')} />
          <Radio value="stakeholder" label={t('people.stakeholder')} />
          <Checkbox
            label={t('admin')}
            checked={admin && access === 'responder'}
            disabled={access !== 'responder'}
            onChange={(event) => setAdmin(event.currentTarget.checked)}
          />
        </div>
      </Radio.Group>
      <div className="add-person-act">
        <Button type="submit">{t('people.add')}</Button>
        <Answered answered={answered} />
      </div>
    </form>
  );
}
