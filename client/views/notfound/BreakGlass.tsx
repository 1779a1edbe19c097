import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { announce } from '../../app/announce.ts';
import { api } from '../../app/api.ts';
import { INCIDENTS_KEY } from '../../app/incidents.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useSession } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import './breakGlass.css';

/** What a reason may be at most. Characters. */
const MOST = 500;

/**
 * How an administrator enters a private incident in an emergency: by its number and a reason, which everybody in it reads.
 * Nothing for anybody else. `number`: where it is known from the address.
 */
export function BreakGlass({ number }: { number?: number }): ReactNode {
  const { person } = useSession();
  if (person?.admin !== true || person.access !== 'responder') return null;
  return <BreakGlassForm known={number} />;
}

function BreakGlassForm({ known }: { known: number | undefined }): ReactNode {
  const { t } = useTranslation('breakGlass');
  const sentence = useRefusal();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [number, setNumber] = useState(known === undefined ? '' : String(known));
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const digits = /^\s*(?:INC-|#)?([1-9]\d{0,14})\s*$/i.exec(number)?.[1];

  async function enter(): Promise<void> {
    setTried(true);
    if (busy || digits === undefined || reason.trim() === '') return;
    setBusy(true);
    setRefusal(null);
    const answer = await api(`/api/incidents/number/${digits}/break-glass`, {
      method: 'POST',
      body: { reason: reason.trim() },
    });
    setBusy(false);
    const reasonOf = answer.ok ? null : answer.error.details?.['reason'];
    // Already inside, or open to every responder: the door is open.
    const isOpen = answer.ok || reasonOf === 'unchanged' || reasonOf === 'not_private';
    if (!isOpen) {
      const said = answer.error.status === 404 ? t('missing', { number: digits }) : sentence(answer.error);
      setRefusal(said);
      announce('assertive', said);
      return;
    }
    await queries.invalidateQueries({ queryKey: INCIDENTS_KEY });
    navigate(`/i/${digits}`);
  }

  return (
    <details className="break-glass">
      <summary>{t('title')}</summary>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <p>{t('note')}</p>
        <TextInput
          label={t('number')}
          placeholder="INC-42"
          maxLength={20}
          value={number}
          error={tried && digits === undefined ? t('numberNeeded') : null}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <TextInput
          label={t('reason')}
          maxLength={MOST}
          value={reason}
          error={tried && reason.trim() === '' ? t('reasonNeeded') : null}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {refusal === null ? null : (
          <p className="field-error" role="alert">
            {refusal}
          </p>
        )}
        <Button type="submit" aria-disabled={busy}>
          {t('enter')}
        </Button>
      </form>
    </details>
  );
}
