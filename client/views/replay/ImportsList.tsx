import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { RecordImport } from '#shared/incident/reviewState.ts';
import type { ApiError } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useTranslation } from '../../i18n/index.ts';
import { giveCommand } from './giveCommand.ts';

interface ImportsListProps {
  incidentId: string;
  imports: readonly RecordImport[];
  /** The log has to be read on. */
  grown: () => void;
}

/** What was imported before; a wrong one can be withdrawn, with a reason. */
export function ImportsList({ incidentId, imports, grown }: ImportsListProps): ReactNode {
  const { t } = useTranslation('replay');
  const refusalOf = useRefusal();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<ApiError | null>(null);
  if (imports.length === 0) return null;

  async function withdraw(importId: string): Promise<void> {
    const answer = await giveCommand(incidentId, 'records.withdraw', { importId, reason: reason.trim() });
    setError(answer.ok ? null : answer.error);
    if (!answer.ok) return;
    setReason('');
    grown();
  }

  return (
    <section aria-label={t('import.before')}>
      <h3>{t('import.before')}</h3>
      <input
        className="text-input"
        value={reason}
        maxLength={2_000}
        placeholder={t('import.reason')}
        aria-label={t('import.reason')}
        onChange={(event) => setReason(event.target.value)}
      />
      <ul className="replay-sample">
        {imports.map(({ importId, source, count, seq, withdrawn }) => (
          <li key={importId}>
            {source} · {t('import.records', { count })} · #{seq}{' '}
            {withdrawn ? (
              <span className="muted">{t('import.withdrawn')}</span>
            ) : (
              <Button
                size="xs"
                variant="default"
                disabled={reason.trim() === ''}
                onClick={() => void withdraw(importId)}
              >
                {t('import.withdraw')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {error ? (
        <p className="replay-failed" role="alert">
          {refusalOf(error)}
        </p>
      ) : null}
    </section>
  );
}
